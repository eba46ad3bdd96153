//! The stream to a peer: encoded packets of its mix become RTP ([`Outbound`]).

use std::{sync::Arc, time::Instant};

use rtp_types::RtpPacketBuilder;

use super::codec::Codec;
use crate::room::SAMPLE_RATE;

/// The most sources that a packet can name.
const MOST_SOURCES: usize = 15;

/// A packet of a mix.
#[derive(Debug, Clone)]
pub struct Encoded {
    pub codec: Codec,
    pub payload: Arc<[u8]>,
    /// Of its first sample, in samples of the mixer.
    pub position: u64,
    /// Whether it is the first one, or the first after a pause.
    pub is_first: bool,
    /// How many packets before it could not be made.
    pub lost_before: u32,
    /// The SSRCs of the sources of the mix; those beyond 15 are not told.
    pub sources: Arc<[u32]>,
}

/// A stream under one SSRC.
#[derive(Debug)]
pub struct Outbound {
    pub ssrc: u32,
    codec: Codec,
    payload_type: u8,
    sequence: u16,
    /// Random, so that timestamps cannot be guessed (RFC 3550, section 5.1).
    offset: u32,
    last: Option<(u32, Instant)>,
    pub packets: u32,
    pub octets: u32,
    /// Whether something was sent since this was last asked.
    has_sent: bool,
}

impl Outbound {
    pub fn new(codec: Codec, payload_type: u8) -> Self {
        Self {
            ssrc: fastrand::u32(..),
            codec,
            payload_type,
            sequence: fastrand::u16(..),
            offset: fastrand::u32(..),
            last: None,
            packets: 0,
            octets: 0,
            has_sent: false,
        }
    }

    /// Goes on with another codec: under the same SSRC if its clock is the same (RFC 7160).
    pub fn change(&mut self, codec: Codec, payload_type: u8) {
        if codec.clock_hz() == self.codec.clock_hz() {
            (self.codec, self.payload_type) = (codec, payload_type);
        } else {
            *self = Self::new(codec, payload_type);
        }
    }

    /// Leaves out the numbers of packets that could not be made: the peer conceals them as lost.
    pub fn leave_out(&mut self, packets: u32) {
        self.sequence = self.sequence.wrapping_add(packets as u16);
    }

    /// Writes a packet in the place of what the buffer has: a payload, its position in samples of the mixer, and
    /// whether it is the first one after a pause.
    pub fn write(&mut self, payload: &[u8], position: u64, is_first: bool, sources: &[u32], buffer: &mut Vec<u8>) {
        let ticks = u128::from(position) * u128::from(self.codec.clock_hz()) / u128::from(SAMPLE_RATE);
        let timestamp = self.offset.wrapping_add(ticks as u32);
        let builder = RtpPacketBuilder::<&[u8], &[u8]>::new()
            .ssrc(self.ssrc)
            .payload_type(self.payload_type)
            .sequence_number(self.sequence)
            .timestamp(timestamp)
            .marker_bit(is_first)
            .payload(payload);
        let builder = sources.iter().take(MOST_SOURCES).fold(builder, |builder, source| builder.add_csrc(*source));
        buffer.clear();
        if builder.write_into_vec(buffer).is_err() {
            return;
        }
        self.sequence = self.sequence.wrapping_add(1);
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(payload.len() as u32);
        (self.last, self.has_sent) = (Some((timestamp, Instant::now())), true);
    }

    /// The timestamp of this moment, for a sender report; `None` if nothing was sent since the last time.
    pub fn timestamp_at(&mut self, now: Instant) -> Option<u32> {
        let (timestamp, sent) = self.last.filter(|_| std::mem::take(&mut self.has_sent))?;
        let ticks = now.saturating_duration_since(sent).as_secs_f64() * f64::from(self.codec.clock_hz());
        Some(timestamp.wrapping_add(ticks as u32))
    }

    /// Ticks of the stream's clock in ms.
    pub fn ticks_ms(&self, ticks: u32) -> f64 {
        f64::from(ticks) * 1000.0 / f64::from(self.codec.clock_hz())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn outbound(codec: Codec, payload_type: u8) -> Outbound {
        Outbound { ssrc: 0x0102_0304, sequence: 0xFFFF, offset: 0x10, ..Outbound::new(codec, payload_type) }
    }

    #[test]
    fn a_packet_has_these_bytes() {
        let (mut outbound, mut buffer) = (outbound(Codec::Pcma, 8), vec![9; 40]);
        outbound.write(&[0xAB, 0xCD], 960, true, &[], &mut buffer);
        assert_eq!(buffer, [0x80, 0x88, 0xFF, 0xFF, 0, 0, 0, 0xB0, 1, 2, 3, 4, 0xAB, 0xCD]);
        outbound.write(&[0xAB, 0xCD], 1920, false, &[5], &mut buffer);
        assert_eq!(buffer, [0x81, 0x08, 0, 0, 0, 0, 1, 0x50, 1, 2, 3, 4, 0, 0, 0, 5, 0xAB, 0xCD]);
        assert_eq!((outbound.packets, outbound.octets), (2, 4));
        outbound.write(&[0xAB, 0xCD], 2880, false, &[7; 40], &mut buffer);
        assert_eq!((buffer[0], buffer.len()), (0x8F, 12 + 15 * 4 + 2));
    }

    #[test]
    fn timestamps_follow_the_mixer_in_the_codec_s_clock_and_wrap() {
        let (mut outbound, mut buffer) = (outbound(Codec::Opus, 96), Vec::new());
        outbound.write(&[1], (1 << 32) + 960, false, &[], &mut buffer);
        assert_eq!(buffer[4..8], [0, 0, 3, 0xD0]);
        let sent = outbound.last.unwrap().1;
        assert_eq!(outbound.timestamp_at(sent + Duration::from_millis(100)), Some(0x3D0 + 4800));
        assert_eq!(outbound.timestamp_at(sent), None, "nothing was sent since");
    }

    #[test]
    fn a_codec_with_another_clock_is_another_stream() {
        let mut outbound = outbound(Codec::Pcmu, 0);
        outbound.change(Codec::G722, 9);
        assert_eq!((outbound.ssrc, outbound.payload_type), (0x0102_0304, 9));
        outbound.change(Codec::Opus, 96);
        assert!(outbound.ssrc != 0x0102_0304 && outbound.codec == Codec::Opus);
    }
}
