//! [`Identities`]: which mix of a tick goes on which mix of the last one, for those who keep something by it: encoders.
//!
//! A mix *claims* the mix of the last tick that most of its listeners heard, and has so many *votes* for it. Of those
//! who claim the same mix the one with the most votes goes on with its id; the others are forked from it. Where votes
//! are equal, the lower slot among the first voters decides. A mix whose listeners are all new claims none.

use crate::{
    audio::receive::NONE,
    data::{
        id::{MixId, ParticipantKey},
        memory::{filled, room},
        moves::{Move, MoveKind},
    },
};

/// The identity of a mix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Identity {
    pub id: MixId,
    /// If the mix began when identities were found: the mix that most of its listeners heard before.
    pub forked_from: Option<MixId>,
    /// Whether any of its listeners heard another mix before.
    moved: bool,
}

/// The mixes of one tick, by number, and who heard which.
#[derive(Debug, Default)]
struct Heard {
    mixes: Vec<Identity>,
    /// The number of the mix that the listener of each slot heard, or [`NONE`]. Of use for those who are still here.
    by: Vec<u32>,
}

/// What a mix claims.
#[derive(Debug, Clone, Copy)]
struct Claim {
    /// The number of a mix of the last tick, or [`NONE`].
    on: u32,
    votes: u32,
    /// The slot of the first who votes for it.
    first: u32,
    /// How many of its listeners heard any mix in the last tick.
    voters: u32,
}

/// The votes for a mix of the last tick.
#[derive(Debug, Clone, Copy)]
struct Tally {
    /// Whose votes are counted: the number of a mix of this tick.
    of: u32,
    votes: u32,
    first: u32,
    /// The number of the mix of this tick that goes on with its id, as far as is known.
    heir: u32,
}

/// The identities of the mixes of a tick and of the last one.
#[derive(Debug, Default)]
pub(crate) struct Identities {
    last: Heard,
    now: Heard,
    /// Scratch: by mixes of this tick, and by mixes of the last one.
    claims: Vec<Claim>,
    tallies: Vec<Tally>,
    /// The greatest id that was given.
    given: u64,
}

impl Identity {
    const NONE: Self = Self { id: MixId::NONE, forked_from: None, moved: false };
}

impl Heard {
    fn new(slots: usize) -> Self {
        Self { mixes: room(slots, Identity::NONE), by: filled(slots, NONE) }
    }
}

impl Claim {
    const NONE: Self = Self { on: NONE, votes: 0, first: NONE, voters: 0 };

    /// Whether this claim comes before one with so many votes, the first of them from this slot.
    #[inline]
    fn precedes(&self, votes: u32, first: u32) -> bool {
        self.votes > votes || self.votes == votes && self.first < first
    }
}

impl Tally {
    const NOTHING: Self = Self { of: NONE, votes: 0, first: NONE, heir: NONE };
}

impl Identities {
    /// Room for the listeners of so many slots. Allocates: control side.
    pub fn new(slots: usize) -> Self {
        Self {
            last: Heard::new(slots),
            now: Heard::new(slots),
            claims: room(slots, Claim::NONE),
            tallies: room(slots, Tally::NOTHING),
            given: 0,
        }
    }

    /// Goes on where one with less room was. What it knew of the last tick but one is not asked for again.
    pub fn succeed(&mut self, smaller: &Self) {
        self.now.mixes.extend_from_slice(&smaller.now.mixes);
        self.now.by[..smaller.now.by.len()].copy_from_slice(&smaller.now.by);
        self.given = smaller.given;
    }

    /// Somebody new has a slot, who has heard nothing.
    pub fn forget(&mut self, slot: usize) {
        (self.last.by[slot], self.now.by[slot]) = (NONE, NONE);
    }

    /// Finds the identities of the mixes of a tick. Each is named by its first listener; `next` leads from one to the
    /// next, in the order of slots. To be called once for each tick that is mixed, unless all is as in the last one.
    #[inline]
    pub fn find(&mut self, firsts: impl Iterator<Item = u32>, next: impl Fn(u32) -> u32) {
        std::mem::swap(&mut self.last, &mut self.now);
        self.now.mixes.clear();
        self.claims.clear();
        self.tallies.clear();
        self.tallies.resize(self.last.mixes.len(), Tally::NOTHING);
        for (mix, first) in (0..).zip(firsts) {
            let claim = self.poll(mix, first, &next);
            self.claims.push(claim);
            self.inherit(mix, claim);
        }
        for mix in 0..self.claims.len() {
            let identity = self.identify(mix);
            self.now.mixes.push(identity);
        }
    }

    /// Counts what the listeners of a mix heard in the last tick.
    #[inline]
    fn poll(&mut self, mix: u32, first: u32, next: impl Fn(u32) -> u32) -> Claim {
        let (mut claim, mut slot) = (Claim::NONE, first);
        while slot != NONE {
            self.now.by[slot as usize] = mix;
            let heard = self.last.by[slot as usize];
            if let Some(tally) = self.tallies.get_mut(heard as usize) {
                if tally.of != mix {
                    *tally = Tally { of: mix, votes: 0, first: slot, heir: tally.heir };
                }
                tally.votes += 1;
                claim.voters += 1;
                if !claim.precedes(tally.votes, tally.first) {
                    claim = Claim { on: heard, votes: tally.votes, first: tally.first, ..claim };
                }
            }
            slot = next(slot);
        }
        claim
    }

    /// Lets a mix go on with the id that it claims, until another one comes that precedes it.
    #[inline]
    fn inherit(&mut self, mix: u32, claim: Claim) {
        let Some(tally) = self.tallies.get_mut(claim.on as usize) else { return };
        let heir = self.claims.get(tally.heir as usize);
        if heir.is_none_or(|heir| claim.precedes(heir.votes, heir.first)) {
            tally.heir = mix;
        }
    }

    /// The identity of a mix, once all claims are known.
    #[inline]
    fn identify(&mut self, mix: usize) -> Identity {
        let Claim { on, votes, voters, .. } = self.claims[mix];
        let before = self.last.mixes.get(on as usize).map(|last| last.id);
        let goes_on = self.tallies.get(on as usize).is_some_and(|tally| tally.heir == mix as u32);
        match before {
            Some(id) if goes_on => Identity { id, forked_from: None, moved: votes < voters },
            _ => {
                self.given += 1;
                Identity { id: MixId(self.given), forked_from: before, moved: voters > 0 }
            }
        }
    }

    /// The identity of a mix.
    pub fn of(&self, mix: usize) -> Identity {
        self.now.mixes[mix]
    }

    /// Whether any listener of a mix heard another one before identities were found.
    pub fn has_moved(&self, mix: usize) -> bool {
        self.now.mixes[mix].moved
    }

    /// The move of the listener of a slot, if it heard another mix before identities were found. `key` is asked who
    /// it is.
    pub fn moved(&self, slot: u32, key: impl FnOnce(u32) -> ParticipantKey) -> Option<Move> {
        let heard = |heard: &Heard| heard.mixes.get(heard.by[slot as usize] as usize).copied();
        let (from, to) = (heard(&self.last)?.id, heard(&self.now)?);
        let kind = if to.forked_from == Some(from) { MoveKind::Split } else { MoveKind::Merge };
        (from != to.id).then(|| Move { listener: key(slot), from, to: to.id, kind })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Finds the identities of mixes that are given by the slots of their listeners, of which there is room for 8.
    /// Returns their ids, and what each is forked from, or 0.
    fn find(identities: &mut Identities, mixes: &[&[u32]]) -> Vec<(u64, u64)> {
        let mut next = [NONE; 8];
        mixes.iter().flat_map(|slots| slots.windows(2)).for_each(|pair| next[pair[0] as usize] = pair[1]);
        identities.find(mixes.iter().map(|slots| slots[0]), |slot| next[slot as usize]);
        let number = |id: Option<MixId>| id.map_or(0, MixId::number);
        (0..mixes.len()).map(|mix| identities.of(mix)).map(|mix| (mix.id.number(), number(mix.forked_from))).collect()
    }

    /// Of all slots: the slot, the old and the new id, and whether it is a split.
    fn moves(identities: &Identities) -> Vec<(u32, u64, u64, bool)> {
        let key = |slot| ParticipantKey { slot, ..ParticipantKey::NOBODY };
        let moves = (0..8).filter_map(|slot| identities.moved(slot, key));
        moves.map(|it| (it.listener.slot, it.from.number(), it.to.number(), it.kind == MoveKind::Split)).collect()
    }

    #[test]
    fn a_mix_goes_on_with_most_of_its_listeners_whatever_its_place() {
        let mut identities = Identities::new(8);
        assert_eq!(find(&mut identities, &[&[0, 1, 2], &[3, 4]]), [(1, 0), (2, 0)]);
        assert_eq!(moves(&identities), [], "nobody was here before");
        assert_eq!(find(&mut identities, &[&[1, 3, 4], &[0, 2]]), [(2, 0), (1, 0)]);
        assert_eq!(moves(&identities), [(1, 1, 2, false)]);
        assert!(identities.has_moved(0) && !identities.has_moved(1));
    }

    #[test]
    fn those_who_leave_a_mix_together_have_one_that_is_forked_from_it() {
        let mut identities = Identities::new(8);
        find(&mut identities, &[&[0, 1, 2, 3, 4]]);
        assert_eq!(find(&mut identities, &[&[0], &[1, 2], &[3, 4]]), [(2, 1), (1, 0), (3, 1)], "the lower slot");
        assert_eq!(moves(&identities), [(0, 1, 2, true), (3, 1, 3, true), (4, 1, 3, true)]);
        assert_eq!(find(&mut identities, &[&[0, 1, 2, 3, 4]]), [(1, 0)], "two votes each: that of slot 1");
        assert_eq!(moves(&identities), [(0, 2, 1, false), (3, 3, 1, false), (4, 3, 1, false)]);
        assert_eq!(find(&mut identities, &[&[0], &[1, 2, 3, 4]]), [(4, 1), (1, 0)], "no id is given again");
    }

    #[test]
    fn one_who_comes_into_a_forked_mix_from_a_third_one_is_merged() {
        let mut identities = Identities::new(8);
        find(&mut identities, &[&[0, 1, 2, 3, 4], &[5, 6]]);
        assert_eq!(find(&mut identities, &[&[0, 1, 2], &[3, 4, 5], &[6]]), [(1, 0), (3, 1), (2, 0)]);
        assert_eq!(moves(&identities), [(3, 1, 3, true), (4, 1, 3, true), (5, 2, 3, false)]);
    }

    #[test]
    fn of_equal_votes_within_a_mix_the_lower_slot_decides() {
        let mut identities = Identities::new(8);
        find(&mut identities, &[&[1, 2], &[0, 3], &[4]]);
        assert_eq!(find(&mut identities, &[&[0, 1, 2, 3, 4]]), [(2, 0)]);
        assert_eq!(find(&mut identities, &[&[4]]), [(2, 0)]);
    }

    #[test]
    fn who_is_new_has_no_vote_and_does_not_move() {
        let mut identities = Identities::new(8);
        find(&mut identities, &[&[0, 1]]);
        (2..6).for_each(|slot| identities.forget(slot));
        assert_eq!(find(&mut identities, &[&[0, 2, 3, 4], &[1], &[5]]), [(1, 0), (2, 1), (3, 0)]);
        assert_eq!(moves(&identities), [(1, 1, 2, true)]);
        identities.forget(1);
        assert_eq!(find(&mut identities, &[&[0, 1]]), [(1, 0)]);
        assert_eq!(moves(&identities), [], "another one has slot 1");
    }

    #[test]
    fn ids_go_on_in_a_larger_room() {
        let (mut smaller, mut larger) = (Identities::new(3), Identities::new(8));
        find(&mut smaller, &[&[0, 1], &[2]]);
        larger.succeed(&smaller);
        assert_eq!(find(&mut larger, &[&[2, 5], &[1], &[0]]), [(2, 0), (3, 1), (1, 0)]);
        assert_eq!(moves(&larger), [(1, 1, 3, true)]);
    }

    #[test]
    fn without_listeners_there_is_nothing_to_identify() {
        let mut identities = Identities::new(8);
        find(&mut identities, &[&[0, 1]]);
        assert_eq!(find(&mut identities, &[]), []);
        assert_eq!(find(&mut identities, &[&[2]]), [(2, 0)]);
    }
}
