//! The second step of a tick: what was published becomes the targets of moves. Each [`Listener`] owns what moves for it alone:
//! `hears`, its envelope, and the open and ducked gains of its [`RowState`].

mod cohorts;
mod listener;
mod row_cache;
mod row_state;

pub(crate) use cohorts::Cohorts;
pub(crate) use listener::Listener;
pub(crate) use row_state::PairSource;
