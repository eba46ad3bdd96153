//! The conference mixer of rsiprtp.

use std::hint::black_box;

use rsiprtp::media::ConferenceMixer;

use crate::signal::noise_i16;

/// The name of this contender.
pub const RSIPRTP: &str = "rsiprtp 0.4.1";

/// Everybody talks. It has no gains, and mixes up to 15 sources.
pub struct Rsiprtp {
    mixer: ConferenceMixer,
    frames: Vec<Vec<i16>>,
}

impl Rsiprtp {
    /// A conference of so many.
    pub fn new(participants: usize) -> Self {
        Self {
            mixer: ConferenceMixer::new(48_000, 10),
            frames: (0..participants).map(|n| noise_i16(n, participants)).collect(),
        }
    }

    /// One tick: a frame from everybody, and a mix for everybody.
    pub fn tick(&mut self) {
        for (ssrc, frame) in (0..).zip(&self.frames) {
            self.mixer.submit_audio(ssrc, black_box(frame));
        }
        for (ssrc, _) in (0..).zip(&self.frames) {
            black_box(self.mixer.get_mix_for(ssrc));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_hears_all_the_others() {
        let mut peer = Rsiprtp::new(15);
        peer.tick();
        let (mix, sources) = peer.mixer.get_mix_for(0);
        let expected: i32 = (1..15).map(|n| i32::from(peer.frames[n][7])).sum();
        assert_eq!((i32::from(mix[7]), mix.len(), sources.len()), (expected, 480, 14));
    }
}
