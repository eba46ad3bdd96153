//! A value that never steps: [`Fade`], a linear move from where it is to where it is to be; and [`Line`], the same over one
//! tick, as the kernels take it. Pure data.

use super::timing::{Clock, Timing};

/// A value that rests or moves linearly over the smoothing time, in closed form: nothing accumulates.
///
/// The k-th sample of a move over N stands at start + (target - start) * k / N, k = 1..N.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Fade {
    start: f64,
    target: f64,
    /// Samples since the mixer began, up to the start of the move; 0 at rest.
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

    /// Where its move started, and after which sample.
    #[inline]
    pub fn origin(&self) -> (f64, u64) {
        (self.start, self.began)
    }

    #[inline]
    pub fn moving(&self, now: u64, timing: &Timing) -> bool {
        self.start != self.target && now - self.began < u64::from(timing.smoothing)
    }

    /// Where it stands after sample `now`.
    pub fn value(&self, now: u64, timing: &Timing) -> f64 {
        if self.moving(now, timing) {
            let done = (now - self.began) as f64 / f64::from(timing.smoothing);
            self.start + (self.target - self.start) * done
        } else {
            self.target
        }
    }

    /// Heads for `target` from where it stands, over the smoothing time; at once before anything was heard. Naming the target
    /// that it heads for already changes nothing.
    pub fn steer(&mut self, target: f64, clock: &Clock<'_>) {
        if !clock.begun {
            *self = Self::resting(target);
        } else if target != self.target {
            *self = Self::between(self.value(clock.now, clock.timing), target, clock.now);
        }
    }

    /// The same move in one form only: one that is over rests.
    #[inline]
    pub fn settled(self, now: u64, timing: &Timing) -> Self {
        if self.moving(now, timing) { self } else { Self::resting(self.target) }
    }

    /// Whether it is over 0 on any sample of a tick: a move is greatest at one of its ends.
    pub fn is_over_0(&self, clock: &Clock<'_>) -> bool {
        self.target > 0.0 || self.moving(clock.now, clock.timing) && self.value(clock.now + 1, clock.timing) > 0.0
    }

    /// The sample on which its move ends; 0 at rest.
    pub fn end(&self, timing: &Timing) -> u64 {
        if self.start == self.target { 0 } else { self.began + u64::from(timing.smoothing) }
    }

    /// Its three figures as bits, for a hash.
    pub fn bits(&self) -> [u64; 3] {
        [self.start.to_bits(), self.target.to_bits(), self.began]
    }
}

/// A gain over one tick: at rest, or `target + delta * remaining` of a move of which `over` samples are over before the tick.
/// What remains of a move is 0 from its last sample on, so that the gain is on its target exactly.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Line {
    pub target: f32,
    /// How much more the gain was at the start of its move; 0 at rest.
    pub delta: f32,
    /// 0 at rest.
    pub over: u32,
}

impl Line {
    pub const ZERO: Self = Self { target: 0.0, delta: 0.0, over: 0 };

    pub fn at_rest(gain: f64) -> Self {
        Self { target: gain as f32, ..Self::ZERO }
    }

    /// A move from one gain to another.
    pub fn between(start: f64, target: f64, over: u32) -> Self {
        let delta = (start - target) as f32;
        if delta == 0.0 { Self::at_rest(target) } else { Self { target: target as f32, delta, over } }
    }

    /// Whether it is 0 over the whole tick.
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
    fn naming_the_same_target_changes_nothing() {
        let mut fade = Fade::ZERO;
        fade.steer(1.0, &at(0));
        let before = fade;
        fade.steer(1.0, &at(2));
        assert_eq!(fade, before);
    }

    #[test]
    fn without_smoothing_and_before_the_first_tick_it_is_there_at_once() {
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
    fn a_line_that_goes_nowhere_rests() {
        assert_eq!(Line::between(0.25, 1.0, 7), Line { target: 1.0, delta: -0.75, over: 7 });
        assert_eq!(Line::between(0.3, 0.3, 7), Line::at_rest(0.3));
        assert!(Line::ZERO.is_zero() && !Line::between(1.0, 0.0, 0).is_zero());
    }
}
