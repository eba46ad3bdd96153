//! Packets as long as the peer wants them, of packets as they are encoded ([`Packing`]). The samples of G.711 and G.722
//! stand for themselves, so their payloads can be joined and cut; packets of Opus are sent as they come.

use super::{codec::Codec, outbound::Encoded};
use crate::room::SAMPLE_RATE;

/// G.711 and G.722 have 64 kbit/s.
const BYTES_A_MS: usize = 8;
/// Samples of the mixer in a byte.
const SAMPLES_A_BYTE: u64 = SAMPLE_RATE as u64 / 1000 / BYTES_A_MS as u64;

/// Joins and cuts payloads.
#[derive(Debug)]
pub struct Packing {
    /// The bytes of a packet; `None` for packets as they come.
    length: Option<usize>,
    waiting: Vec<u8>,
    /// Of the first byte that waits, in samples of the mixer.
    position: u64,
    is_first: bool,
}

impl Packing {
    pub fn new(codec: Codec, packet_ms: u32) -> Self {
        let length = (codec != Codec::Opus).then_some(packet_ms as usize * BYTES_A_MS);
        Self { length, waiting: Vec::new(), position: 0, is_first: true }
    }

    /// Takes a payload, and gives those that are whole now: the bytes, the position of the first, and whether it is
    /// the first one after a pause.
    pub fn pack(&mut self, packet: &Encoded, mut give: impl FnMut(&[u8], u64, bool)) {
        let Some(length) = self.length else { return give(&packet.payload, packet.position, packet.is_first) };
        let goes_on = self.position + self.waiting.len() as u64 * SAMPLES_A_BYTE == packet.position;
        if packet.is_first || !goes_on {
            // What waited before a pause fills no packet any more.
            self.waiting.clear();
            (self.position, self.is_first) = (packet.position, packet.is_first);
        }
        self.waiting.extend_from_slice(&packet.payload);
        let whole = self.waiting.len() / length * length;
        for payload in self.waiting[..whole].chunks_exact(length) {
            give(payload, self.position, self.is_first);
            self.position += length as u64 * SAMPLES_A_BYTE;
            self.is_first = false;
        }
        self.waiting.drain(..whole);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lengths, positions and marks of what is given of packets of 20 ms at these positions.
    fn packed(codec: Codec, packet_ms: u32, packets: &[(u64, bool)]) -> Vec<(usize, u64, bool)> {
        let (mut packing, mut given) = (Packing::new(codec, packet_ms), Vec::new());
        for (position, is_first) in packets {
            let payload = [0; 160].into();
            let (position, is_first) = (*position, *is_first);
            let packet = Encoded { codec, payload, position, is_first, lost_before: 0, sources: [].into() };
            packing.pack(&packet, |payload, position, is_first| given.push((payload.len(), position, is_first)));
        }
        given
    }

    #[test]
    fn packets_are_joined_and_cut() {
        let four = [(960, true), (1920, false), (2880, false), (3840, false)];
        assert_eq!(packed(Codec::Pcmu, 40, &four), [(320, 960, true), (320, 2880, false)]);
        assert_eq!(packed(Codec::G722, 30, &four), [(240, 960, true), (240, 2400, false)]);
        assert_eq!(packed(Codec::Pcma, 10, &four[..1]), [(80, 960, true), (80, 1440, false)]);
        assert_eq!(packed(Codec::Opus, 40, &four[..2]), [(160, 960, true), (160, 1920, false)]);
    }

    #[test]
    fn what_waits_before_a_gap_or_a_pause_is_left_out() {
        let gap = [(0, true), (960, false), (1920, false), (9600, false), (10_560, false)];
        assert_eq!(packed(Codec::Pcmu, 40, &gap), [(320, 0, true), (320, 9600, false)]);
        let pause = [(0, true), (9600, true), (10_560, false)];
        assert_eq!(packed(Codec::Pcmu, 40, &pause), [(320, 9600, true)]);
    }
}
