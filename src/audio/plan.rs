//! The third step of a tick: who hears the same, and what that is the sum of.

use std::hash::{BuildHasher, Hash, Hasher};

use super::{
    Arena, Clock, NONE,
    alike::{Alike, First},
    compose::{Heard, write_terms},
    overlap::Shift,
    program::{Program, Term},
    resting::Resting,
    segments::Segments,
    worker::Worker,
};
use crate::{data::id::ParticipantKey, kernel::prefetch, limiter::Limiting, meter::MixLevel, ship::Shared};

/// Listeners whose mixes are the same in this tick.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Group {
    /// The first of them; the others follow by [`Hearing::next`](super::hearing::Hearing).
    pub first: u32,
    pub last: u32,
    /// What they hear.
    pub sum: Sum,
    /// What their limiters remember: before this tick, and then after it.
    pub limiting: Limiting,
    pub level: MixLevel,
    hash: u64,
    /// The next group with the same bucket, plus 1.
    chain: u32,
}

/// How a mix is made.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) enum Sum {
    /// Nobody is heard.
    #[default]
    Silent,
    /// One signal is heard as it is.
    Copy(u32),
    /// All sources are heard at one gain, but for the one at this position.
    Others { position: u32, gain: f32 },
    /// A few signals, at gains that rest.
    Program(Program),
    /// Every source: none of the gains is that of most, or too many differ from it to name what is left.
    Dense,
    /// Every source, at gains of which some move along one line, so many samples of which are over.
    Ends(u32),
    /// Sources whose gains move one by one.
    Moving,
}

impl Group {
    pub fn silent(&self) -> bool {
        self.sum == Sum::Silent
    }

    /// How many samples of the moves of its gains are over, if they move along one line.
    pub fn over(&self) -> Option<u32> {
        match self.sum {
            Sum::Ends(over) => Some(over),
            _ => None,
        }
    }
}

/// How many listeners ahead their rows are asked for.
const AHEAD: usize = 8;

impl Arena {
    /// Has every listener follow what was published and who came and went, and puts it into a group.
    pub fn plan(&mut self, clock: &Clock<'_>, shared: &Shared) {
        if self.is_still(clock) {
            return;
        }
        self.groups.clear();
        self.buckets.fill(0);
        self.seen.clear();
        self.programs.clear();
        self.segments = Segments::of(self.audible.len());
        let (mut silent, mut approximated) = (NONE, self.shifts_left_out);
        let (mut moves, mut ramps) = (false, false);
        for slot in 0..self.used as u32 {
            self.hearings[slot as usize].group = NONE;
            prefetch(self.listeners.get(slot as usize + 2 * AHEAD..).unwrap_or_default());
            if let Some(soon) = self.listeners.get(slot as usize + AHEAD) {
                prefetch(&soon.gains.at_rest);
            }
            if !self.listeners[slot as usize].hears {
                continue;
            }
            approximated += self.prepare(slot, clock);
            moves |= self.listeners[slot as usize].may_change();
            ramps |= self.listeners[slot as usize].ramps();
            let own_voice = self.positions[slot as usize] != NONE;
            if self.audible.len() <= usize::from(own_voice) {
                self.join_silent(&mut silent, slot);
            } else if !own_voice {
                self.find_alike(slot, &mut silent, clock);
            } else {
                self.find_group(slot, &mut silent, clock);
            }
        }
        self.spare_segments();
        self.note_plan(moves, ramps);
        if approximated > 0 {
            shared.meters.approximated.fetch_add(approximated, std::sync::atomic::Ordering::Relaxed);
        }
    }

    /// Has a few rows that are made of segments made by their gains instead, where the segments cost more than they save.
    fn spare_segments(&mut self) {
        /// The segments of a tick cost about as much as so many rows of a product.
        const FEW: usize = 3;
        let named = |group: &&mut Group| match group.sum {
            Sum::Program(program) => program.derived,
            Sum::Others { .. } => true,
            _ => false,
        };
        if self.groups.iter_mut().filter(named).take(FEW).count() < FEW {
            self.groups.iter_mut().filter(named).for_each(|group| group.sum = Sum::Dense);
        }
    }

    /// Takes one listener to where this tick begins. How many of its moves could not be followed.
    fn prepare(&mut self, slot: u32, clock: &Clock<'_>) -> u64 {
        let Self { listeners, sources, active, shifts, shifted, .. } = self;
        let listener = &mut listeners[slot as usize];
        let here = |key: ParticipantKey| sources.get(key.slot as usize).filter(|source| source.key == key);
        let shift =
            |key| here(key).map(|source| Shift { before: source.before, after: source.presence }).unwrap_or_default();
        let approximated = listener.follow(shifts, *shifted, shift, clock);
        let changes =
            listener.prepare(clock, |key| here(key).map(|source| source.presence.fade), |slot| active[slot as usize]);
        if changes || self.listeners[slot as usize].owes {
            self.listeners[slot as usize].owes = self.report_entries(slot as usize);
        }
        approximated
    }

    fn alike(&self, slot: u32) -> Alike {
        self.listeners[slot as usize].alike(self.hearings[slot as usize].limiting)
    }

    /// Joins the group of those whose rows say the same, or finds or opens one.
    fn find_alike(&mut self, slot: u32, silent: &mut u32, clock: &Clock<'_>) {
        let alike = self.alike(slot);
        let hash = alike.hash();
        let listener = &self.listeners[slot as usize];
        let is_alike = |first: &&First| {
            self.alike(first.slot) == alike && self.listeners[first.slot as usize].moves_like(listener)
        };
        let known = self.seen.with(hash).find(is_alike).map(|first| first.group);
        if let Some(group) = known {
            self.join(group, slot);
        } else {
            let group = self.find_group(slot, silent, clock);
            self.seen.see(hash, slot, group);
        }
    }

    /// Joins the group of those who hear the same, or opens it. Which one that is.
    fn find_group(&mut self, slot: u32, silent: &mut u32, clock: &Clock<'_>) -> u32 {
        match self.compose(slot, clock) {
            Sum::Silent => {
                self.join_silent(silent, slot);
                *silent
            }
            sum @ (Sum::Dense | Sum::Ends(_)) => self.open(slot, sum),
            sum => self.find_sum(sum, slot, clock),
        }
    }

    /// What a listener hears. A program, or the terms if it is [`Sum::Moving`], are made for it.
    fn compose(&mut self, slot: u32, clock: &Clock<'_>) -> Sum {
        let Self { programs, segments, exceptions, .. } = self;
        let heard = heard(&self.sources, &self.audible, &self.positions, &self.signals, clock);
        let listener = &self.listeners[slot as usize];
        let Some(resting) = Resting::of(listener, slot, heard) else { return self.compose_moving(slot, clock) };
        if listener.dense == Some((self.epoch, listener.level)) {
            return Sum::Dense;
        }
        let sum = resting.sum(programs, segments, exceptions);
        if sum == Sum::Dense && !listener.is_unsettled() && !programs.is_full() {
            self.keep_dense(slot, clock);
        }
        sum
    }

    fn find_sum(&mut self, sum: Sum, slot: u32, clock: &Clock<'_>) -> u32 {
        let hash = self.hash(sum, slot);
        let bucket = hash as usize & (self.buckets.len() - 1);
        let mut candidate = self.buckets[bucket];
        while candidate > 0 {
            let group = self.groups[candidate as usize - 1];
            if group.hash == hash && self.hear_the_same(sum, slot, &group, clock) {
                if let Sum::Program(program) = sum {
                    self.programs.forget(program);
                }
                self.join(candidate - 1, slot);
                return candidate - 1;
            }
            candidate = group.chain;
        }
        let group = self.open(slot, sum);
        (self.groups[group as usize].hash, self.groups[group as usize].chain) = (hash, self.buckets[bucket]);
        self.buckets[bucket] = group + 1;
        group
    }

    fn hash(&self, sum: Sum, slot: u32) -> u64 {
        let mut hasher = rustc_hash::FxBuildHasher.build_hasher();
        let ducks = match sum {
            Sum::Copy(signal) => {
                hasher.write_u32(signal);
                false
            }
            Sum::Others { position, gain } => {
                hasher.write_u64(u64::from(position) << 32 | u64::from(gain.to_bits()));
                false
            }
            Sum::Program(program) => {
                self.programs.hash(program, &mut hasher);
                program.ducks()
            }
            _ => {
                self.terms.hash(&mut hasher);
                self.terms.iter().any(|term| term.gain.ducked)
            }
        };
        let listener = &self.listeners[slot as usize];
        self.hearings[slot as usize].limiting.bits().iter().for_each(|bits| hasher.write_u64(*bits));
        if ducks {
            listener.way.bits().iter().for_each(|bits| hasher.write_u64(*bits));
        }
        hasher.finish()
    }

    /// Whether a listener with this sum, whose terms are at hand if it is moving, hears what the group hears.
    fn hear_the_same(&mut self, sum: Sum, slot: u32, group: &Group, clock: &Clock<'_>) -> bool {
        let ducks = match (sum, group.sum) {
            (Sum::Copy(_), Sum::Copy(_)) | (Sum::Others { .. }, Sum::Others { .. }) if sum == group.sum => false,
            (Sum::Program(a), Sum::Program(b)) if self.programs.same(a, b) => a.ducks(),
            (Sum::Moving, Sum::Moving) => {
                let heard = heard(&self.sources, &self.audible, &self.positions, &self.signals, clock);
                // The scratch of those who add up is free until the tick is planned.
                let Some(Worker { terms, .. }) = self.workers.first_mut() else { return false };
                write_terms(terms, &self.listeners[group.first as usize], group.first, heard);
                if self.terms != *terms {
                    return false;
                }
                self.terms.iter().any(|term: &Term| term.gain.ducked)
            }
            _ => return false,
        };
        let (listener, other) = (&self.listeners[slot as usize], &self.listeners[group.first as usize]);
        self.hearings[slot as usize].limiting == group.limiting && (!ducks || listener.same_envelope(other))
    }

    fn join_silent(&mut self, silent: &mut u32, slot: u32) {
        if *silent == NONE {
            *silent = self.open(slot, Sum::Silent);
        } else {
            self.join(*silent, slot);
        }
    }

    fn open(&mut self, slot: u32, sum: Sum) -> u32 {
        let hearing = &mut self.hearings[slot as usize];
        let group = self.groups.len() as u32;
        (hearing.group, hearing.next) = (group, NONE);
        let limiting = hearing.limiting;
        self.groups.push(Group { first: slot, last: slot, sum, limiting, ..Group::default() });
        group
    }

    fn join(&mut self, group: u32, slot: u32) {
        let last = std::mem::replace(&mut self.groups[group as usize].last, slot);
        self.hearings[last as usize].next = slot;
        let hearing = &mut self.hearings[slot as usize];
        (hearing.group, hearing.next) = (group, NONE);
    }
}

/// What is heard in a tick.
pub(crate) fn heard<'a>(
    sources: &'a [super::source::Source],
    audible: &'a [u32],
    positions: &'a [u32],
    signals: &'a [u32],
    clock: &Clock<'a>,
) -> Heard<'a> {
    Heard { sources, audible, positions, signals, faded: sources.len() as u32, clock: *clock }
}
