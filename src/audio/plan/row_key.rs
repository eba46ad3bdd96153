//! [`RowKey`]: all that the mix of a listener depends on whose own voice is not in it. Listeners with equal keys hear
//! the same.

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
}

impl RowKey {
    pub fn of(listener: &Listener) -> Self {
        let row = &listener.row;
        let (hears, motion) = (listener.hears(), listener.motion());
        Self { row: row.identity(), unlisted: row.unlisted(), hears, motion }
    }

    /// Equal for equal keys and equal hashes of the moves of the pairs.
    pub fn hash(&self, moves: u64) -> u64 {
        let mut hasher = rustc_hash::FxBuildHasher.build_hasher();
        hasher.write_u64(self.row.hash());
        hasher.write_u64(moves);
        let [start, target, began] = self.unlisted.bits();
        hasher.write_u64(start ^ target.rotate_left(8) ^ began);
        let [start, target, began] = self.hears.bits();
        hasher.write_u64(start ^ target.rotate_left(8) ^ began);
        self.motion.bits().iter().for_each(|bits| hasher.write_u64(*bits));
        hasher.finish()
    }
}
