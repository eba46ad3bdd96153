//! The ports of a participant: packets that it sends go in, packets that it hears come out, each at
//! its own time.
//!
//! On the way in: [`InputPort`] (network thread) -> two rings -> `Inlet` with its [`playout`]
//! (audio thread) -> conversion -> the mixer. Encoded packets come to the same rings by
//! [`PacketPort`] (network thread) -> a queue -> [`Decoding`] (decode thread): see [`packets`]. On
//! the way out: conversion -> `Outlet` -> a ring -> [`OutputPort`] (network thread). [`wire`] is the
//! audio side of both ways, [`join`] makes it.
//!
//! A playout is put together of parts that know nothing of each other: [`arrivals`] says which
//! packets belong to the stream, [`target`] how long they should wait, [`regulator`] how the wait
//! comes to that, [`mover`] where the sound may be stretched or shortened, [`coverage`] what is known
//! of which samples, [`store`] holds them, [`concealment`] makes what is missing, [`splice`] keeps
//! clicks out.
//!
//! # Words
//! All of them are in samples at the stream's rate.
//! - **position**: the place of a sample in its stream, from its packet's stamp. It never wraps.
//! - **time**: how many samples the audio thread has played.
//! - **head**: the position that is played next.
//! - **transit** of a packet: the time of its arrival less its position. It has no zero: only differences count.
//! - **lag**: the time less the position of the head. A packet whose transit is no greater than the lag is in time.
//! - **target**: the lag that is wanted.
//! - **wait**: the lag less the least transit: how long the quickest packets wait. Readings and options tell waits.
//! - **spread**: by how much the greatest transits usually exceed the least.
//! - **slip**: one sample more or fewer, spread over 240, for the drift of a clock.
//! - **move**: a piece of sound that is repeated or left out, so that the lag comes to the target.
//! - **jump**: the place at which a move goes on, and its crossfade.
//! - **noted**: of a packet, that it has come and is not decoded yet.
//! - **recover**: to decode the copy of a lost packet that the next one carries.
//! - **conceal**: to make samples in the place of missing ones, by the decoder, the host, or from the last period.
//! - **stray**: a packet that is far from all others and not confirmed by another.
//! - **dry**: nothing is there to be played.
//! - **bound**: how much may wait before the oldest is dropped.

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
pub(super) mod tests;
mod voice;
mod wire;

use super::{convert, format, measure, ring};
// What the sources of another node are played by, too.
pub(crate) use fill::spoilt;
pub use input::{InputPort, PushError};
pub use join::{JoinError, PortOptions, Ports};
pub use options::{Depth, InputOptions, OutputOptions, PortError};
pub use output::OutputPort;
pub use packets::{AudioLevel, DecoderError, Decoding, PacketError, PacketPort, RtpPacket};
pub use stamp::Stamp;
#[cfg(feature = "cluster")]
pub(crate) use {
    arrivals::{Arrivals, Fate, Standing},
    concealment::{Concealment, SILENT_MS as CONCEALED_MS},
    mover::{Around, Jump, Mover, mean_square},
    packet::Packet,
    regulator::{Act, Need, Regulator, Stand},
    store::Store,
    target::{TargetDelay, TargetFigures},
};
