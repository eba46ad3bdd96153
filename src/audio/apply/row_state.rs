//! [`RowState`]: the gains of one listener's row, as they rest or move, and how they follow what is published.
//!
//! The row keeps what all sources of a class share that it does not list once, and a [`Pair`] for each source that
//! differs: listed ones, and ones on their way back to the others. A publication replaces targets, never state.

use std::hash::{BuildHasher, Hasher};

use crate::{
    audio::{
        pair::{Begun, Pair},
        published::{Row, RowIdentity},
        row_memory::{ClassLevel, RowMemory},
    },
    data::{
        channels::MAX_CHANNELS,
        class::{Class, ClassChange},
        fade::Fade,
        timing::Clock,
    },
};

/// What a row has to know of the source of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PairSource {
    pub stage: Stage,
    /// The last change of its class, and the last one before this tick boundary.
    pub change: ClassChange,
    pub change_before: ClassChange,
}

/// How far the source of a pair is in its stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It joins at this tick boundary: nothing was heard of it, so nothing of its gains moves.
    Joins,
    Here,
    /// It has left, and may still fade out: nothing steers its gains any more.
    Leaves,
}

/// The ducked gains of sources without a pair, by their class; their open gain is 0.
#[derive(Debug, Clone, PartialEq, Default)]
struct Classes {
    default_group: Fade,
    others: Vec<ClassLevel>,
}

impl Classes {
    #[inline]
    fn of(&self, class: Class) -> Fade {
        if class.is_default_group() { self.default_group } else { ClassLevel::find(&self.others, class) }
    }

    fn all(&self) -> impl Iterator<Item = &Fade> {
        std::iter::once(&self.default_group).chain(self.others.iter().map(|level| &level.fade))
    }

    fn all_mut(&mut self) -> impl Iterator<Item = &mut Fade> {
        std::iter::once(&mut self.default_group).chain(self.others.iter_mut().map(|level| &mut level.fade))
    }

    /// Goes on to these targets, in their memory, and leaves its own there.
    /// Whether any of them is another one.
    fn adopt(&mut self, default_group: f64, targets: &mut Vec<ClassLevel>, clock: &Clock<'_>) -> bool {
        let mut turned = self.default_group.target() != default_group;
        self.default_group.steer(default_group, clock);
        let mut old = self.others.iter().peekable();
        for ClassLevel { class, fade } in targets.iter_mut() {
            while let Some(left) = old.next_if(|old| old.class < *class) {
                debug_assert_eq!(left.fade.settled(clock.now, clock.timing), Fade::ZERO, "the control side keeps it");
            }
            let target = fade.target();
            *fade = old.next_if(|old| old.class == *class).map_or(Fade::ZERO, |old| old.fade);
            turned |= fade.target() != target;
            fade.steer(target, clock);
        }
        std::mem::swap(&mut self.others, targets);
        turned
    }
}

/// The gains of one listener.
#[derive(Debug, Default)]
pub(crate) struct RowState {
    /// The sample before its first tick, or before the tick in which the level of a class was steered last.
    since: Since,
    identity: RowIdentity,
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
    pub fn new(clock: &Clock<'_>) -> Self {
        Self { since: Since { joined: clock.now, turned: clock.now }, ..Self::default() }
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
            return self.unlisted.default_group.steer(row.unlisted, &clock);
        };
        let (from, to) = (&self.unlisted, (row.unlisted, &classes[..]));
        let goes = Goes { from, since: self.since, to, source: &source, clock: &clock };
        for (old, new) in self.pairs.iter_mut().zip(pairs) {
            goes.merge(old, new);
            std::mem::swap(old, new);
        }
        if self.unlisted.adopt(row.unlisted, classes, &clock) {
            self.since.turned = clock.now;
        }
        self.find_duckers();
    }

    /// Takes other memory in exchange for its own.
    pub fn swap_memory(&mut self, memory: &mut RowMemory) {
        std::mem::swap(&mut self.pairs, &mut memory.pairs);
        std::mem::swap(&mut self.unlisted.others, &mut memory.classes);
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
                begun = begun.and(pair.settle(clock));
                if !pair.is_listed() {
                    let like = |class: Class| pair.is_like(unlisted.of(class), clock.now, clock.timing);
                    let stays =
                        source(pair).is_some_and(|source| source.change.is_on(clock) || !like(source.change.class));
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

    /// The ducked gain of the sources of a class that have no pair.
    #[inline]
    pub fn unlisted(&self, class: Class) -> Fade {
        self.unlisted.of(class)
    }

    /// The gain of a source that has no pair and whose class has just changed.
    pub fn changing(&self, change: &ClassChange, clock: &Clock<'_>) -> Fade {
        unlisted(change, &self.unlisted, self.since, clock)
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

/// Since when a row is as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Since {
    /// The sample before the listener's first tick.
    pub joined: u64,
    /// The sample after which the level of a class was steered last.
    pub turned: u64,
}

/// The gain of a source without a pair, by the last change of its class. While that is on the source goes its own way; but
/// not for a listener who has joined since then, and has heard nothing of it, and not where levels were steered since then:
/// one that was on its way has a pair there.
fn unlisted(change: &ClassChange, classes: &Classes, since: Since, clock: &Clock<'_>) -> Fade {
    if !change.is_on(clock) || since.joined >= change.began || since.turned > change.began {
        return classes.of(change.class);
    }
    change.fade(|class| classes.of(class), clock.timing)
}

/// From where to where the pairs of a row go that is taken up: `from` what sources without a pair had, `to` what they
/// are to have.
struct Goes<'a, S> {
    from: &'a Classes,
    since: Since,
    to: (f64, &'a [ClassLevel]),
    source: &'a S,
    clock: &'a Clock<'a>,
}

impl<S: Fn(&Pair) -> Option<PairSource>> Goes<'_, S> {
    /// Has the pairs of a new row go on from where the old ones are, and adds those old ones to it that are still on
    /// their way.
    fn merge(&self, old: &[Pair], new: &mut Vec<Pair>) {
        let mut known = old.iter().peekable();
        let listed = new.len();
        for at in 0..listed {
            let slot = new[at].slot;
            while let Some(left) = known.next_if(|pair| pair.slot < slot) {
                self.keep(left, new);
            }
            let same = known.next_if(|pair| pair.slot == slot).filter(|pair| pair.is_of_same(&new[at]));
            let pair = &mut new[at];
            match (same, (self.source)(pair)) {
                (Some(same), _) => pair.go_on_from(same.fades(self.clock.now), self.clock),
                (None, Some(source)) => self.begin(pair, source),
                (None, None) => {}
            }
        }
        known.for_each(|left| self.keep(left, new));
        if new.len() > listed {
            new.sort_unstable_by_key(|pair| pair.slot);
        }
    }

    /// Has a pair begin where its source was without one. One whose source has left by itself is steered by nothing.
    fn begin(&self, pair: &mut Pair, source: PairSource) {
        let (Clock { now, timing, .. }, came_from) = (*self.clock, self.came_from(source));
        let own = came_from.settled(now, timing) != self.from.of(source.change.class).settled(now, timing);
        match source.stage {
            Stage::Joins => {}
            Stage::Leaves if own => pair.stay_on([Fade::ZERO, came_from]),
            _ => pair.go_on_from([Fade::ZERO, came_from], self.clock),
        }
    }

    /// Keeps a pair that is listed no more until it is like the sources of its class without one, or its source is
    /// gone. One whose source has left is steered by nothing: it fades out at the gains that it had.
    fn keep(&self, pair: &Pair, pairs: &mut Vec<Pair>) {
        let Some(source) = (self.source)(pair) else { return };
        let kept = if source.stage == Stage::Leaves {
            if pair.is_like(self.from.of(source.change.class), self.clock.now, self.clock.timing) {
                return;
            }
            pair.released()
        } else {
            pair.unlisted(self.target(source.change.class), self.clock)
        };
        debug_assert!(pairs.len() < pairs.capacity(), "the control side makes room for every pair");
        if pairs.len() < pairs.capacity() {
            pairs.push(kept);
        }
    }

    /// What a source without a pair had.
    fn came_from(&self, source: PairSource) -> Fade {
        unlisted(&source.change_before, self.from, self.since, self.clock)
    }

    /// What sources of a class are to have.
    fn target(&self, class: Class) -> f64 {
        let (default_group, others) = self.to;
        if class.is_default_group() { default_group } else { ClassLevel::find(others, class).target() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        audio::row_memory::{Listed, PairKind},
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
