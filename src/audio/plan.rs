//! The third step of a tick: who hears the same. The sum of each [`Group`] is made once, when its first listener is found.

use std::hash::{BuildHasher, Hash, Hasher};

use super::{
    Arena, Clock,
    alike::{Alike, First},
    compose::{Heard, write_terms},
    listener::NONE,
    program::Term,
};
use crate::{
    id::ParticipantKey,
    kernel::{Measured, Row},
    limiter::Limiting,
    meter::MixLevel,
    ship::Shared,
};

/// Listeners whose mixes are the same in this tick.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Group {
    /// The first of them, in whose memory the mix is; the others follow by [`Listener::next`](super::listener::Listener).
    pub first: u32,
    pub last: u32,
    /// Whether nobody is heard.
    pub silent: bool,
    /// The measure of their sum.
    pub measured: Measured,
    /// What their limiters remember after this tick.
    pub limiting: Limiting,
    pub level: MixLevel,
    hash: u64,
    /// The next group with the same bucket, plus 1.
    chain: u32,
}

impl Arena {
    /// Puts every listener into a group.
    pub fn plan(&mut self, clock: &Clock<'_>, shared: &Shared) {
        self.groups.clear();
        self.buckets.fill(0);
        self.seen.clear();
        let Self { sources, audible, subtotals, frames, .. } = self;
        subtotals.arrange(sources, audible, clock);
        subtotals.add_up(sources, audible, &Row::of(frames, &[], &shared.curve), shared.kernel, clock);
        let mut silent = NONE;
        for slot in 0..self.used as u32 {
            self.listeners[slot as usize].group = NONE;
            if !self.listeners[slot as usize].hears {
                continue;
            }
            self.prepare(slot, clock);
            let own_voice = self.sources[slot as usize].audible;
            if self.audible.is_empty() || (own_voice && self.audible.len() == 1) {
                self.join_silent(&mut silent, slot, clock, shared);
            } else if let Some(alike) = self.listeners[slot as usize].alike().filter(|_| !own_voice) {
                self.find_alike(alike, slot, &mut silent, clock, shared);
            } else {
                self.find_group(slot, &mut silent, clock, shared);
            }
        }
    }

    /// Joins the group of those whose rows say the same, or finds or opens one.
    fn find_alike(&mut self, alike: Alike, slot: u32, silent: &mut u32, clock: &Clock<'_>, shared: &Shared) {
        let hash = alike.hash();
        let is_alike = |first: &&First| self.listeners[first.slot as usize].alike() == Some(alike);
        let known = self.seen.with(hash).find(is_alike).map(|first| first.group);
        if let Some(group) = known {
            self.join(group, slot);
        } else {
            let group = self.find_group(slot, silent, clock, shared);
            self.seen.see(hash, slot, group);
        }
    }

    fn prepare(&mut self, slot: u32, clock: &Clock<'_>) {
        let Self { listeners, sources, .. } = self;
        let here = |key: ParticipantKey| sources.get(key.slot as usize).filter(|source| source.key == key);
        let changes = listeners[slot as usize].prepare(
            clock,
            |key| here(key).map(|source| source.presence.fade),
            |key| here(key).is_some_and(|source| source.readings.active),
        );
        if changes {
            self.report_entries(slot as usize);
        }
    }

    /// Joins the group of those who hear the same, or opens it. Which one that is.
    fn find_group(&mut self, slot: u32, silent: &mut u32, clock: &Clock<'_>, shared: &Shared) -> u32 {
        self.write_terms(0, slot, clock);
        if self.terms[0].is_empty() {
            self.join_silent(silent, slot, clock, shared);
            return *silent;
        }
        let hash = self.hash(slot);
        let bucket = hash as usize & (self.buckets.len() - 1);
        let mut candidate = self.buckets[bucket];
        while candidate > 0 {
            let group = self.groups[candidate as usize - 1];
            if group.hash == hash && self.hear_the_same(slot, group.first, clock) {
                self.join(candidate - 1, slot);
                return candidate - 1;
            }
            candidate = group.chain;
        }
        let group = self.open(slot, false, clock, shared);
        (self.groups[group as usize].hash, self.groups[group as usize].chain) = (hash, self.buckets[bucket]);
        self.buckets[bucket] = group + 1;
        group
    }

    /// Writes the terms of a listener's mix into one of the two lists.
    pub fn write_terms(&mut self, list: usize, slot: u32, clock: &Clock<'_>) {
        let Self { sources, audible, subtotals, .. } = self;
        let heard = Heard { sources, audible, subtotals, clock };
        write_terms(&mut self.terms[list], &self.listeners[slot as usize], slot, heard);
    }

    fn hash(&self, slot: u32) -> u64 {
        let mut hasher = rustc_hash::FxBuildHasher.build_hasher();
        self.terms[0].hash(&mut hasher);
        let listener = &self.listeners[slot as usize];
        listener.limiting.bits().iter().for_each(|bits| hasher.write_u64(*bits));
        if self.terms[0].iter().any(|term| term.gain.ducked) {
            listener.way.bits().iter().for_each(|bits| hasher.write_u64(*bits));
        }
        hasher.finish()
    }

    /// Whether the terms in the first list are those of `other`'s mix too, and everything behind the sum is the same.
    fn hear_the_same(&mut self, slot: u32, other: u32, clock: &Clock<'_>) -> bool {
        self.write_terms(1, other, clock);
        let (listener, other) = (&self.listeners[slot as usize], &self.listeners[other as usize]);
        let ducked = |terms: &[Term]| terms.iter().any(|term| term.gain.ducked);
        self.terms[0] == self.terms[1]
            && listener.limiting == other.limiting
            && (listener.way == other.way || !ducked(&self.terms[0]))
    }

    fn join_silent(&mut self, silent: &mut u32, slot: u32, clock: &Clock<'_>, shared: &Shared) {
        if *silent == NONE {
            *silent = self.open(slot, true, clock, shared);
        } else {
            self.join(*silent, slot);
        }
    }

    /// A new group. What it hears are the terms in the first list: they are added up while they are at hand.
    fn open(&mut self, slot: u32, silent: bool, clock: &Clock<'_>, shared: &Shared) -> u32 {
        let measured = if silent { Measured::default() } else { self.sum(slot, clock, shared) };
        let listener = &mut self.listeners[slot as usize];
        let group = self.groups.len() as u32;
        (listener.group, listener.next) = (group, NONE);
        self.groups.push(Group {
            first: slot,
            last: slot,
            silent,
            measured,
            limiting: listener.limiting,
            level: MixLevel::default(),
            hash: 0,
            chain: 0,
        });
        group
    }

    fn join(&mut self, group: u32, slot: u32) {
        let last = std::mem::replace(&mut self.groups[group as usize].last, slot);
        self.listeners[last as usize].next = slot;
        let listener = &mut self.listeners[slot as usize];
        (listener.group, listener.next) = (group, NONE);
    }
}
