//! [`Tile`]: the piece of a signal that the kernels work on.

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
}
