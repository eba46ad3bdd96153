//! [`Curves`]: what the halves of a row are multiplied by, sample by sample, where `hears` or the envelope moves.

use crate::{
    audio::apply::Listener,
    data::{
        envelope::Motion,
        fade::Fade,
        memory::filled,
        timing::{Clock, Timing},
    },
    dsp::{Kernel, Tile},
};

/// The curves of a row over some samples of a tick; kept until others are asked for.
#[derive(Debug)]
pub(crate) struct Curves {
    key: Option<(Motion, Fade, u64, usize)>,
    open: Vec<f32>,
    ducked: Vec<f32>,
}

impl Curves {
    /// Room for a tick of so many tiles. Allocates: control side.
    pub fn new(tiles: usize) -> Self {
        let room = || filled(tiles * Tile::SAMPLES, 0.0);
        Self { key: None, open: room(), ducked: room() }
    }

    /// The curves of a listener's open and ducked half over `count` samples from the tick's sample `at` on. One that
    /// is not there is 1.
    pub fn of(
        &mut self,
        listener: &Listener,
        at: usize,
        count: usize,
        clock: &Clock<'_>,
        kernel: Kernel,
    ) -> [Option<&[f32]>; 2] {
        let (motion, hears, now) = (listener.motion(), listener.hears(), clock.now + at as u64);
        let fades = hears.moving(now, clock.timing);
        let key = Some((motion, hears, now, count));
        if self.key != key {
            self.key = key;
            let (open, ducked) = (&mut self.open[..count], &mut self.ducked[..count]);
            if fades {
                let factors = (now + 1..).map(|at| hears.value(at, clock.timing));
                let values = (now + 1..).map(|at| motion.value(at, clock.timing));
                for (((open, ducked), factor), value) in open.iter_mut().zip(ducked).zip(factors).zip(values) {
                    (*open, *ducked) = (factor as f32, (factor * value) as f32);
                }
            } else {
                write(motion, hears.target(), ducked, now, clock.timing, kernel);
                open.fill(hears.target() as f32);
            }
        }
        let open = (fades || hears.target() != 1.0).then_some(&self.open[..count]);
        [open, Some(&self.ducked[..count])]
    }
}

/// Writes an envelope times a factor for every sample from `now` on: most of them at vector speed.
fn write(motion: Motion, factor: f64, out: &mut [f32], now: u64, timing: &Timing, kernel: Kernel) {
    let stretches = motion.stretches(out.len(), now, timing);
    let (entry, rest) = out.split_at_mut(stretches.entry);
    let (slope, rest) = rest.split_at_mut(stretches.slope);
    let mut landed = None;
    let mut value = |at: u64| {
        let value = landed.unwrap_or_else(|| motion.value(at, timing));
        landed = landed.or_else(|| motion.constant(at, timing));
        (value * factor) as f32
    };
    let after = now + (entry.len() + slope.len()) as u64;
    (now + 1..).zip(entry).for_each(|(at, out)| *out = (motion.value(at, timing) * factor) as f32);
    kernel.write_slope(slope, stretches.line, factor);
    (after + 1..).zip(rest).for_each(|(at, out)| *out = value(at));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::envelope::{DuckRange, Envelope};

    const TIMING: Timing = Timing { rate: 1000, tick: 5, smoothing: 3 };

    /// An envelope that enters its range, goes down by slope and lands: at every sample as its closed form says.
    #[test]
    fn every_sample_is_on_the_course() {
        let clock = |now| Clock { now, begun: true, timing: &TIMING };
        let mut envelope = Envelope::default();
        envelope.set_range(DuckRange::new(0.2, 0.8, 37.0, 11.0, &TIMING), &clock(10));
        let motion = envelope.steer(true, &clock(10));
        for from in 10..60 {
            for count in [1, 2, 5, 40] {
                let mut out = vec![0.0; count];
                write(motion, 0.5, &mut out, from, &TIMING, Kernel::detect());
                for (at, value) in (from + 1..).zip(out) {
                    assert!((f64::from(value) - 0.5 * motion.value(at, &TIMING)).abs() < 1e-7, "{at} from {from}");
                }
            }
        }
    }
}
