//! The first step of a tick: what was published becomes the targets of moves. [`Listeners`] are those of all slots.
//! Each [`Listener`] owns what moves for it alone: `hears`, its envelope (which is steered when the tick is planned), and the open and ducked gains of its
//! [`RowState`](row_state::RowState).

mod classes;
mod cohorts;
mod goes;
mod listener;
mod listeners;
mod row_cache;
mod row_state;

pub(crate) use classes::Since;
pub(crate) use listener::Listener;
pub(crate) use listeners::Listeners;
