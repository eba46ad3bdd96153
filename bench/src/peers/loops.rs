//! Plain loops that do the least that a mixer can do: one sum for all listeners, and writing the
//! mixes alone.

use std::hint::black_box;

use crate::signal::{TICK, noise_i16};

/// One sum, from which each listener's own voice is subtracted: the shape of Janus and FreeSWITCH.
/// It has no gains, moves, limiter, meters or detectors.
#[derive(Debug)]
pub struct SumMinusOwn {
    frames: Vec<Vec<i16>>,
    out: Vec<Vec<i16>>,
}

impl SumMinusOwn {
    /// The name of this contender.
    pub const NAME: &str = "sum minus own";

    /// A room of so many, who all talk.
    pub fn new(participants: usize) -> Self {
        let frames = (0..participants).map(|n| noise_i16(n, participants)).collect();
        Self { frames, out: vec![vec![0; TICK]; participants] }
    }

    /// One tick.
    pub fn tick(&mut self) {
        let mut sum = [0_i32; TICK];
        for frame in black_box(&self.frames) {
            for (sum, sample) in sum.iter_mut().zip(frame) {
                *sum += i32::from(*sample);
            }
        }
        for (out, own) in self.out.iter_mut().zip(&self.frames) {
            for ((out, own), sum) in out.iter_mut().zip(own).zip(&sum) {
                *out = (sum - i32::from(*own)).clamp(-32768, 32767) as i16;
            }
        }
        black_box(&self.out);
    }
}

/// Writes a mix of f32 for everybody, once: the least that any mixer does.
#[derive(Debug)]
pub struct Writes {
    out: Vec<f32>,
}

impl Writes {
    /// The name of this contender.
    pub const NAME: &str = "writing the mixes once";

    /// A room of so many listeners.
    pub fn new(listeners: usize) -> Self {
        Self { out: vec![0.0; listeners * TICK] }
    }

    /// One tick.
    pub fn tick(&mut self) {
        self.out.fill(black_box(0.25));
        black_box(&self.out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_hears_the_sum_of_the_others() {
        let mut peer = SumMinusOwn::new(3);
        peer.tick();
        let [a, b, c] = [0, 1, 2].map(|n| peer.frames[n][7]);
        assert_eq!([0, 1, 2].map(|n| peer.out[n][7]), [b + c, a + c, a + b]);
    }

    #[test]
    fn every_sample_is_written() {
        let mut peer = Writes::new(2);
        peer.tick();
        assert_eq!(peer.out, [0.25; 2 * TICK]);
    }
}
