//! Sums that leave one out, and running sums: what rows that differ in a few sources have in common.

use super::{Lanes, Stack, Tile, measure::Meter, vector::Vector};

/// Sources in a segment.
pub(crate) const SEGMENT: usize = 8;

/// As many as the widest vector has.
const MOST_LANES: usize = 16;

/// A tile of running sums, in f64: however long they run, one rounding is left.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Running(pub(super) [f64; Tile::SAMPLES]);

impl Running {
    pub const NOTHING: Self = Self([0.0; Tile::SAMPLES]);

    /// Adds a tile, and writes what the sums are now.
    ///
    /// # Safety
    /// As for [`Vector`].
    #[inline(always)]
    unsafe fn add_and_round<V: Vector>(&mut self, tile: &Tile, out: &mut Tile) {
        let vectors = tile.0.chunks_exact(V::LANES).zip(out.0.chunks_exact_mut(V::LANES));
        for ((tile, out), sums) in vectors.zip(self.0.chunks_exact_mut(V::LANES)) {
            // SAFETY: the caller's contract.
            unsafe {
                V::load(tile).add_to(sums);
                V::from_sums(sums).store(out);
            }
        }
    }
}

/// The sum of eight tiles; and for each of them, if `others` has room for it, the sum of the other seven. Nothing is subtracted: a sum has no trace of the
/// one that it leaves out. Pairs, pairs of pairs: each sum is at most three additions deep.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_segment<V: Vector>(sources: [&Tile; SEGMENT], sum: &mut Tile, others: &mut [Tile]) {
    for from in (0..Tile::SAMPLES).step_by(V::LANES) {
        let range = from..from + V::LANES;
        // SAFETY: the caller's contract.
        unsafe {
            let mut x = [V::splat(0.0); SEGMENT];
            for (x, source) in x.iter_mut().zip(sources) {
                *x = V::load(&source.0[range.clone()]);
            }
            let pairs = [x[0].add(x[1]), x[2].add(x[3]), x[4].add(x[5]), x[6].add(x[7])];
            let halves = [pairs[0].add(pairs[1]), pairs[2].add(pairs[3])];
            halves[0].add(halves[1]).store(&mut sum.0[range.clone()]);
            for (n, others) in others.iter_mut().enumerate() {
                let beside = pairs[(n / 2) ^ 1].add(halves[(n / 4) ^ 1]);
                x[n ^ 1].add(beside).store(&mut others.0[range.clone()]);
            }
        }
    }
}

/// A row that hears everybody but one: how loud, and where it goes.
#[derive(Debug)]
pub(crate) struct Other<'a> {
    pub gain: f32,
    pub out: &'a mut [Tile],
    pub lanes: &'a mut Lanes,
}

/// The sums of a segment over a whole tick, and the running sums of all segments up to it.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn run_on<V: Vector>(
    frames: Stack<'_>,
    sources: &[u32],
    running: &mut [Running],
    sums: &mut [Tile],
    so_far: &mut [Tile],
) {
    for (panel, ((running, sum), so_far)) in running.iter_mut().zip(sums).zip(so_far).enumerate() {
        // SAFETY: the caller's contract.
        unsafe {
            add_segment::<V>(tiles(frames, panel, sources), sum, &mut []);
            running.add_and_round::<V>(sum, so_far);
        }
    }
}

/// Writes, for each row of a segment, `gain` times the sum of all sources but its own over a whole tick, and measures it. `before` is the sum of all segments before this
/// one, `after` the running sum of those after it, which then goes on with `sum`, that of this one.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_others<V: Vector>(
    rows: &mut [Option<Other<'_>>; SEGMENT],
    frames: Stack<'_>,
    sources: &[u32],
    before: Option<&[Tile]>,
    after: &mut [Running],
    sum: &[Tile],
) {
    // SAFETY: the caller's contract.
    unsafe {
        if rows.iter().any(Option::is_some) {
            let mut meters = [Meter::<V>::load(&Lanes::NOTHING); SEGMENT];
            for (panel, after) in after.iter().enumerate() {
                let before = before.map_or(&Tile::SILENCE, |before| &before[panel]);
                add_others_of_a_tile(rows, &mut meters, panel, tiles(frames, panel, sources), before, after);
            }
            for (meter, row) in meters.into_iter().zip(rows) {
                if let Some(row) = row {
                    meter.store(row.lanes);
                }
            }
        }
        for (after, sum) in after.iter_mut().zip(sum) {
            for (sums, tile) in after.0.chunks_exact_mut(V::LANES).zip(sum.0.chunks_exact(V::LANES)) {
                V::load(tile).add_to(sums);
            }
        }
    }
}

/// The tiles of a segment's sources, and silence where it has fewer.
#[inline(always)]
fn tiles<'a>(frames: Stack<'a>, panel: usize, sources: &[u32]) -> [&'a Tile; SEGMENT] {
    let mut tiles = [&Tile::SILENCE; SEGMENT];
    for (tile, source) in tiles.iter_mut().zip(sources) {
        *tile = frames.get(panel, *source);
    }
    tiles
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_others_of_a_tile<V: Vector>(
    rows: &mut [Option<Other<'_>>; SEGMENT],
    meters: &mut [Meter<V>; SEGMENT],
    panel: usize,
    sources: [&Tile; SEGMENT],
    before: &Tile,
    after: &Running,
) {
    for from in (0..Tile::SAMPLES).step_by(V::LANES) {
        let range = from..from + V::LANES;
        // SAFETY: the caller's contract.
        unsafe {
            let mut x = [V::splat(0.0); SEGMENT];
            for (x, source) in x.iter_mut().zip(sources) {
                *x = V::load(&source.0[range.clone()]);
            }
            let outside = V::load(&before.0[range.clone()]).add(V::from_sums(&after.0[range.clone()]));
            let pairs = [x[0].add(x[1]), x[2].add(x[3]), x[4].add(x[5]), x[6].add(x[7])];
            let halves = [pairs[0].add(pairs[1]).add(outside), pairs[2].add(pairs[3]).add(outside)];
            for (n, (row, meter)) in rows.iter_mut().zip(&mut *meters).enumerate() {
                let Some(row) = row else { continue };
                let beside = pairs[(n / 2) ^ 1].add(halves[(n / 4) ^ 1]);
                let mut sum = x[n ^ 1].add(beside);
                if row.gain != 1.0 {
                    sum = sum.mul(V::splat(row.gain));
                }
                sum.store(&mut row.out[panel].0[range.clone()]);
                meter.see(sum);
            }
        }
    }
}

/// Writes the running sums of some tiles: from the first one on, or, if `backwards`, from the last one.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn run<V: Vector>(tiles: &[Tile], out: &mut [Tile], backwards: bool) {
    let last = tiles.len().min(out.len()).saturating_sub(1);
    for from in (0..Tile::SAMPLES).step_by(V::LANES) {
        let range = from..from + V::LANES;
        let mut sums = [0.0_f64; MOST_LANES];
        for n in 0..tiles.len().min(out.len()) {
            let n = if backwards { last - n } else { n };
            // SAFETY: the caller's contract.
            unsafe {
                V::load(&tiles[n].0[range.clone()]).add_to(&mut sums[..V::LANES]);
                V::from_sums(&sums[..V::LANES]).store(&mut out[n].0[range.clone()]);
            }
        }
    }
}
