//! The audio side: everything that runs in a tick. It takes what the control side has published, and knows nothing else of it.
//!
//! A tick is a straight line: [`take_up`](Arena::take_up) (what was published), [`gather`](Arena::gather) (what was sent),
//! [`follow`](Arena::follow) (where gains head), [`plan`](Arena::plan) (who hears the same, and its sum), [`render`](Arena::render) (limiters and
//! meters), and the [`Mixes`].
//! Nothing here allocates, frees, locks or makes a system call: all memory was made by the control side and goes back to it.

mod alike;
mod arena;
mod compose;
mod gather;
mod intake;
mod listener;
mod mixes;
mod overlap;
mod plan;
mod processor;
mod program;
mod render;
mod row;
mod source;
mod subtotal;

pub use mixes::{Mix, Mixes};
pub use processor::{AudioThread, Processor, Tick};

pub(crate) use arena::{Arena, Memory};
pub(crate) use row::Entry;

use crate::timing::Clock;
