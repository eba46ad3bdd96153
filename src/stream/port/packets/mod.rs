//! Encoded packets: from a network thread, [`PacketPort`], to the thread that decodes, [`Decoding`], and from there, as
//! samples, the way of every [`InputPort`](super::InputPort).
//!
//! A packet is *noted* as soon as it comes: the audio thread learns when it came and how long it is, and finds from
//! that how long packets should wait. It is decoded later, when it is due. By then the packets behind a missing one
//! have come, and tell what to do in its place: whether it was lost, or the sender paused; and whether the next packet
//! carries a copy of it.

mod decoding;
mod port;
mod rtp;
mod waiting;

pub use decoding::Decoding;
pub use port::{DecoderError, PacketError, PacketPort};
pub use rtp::{AudioLevel, RtpPacket};

use super::{input, packet, stamp};
use crate::stream::codec;
