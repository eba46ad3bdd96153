//! The audio side: everything that runs in a tick. It takes what the control side has published, and knows nothing else of it.
//!
//! A tick is a straight line: [`take_up`](Arena::take_up) (what was published), [`gather`](Arena::gather) (what was sent),
//! [`plan`](Arena::plan) (who hears the same, and what that is the sum of), [`tasks`](Arena::tasks) (the sums, with their limiters and meters: the part that
//! several threads may share), [`finish`](Arena::finish), and the [`Mixes`]. Beside it, [`tell`](Arena::tell) says who speaks.
//! Nothing here allocates, frees, locks or makes a system call: all memory was made by the control side and goes back to it.

mod alike;
mod arena;
mod asleep;
mod batch;
mod compose;
mod dense;
mod departure;
mod derived;
mod dominant;
mod ear;
mod entry;
mod exceptions;
mod few;
mod gather;
mod hearing;
mod intake;
mod kept;
mod lines;
mod listener;
mod loudest;
mod merge;
mod mixes;
mod moving;
mod others;
mod overlap;
mod pairs;
mod panels;
mod plan;
mod prepared;
mod processor;
mod program;
mod ramps;
mod render;
mod resting;
mod roster;
mod row;
mod row_envelope;
mod seat;
mod segments;
mod source;
mod stage;
mod still;
mod sums;
mod tell;
mod worker;

pub use mixes::{Mix, Mixes};
pub use prepared::{Part, Prepared};
pub use processor::{AudioThread, Processor, Tick};

pub(crate) use arena::{Arena, Memory};
pub(crate) use ear::Ear;
pub(crate) use entry::{ForMoves, RowMemory};
use listener::NONE;
pub(crate) use panels::Panels;
pub(crate) use stage::Stage;

use crate::data::timing::Clock;
