//! The ducking envelope of a listener: the factor of the sources that are ducked, sample by sample. Pure data.
//!
//! The envelope moves in two ways. Outside of its range it moves to the nearest bound over the smoothing
//! time, as a [`Fade`]. Inside of its range it moves between the bounds at a constant slope, as a ramp.

use super::{
    fade::Fade,
    timing::{Clock, Timing},
};

/// The range of an envelope, in factors, and its slopes, in factors per sample.
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

    /// A ramp over the whole range takes `fall_ms` down and `rise_ms` up. A time of 0 ms stands for the
    /// smoothing time. A lower bound above the upper one is set to the upper one.
    pub fn new(lower: f64, upper: f64, fall_ms: f64, rise_ms: f64, timing: &Timing) -> Self {
        let lower = lower.min(upper);
        let slope = |ms: f64| {
            let samples = if ms > 0.0 { timing.samples(ms) } else { f64::from(timing.smoothing) };
            // A ramp of 0 samples has an infinite slope and is made at once. A range without width needs no slope.
            if upper > lower { (upper - lower) / samples } else { 0.0 }
        };
        Self { lower, upper, fall: slope(fall_ms), rise: slope(rise_ms) }
    }
}

/// The envelope of a listener: its range, and its present course.
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

    /// Sets a new range. An envelope outside of the range moves to the nearest bound first; for one inside,
    /// only the slope and the heading change. Before the first tick the envelope is set to the range at once.
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
        // The envelope keeps this value until it is steered.
        self.motion = Motion { entry, since: clock.now, heading: inside, step: 0.0 };
    }

    /// Starts, from the present value, towards the lower bound while a ducker is active and towards the upper
    /// bound otherwise. Returns the course.
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

/// The course of an envelope since its last turn, in closed form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Motion {
    /// The value at the turn, at rest; or the move into the range, after which the ramp begins.
    entry: Fade,
    /// The sample at which the envelope turned.
    since: u64,
    heading: f64,
    step: f64,
}

/// A straight line towards a heading. `before + n` samples after the line's start, the distance from the
/// heading is `distance - step * (before + n)`, on the side that `sign` tells.
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

/// The pieces of an envelope's course within a tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stretches {
    /// Samples of the move into the range.
    pub entry: usize,
    /// Samples of the ramp that follows, and its line.
    pub slope: usize,
    pub line: Slope,
}

/// A value that is nearer to the heading than this share of a step has arrived: rounding must not delay the
/// arrival by one sample.
const ARRIVED: f64 = 1e-7;
/// A value that is nearer to the range than this is inside of it: rounding must not cause a move over the
/// smoothing time.
const ON_THE_BOUND: f64 = 1e-9;

impl Default for Motion {
    fn default() -> Self {
        Self::NONE
    }
}

impl Motion {
    /// The course of a listener without ducking.
    pub const NONE: Self = Self { entry: Fade::resting(1.0), since: 0, heading: 1.0, step: 0.0 };

    /// The value from sample `now` on, if it does not change any more.
    pub fn constant(&self, now: u64, timing: &Timing) -> Option<f64> {
        if self.entry.moving(now, timing) {
            return None;
        }
        let value = self.value(now, timing);
        (value == self.heading || self.step == 0.0).then_some(value)
    }

    /// The same course in its only normal form, so that equal courses compare as equal: a constant course rests.
    pub fn settled(&self, now: u64, timing: &Timing) -> Self {
        match self.constant(now, timing) {
            Some(value) => Self { entry: Fade::resting(value), since: 0, heading: value, step: 0.0 },
            None => *self,
        }
    }

    /// The value after `at` samples.
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

    /// Cuts the `count` samples from `now` on into the move into the range, the ramp, and the rest.
    pub fn stretches(&self, count: usize, now: u64, timing: &Timing) -> Stretches {
        let entering = if self.entry.moving(now, timing) { self.entry.end(timing) - now } else { 0 };
        // On the last sample of the entry the envelope is at the start of the ramp: that sample belongs to
        // the next piece.
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

    /// The figures as bits, for a hash of a mix.
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
    fn it_enters_its_range_over_the_smoothing_time_and_goes_on_as_a_ramp() {
        let mut envelope = Envelope::default();
        envelope.set_range(DuckRange::new(0.0, 0.5, 2.0, 4.0, &TIMING), &at(10));
        assert_eq!(run(&mut envelope, true, 10, 5), [0.75, 0.5, 0.25, 0.0, 0.0]);
        assert_eq!(run(&mut envelope, false, 15, 5), [0.125, 0.25, 0.375, 0.5, 0.5]);
    }

    #[test]
    fn a_turn_starts_from_the_present_value() {
        let mut envelope = started_in(DuckRange::new(0.0, 1.0, 4.0, 4.0, &TIMING));
        assert_eq!(run(&mut envelope, true, 0, 2), [0.75, 0.5]);
        assert_eq!(run(&mut envelope, false, 2, 1), [0.75]);
        assert_eq!(run(&mut envelope, true, 3, 4), [0.5, 0.25, 0.0, 0.0]);
    }

    #[test]
    fn a_new_range_around_the_present_value_changes_only_slope_and_heading() {
        let mut envelope = started_in(DuckRange::new(0.0, 1.0, 4.0, 4.0, &TIMING));
        run(&mut envelope, true, 0, 2);
        envelope.set_range(DuckRange::new(0.25, 0.75, 2.0, 2.0, &TIMING), &at(2));
        assert_eq!(run(&mut envelope, false, 2, 2), [0.75, 0.75]);
    }

    #[test]
    fn a_value_that_rounding_puts_past_a_bound_is_on_the_bound() {
        // 7 of 10 steps down from 1 give 0.3, less a rounding: inside of 0.3 to 1, so that the ramp begins at once.
        let mut envelope = started_in(DuckRange::new(0.0, 1.0, 10.0, 10.0, &TIMING));
        run(&mut envelope, true, 0, 7);
        assert!(envelope.motion.value(7, &TIMING) < 0.3);
        envelope.set_range(DuckRange::new(0.3, 1.0, 7.0, 7.0, &TIMING), &at(7));
        assert_eq!(run(&mut envelope, false, 7, 2), [0.4, 0.5]);
    }

    #[test]
    fn before_the_first_tick_it_is_set_and_does_not_move() {
        assert_eq!(run(&mut started_in(DuckRange::new(0.0, 0.5, 0.0, 0.0, &TIMING)), false, 0, 2), [0.5, 0.5]);
    }

    #[test]
    fn a_range_that_a_ramp_is_outside_of_is_entered_from_where_the_ramp_is() {
        let mut envelope = started_in(DuckRange::new(0.0, 1.0, 4.0, 4.0, &TIMING));
        run(&mut envelope, true, 0, 2);
        envelope.set_range(DuckRange::new(0.75, 1.0, 1.0, 1.0, &TIMING), &at(2));
        assert_eq!(run(&mut envelope, true, 2, 1), [0.625]);
        // Said once more while it enters: it goes on, and does not begin again.
        envelope.set_range(DuckRange::new(0.75, 1.0, 1.0, 1.0, &TIMING), &at(3));
        assert_eq!(run(&mut envelope, true, 3, 2), [0.75, 0.75]);
    }

    #[test]
    fn it_ducks_while_it_has_a_range() {
        let mut envelope = Envelope::default();
        assert!(!envelope.ducks());
        envelope.set_range(DuckRange::new(0.5, 1.0, 1.0, 1.0, &TIMING), &at(0));
        assert!(envelope.ducks());
    }

    #[test]
    fn a_tick_is_cut_where_the_course_bends() {
        let line = Slope { heading: 0.25, distance: 0.75, sign: 1.0, step: 0.125, before: 1.0 };
        let mut envelope = started_in(DuckRange::new(0.25, 1.0, 6.0, 3.0, &TIMING));
        let down = envelope.steer(true, &at(0));
        // Four of the next five samples lie on the slope for sure; the landing is taken sample by sample.
        assert_eq!(down.stretches(5, 0, &TIMING), Stretches { entry: 0, slope: 4, line });
        assert_eq!(
            down.stretches(5, 3, &TIMING),
            Stretches { entry: 0, slope: 1, line: Slope { before: 4.0, ..line } }
        );
        assert_eq!(down.stretches(5, 7, &TIMING).slope, 0);
        let line = Slope { heading: 1.0, distance: 0.75, sign: -1.0, step: 0.25, before: 1.0 };
        assert_eq!(envelope.steer(false, &at(8)).stretches(3, 8, &TIMING), Stretches { entry: 0, slope: 1, line });
        assert_eq!(Motion::NONE.stretches(5, 9, &TIMING).slope, 0);
    }

    #[test]
    fn the_slope_begins_on_the_last_sample_of_the_entry() {
        let mut envelope = Envelope::default();
        envelope.set_range(DuckRange::new(0.0, 0.5, 8.0, 8.0, &TIMING), &at(10));
        let line = Slope { heading: 0.0, distance: 0.5, sign: 1.0, step: 0.0625, before: 0.0 };
        let motion = envelope.steer(true, &at(10));
        assert_eq!(motion.stretches(8, 10, &TIMING), Stretches { entry: 1, slope: 6, line });
        assert_eq!(motion.stretches(1, 10, &TIMING).entry, 1);
        assert_eq!([0, 2].map(|n| line.value(n)), [0.5, 0.375]);
        assert_eq!(Slope { heading: 0.5, sign: -1.0, before: 2.0, ..line }.value(2), 0.25);
    }

    #[test]
    fn a_course_that_has_landed_is_the_same_as_one_that_rests() {
        let mut envelope = started_in(DuckRange::new(0.5, 1.0, 2.0, 4.0, &TIMING));
        let motion = envelope.steer(true, &at(0));
        assert_eq!([1, 2].map(|now| motion.constant(now, &TIMING)), [None, Some(0.5)]);
        let resting = Motion { entry: Fade::resting(0.5), since: 0, heading: 0.5, step: 0.0 };
        assert_eq!([1, 2].map(|now| motion.settled(now, &TIMING)), [motion, resting]);
        assert_eq!(motion.settled(2, &TIMING).bits(), resting.bits());
        assert_ne!(motion.bits(), resting.bits());
    }

    #[test]
    fn the_course_is_the_same_in_ticks_of_any_length() {
        let range = DuckRange::new(0.0, 1.0, 5000.0, 5000.0, &TIMING);
        let (mut by_samples, mut at_once) = (started_in(range), started_in(range));
        let steps: Vec<f32> = (0..5000).flat_map(|now| run(&mut by_samples, true, now, 1)).collect();
        assert_eq!(steps, run(&mut at_once, true, 0, 5000));
    }

    #[test]
    fn without_ducking_it_moves_back_to_1() {
        let mut envelope = started_in(DuckRange::new(0.0, 0.5, 0.0, 0.0, &TIMING));
        run(&mut envelope, false, 0, 4);
        envelope.set_range(DuckRange::NONE, &at(4));
        assert_eq!(run(&mut envelope, false, 4, 3), [0.75, 1.0, 1.0]);
        assert_eq!(envelope.steer(true, &at(7)).constant(7, &TIMING), Some(1.0));
    }

    #[test]
    fn a_ramp_of_0_ms_without_smoothing_is_a_step() {
        let at_once = Timing { smoothing: 0, ..TIMING };
        let clock = Clock { now: 3, begun: true, timing: &at_once };
        let mut envelope = Envelope::default();
        envelope.set_range(DuckRange::new(0.2, 0.8, 0.0, 0.0, &at_once), &clock);
        let motion = envelope.steer(true, &clock);
        assert_eq!([4, 5].map(|at| motion.value(at, &at_once)), [0.2, 0.2]);
    }
}
