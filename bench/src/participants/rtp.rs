//! Packets of RTP (RFC 3550), with audio levels (RFC 6464) in a header extension of one-byte headers (RFC 8285).

use mixminus::stream::AudioLevel;
use rtp_types::RtpPacketBuilder;
pub use rtp_types::{RtpPacket, RtpWriteError};

/// The payload type that the call gave to Opus.
const OPUS: u8 = 111;
/// The number that the call gave to audio levels.
const LEVEL: u8 = 1;
/// What extensions of one-byte headers begin with.
const ONE_BYTE_HEADERS: u16 = 0xBEDE;

/// A stream of packets as its sender has it.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing {
    /// Its source.
    pub ssrc: u32,
    /// The number of the next packet.
    pub sequence: u16,
    /// Where its timestamps begin.
    pub offset: u32,
}

impl Outgoing {
    /// The stream of a person. It begins somewhere, as RTP has it.
    pub fn of(person: usize, rng: &mut fastrand::Rng) -> Self {
        Self { ssrc: person as u32 + 1, sequence: rng.u16(..), offset: rng.u32(..) }
    }

    /// Writes the next packet. How many bytes it has.
    pub fn write(
        &mut self,
        timestamp: u32,
        begins: bool,
        level: Option<AudioLevel>,
        payload: &[u8],
        out: &mut [u8],
    ) -> Result<usize, RtpWriteError> {
        let packet = RtpPacketBuilder::new()
            .payload_type(OPUS)
            .marker_bit(begins)
            .sequence_number(self.sequence)
            .timestamp(self.offset.wrapping_add(timestamp))
            .ssrc(self.ssrc)
            .payload(payload);
        self.sequence = self.sequence.wrapping_add(1);
        match level {
            Some(level) => packet.extension(ONE_BYTE_HEADERS, &element(level)[..]).write_into(out),
            None => packet.write_into(out),
        }
    }
}

/// A level as an element of a header extension, padded.
fn element(level: AudioLevel) -> [u8; 4] {
    [LEVEL << 4, u8::from(level.voice) << 7 | level.dbov & 0x7F, 0, 0]
}

/// The level that a packet tells, if it does.
pub fn level(packet: &RtpPacket<'_>) -> Option<AudioLevel> {
    let (ONE_BYTE_HEADERS, mut rest) = packet.extension()? else { return None };
    while let [head, tail @ ..] = rest {
        if *head == 0 {
            rest = tail;
            continue;
        }
        let (number, length) = (head >> 4, usize::from(head & 0x0F) + 1);
        let (data, behind) = tail.split_at_checked(length)?;
        if number == LEVEL {
            return Some(AudioLevel { dbov: data[0] & 0x7F, voice: data[0] & 0x80 != 0 });
        }
        rest = behind;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut stream = Outgoing { ssrc: 7, sequence: 65_535, offset: u32::MAX };
        let told = AudioLevel { dbov: 38, voice: true };
        let mut bytes = [0; 100];
        for (level, sequence) in [(Some(told), 65_535), (None, 0)] {
            let length = stream.write(961, true, level, &[1, 2, 3], &mut bytes).unwrap();
            let packet = RtpPacket::parse(&bytes[..length]).unwrap();
            assert_eq!((packet.ssrc(), packet.sequence_number(), packet.timestamp()), (7, sequence, 960));
            assert_eq!((packet.payload(), packet.marker_bit(), super::level(&packet)), (&[1, 2, 3][..], true, level));
        }
    }

    #[test]
    fn a_level_is_found_among_other_elements() {
        let found = |data: &[u8]| {
            let packet: RtpPacketBuilder<&[u8], _> = RtpPacketBuilder::new().payload_type(OPUS);
            let bytes = packet.extension(ONE_BYTE_HEADERS, data).write_vec().unwrap();
            level(&RtpPacket::parse(&bytes).unwrap())
        };
        let quiet = AudioLevel { dbov: 127, voice: false };
        assert_eq!(found(&[0x31, 5, 5, 0, LEVEL << 4, 127, 0, 0]), Some(quiet));
        assert_eq!((found(&[0x3F, 5, 5, 5]), found(&[0x30, 5, 0, 0])), (None, None));
    }
}
