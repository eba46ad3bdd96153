//! Sums that many rows have in common: of eight sources each, of parts of these, and running sums of them.

use super::{tile::Tile, vector::Vector};

/// Sources in a segment.
pub(crate) const SEGMENT: usize = 8;

/// A tile of running sums in f64: however long they run, one rounding to f32 is left.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct RunningSum(pub(super) [f64; Tile::SAMPLES]);

impl RunningSum {
    pub const ZERO: Self = Self([0.0; Tile::SAMPLES]);
}

/// Writes the sum of up to eight signals over consecutive tiles; the sum of the other seven for each signal whose bit
/// is set in `wanted`, if `all_but_one` has room for it; and the sum of each pair, if `pairs` has room.
///
/// Nothing is subtracted, so a sum has no trace of the signal that it leaves out. Each sum is at most three additions
/// deep. A signal that is not there has no tiles.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_segment<V: Vector>(
    sources: &[&[Tile]; SEGMENT],
    sum: &mut [Tile],
    all_but_one: &mut [Tile],
    wanted: u8,
    pairs: &mut [Tile],
) {
    let count = sum.len();
    for (at, sum) in sum.iter_mut().enumerate() {
        let mut tiles = [&Tile::SILENCE; SEGMENT];
        for n in 0..SEGMENT {
            tiles[n] = sources[n].get(at).unwrap_or(&Tile::SILENCE);
        }
        for from in (0..Tile::SAMPLES).step_by(V::LANES) {
            let range = from..from + V::LANES;
            // SAFETY: the caller's contract.
            unsafe {
                let mut x = [V::splat(0.0); SEGMENT];
                for (x, tile) in x.iter_mut().zip(tiles) {
                    *x = V::load(&tile.0[range.clone()]);
                }
                let twos = [x[0].add(x[1]), x[2].add(x[3]), x[4].add(x[5]), x[6].add(x[7])];
                let halves = [twos[0].add(twos[1]), twos[2].add(twos[3])];
                halves[0].add(halves[1]).store(&mut sum.0[range.clone()]);
                for (n, two) in twos.into_iter().enumerate() {
                    if let Some(pair) = pairs.get_mut(n * count + at) {
                        two.store(&mut pair.0[range.clone()]);
                    }
                }
                for n in 0..SEGMENT {
                    if wanted >> n & 1 == 0 {
                        continue;
                    }
                    let Some(others) = all_but_one.get_mut(n * count + at) else { break };
                    let beside = twos[(n / 2) ^ 1].add(halves[(n / 4) ^ 1]);
                    x[n ^ 1].add(beside).store(&mut others.0[range.clone()]);
                }
            }
        }
    }
}

/// Writes the running sums of signals of `tiles` tiles each, from the first signal on or, if `backwards`, from the
/// last one.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn run<V: Vector>(signals: &[Tile], out: &mut [Tile], tiles: usize, backwards: bool) {
    let count = signals.len().min(out.len()) / tiles.max(1);
    for tile in 0..tiles {
        let mut sums = RunningSum::ZERO;
        for n in 0..count {
            let at = if backwards { count - 1 - n } else { n } * tiles + tile;
            let vectors = signals[at].0.chunks_exact(V::LANES).zip(out[at].0.chunks_exact_mut(V::LANES));
            for ((signal, out), sums) in vectors.zip(sums.0.chunks_exact_mut(V::LANES)) {
                // SAFETY: the caller's contract.
                unsafe {
                    V::load(signal).add_to(sums);
                    V::from_sums(sums).store(out);
                }
            }
        }
    }
}
