//! The ducking envelope of a listener: how loud, as a factor, the ducked sources are. Pure data.
//!
//! It has two kinds of motion: into its range over the smoothing time (a [`Fade`]), and inside its range at a constant slope.

use super::{
    fade::Fade,
    timing::{Clock, Timing},
};

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
    /// A lower bound over the upper one is taken for the same.
    pub fn new(lower: f64, upper: f64, fall_ms: f64, rise_ms: f64, timing: &Timing) -> Self {
        let lower = lower.min(upper);
        let slope = |ms: f64| {
            let samples = if ms > 0.0 { timing.samples(ms) } else { f64::from(timing.smoothing) };
            // A journey of no length is made at once; one over no distance needs no slope.
            if upper > lower { (upper - lower) / samples } else { 0.0 }
        };
        Self { lower, upper, fall: slope(fall_ms), rise: slope(rise_ms) }
    }
}

/// The envelope of a listener: its range, and the way that it is on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Envelope {
    range: DuckRange,
    motion: Motion,
}

impl Default for Envelope {
    fn default() -> Self {
        Self { range: DuckRange::NONE, motion: Motion::NONE }
    }
}

impl Envelope {
    pub fn ducks(&self) -> bool {
        self.range != DuckRange::NONE
    }

    /// Takes a new range. From outside, it moves to the nearest bound first; from inside, only slopes and targets change. Before anything was
    /// heard it is in it at once.
    pub fn set_range(&mut self, range: DuckRange, clock: &Clock<'_>) {
        self.range = range;
        let present = self.motion.value(clock.now, clock.timing);
        let mut inside = present.clamp(range.lower, range.upper);
        let mut entry = self.motion.entry;
        if !clock.begun {
            // Whatever was set before holds no more: nothing was heard of it.
            inside = range.upper;
        }
        if !clock.begun || (inside - present).abs() <= ON_THE_BOUND {
            entry = Fade::resting(inside);
        } else if !entry.moving(clock.now, clock.timing) {
            entry = Fade::between(present, inside, clock.now);
        } else {
            entry.steer(inside, clock);
        }
        // It has yet to be steered; until then it stays.
        self.motion = Motion { entry, since: clock.now, heading: inside, step: 0.0 };
    }

    /// Heads for the lower bound while a ducker is active, for the upper otherwise: from wherever it is. The way that it is on.
    pub fn steer(&mut self, ducker_active: bool, clock: &Clock<'_>) -> Motion {
        let range = &self.range;
        let (heading, step) = if ducker_active { (range.lower, range.fall) } else { (range.upper, range.rise) };
        if (heading, step) != (self.motion.heading, self.motion.step) {
            self.motion = if self.motion.entry.moving(clock.now, clock.timing) {
                Motion { heading, step, ..self.motion }
            } else {
                let present = self.motion.value(clock.now, clock.timing);
                Motion { entry: Fade::resting(present), since: clock.now, heading, step }
            };
        }
        self.motion
    }
}

/// The course of an envelope, in closed form from its last turn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Motion {
    /// Where it was at the turn; or its way into the range, after which it goes on by slope.
    entry: Fade,
    /// The sample of the turn.
    since: u64,
    heading: f64,
    step: f64,
}

/// A straight line towards a heading: after `before + n` samples it is `distance - step * (before + n)` away from it, on the
/// side of `sign`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Slope {
    pub heading: f64,
    pub distance: f64,
    pub sign: f64,
    pub step: f64,
    pub before: f64,
}

impl Slope {
    /// The value after `before + samples` samples.
    #[inline(always)]
    pub fn value(&self, samples: u32) -> f64 {
        let left = self.distance - self.step * (self.before + f64::from(samples));
        self.heading + left * self.sign
    }
}

/// Pieces of an envelope's course in a tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stretches {
    /// Samples on the way into its range.
    pub entry: usize,
    /// Samples after those that are on a straight line, and the line.
    pub slope: usize,
    pub line: Slope,
}

/// What is nearer to the target than this share of a step is on it: rounding must not keep it one sample more from landing.
const ARRIVED: f64 = 1e-7;
/// What is nearer to a bound than this is on it: rounding must not send it into its range over the smoothing time.
const ON_THE_BOUND: f64 = 1e-9;

impl Default for Motion {
    fn default() -> Self {
        Self::NONE
    }
}

impl Motion {
    /// The way of a listener without ducking.
    pub const NONE: Self = Self { entry: Fade::resting(1.0), since: 0, heading: 1.0, step: 0.0 };

    /// The value from `now` on, if it stays the same.
    pub fn constant(&self, now: u64, timing: &Timing) -> Option<f64> {
        if self.entry.moving(now, timing) {
            return None;
        }
        let value = self.value(now, timing);
        (value == self.heading || self.step == 0.0).then_some(value)
    }

    /// The same way in one form only: what stays where it is rests.
    pub fn settled(&self, now: u64, timing: &Timing) -> Self {
        match self.constant(now, timing) {
            Some(value) => Self { entry: Fade::resting(value), since: 0, heading: value, step: 0.0 },
            None => *self,
        }
    }

    /// The value after the sample before `at`.
    pub fn value(&self, at: u64, timing: &Timing) -> f64 {
        if self.entry.moving(at, timing) {
            return self.entry.value(at, timing);
        }
        let from = self.entry.target();
        let samples = at - self.since.max(self.entry.end(timing));
        let left = (self.heading - from).abs() - self.step * samples as f64;
        if samples == 0 {
            from
        } else if left <= self.step * ARRIVED {
            self.heading
        } else {
            self.heading + left.copysign(from - self.heading)
        }
    }

    /// How it goes over `count` samples from `now` on: a stretch on its way into its range, a stretch by slope, and the rest.
    pub fn stretches(&self, count: usize, now: u64, timing: &Timing) -> Stretches {
        let entering = if self.entry.moving(now, timing) { self.entry.end(timing) - now } else { 0 };
        // The last sample of the entry is on its target, from where the slope starts: it belongs to what follows.
        let entry = (entering as usize).saturating_sub(1).min(count);
        let (from, first) = (self.entry.target(), now + entry as u64 + 1);
        let anchor = self.since.max(self.entry.end(timing));
        let (distance, sign) = ((self.heading - from).abs(), f64::copysign(1.0, from - self.heading));
        let before = first.saturating_sub(anchor) as f64;
        let most = (count - entry) as f64;
        let landing = if self.step > 0.0 { (distance / self.step - before).clamp(0.0, most) } else { 0.0 };
        let line = Slope { heading: self.heading, distance, sign, step: self.step, before };
        Stretches { entry, slope: (landing as usize).saturating_sub(1), line }
    }

    /// For a hash of a mix.
    pub fn bits(&self) -> [u64; 6] {
        let [a, b, c] = self.entry.bits();
        [a, b, c, self.since, self.heading.to_bits(), self.step.to_bits()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing { rate: 1000, tick: 4, smoothing: 2 };

    fn at(now: u64) -> Clock<'static> {
        Clock { now, begun: now > 0, timing: &TIMING }
    }

    fn run(envelope: &mut Envelope, active: bool, now: u64, samples: usize) -> Vec<f32> {
        let motion = envelope.steer(active, &at(now));
        (1..=samples as u64).map(|k| motion.value(now + k, &TIMING) as f32).collect()
    }

    fn started_in(range: DuckRange) -> Envelope {
        let mut envelope = Envelope::default();
        envelope.set_range(range, &at(0));
        envelope
    }

    #[test]
    fn enters_its_range_over_the_smoothing_time_and_goes_on_by_slope() {
        let mut envelope = Envelope::default();
        envelope.set_range(DuckRange::new(0.0, 0.5, 2.0, 4.0, &TIMING), &at(10));
        assert_eq!(run(&mut envelope, true, 10, 5), [0.75, 0.5, 0.25, 0.0, 0.0]);
        assert_eq!(run(&mut envelope, false, 15, 5), [0.125, 0.25, 0.375, 0.5, 0.5]);
    }

    #[test]
    fn turns_around_from_wherever_it_is() {
        let mut envelope = started_in(DuckRange::new(0.0, 1.0, 4.0, 4.0, &TIMING));
        assert_eq!(run(&mut envelope, true, 0, 2), [0.75, 0.5]);
        assert_eq!(run(&mut envelope, false, 2, 1), [0.75]);
        assert_eq!(run(&mut envelope, true, 3, 4), [0.5, 0.25, 0.0, 0.0]);
    }

    #[test]
    fn a_range_that_it_is_inside_of_changes_only_where_it_goes() {
        let mut envelope = started_in(DuckRange::new(0.0, 1.0, 4.0, 4.0, &TIMING));
        run(&mut envelope, true, 0, 2);
        envelope.set_range(DuckRange::new(0.25, 0.75, 2.0, 2.0, &TIMING), &at(2));
        assert_eq!(run(&mut envelope, false, 2, 2), [0.75, 0.75]);
    }

    #[test]
    fn on_a_bound_by_arithmetic_is_on_it() {
        // 4 of 10 steps down from 1 is 0.6 but for rounding: inside 0..0.6, and falling at once.
        let mut envelope = started_in(DuckRange::new(0.0, 1.0, 10.0, 10.0, &TIMING));
        run(&mut envelope, true, 0, 4);
        envelope.set_range(DuckRange::new(0.0, 0.6, 6.0, 6.0, &TIMING), &at(4));
        assert_eq!(run(&mut envelope, true, 4, 2), [0.5, 0.4]);
    }

    #[test]
    fn the_way_is_the_same_in_ticks_of_any_length() {
        let range = DuckRange::new(0.0, 1.0, 5000.0, 5000.0, &TIMING);
        let (mut by_samples, mut at_once) = (started_in(range), started_in(range));
        let steps: Vec<f32> = (0..5000).flat_map(|now| run(&mut by_samples, true, now, 1)).collect();
        assert_eq!(steps, run(&mut at_once, true, 0, 5000));
    }

    #[test]
    fn without_ducking_it_goes_back_to_one() {
        let mut envelope = started_in(DuckRange::new(0.0, 0.5, 0.0, 0.0, &TIMING));
        run(&mut envelope, false, 0, 4);
        envelope.set_range(DuckRange::NONE, &at(4));
        assert_eq!(run(&mut envelope, false, 4, 3), [0.75, 1.0, 1.0]);
        assert_eq!(envelope.steer(true, &at(7)).constant(7, &TIMING), Some(1.0));
    }

    #[test]
    fn a_ramp_of_nothing_without_smoothing_is_a_step() {
        let at_once = Timing { smoothing: 0, ..TIMING };
        let clock = Clock { now: 3, begun: true, timing: &at_once };
        let mut envelope = Envelope::default();
        envelope.set_range(DuckRange::new(0.2, 0.8, 0.0, 0.0, &at_once), &clock);
        let motion = envelope.steer(true, &clock);
        assert_eq!([4, 5].map(|at| motion.value(at, &at_once)), [0.2, 0.2]);
    }
}
