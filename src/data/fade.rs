//! A value that never steps: [`Fade`], a linear move from where it is to where it shall be, and [`FadeCurve`], the tables
//! that turn a move into one gain a sample. Pure data.

use crate::{
    data::timing::Timing,
    kernel::{Course, Mover, STEP, Tile},
};

/// A value that rests or moves linearly over the smoothing time, in closed form: nothing accumulates.
///
/// The k-th sample of a move over N stands at start + (target - start) * k / N, k = 1..N.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Fade {
    start: f64,
    target: f64,
    /// The sample, since the mixer began, before which the move started; 0 at rest.
    began: u64,
}

impl Fade {
    pub const ZERO: Self = Self::resting(0.0);

    pub const fn resting(value: f64) -> Self {
        Self { start: value, target: value, began: 0 }
    }

    /// Where the last move started.
    pub fn start(&self) -> f64 {
        self.start
    }

    #[inline]
    pub fn target(&self) -> f64 {
        self.target
    }

    #[inline]
    pub fn moving(&self, now: u64, timing: &Timing) -> bool {
        self.start != self.target && now - self.began < u64::from(timing.smoothing)
    }

    /// Where it stands after the last sample before `now`.
    pub fn value(&self, now: u64, timing: &Timing) -> f64 {
        if self.moving(now, timing) {
            let done = (now - self.began) as f64 / f64::from(timing.smoothing);
            self.start + (self.target - self.start) * done
        } else {
            self.target
        }
    }

    /// Heads for `target` from where it stands. Naming the target that it heads for already changes nothing.
    pub fn retarget(&mut self, target: f64, now: u64, timing: &Timing) {
        if target != self.target {
            *self = Self::between(self.value(now, timing), target, now);
        }
    }

    /// A move from `start` to `target` that begins at `now`.
    pub fn between(start: f64, target: f64, now: u64) -> Self {
        if start == target { Self::resting(target) } else { Self { start, target, began: now } }
    }

    /// Is on its target at once.
    pub fn jump(&mut self, target: f64) {
        *self = Self::resting(target);
    }

    /// Whether both move, and began together.
    pub fn moves_with(&self, other: &Self, now: u64, timing: &Timing) -> bool {
        self.began == other.began && self.moving(now, timing) && other.moving(now, timing)
    }

    /// The same move in one form only: what has arrived rests.
    #[inline]
    pub fn settled(self, now: u64, timing: &Timing) -> Self {
        if self.moving(now, timing) { self } else { Self::resting(self.target) }
    }

    /// The same move of `f(value)`; `f` must be linear.
    #[inline]
    pub fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self { start: f(self.start), target: f(self.target), began: self.began }
    }

    /// The product of two moves as one move, where it is one: when at most one of them moves, or both began together.
    #[inline]
    pub fn product(self, other: Self, now: u64, timing: &Timing) -> Option<Self> {
        match (self.moving(now, timing), other.moving(now, timing)) {
            (_, false) => Some(self.settled(now, timing).map(|value| value * other.target)),
            (false, true) => Some(other.map(|value| value * self.target)),
            (true, true) if self.began == other.began => {
                Some(Self::between(self.start * other.start, self.target * other.target, self.began))
            }
            (true, true) => None,
        }
    }

    /// Whether it is the same move as `other`, but for rounding.
    pub fn is_nearly(&self, other: &Self, now: u64, timing: &Timing) -> bool {
        let (a, b) = (self.settled(now, timing), other.settled(now, timing));
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-13 * a.max(b);
        a.began == b.began && near(a.start, b.start) && near(a.target, b.target)
    }

    /// The sample after its last.
    pub fn end(&self, timing: &Timing) -> u64 {
        if self.start == self.target { 0 } else { self.began + u64::from(timing.smoothing) }
    }

    /// How many samples of the move are over.
    pub fn over(&self, now: u64) -> u32 {
        (now - self.began) as u32
    }

    /// For the kernel.
    pub fn mover(&self, now: u64) -> Mover {
        Mover { over: self.over(now), start: self.start as f32, target: self.target as f32 }
    }

    /// For a hash of a mix: its three figures as bits.
    pub fn bits(&self) -> [u64; 3] {
        [self.start.to_bits(), self.target.to_bits(), self.began]
    }
}

/// What a move's gain is made of, sample by sample: `start * down[k] + target * up[k]`.
///
/// Both parts are positive, so that nothing cancels and the gain is exact to f32 rounding however small it is; and both
/// tables go on for one tick after the move, so that a tick which outlasts a move needs no second case.
#[derive(Debug)]
pub(crate) struct FadeCurve {
    up: Box<[f32]>,
    down: Box<[f32]>,
    length: usize,
}

impl FadeCurve {
    pub fn new(timing: &Timing) -> Self {
        let length = f64::from(timing.smoothing);
        let done = |k: usize| if (k as f64) < length { k as f64 / length } else { 1.0 };
        let samples = 0..timing.smoothing as usize + Tile::count(timing.tick) * Tile::SAMPLES + 1;
        Self {
            up: samples.clone().map(|k| done(k) as f32).collect(),
            down: samples.map(|k| (1.0 - done(k)) as f32).collect(),
            length: timing.smoothing as usize,
        }
    }

    /// The parts of the samples `from + 1 ..= from + count` of a move: (down, up).
    pub fn parts(&self, from: usize, count: usize) -> (&[f32], &[f32]) {
        let range = from + 1..from + 1 + count;
        (&self.down[range.clone()], &self.up[range])
    }

    /// How ramps are followed over the samples `from + 1 ..= from + count` of a move, which are those that are heard of a tile: from the nearer end, unless they are so near
    /// to the middle of a short move, or the move is over so soon, that they would not be exact.
    pub fn course(&self, from: usize, count: usize) -> Option<Course> {
        let (first, last, length) = (from + 1, from + count, self.length);
        // What comes first on the way back is the end of the whole tile, heard or not.
        let is_whole = from + Tile::SAMPLES <= length;
        let left = length.checked_sub(last)?;
        if is_near(last, left, left + 2 * STEP) {
            Some(Course::Onward(from as f32 / STEP as f32))
        } else if is_whole && is_near(length - first, first, first + 2 * STEP) {
            Some(Course::Back((length - from) as f32 / STEP as f32))
        } else {
            None
        }
    }
}

/// Whether a line is exact that goes to nothing at its other end, `gone` samples from this end and `left` from that; its tile's vectors are made of one that is `first` away from that.
/// A step is rounded, once for all samples: that is to weigh no more than a tenth more than what is left. What rounds the first vector is to weigh no more than a quarter more.
fn is_near(gone: usize, left: usize, first: usize) -> bool {
    10 * gone <= 11 * left && 4 * first <= 5 * left
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing { rate: 1000, tick: 2, smoothing: 4 };

    #[test]
    fn the_first_sample_has_moved_and_the_last_is_on_the_target() {
        let mut fade = Fade::ZERO;
        fade.retarget(1.0, 10, &TIMING);
        let heard: Vec<f64> = (11..=14).map(|now| fade.value(now, &TIMING)).collect();
        assert_eq!(heard, [0.25, 0.5, 0.75, 1.0]);
        assert!(fade.moving(13, &TIMING) && !fade.moving(14, &TIMING));
    }

    #[test]
    fn a_change_during_a_move_starts_from_the_present_value() {
        let mut fade = Fade::ZERO;
        fade.retarget(1.0, 0, &TIMING);
        fade.retarget(0.0, 2, &TIMING);
        assert_eq!(fade.value(2, &TIMING), 0.5);
        assert_eq!(fade.value(3, &TIMING), 0.375);
        assert_eq!(fade.value(6, &TIMING), 0.0);
    }

    #[test]
    fn naming_the_same_target_changes_nothing() {
        let mut fade = Fade::ZERO;
        fade.retarget(1.0, 0, &TIMING);
        let before = fade;
        fade.retarget(1.0, 2, &TIMING);
        assert_eq!(fade, before);
    }

    #[test]
    fn without_smoothing_it_is_there_at_once() {
        let at_once = Timing { smoothing: 0, ..TIMING };
        let mut fade = Fade::ZERO;
        fade.retarget(1.0, 3, &at_once);
        assert!(!fade.moving(3, &at_once));
        assert_eq!(fade.value(3, &at_once), 1.0);
    }

    #[test]
    fn a_product_is_one_move_unless_two_moves_overlap() {
        let (a, b) = (Fade::between(0.0, 1.0, 2), Fade::between(0.5, 1.0, 2));
        assert_eq!(a.product(b, 2, &TIMING), Some(Fade::between(0.0, 1.0, 2)));
        assert_eq!(a.product(Fade::resting(0.5), 2, &TIMING), Some(Fade::between(0.0, 0.5, 2)));
        assert_eq!(Fade::resting(0.5).product(b, 2, &TIMING), Some(Fade::between(0.25, 0.5, 2)));
        assert_eq!(a.product(Fade::between(0.5, 1.0, 3), 3, &TIMING), None);
    }

    #[test]
    fn the_tables_hold_the_target_for_a_tick_after_the_move() {
        let curve = FadeCurve::new(&TIMING);
        assert_eq!(curve.parts(3, 2), (&[0.0, 0.0][..], &[1.0, 1.0][..]));
        assert_eq!(curve.parts(0, 2), (&[0.75, 0.5][..], &[0.25, 0.5][..]));
    }
}
