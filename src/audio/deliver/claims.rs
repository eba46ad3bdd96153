//! [`Claims`]: which mixes of a tick go on a mix of the last one.
//!
//! A mix *claims* the mix of the last tick that most of its listeners heard, and has so many *votes* for it. Of those
//! who claim the same mix the one with the most votes is its *heir*. Where votes are equal, the lower slot among the
//! first voters decides. A mix whose listeners are all new claims none.

use crate::{audio::receive::NONE, data::memory::room};

/// What a mix claims.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim {
    /// The number of a mix of the last tick, or [`NONE`].
    pub on: u32,
    pub votes: u32,
    /// How many of its listeners heard any mix in the last tick.
    pub voters: u32,
    /// The slot of the first who votes for it.
    first: u32,
}

/// The votes for a mix of the last tick.
#[derive(Debug, Clone, Copy)]
struct Tally {
    /// Whose votes are counted: the number of a mix of this tick.
    of: u32,
    votes: u32,
    first: u32,
    /// The number of its heir, as far as is known.
    heir: u32,
}

/// The claims of the mixes of a tick, by number; and scratch, by the number of the mixes of the last one.
#[derive(Debug, Default)]
pub(super) struct Claims {
    list: Vec<Claim>,
    tallies: Vec<Tally>,
}

impl Claim {
    const NONE: Self = Self { on: NONE, votes: 0, voters: 0, first: NONE };

    /// Whether this claim comes before one with so many votes, the first of them from this slot.
    #[inline]
    fn precedes(&self, votes: u32, first: u32) -> bool {
        self.votes > votes || self.votes == votes && self.first < first
    }
}

impl Tally {
    const NOTHING: Self = Self { of: NONE, votes: 0, first: NONE, heir: NONE };
}

impl Claims {
    /// Room for the listeners of so many slots. Allocates: control side.
    pub fn new(slots: usize) -> Self {
        Self { list: room(slots, Claim::NONE), tallies: room(slots, Tally::NOTHING) }
    }

    /// Finds the claims of the mixes of a tick. `hear` has the number of the mix that the listener of each slot hears,
    /// or [`NONE`], and `heard` that of the last tick, in which there were so many. Each mix is named by its first
    /// listener; `next` leads from one to the next, in the order of slots.
    #[inline]
    pub fn find(
        &mut self,
        (hear, heard): (&[u32], &[u32]),
        before: usize,
        firsts: impl ExactSizeIterator<Item = u32>,
        next: impl Fn(u32) -> u32,
    ) {
        self.list.clear();
        self.list.resize(firsts.len(), Claim::NONE);
        self.tallies.clear();
        self.tallies.resize(before, Tally::NOTHING);
        self.ask_all(hear, heard);
        for (mix, first) in (0..).zip(firsts) {
            let Claim { votes, voters, .. } = self.of(mix);
            if votes < voters {
                self.list[mix as usize] = self.poll(mix, first, heard, &next);
            }
            self.inherit(mix);
        }
    }

    /// What a mix claims.
    #[inline]
    pub fn of(&self, mix: u32) -> Claim {
        self.list[mix as usize]
    }

    /// Whether a mix goes on with what it claims.
    #[inline]
    pub fn goes_on(&self, mix: u32) -> bool {
        self.tallies.get(self.of(mix).on as usize).is_some_and(|tally| tally.heir == mix)
    }

    /// Takes what the first listener of each mix heard in the last tick as its claim, and counts who agrees: everybody,
    /// as a rule. Goes through the slots in their order, which is faster than from listener to listener.
    #[inline]
    fn ask_all(&mut self, hear: &[u32], heard: &[u32]) {
        for (slot, (mix, heard)) in (0..).zip(hear.iter().zip(heard)) {
            let Some(claim) = self.list.get_mut(*mix as usize).filter(|_| *heard != NONE) else { continue };
            if claim.on == NONE {
                (claim.on, claim.first) = (*heard, slot);
            }
            claim.votes += u32::from(claim.on == *heard);
            claim.voters += 1;
        }
    }

    /// Counts all that the listeners of a mix heard in the last tick.
    #[inline]
    fn poll(&mut self, mix: u32, first: u32, heard: &[u32], next: impl Fn(u32) -> u32) -> Claim {
        let (mut claim, mut slot) = (Claim::NONE, first);
        while slot != NONE {
            let on = heard[slot as usize];
            if let Some(tally) = self.tallies.get_mut(on as usize) {
                if tally.of != mix {
                    *tally = Tally { of: mix, votes: 0, first: slot, heir: tally.heir };
                }
                tally.votes += 1;
                claim.voters += 1;
                if !claim.precedes(tally.votes, tally.first) {
                    claim = Claim { on, votes: tally.votes, first: tally.first, ..claim };
                }
            }
            slot = next(slot);
        }
        claim
    }

    /// Makes a mix the heir of what it claims, until another one comes that precedes it.
    #[inline]
    fn inherit(&mut self, mix: u32) {
        let claim = self.of(mix);
        let Some(tally) = self.tallies.get_mut(claim.on as usize) else { return };
        let heir = self.list.get(tally.heir as usize);
        if heir.is_none_or(|heir| claim.precedes(heir.votes, heir.first)) {
            tally.heir = mix;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each of these mixes claims, with how many votes of how many voters, and whether it goes on. There are 8
    /// slots; `heard` has the number of the mix that each heard.
    fn claims(heard: [u32; 8], mixes: &[&[u32]]) -> Vec<(u32, u32, u32, bool)> {
        let (mut claims, mut hear, mut next) = (Claims::new(8), [NONE; 8], [NONE; 8]);
        for (mix, slots) in (0..).zip(mixes) {
            slots.iter().for_each(|slot| hear[*slot as usize] = mix);
            slots.windows(2).for_each(|pair| next[pair[0] as usize] = pair[1]);
        }
        claims.find((&hear, &heard), 8, mixes.iter().map(|slots| slots[0]), |slot| next[slot as usize]);
        let claim = |mix| (claims.of(mix), claims.goes_on(mix));
        let claims = (0..mixes.len() as u32).map(claim);
        claims.map(|(claim, goes_on)| (claim.on, claim.votes, claim.voters, goes_on)).collect()
    }

    #[test]
    fn most_of_those_who_heard_anything_decide() {
        assert_eq!(claims([7, 7, NONE, NONE, NONE, 7, 7, 7], &[&[0, 1, 2, 3, 4]]), [(7, 2, 2, true)]);
        assert_eq!(claims([4, 6, 5, 6, 6, 5, 0, 0], &[&[0, 1, 2, 3, 4, 5]]), [(6, 3, 6, true)]);
        assert_eq!(claims([NONE; 8], &[&[0, 1]]), [(NONE, 0, 0, false)]);
    }

    #[test]
    fn of_equal_votes_the_lower_slot_decides() {
        assert_eq!(claims([1, 0, 0, 1, 2, 0, 0, 0], &[&[0, 1, 2, 3, 4]]), [(1, 2, 5, true)], "within a mix");
        assert_eq!(claims([5; 8], &[&[4, 7], &[2, 3]]), [(5, 2, 2, false), (5, 2, 2, true)], "between mixes");
        assert_eq!(claims([3, 5, 5, 3, 5, 5, 0, 0], &[&[0, 2, 4], &[1, 5]])[1], (5, 2, 2, true), "of those who vote");
    }

    #[test]
    fn who_has_no_vote_for_a_mix_is_not_its_heir() {
        let mixes: [&[u32]; 3] = [&[0, 1, 2, 3], &[4], &[5]];
        assert_eq!(claims([0, 0, 0, 1, 1, 0, 0, 0], &mixes), [(0, 3, 4, true), (1, 1, 1, true), (0, 1, 1, false)]);
    }
}
