//! The ducking envelope of a listener: how loud, as a factor, the ducked sources are. Pure data.
//!
//! It has two kinds of motion: into its range over the smoothing time (a [`Fade`]), and inside its range at a constant slope.

use crate::{fade::Fade, timing::Timing};

/// Where an envelope may be and how fast it goes. Factors and factors a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct DuckRange {
    pub lower: f64,
    pub upper: f64,
    /// Slope towards `lower`.
    pub fall: f64,
    /// Slope towards `upper`.
    pub rise: f64,
}

impl DuckRange {
    /// The range of a listener without ducking: the envelope rests at 1.
    pub const NONE: Self = Self { lower: 1.0, upper: 1.0, fall: 0.0, rise: 0.0 };

    /// A journey over the whole range takes `fall_ms` down and `rise_ms` up; 0 ms takes the smoothing time instead.
    pub fn new(lower: f64, upper: f64, fall_ms: f64, rise_ms: f64, timing: &Timing) -> Self {
        let slope = |ms: f64| {
            let samples = if ms > 0.0 { timing.samples(ms) } else { f64::from(timing.smoothing) };
            // A journey of no length is made at once; one over no distance needs no slope.
            if upper > lower { (upper - lower) / samples } else { 0.0 }
        };
        Self { lower, upper, fall: slope(fall_ms), rise: slope(rise_ms) }
    }
}

/// The envelope between two ticks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Envelope {
    range: DuckRange,
    /// Rests on the present value, or is on its way into the range.
    position: Fade,
}

impl Default for Envelope {
    fn default() -> Self {
        Self { range: DuckRange::NONE, position: Fade::resting(1.0) }
    }
}

impl Envelope {
    pub fn ducks(&self) -> bool {
        self.range != DuckRange::NONE
    }

    /// Takes a new range. From outside, it moves to the nearest bound first; from inside, only slopes and targets change.
    pub fn set_range(&mut self, range: DuckRange, now: u64, timing: &Timing) {
        self.range = range;
        let present = self.position.value(now, timing);
        let inside = present.clamp(range.lower, range.upper);
        if inside == present {
            self.position.jump(present);
        } else {
            self.position.retarget(inside, now, timing);
        }
    }

    /// Takes a new range before anything was heard: is in it at once.
    pub fn start_in(&mut self, range: DuckRange) {
        self.range = range;
        self.position.jump(self.position.target().clamp(range.lower, range.upper));
    }

    /// The way that it goes from `now` on, while a ducker is active or none is.
    pub fn way(&self, ducker_active: bool, now: u64, timing: &Timing) -> Way {
        let (heading, step) =
            if ducker_active { (self.range.lower, self.range.fall) } else { (self.range.upper, self.range.rise) };
        Way { entry: self.position.settled(now, timing), heading, step }
    }

    /// Goes along `way` until `now`.
    pub fn advance(&mut self, way: &Way, from: u64, now: u64, timing: &Timing) {
        if !way.entry.moving(now, timing) {
            self.position.jump(way.value((now - from) as usize, from, timing));
        }
    }
}

/// What is nearer to the target than this share of a step is on it: rounding must not keep it one sample more from landing.
const ARRIVED: f64 = 1e-7;

/// The course of an envelope over one tick, in closed form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Way {
    entry: Fade,
    heading: f64,
    step: f64,
}

impl Way {
    /// The way of a listener without ducking.
    pub const NONE: Self = Self { entry: Fade::resting(1.0), heading: 1.0, step: 0.0 };

    /// The value all along, if it stays the same.
    pub fn constant(&self, now: u64, timing: &Timing) -> Option<f64> {
        let rests = !self.entry.moving(now, timing) && (self.entry.target() == self.heading || self.step == 0.0);
        rests.then(|| self.entry.target())
    }

    /// The value of the k-th sample (1, 2, ...) from `now` on.
    fn value(&self, k: usize, now: u64, timing: &Timing) -> f64 {
        let at = now + k as u64;
        if self.entry.moving(at, timing) {
            return self.entry.value(at, timing);
        }
        let from = self.entry.target();
        let samples = k - self.entry_left(now, timing).min(k);
        let left = (self.heading - from).abs() - self.step * samples as f64;
        if samples == 0 {
            from
        } else if left <= self.step * ARRIVED || left == f64::NEG_INFINITY {
            self.heading
        } else {
            self.heading + left.copysign(from - self.heading)
        }
    }

    fn entry_left(&self, now: u64, timing: &Timing) -> usize {
        if self.entry.moving(now, timing) { (timing.smoothing - self.entry.over(now)) as usize } else { 0 }
    }

    /// Writes the value of every sample from `now` on.
    pub fn fill(&self, out: &mut [f32], now: u64, timing: &Timing) {
        for (k, out) in out.iter_mut().enumerate() {
            *out = self.value(k + 1, now, timing) as f32;
        }
    }

    /// For a hash of a mix.
    pub fn bits(&self) -> [u64; 5] {
        let [a, b, c] = self.entry.bits();
        [a, b, c, self.heading.to_bits(), self.step.to_bits()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing { rate: 1000, tick: 4, smoothing: 2 };

    fn run(envelope: &mut Envelope, active: bool, now: u64, samples: usize) -> Vec<f32> {
        let way = envelope.way(active, now, &TIMING);
        let mut out = vec![0.0; samples];
        way.fill(&mut out, now, &TIMING);
        envelope.advance(&way, now, now + samples as u64, &TIMING);
        out
    }

    #[test]
    fn enters_its_range_over_the_smoothing_time_and_goes_on_by_slope() {
        let mut envelope = Envelope::default();
        envelope.set_range(DuckRange::new(0.0, 0.5, 2.0, 4.0, &TIMING), 10, &TIMING);
        assert_eq!(run(&mut envelope, true, 10, 5), [0.75, 0.5, 0.25, 0.0, 0.0]);
        assert_eq!(run(&mut envelope, false, 15, 5), [0.125, 0.25, 0.375, 0.5, 0.5]);
    }

    #[test]
    fn turns_around_from_wherever_it_is() {
        let mut envelope = Envelope::default();
        envelope.start_in(DuckRange::new(0.0, 1.0, 4.0, 4.0, &TIMING));
        assert_eq!(run(&mut envelope, true, 0, 2), [0.75, 0.5]);
        assert_eq!(run(&mut envelope, false, 2, 1), [0.75]);
        assert_eq!(run(&mut envelope, true, 3, 4), [0.5, 0.25, 0.0, 0.0]);
    }

    #[test]
    fn a_range_that_it_is_inside_of_changes_only_where_it_goes() {
        let mut envelope = Envelope::default();
        envelope.start_in(DuckRange::new(0.0, 1.0, 4.0, 4.0, &TIMING));
        run(&mut envelope, true, 0, 2);
        envelope.set_range(DuckRange::new(0.25, 0.75, 2.0, 2.0, &TIMING), 2, &TIMING);
        assert_eq!(run(&mut envelope, false, 2, 2), [0.75, 0.75]);
    }

    #[test]
    fn without_ducking_it_goes_back_to_one() {
        let mut envelope = Envelope::default();
        envelope.start_in(DuckRange::new(0.0, 0.5, 0.0, 0.0, &TIMING));
        envelope.set_range(DuckRange::NONE, 4, &TIMING);
        assert_eq!(run(&mut envelope, false, 4, 3), [0.75, 1.0, 1.0]);
        assert_eq!(envelope.way(true, 7, &TIMING).constant(7, &TIMING), Some(1.0));
    }

    #[test]
    fn a_ramp_of_nothing_without_smoothing_is_a_step() {
        let at_once = Timing { smoothing: 0, ..TIMING };
        let mut envelope = Envelope::default();
        envelope.set_range(DuckRange::new(0.2, 0.8, 0.0, 0.0, &at_once), 0, &at_once);
        let way = envelope.way(true, 0, &at_once);
        let mut out = [0.0; 2];
        way.fill(&mut out, 0, &at_once);
        assert_eq!(out, [0.2, 0.2]);
    }
}
