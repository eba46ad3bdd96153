//! [`Outputs`]: the different mixes of a tick, who hears each, and what goes on from tick to tick: their identities,
//! and what limiters remember.

use std::hash::{BuildHasher, Hasher};

use hashbrown::HashTable;

use super::{
    identities::{Identities, Identity},
    limiter::{Limiter, LimiterState},
};
use crate::{
    audio::{belongings::Kept, plan::Groups, receive::NONE},
    data::{
        id::{MixId, ParticipantKey},
        loudness::MixLevel,
        memory::{filled, room},
        moves::Move,
        timing::Clock,
    },
};

/// What some listeners of a group hear.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Output {
    pub group: u32,
    /// The first of them; [`Outputs::next`] leads from one to the next.
    pub first: u32,
    last: u32,
    /// Whether nobody is heard.
    pub silent: bool,
    /// What their limiters remember: before the tick, then after it.
    pub limiter: LimiterState,
    pub level: MixLevel,
    /// Whether a tap is to have it as it is before its limiter; and, where the limiter acts, where that is.
    pub keeps_sum: bool,
    pub kept_sum: Option<u32>,
}

/// The outputs of a tick.
#[derive(Debug, Default)]
pub(crate) struct Outputs {
    /// Those of each group are consecutive.
    list: Vec<Output>,
    /// The first output of each group, and the number of outputs behind them.
    starts: Vec<u32>,
    /// Whether a group has several. Otherwise each has one, with its own number and its own listeners.
    split: bool,
    /// The output of the listener of each slot, and the next listener who hears it; of use while groups are split.
    of: Vec<u32>,
    next: Vec<u32>,
    /// What the limiter of each listener remembers, and the level that its meters show.
    states: Vec<LimiterState>,
    shown: Vec<MixLevel>,
    /// Whether any limiter remembers anything.
    limiting: bool,
    /// The outputs of the group in hand by the state of their limiters.
    by_state: HashTable<(u64, u32)>,
    /// Whether the outputs were formed anew; otherwise they are those of the tick before.
    anew: bool,
    identities: Identities,
    keeps_sums: bool,
}

impl Outputs {
    /// Room for the listeners of so many slots. Allocates: control side.
    pub fn new(slots: usize) -> Self {
        Self {
            list: room(slots, Output::default()),
            starts: room(slots + 1, 0),
            split: false,
            of: filled(slots, NONE),
            next: filled(slots, NONE),
            states: filled(slots, LimiterState::default()),
            shown: filled(slots, MixLevel::default()),
            limiting: false,
            by_state: HashTable::with_capacity(slots),
            anew: false,
            identities: Identities::new(slots),
            keeps_sums: false,
        }
    }

    /// Moves into `larger`, which takes the old memory in exchange.
    pub fn move_into(&mut self, larger: &mut Self) {
        larger.states[..self.states.len()].copy_from_slice(&self.states);
        larger.shown[..self.shown.len()].copy_from_slice(&self.shown);
        larger.limiting = self.limiting;
        larger.identities.succeed(&self.identities);
        std::mem::swap(self, larger);
    }

    pub fn list(&self) -> &[Output] {
        &self.list
    }

    /// The outputs, for those who mix to write to; the first output of each group, and the number of outputs behind
    /// them.
    pub fn for_mixing(&mut self) -> (&mut [Output], &[u32]) {
        (&mut self.list, &self.starts)
    }

    /// The output that a listener hears, or [`NONE`].
    pub fn of(&self, slot: u32, groups: &Groups) -> u32 {
        if self.split { self.of[slot as usize] } else { groups.of(slot) }
    }

    /// The next listener who hears the same, or [`NONE`].
    #[inline]
    pub fn next(&self, slot: u32, groups: &Groups) -> u32 {
        if self.split { self.next[slot as usize] } else { groups.next(slot) }
    }

    /// The listeners who hear an output, in the order of their slots.
    pub fn listeners(&self, output: usize, groups: &Groups) -> impl Iterator<Item = u32> {
        let some = |slot: u32| (slot != NONE).then_some(slot);
        std::iter::successors(some(self.list[output].first), move |slot| some(self.next(*slot, groups)))
    }

    /// The identity of an output, and what it is forked from if this is its first tick; of a tick that has ended.
    pub fn identity(&self, output: usize) -> (MixId, Option<MixId>) {
        let Identity { id, forked_from, .. } = self.identities.of(output);
        (id, forked_from.filter(|_| self.anew))
    }

    /// The listeners who hear another mix than in the last tick, of a tick that has ended. `key` tells who they are.
    pub fn moves(&self, groups: &Groups, key: impl Fn(u32) -> ParticipantKey + Copy) -> impl Iterator<Item = Move> {
        let formed = if self.anew { 0..self.list.len() } else { 0..0 };
        let moved = formed.filter(|output| self.identities.has_moved(*output));
        let listeners = moved.flat_map(move |output| self.listeners(output, groups));
        listeners.filter_map(move |slot| self.identities.moved(slot, key))
    }

    /// Whether any output was to be kept in the last tick as it is before its limiter.
    pub fn keeps_sums(&self) -> bool {
        self.keeps_sums
    }

    /// No output is to be kept as it is before its limiter.
    pub fn keep_no_sums(&mut self) {
        self.keeps_sums = false;
        self.list.iter_mut().for_each(|output| (output.keeps_sum, output.kept_sum) = (false, None));
    }

    /// What the listener of a slot hears is to be kept as it is before its limiter.
    pub fn keep_sum(&mut self, slot: u32, groups: &Groups) {
        let of = self.of(slot, groups);
        if let Some(output) = self.list.get_mut(of as usize) {
            output.keeps_sum = true;
            self.keeps_sums = true;
        }
    }

    /// Somebody new has a slot.
    pub fn forget(&mut self, slot: usize) {
        (self.states[slot], self.shown[slot]) = (LimiterState::default(), MixLevel::default());
        self.identities.forget(slot);
    }

    /// Makes the outputs of a tick; `planned` if its groups are those of the tick before. Whether the outputs are, too.
    pub fn form(&mut self, groups: &Groups, planned: bool) -> bool {
        self.anew = !planned || self.split || self.limiting;
        if !self.anew {
            return true;
        }
        self.list.clear();
        self.starts.clear();
        // Once a tick, not once a group: clearing takes time with the room of the table.
        self.by_state.clear();
        self.split = self.limiting;
        for (number, group) in (0..).zip(groups.list()) {
            self.starts.push(self.list.len() as u32);
            let silent = group.is_silent();
            if self.split {
                self.split_group(number, group.first, silent, groups);
            } else {
                self.open(number, group.first, silent, LimiterState::default());
            }
        }
        self.starts.push(self.list.len() as u32);
        false
    }

    fn open(&mut self, group: u32, first: u32, silent: bool, limiter: LimiterState) -> u32 {
        let number = self.list.len() as u32;
        self.list.push(Output { group, first, last: first, silent, limiter, ..Output::default() });
        number
    }

    /// Makes an output for each limiter state in a group. Silence is one output, whatever limiters remember.
    fn split_group(&mut self, group: u32, first: u32, silent: bool, groups: &Groups) {
        let mut slot = first;
        while slot != NONE {
            let state = if silent { LimiterState::default() } else { self.states[slot as usize] };
            let hash = hash(group, &state);
            let known = self.by_state.find(hash, |(_, output)| {
                let output = &self.list[*output as usize];
                (output.group, output.limiter) == (group, state)
            });
            let output = match known.map(|(_, output)| *output) {
                Some(output) => {
                    let last = std::mem::replace(&mut self.list[output as usize].last, slot);
                    self.next[last as usize] = slot;
                    output
                }
                None => {
                    let output = self.open(group, slot, silent, state);
                    if self.by_state.len() < self.by_state.capacity() {
                        self.by_state.insert_unique(hash, (hash, output), |(hash, _)| *hash);
                    }
                    output
                }
            };
            (self.of[slot as usize], self.next[slot as usize]) = (output, NONE);
            slot = groups.next(slot);
        }
    }

    /// Gives the outputs their identities, at the end of the tick: one that is dropped changes none. What makes a
    /// listener come, go or hear another mix makes the outputs form anew.
    #[inline(never)]
    fn identify(&mut self, groups: &Groups) {
        let Self { list, of, next, split, identities, .. } = self;
        let firsts = list.iter().map(|output| output.first);
        if *split {
            let hear = (0..).zip(&*of).map(|(slot, of)| if groups.of(slot) == NONE { NONE } else { *of });
            identities.find(hear, firsts, |slot| next[slot as usize]);
        } else {
            identities.find((0..of.len() as u32).map(|slot| groups.of(slot)), firsts, |slot| groups.next(slot));
        }
    }

    /// Ends the tick: the outputs get their identities, every listener takes on the state of its limiter, and its
    /// meters show the level of its mix.
    pub fn deliver(&mut self, groups: &Groups, kept: &[Option<Kept>], limiter: Option<&Limiter>, clock: &Clock<'_>) {
        if self.anew {
            self.identify(groups);
        }
        let limiting = self.limiting || self.list.iter().any(|output| !output.limiter.at_rest());
        let mut still = false;
        for output in &self.list {
            let mut slot = output.first;
            while slot != NONE {
                let index = slot as usize;
                if limiting {
                    let state = &mut self.states[index];
                    if !output.silent {
                        *state = output.limiter;
                    } else if let (Some(limiter), false) = (limiter, state.at_rest()) {
                        limiter.limit_silence(state, clock.timing.tick);
                    }
                    still |= !state.at_rest();
                }
                if self.shown[index] != output.level || output.level.limited() {
                    self.shown[index] = output.level;
                    if let Some(kept) = &kept[index] {
                        kept.meters.write_mix(&output.level);
                    }
                }
                slot = if self.split { self.next[index] } else { groups.next(slot) };
            }
        }
        self.limiting = still;
    }
}

fn hash(group: u32, state: &LimiterState) -> u64 {
    let mut hasher = rustc_hash::FxBuildHasher.build_hasher();
    hasher.write_u32(group);
    state.bits().iter().for_each(|bits| hasher.write_u64(*bits));
    hasher.finish()
}
