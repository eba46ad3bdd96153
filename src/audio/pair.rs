//! The state of one pair: the open and the ducked gain of a source in a listener's mix, moving or not. Pure data.
//!
//! A pair lies in memory for as long as its row lists its source, so it is small: 44 bytes.

use crate::data::{
    fade::Fade,
    id::ParticipantKey,
    timing::{Clock, Timing},
};

/// A source that a row names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Listed {
    pub source: ParticipantKey,
    pub gain: f64,
    pub kind: PairKind,
}

/// What ducking is to a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PairKind {
    /// It is ducked.
    Ducked,
    /// It is not ducked.
    Exempt,
    /// It is not ducked, and the others are while its source is active.
    Ducker,
    /// Its row does not list it: its source has changed class, or joins while its class moves, and goes to the level of
    /// its class by itself.
    Passing,
}

/// The state of one pair that a row lists, or has listed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(C, packed(4))]
pub(crate) struct Pair {
    /// The source's slot.
    pub slot: u32,
    /// Its stay, and flags in the lowest bits.
    tag: u32,
    /// The gain that its row gives it, which it does not have while that is set aside.
    level: f32,
    /// The gain that the envelope does not multiply, and the one that it does.
    open: PairMove,
    ducked: PairMove,
}

/// A [`Fade`] in 16 bytes. Its target is rounded for the kernels; its beginning is known modulo 2^32 samples, which
/// is enough, for what is over is settled in the next tick: a plan with moves is never held.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(C, packed(4))]
struct PairMove {
    start: f64,
    target: f32,
    began: u32,
}

impl PairMove {
    fn at(target: f32) -> Self {
        Self { start: f64::from(target), target, began: 0 }
    }

    #[inline]
    fn moves(self) -> bool {
        self.start != f64::from(self.target)
    }

    #[inline]
    fn fade(self, now: u64) -> Fade {
        if self.moves() {
            let over = (now as u32).wrapping_sub(self.began);
            Fade::between(self.start, f64::from(self.target), now - u64::from(over))
        } else {
            Fade::resting(f64::from(self.target))
        }
    }
}

impl PairMove {
    /// Rests if its move is over. When it began otherwise.
    #[inline]
    fn settle(&mut self, clock: &Clock<'_>) -> Begun {
        if !self.moves() {
            return Begun::Never;
        }
        if (clock.now as u32).wrapping_sub(self.began) >= clock.timing.smoothing {
            *self = Self::at(self.target);
            return Begun::Never;
        }
        Begun::Together(self.began)
    }
}

/// When the moves of some gains began that are on their way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Begun {
    /// None is on its way.
    #[default]
    Never,
    /// All after this sample, modulo 2^32.
    Together(u32),
    /// At different times.
    Apart,
}

impl Begun {
    /// Of these gains and of others.
    #[inline]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (one, Self::Never) | (Self::Never, one) => one,
            (one, other) if one == other => one,
            _ => Self::Apart,
        }
    }

    /// Of one fade.
    pub fn of(fade: Fade, clock: &Clock<'_>) -> Self {
        if fade.moving(clock.now, clock.timing) { Self::Together(fade.origin().1 as u32) } else { Self::Never }
    }
}

impl From<Fade> for PairMove {
    fn from(fade: Fade) -> Self {
        let (start, began) = fade.origin();
        Self { start, target: fade.target() as f32, began: began as u32 }
    }
}

/// A stay leaves so many bits for flags: see [`ParticipantKey::MOST_STAYS`].
const FLAG_BITS: u32 = 2;
const _: () = assert!(ParticipantKey::MOST_STAYS <= u32::MAX >> FLAG_BITS);
const LISTED: u32 = 1;
const DUCKS_OTHERS: u32 = 2;

impl Pair {
    /// A pair that a row names, on its target.
    pub fn new(listed: &Listed) -> Self {
        let (level, none) = (PairMove::at(listed.gain as f32), PairMove::at(0.0));
        let (flags, [open, ducked]) = match listed.kind {
            PairKind::Ducked => (LISTED, [none, level]),
            PairKind::Exempt => (LISTED, [level, none]),
            PairKind::Ducker => (LISTED | DUCKS_OTHERS, [level, none]),
            PairKind::Passing => (0, [none, level]),
        };
        Self {
            slot: listed.source.slot,
            tag: listed.source.stay << FLAG_BITS | flags,
            level: level.target,
            open,
            ducked,
        }
    }

    /// Has the gain 1 as its target wherever its row gives it more than 0, if `plain`; otherwise what its row gives it.
    pub fn aim(&mut self, plain: bool) {
        let level = if plain { 1.0 } else { self.level };
        let aimed = |half: PairMove| PairMove::at(if half.target > 0.0 { level } else { 0.0 });
        (self.open, self.ducked) = (aimed(self.open), aimed(self.ducked));
    }

    /// Whether its row lists it.
    #[inline]
    pub fn is_listed(&self) -> bool {
        self.tag & LISTED != 0
    }

    /// Whether the others are ducked while its source is active.
    #[inline]
    pub fn ducks_others(&self) -> bool {
        self.tag & DUCKS_OTHERS != 0
    }

    /// Whether it is of the same source as another pair.
    #[inline]
    pub fn is_of_same(&self, other: &Self) -> bool {
        (self.slot, self.tag >> FLAG_BITS) == (other.slot, other.tag >> FLAG_BITS)
    }

    /// Whether it is of this source.
    #[inline]
    pub fn is_of(&self, source: ParticipantKey) -> bool {
        (self.slot, self.tag >> FLAG_BITS) == (source.slot, source.stay)
    }

    /// Whether its row has begun to move it, and it was not settled since.
    #[inline]
    pub fn moves(&self) -> bool {
        { self.open }.moves() || { self.ducked }.moves()
    }

    /// Its open and its ducked gain, as moves.
    #[inline]
    pub fn fades(&self, now: u64) -> [Fade; 2] {
        [{ self.open }.fade(now), { self.ducked }.fade(now)]
    }

    /// Where its open and its ducked gain started, and where they are heading. At rest both are the same.
    #[inline]
    pub fn ends(&self) -> [[f64; 2]; 2] {
        let (open, ducked) = (self.open, self.ducked);
        [[open.start, ducked.start], [f64::from(open.target), f64::from(ducked.target)]]
    }

    /// Its open and its ducked gain, if both rest.
    #[inline]
    #[cfg(test)]
    pub fn at_rest(&self) -> Option<[f32; 2]> {
        (!self.moves()).then_some([{ self.open }.target, { self.ducked }.target])
    }

    /// Goes on from where it was, `before`, towards its targets.
    pub fn go_on_from(&mut self, before: [Fade; 2], clock: &Clock<'_>) {
        let [mut open, mut ducked] = before;
        open.steer(f64::from({ self.open }.target), clock);
        ducked.steer(f64::from({ self.ducked }.target), clock);
        (self.open, self.ducked) = (open.into(), ducked.into());
    }

    /// Has these moves, and nothing steers it.
    pub fn stay_on(&mut self, [open, ducked]: [Fade; 2]) {
        *self = Self { open: open.into(), ducked: ducked.into(), ..self.released() };
    }

    /// The same pair, which its row lists no more: it goes to the gain of sources that are not listed.
    pub fn unlisted(self, unlisted: f64, clock: &Clock<'_>) -> Self {
        let [mut open, mut ducked] = self.fades(clock.now);
        open.steer(0.0, clock);
        ducked.steer(unlisted, clock);
        Self { open: open.into(), ducked: ducked.into(), ..self.released() }
    }

    /// Goes to another level of the sources without a pair, if it is not on its way there. It is listed no more.
    #[inline]
    pub fn head_for(&mut self, unlisted: f64, clock: &Clock<'_>) {
        if { self.ducked }.target != unlisted as f32 {
            *self = self.unlisted(unlisted, clock);
        }
    }

    /// The same pair, which its row lists no more, on the moves that it had: its source has left.
    pub fn released(self) -> Self {
        Self { tag: self.tag & !(LISTED | DUCKS_OTHERS), ..self }
    }

    /// Forgets moves that are over. Those that are not.
    #[inline]
    pub fn settle(&mut self, clock: &Clock<'_>) -> Begun {
        if !self.moves() {
            return Begun::Never;
        }
        let (mut open, mut ducked) = (self.open, self.ducked);
        let begun = Begun::Never.and(open.settle(clock)).and(ducked.settle(clock));
        (self.open, self.ducked) = (open, ducked);
        begun
    }

    /// Its moves as bits, for a hash.
    pub fn bits(&self) -> [u64; 4] {
        let bits =
            |half: PairMove| [half.start.to_bits(), u64::from(half.target.to_bits()) << 32 | u64::from(half.began)];
        let ([a, b], [c, d]) = (bits(self.open), bits(self.ducked));
        [a, b, c, d]
    }

    /// Whether it is the same as a source that is not listed, now and later.
    pub fn is_like(&self, unlisted: Fade, now: u64, timing: &Timing) -> bool {
        let [open, ducked] = self.fades(now);
        open == Fade::ZERO && ducked.settled(now, timing) == unlisted.settled(now, timing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing { rate: 1000, tick: 2, smoothing: 4 };

    fn at(now: u64) -> Clock<'static> {
        Clock { now, begun: true, timing: &TIMING }
    }

    fn key() -> ParticipantKey {
        ParticipantKey { mixer: 1, slot: 3, stay: 1 }
    }

    fn listed(gain: f64, ducker: bool) -> Pair {
        let kind = if ducker { PairKind::Ducker } else { PairKind::Ducked };
        Pair::new(&Listed { source: key(), gain, kind })
    }

    fn values(pair: &Pair, now: u64) -> [f64; 2] {
        pair.fades(now).map(|fade| fade.value(now, &TIMING))
    }

    #[test]
    fn a_pair_is_small() {
        assert_eq!(size_of::<Pair>(), 44);
    }

    #[test]
    fn a_ducker_is_open_and_the_others_are_ducked() {
        let exempt = Pair::new(&Listed { source: key(), gain: 0.5, kind: PairKind::Exempt });
        assert_eq!((exempt.at_rest(), exempt.ducks_others(), exempt.is_listed()), (Some([0.5, 0.0]), false, true));
        assert_eq!(listed(0.5, true).at_rest(), Some([0.5, 0.0]));
        assert_eq!(listed(0.5, false).at_rest(), Some([0.0, 0.5]));
    }

    #[test]
    fn it_goes_on_from_where_it_was_and_settles() {
        // Past 2^32 samples, too.
        let now = (1 << 32) - 2;
        let mut pair = listed(1.0, true);
        pair.go_on_from([Fade::ZERO, Fade::resting(0.5)], &at(now));
        assert_eq!(values(&pair, now + 2), [0.5, 0.25]);
        assert_eq!(pair.settle(&at(now + 3)), Begun::Together(now as u32));
        assert_eq!(pair.settle(&at(now + 4)), Begun::Never);
        assert_eq!(pair, listed(1.0, true));
    }

    #[test]
    fn a_gain_that_is_set_aside_is_1_and_comes_back_and_0_stays_0() {
        for (gain, plain, ducker) in [(0.25, 1.0, true), (0.25, 1.0, false), (2.0, 1.0, false), (0.0, 0.0, true)] {
            let mut pair = listed(gain, ducker);
            pair.aim(true);
            assert_eq!(pair.at_rest(), listed(plain, ducker).at_rest());
            pair.aim(false);
            assert_eq!(pair, listed(gain, ducker));
        }
    }

    #[test]
    fn a_pair_that_is_unlisted_ends_where_the_others_are() {
        let mut pair = listed(0.5, true).unlisted(1.0, &at(10));
        assert!(!pair.is_listed() && !pair.ducks_others());
        assert_eq!(values(&pair, 12), [0.25, 0.5]);
        assert!(!pair.is_like(Fade::resting(1.0), 12, &TIMING));
        pair.settle(&at(14));
        assert!(pair.is_like(Fade::resting(1.0), 14, &TIMING));
        assert_eq!(listed(0.5, false).released().at_rest(), Some([0.0, 0.5]));
    }
}
