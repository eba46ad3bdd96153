//! The ports of a participant: packets that it sends go in, packets that it hears come out, each at
//! its own time.
//!
//! On the way in: [`InputPort`] (network thread) -> two rings -> `Inlet` with its jitter buffer
//! (audio thread) -> conversion -> the mixer. On the way out: conversion -> `Outlet` -> a ring ->
//! [`OutputPort`] (network thread). [`wire`] is the audio side of both ways, [`join`] makes it.

mod coverage;
mod excess;
mod fill;
mod head;
mod inlet;
mod input;
mod jitter;
mod join;
mod options;
mod outlet;
mod output;
mod packet;
mod places;
mod pursuit;
mod splice;
mod stamp;
mod steering;
mod store;
#[cfg(test)]
mod tests;
mod wire;

use super::{convert, format, ring};
pub use input::{InputPort, PushError};
pub use join::{JoinError, PortOptions, Ports};
pub use options::{InputOptions, OutputOptions, PortError};
pub use output::OutputPort;
pub use stamp::Stamp;
