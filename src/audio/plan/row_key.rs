//! [`RowKey`]: all that the mix of a listener depends on whose own voice is not in it, but for the moves of its row.
//! Listeners with equal keys whose rows move alike hear the same.

use std::hash::{BuildHasher, Hasher};

use crate::{
    audio::{
        apply::{Listener, Since},
        published::RowIdentity,
    },
    data::{envelope::Motion, fade::Fade, timing::Clock},
};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RowKey {
    row: RowIdentity,
    since: Since,
    hears: Fade,
    motion: Motion,
}

impl RowKey {
    pub fn of(listener: &Listener, clock: &Clock<'_>) -> Self {
        let row = &listener.row;
        Self { row: row.identity(), since: row.since(clock), hears: listener.hears(), motion: listener.motion() }
    }

    /// Equal for equal keys and equal hashes of the moves of their rows.
    pub fn hash(&self, moves: u64) -> u64 {
        let mut hasher = rustc_hash::FxBuildHasher.build_hasher();
        hasher.write_u64(self.row.hash());
        hasher.write_u64(moves);
        hasher.write_u64(self.since.joined ^ self.since.turned.rotate_left(8));
        let [start, target, began] = self.hears.bits();
        hasher.write_u64(start ^ target.rotate_left(8) ^ began);
        self.motion.bits().iter().for_each(|bits| hasher.write_u64(*bits));
        hasher.finish()
    }
}
