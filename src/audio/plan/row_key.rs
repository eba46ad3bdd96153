//! [`RowKey`]: all that the mix of a listener depends on whose own voice is not in it. Listeners with equal keys hear the same.

use std::hash::{BuildHasher, Hasher};

use crate::{
    audio::{apply::Listener, published::RowIdentity},
    data::{envelope::Motion, fade::Fade},
};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RowKey {
    row: RowIdentity,
    unlisted: Fade,
    hears: Fade,
    motion: Motion,
    /// A hash of the moves of its pairs; 0 if none moves.
    moves: u64,
}

impl RowKey {
    pub fn of(listener: &Listener) -> Self {
        let row = &listener.row;
        let (hears, motion) = (listener.hears(), listener.motion());
        Self { row: row.identity(), unlisted: row.unlisted(), hears, motion, moves: row.hash_moves() }
    }

    /// Equal for equal keys.
    pub fn hash(&self) -> u64 {
        let mut hasher = rustc_hash::FxBuildHasher.build_hasher();
        hasher.write_u64(self.row.hash());
        hasher.write_u64(self.moves);
        let [start, target, began] = self.unlisted.bits();
        hasher.write_u64(start ^ target.rotate_left(8) ^ began);
        let [start, target, began] = self.hears.bits();
        hasher.write_u64(start ^ target.rotate_left(8) ^ began);
        self.motion.bits().iter().for_each(|bits| hasher.write_u64(*bits));
        hasher.finish()
    }
}
