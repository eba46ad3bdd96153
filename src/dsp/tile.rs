//! [`Tile`]: the piece of a signal that the kernels work on, and where the tiles of many signals are.

use crate::data::memory::filled;

/// 48 samples of one signal: whole vectors of every width, whole cache lines, and so small that the tiles of a few
/// hundred sources stay in a core's first cache. A tick is a whole number of tiles; its last tile is padded with zeros.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub(crate) struct Tile(pub [f32; Tile::SAMPLES]);

impl Tile {
    pub const SAMPLES: usize = 48;
    pub const SILENCE: Self = Self([0.0; Self::SAMPLES]);

    /// How many tiles hold a tick of `samples`.
    pub fn count(samples: usize) -> usize {
        samples.div_ceil(Self::SAMPLES)
    }

    /// Consecutive tiles as samples.
    pub fn flat(tiles: &[Self]) -> &[f32] {
        // SAFETY: a tile is 48 f32 and nothing else: repr(C), and its size of 192 bytes is a multiple of its alignment.
        unsafe { std::slice::from_raw_parts(tiles.as_ptr().cast(), tiles.len() * Self::SAMPLES) }
    }

    /// Consecutive tiles as samples to write to.
    pub fn flat_mut(tiles: &mut [Self]) -> &mut [f32] {
        // SAFETY: as above; every f32 is a valid sample of a tile.
        unsafe { std::slice::from_raw_parts_mut(tiles.as_mut_ptr().cast(), tiles.len() * Self::SAMPLES) }
    }
}

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
    pub fn from_tile(&self, first: usize) -> Self {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_their_samples() {
        let mut tiles = [Tile::SILENCE; 2];
        Tile::flat_mut(&mut tiles)[95] = 1.0;
        assert_eq!((tiles[1].0[47], Tile::flat(&tiles).len()), (1.0, 96));
        assert_eq!([0, 1, 48, 49, 480].map(Tile::count), [0, 1, 1, 2, 10]);
    }

    #[test]
    fn a_signal_is_a_run_of_tiles() {
        for tiles in [2, 16] {
            let mut buffer = SignalBuffer::new(3, tiles);
            for (n, sample) in Tile::flat_mut(buffer.signal_mut(1))[..50].iter_mut().enumerate() {
                *sample = n as f32;
            }
            assert_eq!(buffer.signal(1)[1].0[..3], [48.0, 49.0, 0.0]);
            assert_eq!(buffer.all().from_tile(1).tile(0, 1).0[1], 49.0);
            buffer.copy(1, 2, 50, |sample, at| sample + at as f32);
            assert_eq!(buffer.signal(2)[..2].iter().map(|tile| tile.0[1]).collect::<Vec<_>>(), [2.0, 98.0]);
            assert!(buffer.signal(0).iter().all(|tile| *tile == Tile::SILENCE));
        }
    }
}
