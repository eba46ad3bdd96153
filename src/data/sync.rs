//! What threads share memory by, in one place: atomics and locks of std, and the cells and rings of libraries.
//!
//! `tests/model` has another file in the place of this one, with the types of a model checker: so the protocols that are made of
//! these are checked as they are, in every order that their steps may take.

pub(crate) use std::sync::{
    Mutex, MutexGuard, OnceLock,
    atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence},
};

pub(crate) use arc_swap::{ArcSwap, Guard};
pub(crate) use crossbeam_utils::atomic::AtomicCell;
pub(crate) use rtrb::{Consumer, Producer, RingBuffer};
