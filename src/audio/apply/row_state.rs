//! [`RowState`]: the gains of one listener's row, as they rest or move, and how they follow what is published.
//!
//! The row keeps what all sources share that it does not list once, and a [`Pair`] for each source that differs:
//! listed ones, and ones on their way back to the others. A publication replaces targets, never state.

use std::hash::{BuildHasher, Hasher};

use crate::{
    audio::{
        pair::{Begun, Pair},
        published::{Row, RowIdentity},
        row_memory::RowMemory,
    },
    data::{channels::MAX_CHANNELS, fade::Fade, timing::Clock},
};

/// What a row has to know of the source of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PairSource {
    Here,
    /// It joins at this tick boundary: nothing was heard of it, so nothing of its gains moves.
    Joins,
    /// It has left, and may still fade out: nothing steers its gains any more.
    Leaves,
    /// Nothing is heard of it any more.
    Gone,
}

/// The gains of one listener.
#[derive(Debug, Default)]
pub(crate) struct RowState {
    identity: RowIdentity,
    panned: bool,
    /// The ducked gain of sources without a pair; their open gain is 0.
    unlisted: Fade,
    /// In each channel, in the order of the slots.
    pairs: [Vec<Pair>; MAX_CHANNELS],
    /// Whether a gain is on its way, or a pair is there that may go.
    moves: bool,
    /// When the moves of this tick began.
    begun: Begun,
    /// The slots of the first duckers, and how many there are.
    duckers: ([u32; Self::NAMED_DUCKERS], usize),
}

impl RowState {
    const NAMED_DUCKERS: usize = 3;

    /// Takes a published row. `source` tells of the source of a pair; `at_once` if the listener joins at this
    /// tick boundary.
    pub fn adopt(
        &mut self,
        row: &Row,
        memory: Option<&mut RowMemory>,
        source: impl Fn(&Pair) -> PairSource,
        at_once: bool,
        clock: &Clock<'_>,
    ) {
        let clock = Clock { begun: clock.begun && !at_once, ..*clock };
        let before = self.unlisted;
        self.unlisted.steer(row.unlisted, &clock);
        (self.identity, self.panned, self.moves, self.begun) = (row.identity, row.panned, true, Begun::Apart);
        let Some(memory) = memory else { return };
        for (old, new) in self.pairs.iter_mut().zip(&mut memory.pairs) {
            merge(old, new, before, row.unlisted, &source, &clock);
            std::mem::swap(old, new);
        }
        self.find_duckers();
    }

    /// Takes other memory in exchange for its own.
    pub fn swap_memory(&mut self, pairs: &mut [Vec<Pair>; MAX_CHANNELS]) {
        std::mem::swap(&mut self.pairs, pairs);
    }

    /// Forgets what has arrived: moves that are over, and pairs that are like the sources without one. Whether
    /// gains kept from earlier ticks may be wrong now.
    pub fn settle(&mut self, source: impl Fn(&Pair) -> PairSource, clock: &Clock<'_>) -> bool {
        if !self.moves {
            return false;
        }
        let before = (self.begun, self.pair_count());
        self.unlisted = self.unlisted.settled(clock.now, clock.timing);
        let unlisted = self.unlisted;
        (self.moves, self.begun) = (false, Begun::of(unlisted, clock));
        for pairs in &mut self.pairs {
            let (mut begun, mut leftover) = (self.begun, false);
            pairs.retain_mut(|pair| {
                begun = begun.and(pair.settle(clock));
                if !pair.is_listed() {
                    let stays = match source(pair) {
                        PairSource::Gone => false,
                        _ => !pair.is_like(unlisted, clock.now, clock.timing),
                    };
                    leftover |= stays;
                    return stays;
                }
                true
            });
            self.begun = begun;
            self.moves |= leftover;
        }
        self.moves |= self.begun != Begun::Never;
        self.begun == Begun::Apart || before != (self.begun, self.pair_count())
    }

    pub fn identity(&self) -> RowIdentity {
        self.identity
    }

    /// Whether the gains may differ from channel to channel: as the row says, or as they still do on their way to that.
    pub fn is_panned(&self) -> bool {
        self.panned || self.moves && self.pairs[0] != self.pairs[1]
    }

    pub fn unlisted(&self) -> Fade {
        self.unlisted
    }

    /// The pairs in a channel, in the order of the slots.
    #[inline]
    pub fn pairs(&self, channel: usize) -> &[Pair] {
        &self.pairs[channel]
    }

    /// How many pairs there are, at most, in a channel.
    pub fn pair_count(&self) -> usize {
        self.pairs.iter().map(Vec::len).max().unwrap_or_default()
    }

    /// Whether a gain is on its way, or a pair is there that may go.
    #[inline]
    pub fn moves(&self) -> bool {
        self.moves
    }

    /// When the moves of this tick began.
    #[inline]
    pub fn begun(&self) -> Begun {
        self.begun
    }

    /// Whether a ducker is active.
    #[inline]
    pub fn is_ducked(&self, is_active: impl Fn(u32) -> bool) -> bool {
        let (named, count) = self.duckers;
        if count <= Self::NAMED_DUCKERS {
            return named[..count].iter().any(|slot| is_active(*slot));
        }
        self.pairs[0].iter().any(|pair| pair.ducks_others() && is_active(pair.slot))
    }

    /// Equal for rows that move alike, and hardly for others. 0 if nothing moves.
    pub fn hash_moves(&self) -> u64 {
        if !self.moves {
            return 0;
        }
        let mut hasher = rustc_hash::FxBuildHasher.build_hasher();
        for pair in self.pairs.iter().flatten() {
            hasher.write_u32(pair.slot);
            pair.bits().iter().for_each(|bits| hasher.write_u64(*bits));
        }
        hasher.finish() | 1
    }

    /// Whether it moves as another row does that says the same.
    pub fn moves_like(&self, other: &Self) -> bool {
        !self.moves && !other.moves || self.pairs == other.pairs
    }

    fn find_duckers(&mut self) {
        let (mut named, mut count) = ([0; Self::NAMED_DUCKERS], 0);
        for pair in self.pairs[0].iter().filter(|pair| pair.ducks_others()) {
            if let Some(name) = named.get_mut(count) {
                *name = pair.slot;
            }
            count += 1;
        }
        self.duckers = (named, count);
    }
}

/// Has the pairs of a new row go on from where the old ones are, and adds those old ones to it that are still on
/// their way. `before` is the gain that sources without a pair had, `unlisted` the one that they are to have.
fn merge(
    old: &[Pair],
    new: &mut Vec<Pair>,
    before: Fade,
    unlisted: f64,
    source: impl Fn(&Pair) -> PairSource,
    clock: &Clock<'_>,
) {
    let target = Fade::resting(unlisted);
    let mut known = old.iter().peekable();
    let listed = new.len();
    for at in 0..listed {
        let slot = new[at].slot;
        while let Some(left) = known.next_if(|pair| pair.slot < slot) {
            keep(left, new, [before, target], &source, clock);
        }
        let same = known.next_if(|pair| pair.slot == slot).filter(|pair| pair.is_of_same(&new[at]));
        let pair = &mut new[at];
        match same {
            Some(same) => pair.go_on_from(same.fades(clock.now), clock),
            None if source(pair) == PairSource::Joins => {}
            None => pair.go_on_from([Fade::ZERO, before], clock),
        }
    }
    known.for_each(|left| keep(left, new, [before, target], &source, clock));
    if new.len() > listed {
        new.sort_unstable_by_key(|pair| pair.slot);
    }
}

/// Keeps a pair that is listed no more until it is like the sources without one, or its source is gone. One whose
/// source has left is steered by nothing: it fades out at the gains that it had.
fn keep(
    pair: &Pair,
    pairs: &mut Vec<Pair>,
    [before, unlisted]: [Fade; 2],
    source: impl Fn(&Pair) -> PairSource,
    clock: &Clock<'_>,
) {
    let kept = match source(pair) {
        PairSource::Gone => return,
        PairSource::Leaves if pair.is_like(before, clock.now, clock.timing) => return,
        PairSource::Leaves => pair.released(),
        PairSource::Here | PairSource::Joins => pair.unlisted(unlisted.target(), clock),
    };
    debug_assert!(pairs.len() < pairs.capacity(), "the control side makes room for every pair");
    if pairs.len() < pairs.capacity() {
        pairs.push(kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        audio::row_memory::Listed,
        data::{id::ParticipantKey, timing::Timing},
    };

    const TIMING: Timing = Timing { rate: 1000, tick: 4, smoothing: 4 };

    fn at(now: u64) -> Clock<'static> {
        Clock { now, begun: now > 0, timing: &TIMING }
    }

    fn key(slot: u32) -> ParticipantKey {
        ParticipantKey { mixer: 1, slot, stay: 1 }
    }

    /// Publishes a row that lists these (slot, level, ducks others), with room for 9 pairs.
    fn publish(state: &mut RowState, listed: &[(u32, f64, bool)], source: PairSource, clock: &Clock<'_>) {
        let listed = listed.iter().map(|(slot, gain, ducks_others)| Listed {
            source: key(*slot),
            gain: *gain,
            ducks_others: *ducks_others,
        });
        let listed: Vec<_> = listed.collect();
        let mut memory = RowMemory::new(std::iter::once(&listed[..]), 9);
        state.adopt(&Row::plain(), Some(&mut memory), |_| source, false, clock);
    }

    fn started(listed: &[(u32, f64, bool)]) -> RowState {
        let mut state = RowState::default();
        publish(&mut state, listed, PairSource::Here, &at(0));
        state.settle(|_| PairSource::Here, &at(0));
        assert!(!state.moves());
        state
    }

    fn ducked(state: &RowState, now: u64) -> Vec<(u32, f64)> {
        state.pairs(0).iter().map(|pair| (pair.slot, pair.fades(now)[1].value(now, &TIMING))).collect()
    }

    #[test]
    fn a_pair_starts_where_the_others_are_and_goes_when_it_is_there_again() {
        let mut state = started(&[]);
        publish(&mut state, &[(3, 0.5, false)], PairSource::Here, &at(4));
        assert_eq!(ducked(&state, 6), [(3, 0.75)]);
        publish(&mut state, &[(1, 0.0, false)], PairSource::Here, &at(8));
        assert_eq!(ducked(&state, 10), [(1, 0.5), (3, 0.75)]);
        let mut left = |now| {
            state.settle(|_| PairSource::Here, &at(now));
            (state.pair_count(), state.moves())
        };
        assert_eq!([left(10), left(12)], [(2, true), (1, false)]);
    }

    #[test]
    fn a_row_that_says_the_same_does_not_move() {
        let mut state = started(&[(3, 0.3, false)]);
        publish(&mut state, &[(3, 0.3, false)], PairSource::Here, &at(4));
        state.settle(|_| PairSource::Here, &at(4));
        assert!(!state.moves());
        assert_eq!(state.pairs(0)[0].at_rest(), Some([0.0, 0.3]));
    }

    #[test]
    fn who_joins_is_on_target_and_who_leaves_is_not_steered() {
        let mut state = started(&[(3, 0.0, false)]);
        publish(&mut state, &[(3, 0.0, false), (5, 0.25, false)], PairSource::Joins, &at(4));
        assert_eq!(ducked(&state, 4), [(3, 0.0), (5, 0.25)]);
        publish(&mut state, &[], PairSource::Leaves, &at(8));
        assert_eq!(ducked(&state, 10), [(3, 0.0), (5, 0.25)]);
        state.settle(|_| PairSource::Leaves, &at(12));
        assert!(state.moves());
        state.settle(|_| PairSource::Gone, &at(16));
        assert_eq!((state.pair_count(), state.moves()), (0, false));
    }

    #[test]
    fn a_new_stay_in_an_old_slot_is_somebody_new() {
        let mut state = started(&[(3, 0.5, false)]);
        let listed = [Listed { source: ParticipantKey { stay: 2, ..key(3) }, gain: 0.5, ducks_others: false }];
        let mut memory = RowMemory::new(std::iter::once(&listed[..]), 9);
        state.adopt(&Row::plain(), Some(&mut memory), |_| PairSource::Here, false, &at(4));
        assert_eq!(ducked(&state, 4), [(3, 1.0)]);
    }

    #[test]
    fn duckers_are_known_however_many_there_are() {
        let listed: Vec<_> = (0..5).map(|slot| (slot, 1.0, true)).collect();
        for count in 0..5 {
            let state = started(&listed[..count]);
            for active in 0..5 {
                assert_eq!(state.is_ducked(|slot| slot == active), (active as usize) < count);
            }
        }
    }
}
