//! What stands in for `src/data/sync.rs`: the model checker's atomics and locks; and cells and rings made of these, which do
//! what the documentation of the libraries says of theirs, with the memory orderings that these have.

mod cell;
mod published;
mod ring;
mod set_once;

pub(crate) use cell::AtomicCell;
pub(crate) use loom::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence},
};
pub(crate) use published::{ArcSwap, Guard};
pub(crate) use ring::{Consumer, Producer, RingBuffer};
pub(crate) use set_once::OnceLock;
