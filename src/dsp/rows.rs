//! What the kernels of sparse sums are given: [`Term`]s, the rows that name them, and [`MixTiles`] to write to.

use std::ops::Range;

use super::{
    measure::{Lanes, Measured},
    prefetch::prefetch,
    tile::Tile,
};

/// One signal of a sum and its gain, at rest or on a line.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Term {
    /// Which one: see [`Signals`].
    pub signal: u32,
    /// The gain, or the target of its move.
    pub gain: f32,
    /// How much more the gain was at the start of its move; 0 at rest.
    pub delta: f32,
    /// How many samples of the move are over before the tick.
    pub over: u32,
}

#[cfg(test)]
impl Term {
    /// A gain that rests.
    pub fn at_rest(signal: u32, gain: f32) -> Self {
        Self { signal, gain, delta: 0.0, over: 0 }
    }
}

/// A row of up to [`FEW`](super::FEW) terms: the number of its mix, and where its terms are among those of all rows.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SparseRow {
    pub mix: u32,
    pub from: u32,
    pub count: u32,
    /// How many samples of its moves are over; not used at rest.
    pub over: u32,
}

/// Where the mixes of rows go: the tiles `span` of each, `stride` tiles from one mix to the next.
#[derive(Debug)]
pub(crate) struct MixTiles<'a> {
    pub tiles: &'a mut [Tile],
    pub stride: usize,
    pub span: Range<usize>,
    pub meters: Meters<'a>,
}

/// Where the measures of mixes go, by their numbers.
#[derive(Debug)]
pub(crate) enum Meters<'a> {
    /// The span is the whole tick.
    Whole(&'a mut [Measured]),
    /// Other spans were metered before.
    Spans(&'a mut [Lanes]),
}

impl MixTiles<'_> {
    /// The tiles of one mix.
    #[inline(always)]
    pub(super) fn mix(&mut self, mix: u32) -> &mut [Tile] {
        let tiles = &mut self.tiles[mix as usize * self.stride..][..self.stride];
        // The tiles that the next span writes to.
        prefetch(&tiles[self.span.end..]);
        &mut tiles[self.span.clone()]
    }

    /// What was metered of one mix before.
    #[inline(always)]
    pub(super) fn lanes(&self, mix: u32) -> Lanes {
        match &self.meters {
            Meters::Whole(_) => Lanes::NOTHING,
            Meters::Spans(lanes) => lanes[mix as usize],
        }
    }

    /// Notes what is metered of one mix by now.
    #[inline(always)]
    pub(super) fn note(&mut self, mix: u32, seen: Lanes) {
        match &mut self.meters {
            Meters::Whole(measured) => measured[mix as usize] = seen.measured(),
            Meters::Spans(lanes) => lanes[mix as usize] = seen,
        }
    }
}
