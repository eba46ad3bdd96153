//! The last packets that an encoder was given: [`Recent`]. An encoder whose library cannot copy its state is forked by
//! giving them to a new one. Once the two have so much in common they differ as little as any two encoders with different
//! pasts ever do, and no edge is to be heard where a decoder goes from one to the other: three packets of Opus, ten of
//! G.722 (each has a test).

use super::Encoder;

/// The samples of the last `PACKETS` packets.
#[derive(Debug, Clone)]
pub(super) struct Recent<const PACKETS: usize> {
    /// The oldest is at `next` once all are there.
    packets: [Vec<f32>; PACKETS],
    next: usize,
}

impl<const PACKETS: usize> Default for Recent<PACKETS> {
    fn default() -> Self {
        Self { packets: [const { Vec::new() }; PACKETS], next: 0 }
    }
}

impl<const PACKETS: usize> Recent<PACKETS> {
    /// Keeps a packet in the place of the oldest.
    pub fn note(&mut self, samples: &[f32]) {
        let oldest = &mut self.packets[self.next];
        oldest.clear();
        oldest.extend_from_slice(samples);
        self.next = (self.next + 1) % PACKETS;
    }

    /// Gives them to another encoder, the oldest first.
    pub fn replay(&self, encoder: &mut dyn Encoder, out: &mut [u8]) {
        let (newest, oldest) = self.packets.split_at(self.next);
        for samples in oldest.iter().chain(newest).filter(|samples| !samples.is_empty()) {
            // What this encoder took that one takes.
            let _bytes = encoder.encode(samples, out);
        }
    }

    pub fn clear(&mut self) {
        self.packets.iter_mut().for_each(Vec::clear);
    }
}
