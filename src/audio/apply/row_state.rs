//! [`RowState`]: the gains of one listener's row, as they rest or move, and how they follow what is published.
//!
//! The row keeps what all sources of a class share that it does not list once, and a [`Pair`] for each source that
//! differs: listed ones, and ones on their way back to the others. A publication replaces targets, never state.

use std::hash::{BuildHasher, Hasher};

use super::{
    classes::{Classes, Since},
    goes::{Goes, PairSource, Stage},
};
use crate::{
    audio::{
        pair::{Begun, Pair},
        published::{Row, RowIdentity},
        row_memory::RowMemory,
    },
    data::{
        channels::MAX_CHANNELS,
        class::{Class, ClassChange},
        fade::Fade,
        timing::Clock,
    },
};

/// The gains of one listener.
#[derive(Debug, Default)]
pub(crate) struct RowState {
    /// The sample before its first tick, or before the tick in which the level of a class was steered last.
    since: Since,
    identity: RowIdentity,
    /// Whether the gains of the row are set aside: what it hears at all it hears at gain 1.
    plain: bool,
    panned: bool,
    unlisted: Classes,
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

    /// That of a listener who joins.
    pub fn new(plain: bool, clock: &Clock<'_>) -> Self {
        Self { since: Since { joined: clock.now, turned: clock.now }, plain, ..Self::default() }
    }

    /// Since when it is as it is, for as long as changes of classes may be on that began before; then the default.
    pub fn since(&self, clock: &Clock<'_>) -> Since {
        let recent = |sample| if clock.now - sample < u64::from(clock.timing.smoothing) { sample } else { 0 };
        Since { joined: recent(self.since.joined), turned: recent(self.since.turned) }
    }

    /// Takes a published row. `source` tells of the source of a pair; `at_once` if the listener joins at this
    /// tick boundary.
    pub fn adopt(
        &mut self,
        row: &Row,
        memory: Option<&mut RowMemory>,
        source: impl Fn(&Pair) -> Option<PairSource>,
        at_once: bool,
        clock: &Clock<'_>,
    ) {
        let clock = Clock { begun: clock.begun && !at_once, ..*clock };
        (self.identity, self.panned, self.moves, self.begun) = (row.identity, row.panned, true, Begun::Apart);
        let Some(RowMemory { pairs, classes, .. }) = memory else {
            return self.unlisted.steer_default_group(row.unlisted, &clock);
        };
        let (from, to) = (&self.unlisted, (row.unlisted, &classes[..]));
        let goes = Goes { from, since: self.since, to, source: &source, clock: &clock };
        for (old, new) in self.pairs.iter_mut().zip(pairs) {
            new.iter_mut().filter(|pair| self.plain && pair.is_listed()).for_each(|pair| pair.aim(true));
            goes.merge(old, new);
            std::mem::swap(old, new);
        }
        if self.unlisted.adopt(row.unlisted, classes, &clock) {
            self.since.turned = clock.now;
        }
        self.find_duckers();
    }

    /// Sets the gains of the row aside, or goes back to them. Whether any gain may move. A pair whose source has left is
    /// steered by nothing.
    pub fn set_plain(&mut self, plain: bool, source: impl Fn(&Pair) -> Option<PairSource>, clock: &Clock<'_>) -> bool {
        let turns = std::mem::replace(&mut self.plain, plain) != plain && !self.pairs[0].is_empty();
        if turns {
            let is_here = |pair: &Pair| source(pair).is_some_and(|source| source.stage != Stage::Leaves);
            for pair in self.pairs.iter_mut().flatten().filter(|pair| pair.is_listed() && is_here(pair)) {
                let before = pair.fades(clock.now);
                pair.aim(plain);
                pair.go_on_from(before, clock);
            }
            (self.moves, self.begun) = (true, Begun::Apart);
        }
        turns
    }

    /// Takes other memory in exchange for its own.
    pub fn swap_memory(&mut self, memory: &mut RowMemory) {
        std::mem::swap(&mut self.pairs, &mut memory.pairs);
        self.unlisted.swap_memory(&mut memory.classes);
    }

    /// Forgets what has arrived: moves that are over, and pairs that are like the sources without one. Whether
    /// gains kept from earlier ticks may be wrong now.
    pub fn settle(&mut self, source: impl Fn(&Pair) -> Option<PairSource>, clock: &Clock<'_>) -> bool {
        if !self.moves {
            return false;
        }
        let before = (self.begun, self.pair_count());
        self.unlisted.all_mut().for_each(|fade| *fade = fade.settled(clock.now, clock.timing));
        let all = self.unlisted.all().map(|fade| Begun::of(*fade, clock));
        (self.moves, self.begun) = (false, all.fold(Begun::Never, Begun::and));
        let unlisted = &self.unlisted;
        for pairs in &mut self.pairs {
            let (mut begun, mut leftover) = (self.begun, false);
            pairs.retain_mut(|pair| {
                let listed = pair.is_listed();
                let source = if listed { None } else { source(pair) };
                // Its row names it no more, so that none is published where its class changes while it is on its way.
                if let Some(PairSource { stage: Stage::Here, change, .. }) = source {
                    pair.head_for(unlisted.of(change.class).target(), clock);
                }
                begun = begun.and(pair.settle(clock));
                let like = |class: Class| pair.is_like(unlisted.of(class), clock.now, clock.timing);
                let stays = source.is_some_and(|source| source.change.is_on(clock) || !like(source.change.class));
                leftover |= stays;
                listed || stays
            });
            self.begun = begun;
            self.moves |= leftover;
        }
        self.moves |= self.begun != Begun::Never;
        self.begun == Begun::Apart || before != (self.begun, self.pair_count())
    }

    /// Equal for rows that say the same, and whose gains are set aside or are not.
    pub fn identity(&self) -> RowIdentity {
        if self.plain && !self.pairs[0].is_empty() { self.identity.plain() } else { self.identity }
    }

    /// Whether the gains may differ from channel to channel: as the row says, or as they still do on their way to that.
    pub fn is_panned(&self) -> bool {
        self.panned || self.moves && self.pairs[0] != self.pairs[1]
    }

    /// The ducked gain of the sources of a class that have no pair.
    #[inline]
    pub fn unlisted(&self, class: Class) -> Fade {
        self.unlisted.of(class)
    }

    /// The gain of a source that has no pair and whose class has just changed.
    pub fn changing(&self, change: &ClassChange, clock: &Clock<'_>) -> Fade {
        self.unlisted.of_source(change, self.since, clock)
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
        for fade in self.unlisted.all() {
            fade.bits().iter().for_each(|bits| hasher.write_u64(*bits));
        }
        for pair in self.pairs.iter().flatten() {
            hasher.write_u32(pair.slot);
            pair.bits().iter().for_each(|bits| hasher.write_u64(*bits));
        }
        hasher.finish() | 1
    }

    /// Whether it moves as another row does that says the same.
    pub fn moves_like(&self, other: &Self) -> bool {
        !self.moves && !other.moves || self.pairs == other.pairs && self.unlisted == other.unlisted
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::row_memory::ClassLevel;
    use crate::{
        audio::pair::{Listed, PairKind},
        data::{id::ParticipantKey, timing::Timing},
    };

    const TIMING: Timing = Timing { rate: 1000, tick: 4, smoothing: 4 };

    const HERE: Option<PairSource> = at_stage(Stage::Here);

    const fn at_stage(stage: Stage) -> Option<PairSource> {
        let change = ClassChange { former: None, class: Class::DEFAULT_GROUP, began: 0 };
        Some(PairSource { stage, change, change_before: change })
    }

    fn at(now: u64) -> Clock<'static> {
        Clock { now, begun: now > 0, timing: &TIMING }
    }

    fn key(slot: u32) -> ParticipantKey {
        ParticipantKey { mixer: 1, slot, stay: 1 }
    }

    /// Publishes a row that lists these (slot, level, ducks others), with room for 9 pairs.
    fn publish(state: &mut RowState, listed: &[(u32, f64, bool)], source: Option<PairSource>, clock: &Clock<'_>) {
        let kind = |ducks_others| if ducks_others { PairKind::Ducker } else { PairKind::Ducked };
        let listed = listed.iter().map(|(slot, gain, ducks_others)| Listed {
            source: key(*slot),
            gain: *gain,
            kind: kind(*ducks_others),
        });
        let listed: Vec<_> = listed.collect();
        let mut memory = RowMemory::new(std::iter::once(&listed[..]), Vec::new(), 9);
        state.adopt(&Row::plain(), Some(&mut memory), |_| source, false, clock);
    }

    fn started(listed: &[(u32, f64, bool)]) -> RowState {
        let mut state = RowState::default();
        publish(&mut state, listed, HERE, &at(0));
        state.settle(|_| HERE, &at(0));
        assert!(!state.moves());
        state
    }

    fn ducked(state: &RowState, now: u64) -> Vec<(u32, f64)> {
        state.pairs(0).iter().map(|pair| (pair.slot, pair.fades(now)[1].value(now, &TIMING))).collect()
    }

    #[test]
    fn a_pair_starts_where_the_others_are_and_goes_when_it_is_there_again() {
        let mut state = started(&[]);
        publish(&mut state, &[(3, 0.5, false)], HERE, &at(4));
        assert_eq!(ducked(&state, 6), [(3, 0.75)]);
        publish(&mut state, &[(1, 0.0, false)], HERE, &at(8));
        assert_eq!(ducked(&state, 10), [(1, 0.5), (3, 0.75)]);
        let mut left = |now| {
            state.settle(|_| HERE, &at(now));
            (state.pair_count(), state.moves())
        };
        assert_eq!([left(10), left(12)], [(2, true), (1, false)]);
    }

    #[test]
    fn a_pair_on_its_way_back_follows_the_class_of_its_source() {
        let mut state = started(&[(3, 0.0, false)]);
        publish(&mut state, &[], HERE, &at(4));
        let change = ClassChange { former: Some(Class::DEFAULT_GROUP), class: Class(1), began: 6 };
        let source = Some(PairSource { stage: Stage::Here, change, change_before: change });
        state.settle(|_| source, &at(6));
        assert_eq!([6, 8, 10].map(|now| ducked(&state, now)[0].1), [0.5, 0.25, 0.0]);
        state.settle(|_| source, &at(10));
        assert_eq!((state.pair_count(), state.moves()), (0, false));
    }

    #[test]
    fn a_row_that_says_the_same_does_not_move() {
        let mut state = started(&[(3, 0.3, false)]);
        publish(&mut state, &[(3, 0.3, false)], HERE, &at(4));
        state.settle(|_| HERE, &at(4));
        assert!(!state.moves());
        assert_eq!(state.pairs(0)[0].at_rest(), Some([0.0, 0.3]));
    }

    #[test]
    fn who_joins_is_on_target_and_who_leaves_is_not_steered() {
        let mut state = started(&[(3, 0.0, false)]);
        publish(&mut state, &[(3, 0.0, false), (5, 0.25, false)], at_stage(Stage::Joins), &at(4));
        assert_eq!(ducked(&state, 4), [(3, 0.0), (5, 0.25)]);
        publish(&mut state, &[], at_stage(Stage::Leaves), &at(8));
        assert_eq!(ducked(&state, 10), [(3, 0.0), (5, 0.25)]);
        state.settle(|_| at_stage(Stage::Leaves), &at(12));
        assert!(state.moves());
        state.settle(|_| None, &at(16));
        assert_eq!((state.pair_count(), state.moves()), (0, false));
    }

    #[test]
    fn a_new_stay_in_an_old_slot_is_somebody_new() {
        let mut state = started(&[(3, 0.5, false)]);
        let listed = [Listed { source: ParticipantKey { stay: 2, ..key(3) }, gain: 0.5, kind: PairKind::Ducked }];
        let mut memory = RowMemory::new(std::iter::once(&listed[..]), Vec::new(), 9);
        state.adopt(&Row::plain(), Some(&mut memory), |_| HERE, false, &at(4));
        assert_eq!(ducked(&state, 4), [(3, 1.0)]);
    }

    #[test]
    fn gains_that_are_set_aside_move_to_1_and_back_also_where_the_row_is_replaced_meanwhile() {
        let mut state = started(&[(1, 0.0, false), (3, 0.5, false)]);
        assert!(state.set_plain(true, |_| HERE, &at(4)) && !state.set_plain(true, |_| HERE, &at(4)));
        assert_eq!(ducked(&state, 6), [(1, 0.0), (3, 0.75)]);
        state.settle(|_| HERE, &at(8));
        publish(&mut state, &[(1, 0.25, false), (3, 0.25, false)], HERE, &at(8));
        assert_eq!(ducked(&state, 10), [(1, 0.5), (3, 1.0)]);
        state.settle(|_| HERE, &at(12));
        assert!(state.set_plain(false, |_| HERE, &at(12)));
        assert_eq!(ducked(&state, 16), [(1, 0.25), (3, 0.25)]);
    }

    #[test]
    fn rows_that_say_the_same_are_told_apart_while_the_gains_of_one_are_set_aside() {
        let of = |listed| {
            let mut state = started(listed);
            let before = state.identity();
            state.set_plain(true, |_| HERE, &at(4));
            before == state.identity()
        };
        assert_eq!((of(&[]), of(&[(1, 0.5, false)])), (true, false), "a row without pairs has nothing to set aside");
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

    /// Publishes a row with these levels of the default group and of the first other class, which names these.
    fn publish_levels(state: &mut RowState, levels: [f64; 2], passing: &[Listed], source: PairSource, now: u64) {
        let classes = vec![ClassLevel::at(Class(1), levels[1])];
        let mut memory = RowMemory::new(std::iter::once(passing), classes, 9);
        let row = Row { unlisted: levels[0], ..Row::plain() };
        state.adopt(&row, Some(&mut memory), |_| Some(source), false, &at(now));
    }

    #[test]
    fn each_class_moves_by_itself_and_a_source_passes_from_one_to_the_other() {
        let mut state = started(&[]);
        let change_before = ClassChange { former: None, class: Class::DEFAULT_GROUP, began: 0 };
        let change = ClassChange { former: Some(Class::DEFAULT_GROUP), class: Class(1), began: 6 };
        let source = PairSource { stage: Stage::Here, change, change_before };
        publish_levels(&mut state, [1.0, 0.5], &[], source, 4);
        let level = |state: &RowState, class, now| state.unlisted(Class(class)).value(now, &TIMING);
        assert_eq!([0, 1, 2].map(|class| level(&state, class, 6)), [1.0, 0.25, 0.0]);
        let passing = Listed { source: key(3), gain: 0.0, kind: PairKind::Passing };
        publish_levels(&mut state, [1.0, 0.0], &[passing], source, 6);
        assert_eq!((level(&state, 1, 8), ducked(&state, 8)), (0.125, vec![(3, 0.5)]), "from the level that it had");
        state.settle(|_| Some(source), &at(10));
        assert_eq!((state.pair_count(), state.moves(), level(&state, 1, 10)), (0, false, 0.0));
    }
}
