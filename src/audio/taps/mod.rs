//! The taps of a mixer: each copies what a source sends, or what a listener hears, to a ring from which another thread
//! reads. A tick is written once it is mixed; one that is dropped is in no tap. Hands on nothing.
//!
//! A tap is of an id, and the control side says whose key that is at present, or that nobody has it. So one timeline goes
//! on for an id that leaves and joins again.

mod published;
mod scene;
mod sums;
mod table;

pub(crate) use published::PublishedTap;
pub(crate) use scene::TapScene;
pub(crate) use sums::SumMemory;
pub(crate) use table::{PublishedTaps, Taps};
