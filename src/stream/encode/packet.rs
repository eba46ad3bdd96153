//! What encode groups give: [`EncodedPacket`].

use super::control::CodecKey;
use crate::data::id::ParticipantKey;

/// One packet, for all who hear the mix. Each listener's packets come in order, one after the other on the mixer's
/// timeline.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct EncodedPacket<'a> {
    /// By which codec.
    pub codec: CodecKey,
    /// Where it begins on the mixer's timeline, in samples: see [`Mixes::position`](crate::Mixes::position).
    pub position: u64,
    /// How long it is, in the mixer's samples.
    pub samples: usize,
    /// The mixer's rate.
    pub rate_hz: u32,
    /// The bytes to send.
    pub payload: &'a [u8],
    /// To whom.
    pub listeners: &'a [ParticipantKey],
    /// Who is heard in it, up to 15, if the relay names sources: an RTP packet's contributing sources.
    pub sources: &'a [ParticipantKey],
    /// Whether it is the first after a pause, or the first of all: RTP's marker bit. A packet that only refreshes a pause is
    /// not. A listener who is new to a mix that goes on gets its own first packet without it.
    pub resumes: bool,
    /// How many packets between the one before and this could not be made, up to a second of them. If an RTP sender leaves
    /// out as many sequence numbers, receivers conceal them as lost; otherwise they play a pause.
    pub lost_before: u32,
}

impl EncodedPacket<'_> {
    /// Its position by an RTP clock, without the sender's random offset: that of the codec's RTP format, which is 8000 Hz
    /// for G.722 and 48,000 Hz for Opus, whatever they take.
    ///
    /// ```
    /// # use mixminus::stream::EncodedPacket;
    /// fn rtp_timestamp(packet: &EncodedPacket<'_>, offset: u32) -> u32 {
    ///     offset.wrapping_add(packet.timestamp(8000))
    /// }
    /// ```
    pub fn timestamp(&self, clock_hz: u32) -> u32 {
        (u128::from(self.position) * u128::from(clock_hz) / u128::from(self.rate_hz.max(1))) as u32
    }
}
