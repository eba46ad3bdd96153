//! Gains that move instead of stepping: [`Fade`] moves linearly from one value to another; [`Line`] is a gain
//! over one tick, as the kernels take it. Pure data.

use super::timing::{Clock, Timing};

/// A value that rests or moves linearly over the smoothing time, in closed form: rounding errors do not add up.
///
/// Sample k of a move over N samples has the value start + (target - start) * k / N, for k = 1..N.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Fade {
    start: f64,
    target: f64,
    /// The number of samples that the mixer had made when the move started; 0 at rest.
    began: u64,
}

impl Fade {
    pub const ZERO: Self = Self::resting(0.0);

    pub const fn resting(value: f64) -> Self {
        Self { start: value, target: value, began: 0 }
    }

    /// A move from `start` to `target` that begins after sample `now`.
    pub fn between(start: f64, target: f64, now: u64) -> Self {
        if start == target { Self::resting(target) } else { Self { start, target, began: now } }
    }

    #[inline]
    pub fn target(&self) -> f64 {
        self.target
    }

    /// The value at which the move started, and the sample after which it did.
    #[inline]
    pub fn origin(&self) -> (f64, u64) {
        (self.start, self.began)
    }

    #[inline]
    pub fn moving(&self, now: u64, timing: &Timing) -> bool {
        self.start != self.target && now - self.began < u64::from(timing.smoothing)
    }

    /// The value after sample `now`.
    pub fn value(&self, now: u64, timing: &Timing) -> f64 {
        if self.moving(now, timing) {
            let done = (now - self.began) as f64 / f64::from(timing.smoothing);
            self.start + (self.target - self.start) * done
        } else {
            self.target
        }
    }

    /// The value after a sample that may lie before the move.
    pub fn value_at(&self, at: u64, timing: &Timing) -> f64 {
        if self.start != self.target && at < self.began { self.start } else { self.value(at, timing) }
    }

    /// Starts a move from the present value to `target`, over the smoothing time. Before the first tick the
    /// value is set at once. A call with the present target changes nothing.
    pub fn steer(&mut self, target: f64, clock: &Clock<'_>) {
        if !clock.begun {
            *self = Self::resting(target);
        } else if target != self.target {
            *self = Self::between(self.value(clock.now, clock.timing), target, clock.now);
        }
    }

    /// The same value in its only normal form, so that equal values compare as equal: a move that is over
    /// becomes a value at rest.
    #[inline]
    pub fn settled(self, now: u64, timing: &Timing) -> Self {
        if self.moving(now, timing) { self } else { Self::resting(self.target) }
    }

    /// Whether the value is over 0 on any sample of the tick. A move has its greatest value at one of its ends.
    pub fn is_over_0(&self, clock: &Clock<'_>) -> bool {
        self.target > 0.0 || self.moving(clock.now, clock.timing) && self.value(clock.now + 1, clock.timing) > 0.0
    }

    /// The sample on which the move ends; 0 at rest.
    pub fn end(&self, timing: &Timing) -> u64 {
        if self.start == self.target { 0 } else { self.began + u64::from(timing.smoothing) }
    }

    /// The three figures as bits, for a hash.
    pub fn bits(&self) -> [u64; 3] {
        [self.start.to_bits(), self.target.to_bits(), self.began]
    }
}

/// A gain over one tick: at rest, or `target + delta * remaining` in a move of which `over` samples lie
/// before the tick. `remaining` is 0 from the last sample of the move on, so that the gain is exactly on its target.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Line {
    pub target: f32,
    /// The gain at the start of the move, less the target; 0 at rest.
    pub delta: f32,
    /// Samples of the move that lie before the tick; 0 at rest.
    pub over: u32,
}

impl Line {
    pub const ZERO: Self = Self { target: 0.0, delta: 0.0, over: 0 };

    pub fn at_rest(gain: f64) -> Self {
        Self { target: gain as f32, ..Self::ZERO }
    }

    /// A move from `start` to `target`.
    pub fn between(start: f64, target: f64, over: u32) -> Self {
        let delta = (start - target) as f32;
        if delta == 0.0 { Self::at_rest(target) } else { Self { target: target as f32, delta, over } }
    }

    /// Whether the gain is 0 over the whole tick.
    #[inline]
    pub fn is_zero(&self) -> bool {
        self.target == 0.0 && self.delta == 0.0
    }

    #[inline]
    pub fn moves(&self) -> bool {
        self.delta != 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing { rate: 1000, tick: 2, smoothing: 4 };

    fn at(now: u64) -> Clock<'static> {
        Clock { now, begun: true, timing: &TIMING }
    }

    #[test]
    fn the_first_sample_has_moved_and_the_last_is_on_the_target() {
        let mut fade = Fade::ZERO;
        fade.steer(1.0, &at(10));
        let heard: Vec<f64> = (11..=14).map(|now| fade.value(now, &TIMING)).collect();
        assert_eq!(heard, [0.25, 0.5, 0.75, 1.0]);
        assert!(fade.moving(13, &TIMING) && !fade.moving(14, &TIMING));
    }

    #[test]
    fn a_change_during_a_move_starts_from_the_present_value() {
        let mut fade = Fade::ZERO;
        fade.steer(1.0, &at(0));
        fade.steer(0.0, &at(2));
        assert_eq!(fade.value(2, &TIMING), 0.5);
        assert_eq!(fade.value(3, &TIMING), 0.375);
        assert_eq!(fade.value(6, &TIMING), 0.0);
    }

    #[test]
    fn the_same_target_again_changes_nothing() {
        let mut fade = Fade::ZERO;
        fade.steer(1.0, &at(0));
        let before = fade;
        fade.steer(1.0, &at(2));
        assert_eq!(fade, before);
    }

    #[test]
    fn without_smoothing_or_before_the_first_tick_the_target_is_reached_at_once() {
        let at_once = Timing { smoothing: 0, ..TIMING };
        let mut fade = Fade::ZERO;
        fade.steer(1.0, &Clock { now: 3, begun: true, timing: &at_once });
        assert!(!fade.moving(3, &at_once));
        assert_eq!(fade.value(3, &at_once), 1.0);
        let mut fade = Fade::ZERO;
        fade.steer(1.0, &Clock { begun: false, ..at(0) });
        assert_eq!(fade, Fade::resting(1.0));
    }

    #[test]
    fn a_move_knows_where_and_when_it_began_and_what_was_before() {
        let fade = Fade::between(0.25, 0.75, 10);
        assert_eq!((fade.origin(), fade.end(&TIMING)), ((0.25, 10), 14));
        assert_eq!([9, 10, 11, 14, 15].map(|at| fade.value_at(at, &TIMING)), [0.25, 0.25, 0.375, 0.75, 0.75]);
        assert_eq!(fade.bits(), [0.25_f64.to_bits(), 0.75_f64.to_bits(), 10]);
        let resting = Fade::resting(0.75);
        assert_eq!((resting.end(&TIMING), resting.value_at(0, &TIMING)), (0, 0.75));
        assert_eq!([13, 14].map(|now| fade.settled(now, &TIMING)), [fade, resting]);
    }

    #[test]
    fn it_is_over_0_where_a_sample_of_the_tick_is() {
        let (down, up) = (Fade::between(1.0, 0.0, 10), Fade::between(0.0, 1.0, 10));
        // The last but one of four samples is the last over 0.
        assert_eq!([10, 12, 13, 14].map(|now| down.is_over_0(&at(now))), [true, true, false, false]);
        assert!(up.is_over_0(&at(10)) && Fade::resting(0.5).is_over_0(&at(0)) && !Fade::ZERO.is_over_0(&at(0)));
    }

    #[test]
    fn a_line_between_equal_gains_is_at_rest() {
        assert_eq!(Line::between(0.25, 1.0, 7), Line { target: 1.0, delta: -0.75, over: 7 });
        assert_eq!(Line::between(0.3, 0.3, 7), Line::at_rest(0.3));
        assert!(Line::ZERO.is_zero() && !Line::between(1.0, 0.0, 0).is_zero() && !Line::at_rest(0.3).is_zero());
        assert!(!Line::at_rest(0.3).moves() && Line::between(1.0, 0.0, 0).moves());
    }
}
