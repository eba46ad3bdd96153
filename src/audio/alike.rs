//! Listeners whose rows say the same: found by what the row is, without composing it again.

use std::hash::{BuildHasher, Hasher};

use crate::{
    data::memory,
    data::{envelope::Way, fade::Fade},
    limiter::Limiting,
    matrix::RowIdentity,
};

/// All that the mix of a listener depends on who has no own voice in it: of single gains that move, a hash.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Alike {
    pub row: RowIdentity,
    /// The move of all sources that it does not list.
    pub unlisted: Fade,
    pub deafened: bool,
    pub way: Way,
    pub limiting: Limiting,
    /// Of single gains that move; 0 if none does.
    pub moving: u64,
}

impl Alike {
    /// Equal for those who are alike.
    pub fn hash(&self) -> u64 {
        let mut hasher = rustc_hash::FxBuildHasher.build_hasher();
        self.row.bits().iter().for_each(|bits| hasher.write_u64(*bits));
        self.unlisted.bits().iter().for_each(|bits| hasher.write_u64(*bits));
        self.way.bits().iter().for_each(|bits| hasher.write_u64(*bits));
        self.limiting.bits().iter().for_each(|bits| hasher.write_u64(*bits));
        hasher.write_u64(self.moving);
        hasher.finish()
    }
}

/// Those who have been seen in this tick, the first of each kind.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    seen: Vec<First>,
    /// By hash, the last one seen, plus 1.
    buckets: Vec<u32>,
}

/// The first of those who are alike, and its group.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct First {
    pub hash: u64,
    pub slot: u32,
    pub group: u32,
    chain: u32,
}

impl Seen {
    /// Room for `places` listeners. Allocates: control side.
    pub fn new(places: usize) -> Self {
        let buckets = memory::filled((2 * places).next_power_of_two(), 0);
        Self { seen: memory::room(places, First::default()), buckets }
    }

    /// Forgets the last tick.
    pub fn clear(&mut self) {
        self.seen.clear();
        self.buckets.fill(0);
    }

    /// Those with this hash.
    pub fn with(&self, hash: u64) -> impl Iterator<Item = &First> {
        let get = |at: u32| (at as usize).checked_sub(1).and_then(|at| self.seen.get(at));
        let last = get(self.buckets[hash as usize & (self.buckets.len() - 1)]);
        std::iter::successors(last, move |first| get(first.chain)).filter(move |first| first.hash == hash)
    }

    pub fn see(&mut self, hash: u64, slot: u32, group: u32) {
        let bucket = hash as usize & (self.buckets.len() - 1);
        if self.seen.len() < self.seen.capacity() {
            self.seen.push(First { hash, slot, group, chain: self.buckets[bucket] });
            self.buckets[bucket] = self.seen.len() as u32;
        }
    }
}
