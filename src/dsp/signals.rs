//! Where the tiles of many signals are: owned in a [`SignalBuffer`], borrowed as [`Tiles`] and [`Signals`].

use super::tile::Tile;
use crate::data::memory::filled;

/// The tiles of many signals, borrowed: signal `n` begins at tile `n * stride`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tiles<'a> {
    pub tiles: &'a [Tile],
    pub stride: usize,
}

impl<'a> Tiles<'a> {
    pub const NOTHING: Self = Self { tiles: &[], stride: 0 };

    /// The same signals from a later tile on.
    #[inline(always)]
    pub fn starting_at(&self, first: usize) -> Self {
        Self { tiles: self.tiles.get(first..).unwrap_or_default(), ..*self }
    }

    /// The n-th tile of a signal.
    #[inline(always)]
    pub fn tile(&self, n: usize, signal: u32) -> &'a Tile {
        &self.tiles[signal as usize * self.stride + n]
    }

    /// The first `count` tiles of a signal.
    #[inline(always)]
    pub fn signal(&self, signal: u32, count: usize) -> &'a [Tile] {
        &self.tiles[signal as usize * self.stride..][..count]
    }
}

/// One tick of many signals, owned.
#[derive(Debug, Default)]
pub(crate) struct SignalBuffer {
    tiles: Vec<Tile>,
    count: usize,
    stride: usize,
}

impl SignalBuffer {
    /// `signals` signals of `tiles` tiles each. Allocates: control side.
    pub fn new(signals: usize, tiles: usize) -> Self {
        // An odd distance, so that the n-th tiles of all signals do not compete for the same few sets of a cache.
        let stride = if tiles.is_multiple_of(16) { tiles + 1 } else { tiles };
        Self { tiles: filled(signals * stride, Tile::SILENCE), count: tiles, stride }
    }

    /// Tiles of each signal.
    pub fn tile_count(&self) -> usize {
        self.count
    }

    /// All signals.
    pub fn all(&self) -> Tiles<'_> {
        Tiles { tiles: &self.tiles, stride: self.stride }
    }

    /// One signal.
    pub fn signal(&self, signal: usize) -> &[Tile] {
        &self.tiles[signal * self.stride..][..self.count]
    }

    /// One signal, to write to.
    pub fn signal_mut(&mut self, signal: usize) -> &mut [Tile] {
        &mut self.tiles[signal * self.stride..][..self.count]
    }

    /// Writes `change(sample, its place in the tick)` of one signal's first `samples` samples to another signal.
    pub fn copy(&mut self, from: usize, to: usize, samples: usize, change: impl Fn(f32, usize) -> f32) {
        let (from, to) = (from * self.stride, to * self.stride);
        for n in 0..self.count {
            let (tile, at) = (self.tiles[from + n], n * Tile::SAMPLES);
            let out = self.tiles[to + n].0.iter_mut().zip(&tile.0).enumerate();
            for (k, (out, sample)) in out.take(samples.saturating_sub(at)) {
                *out = change(*sample, at + k);
            }
        }
    }
}

/// Signal numbers from here on name shared sums.
const SHARED: u32 = 1 << 31;

/// The signals that terms name: sources, and shared sums.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signals<'a> {
    pub sources: Tiles<'a>,
    pub shared: Tiles<'a>,
}

impl<'a> Signals<'a> {
    /// The number by which a term names a shared sum.
    pub fn shared(number: usize) -> u32 {
        SHARED | number as u32
    }

    /// The same from a later tile on.
    #[inline(always)]
    pub fn starting_at(&self, first: usize) -> Self {
        Self { sources: self.sources.starting_at(first), shared: self.shared.starting_at(first) }
    }

    /// The n-th tile of a signal.
    #[inline(always)]
    pub(super) fn tile(&self, n: usize, signal: u32) -> &'a Tile {
        match signal.checked_sub(SHARED) {
            None => self.sources.tile(n, signal),
            Some(shared) => self.shared.tile(n, shared),
        }
    }

    /// The first tiles of a signal.
    #[inline(always)]
    pub(super) fn signal(&self, signal: u32, tiles: usize) -> &'a [Tile] {
        match signal.checked_sub(SHARED) {
            None => self.sources.signal(signal, tiles),
            Some(shared) => self.shared.signal(shared, tiles),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_is_a_run_of_tiles() {
        for tiles in [2, 16] {
            let mut buffer = SignalBuffer::new(3, tiles);
            for (n, sample) in Tile::flat_mut(buffer.signal_mut(1))[..50].iter_mut().enumerate() {
                *sample = n as f32;
            }
            assert_eq!(buffer.signal(1)[1].0[..3], [48.0, 49.0, 0.0]);
            assert_eq!(buffer.all().starting_at(1).tile(0, 1).0[1], 49.0);
            buffer.copy(1, 2, 50, |sample, at| sample + at as f32);
            assert_eq!(buffer.signal(2)[..2].iter().map(|tile| tile.0[1]).collect::<Vec<_>>(), [2.0, 98.0]);
            assert!(buffer.signal(0).iter().all(|tile| *tile == Tile::SILENCE));
        }
    }
}
