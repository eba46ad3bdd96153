//! What a node knows and does beside its audio: [`State`], behind the lock of its handles. [`core`] is the state itself; [`roster`]
//! keeps who is in the conference and where, with [`arrivals`] and [`admission`], [`peers`] the other nodes, [`parts`] does what other nodes, and this one, have begun.

mod admission;
mod arrivals;
mod core;
mod event;
mod parts;
mod peer;
mod peers;
mod place;
mod roster;
mod settings;
mod waiting;
mod wants;

pub(super) use core::State;
pub use event::ClusterEvent;
pub(super) use peer::MOST_PEERS;
pub(super) use place::{At, To};
