//! Sums that leave one out, and running sums: what rows that differ in a few sources have in common.

use super::{Tile, vector::Vector};

/// Sources in a segment.
pub(crate) const SEGMENT: usize = 8;

/// A tile of running sums, in f64: however long they run, one rounding is left.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Running(pub(super) [f64; Tile::SAMPLES]);

impl Running {
    pub const NOTHING: Self = Self([0.0; Tile::SAMPLES]);
}

/// The sum of up to eight signals over some panels; for each of them that is `named`, a bit for each, the sum of the other seven, if `others` has room for it; and, if `twos` has room for it, the sum of each two. Nothing is
/// subtracted: a sum has no trace of the one that it leaves out. Pairs, pairs of pairs: each sum is at most three additions deep. A signal that is not there has no tiles.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_segment<V: Vector>(
    sources: &[&[Tile]; SEGMENT],
    sum: &mut [Tile],
    others: &mut [Tile],
    named: u8,
    twos: &mut [Tile],
) {
    let panels = sum.len();
    for (panel, sum) in sum.iter_mut().enumerate() {
        let mut tiles = [&Tile::SILENCE; SEGMENT];
        for n in 0..SEGMENT {
            tiles[n] = sources[n].get(panel).unwrap_or(&Tile::SILENCE);
        }
        for from in (0..Tile::SAMPLES).step_by(V::LANES) {
            let range = from..from + V::LANES;
            // SAFETY: the caller's contract.
            unsafe {
                let mut x = [V::splat(0.0); SEGMENT];
                for (x, tile) in x.iter_mut().zip(tiles) {
                    *x = V::load(&tile.0[range.clone()]);
                }
                let pairs = [x[0].add(x[1]), x[2].add(x[3]), x[4].add(x[5]), x[6].add(x[7])];
                let halves = [pairs[0].add(pairs[1]), pairs[2].add(pairs[3])];
                halves[0].add(halves[1]).store(&mut sum.0[range.clone()]);
                for (n, pair) in pairs.into_iter().enumerate() {
                    if let Some(two) = twos.get_mut(n * panels + panel) {
                        pair.store(&mut two.0[range.clone()]);
                    }
                }
                for n in 0..SEGMENT {
                    if named >> n & 1 == 0 {
                        continue;
                    }
                    let Some(others) = others.get_mut(n * panels + panel) else { break };
                    let beside = pairs[(n / 2) ^ 1].add(halves[(n / 4) ^ 1]);
                    x[n ^ 1].add(beside).store(&mut others.0[range.clone()]);
                }
            }
        }
    }
}

/// Writes the running sums of some signals over so many panels: from the first one on, or, if `backwards`, from the last one.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn run<V: Vector>(signals: &[Tile], out: &mut [Tile], panels: usize, backwards: bool) {
    let count = signals.len().min(out.len()) / panels.max(1);
    for panel in 0..panels {
        let mut sums = Running::NOTHING;
        for n in 0..count {
            let at = if backwards { count - 1 - n } else { n } * panels + panel;
            let vectors = signals[at].0.chunks_exact(V::LANES).zip(out[at].0.chunks_exact_mut(V::LANES));
            for ((tile, out), sums) in vectors.zip(sums.0.chunks_exact_mut(V::LANES)) {
                // SAFETY: the caller's contract.
                unsafe {
                    V::load(tile).add_to(sums);
                    V::from_sums(sums).store(out);
                }
            }
        }
    }
}
