//! The last packets that an encoder was given: [`Recent`]. An encoder whose library cannot copy its state is forked by
//! giving them to a new one. After three packets of Opus the two differ as little as any two encoders with different
//! pasts ever do, and no edge is to be heard where a decoder goes from one to the other (`forks_have_no_edges` in
//! `opus/encoder.rs` measures it).

use super::Encoder;

/// How many packets are kept.
const PACKETS: usize = 3;

/// The samples of the last packets.
#[derive(Debug, Clone, Default)]
pub(super) struct Recent {
    /// The oldest is at `next` once all are there.
    packets: [Vec<f32>; PACKETS],
    next: usize,
}

impl Recent {
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
