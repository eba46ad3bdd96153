//! Encoded packets: from a network thread, [`PacketPort`], to the thread that decodes, [`Decoding`], and from there, as
//! samples, the way of every [`InputPort`](super::InputPort).
//!
//! A packet is *noted* as soon as it comes: the audio thread learns when it came, and how much sound it is, and so how
//! deep its buffer must be. It is decoded when it is due. So what comes late may still be in time, and of what is
//! missing everything is known when something must be played in its place: whether it was lost or not sent, and whether
//! the next packet has a copy of it.

mod decoding;
mod port;
mod waiting;

pub use decoding::Decoding;
pub use port::{AudioLevel, DecoderError, PacketError, PacketPort, RtpPacket};

use super::{input, packet, stamp};
use crate::stream::codec;
