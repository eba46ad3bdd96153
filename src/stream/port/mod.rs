//! The ports of a participant: packets that it sends go in, packets that it hears come out, each at
//! its own time.
//!
//! On the way in: [`InputPort`] (network thread) -> two rings -> `Inlet` with its [`playout`]
//! (audio thread) -> conversion -> the mixer. On the way out: conversion -> `Outlet` -> a ring ->
//! [`OutputPort`] (network thread). [`wire`] is the audio side of both ways, [`join`] makes it.

mod arrivals;
mod concealment;
mod coverage;
mod fill;
mod history;
mod inlet;
mod input;
mod join;
mod likeness;
mod mover;
mod options;
mod outlet;
mod output;
mod packet;
mod packets;
mod places;
mod playout;
mod pursuit;
mod regulator;
mod splice;
mod stamp;
mod store;
mod target;
#[cfg(test)]
mod tests;
mod voice;
mod wire;

use super::{convert, format, ring};
pub use input::{InputPort, PushError};
pub use join::{JoinError, PortOptions, Ports};
pub use options::{Depth, InputOptions, OutputOptions, PortError};
pub use output::OutputPort;
pub use packets::{AudioLevel, DecoderError, Decoding, PacketError, PacketPort, RtpPacket};
pub use stamp::Stamp;
