//! [`Identities`]: which mix of a tick goes on which mix of the last one, for those who keep something by it: encoders.
//!
//! The heir of a mix of the last tick (see [`Claims`]) goes on with its id. Others who claim it begin with an id of
//! their own, and are forked from it.

use super::claims::{Claim, Claims};
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
    /// The number of the mix that the listener of each slot heard, or [`NONE`].
    by: Vec<u32>,
}

/// The identities of the mixes of a tick and of the last one.
#[derive(Debug, Default)]
pub(crate) struct Identities {
    last: Heard,
    now: Heard,
    claims: Claims,
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

impl Identities {
    /// Room for the listeners of so many slots. Allocates: control side.
    pub fn new(slots: usize) -> Self {
        Self { last: Heard::new(slots), now: Heard::new(slots), claims: Claims::new(slots), given: 0 }
    }

    /// Goes on where one with less room was. What it knew of the last tick but one is not asked for again.
    pub fn succeed(&mut self, smaller: &Self) {
        self.now.mixes.extend_from_slice(&smaller.now.mixes);
        self.now.by[..smaller.now.by.len()].copy_from_slice(&smaller.now.by);
        self.given = smaller.given;
    }

    /// Somebody new has a slot, who has heard nothing.
    pub fn forget(&mut self, slot: usize) {
        self.now.by[slot] = NONE;
    }

    /// Finds the identities of the mixes of a tick. `hear` is the number of the mix that the listener of each slot
    /// hears, or [`NONE`]; each mix is named by its first listener, and `next` leads from one to the next, in the order
    /// of slots. To be called once for each tick that is mixed, unless all is as in the last one.
    #[inline]
    pub fn find(
        &mut self,
        hear: impl Iterator<Item = u32>,
        firsts: impl ExactSizeIterator<Item = u32>,
        next: impl Fn(u32) -> u32,
    ) {
        std::mem::swap(&mut self.last, &mut self.now);
        self.now.by.iter_mut().zip(hear).for_each(|(by, mix)| *by = mix);
        let mixes = 0..firsts.len() as u32;
        self.claims.find((&self.now.by, &self.last.by), self.last.mixes.len(), firsts, next);
        self.now.mixes.clear();
        for mix in mixes {
            let identity = self.identify(mix);
            self.now.mixes.push(identity);
        }
    }

    /// The identity of a mix, once all claims are known.
    #[inline]
    fn identify(&mut self, mix: u32) -> Identity {
        let Claim { on, votes, voters, .. } = self.claims.of(mix);
        match self.last.mixes.get(on as usize).map(|last| last.id) {
            Some(id) if self.claims.goes_on(mix) => Identity { id, forked_from: None, moved: votes < voters },
            forked_from => {
                self.given += 1;
                Identity { id: MixId(self.given), forked_from, moved: voters > 0 }
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
        let hear =
            (0..8).map(|slot| mixes.iter().position(|slots| slots.contains(&slot)).map_or(NONE, |mix| mix as u32));
        identities.find(hear, mixes.iter().map(|slots| slots[0]), |slot| next[slot as usize]);
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
