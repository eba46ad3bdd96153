//! Sums that leave one out, and running sums: what rows that differ in a few sources have in common.

use super::{Lanes, Tile, measure::Meter, vector::Vector};

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

/// Some panels of tiles.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stack<'a> {
    pub tiles: &'a [Tile],
    /// Tiles of a panel.
    pub stride: usize,
}

impl Stack<'_> {
    /// A tile of a panel; silence if there is none.
    #[inline(always)]
    fn get(&self, panel: usize, tile: Option<usize>) -> &Tile {
        tile.map_or(&Tile::SILENCE, |tile| &self.tiles[panel * self.stride + tile])
    }
}

/// Writes, for each row of a segment, `gain` times the sum of all sources but its own, over as many panels as rows have tiles; goes on measuring the rows. `sources` are
/// the places of the segment's signals in each panel of `frames`; `around` are the places in each panel of `sums` of the sums of all that are before and
/// after the segment.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_others<V: Vector>(
    rows: &mut [Option<Other<'_>>; SEGMENT],
    frames: Stack<'_>,
    sources: &[u32],
    sums: Stack<'_>,
    around: [Option<usize>; 2],
) {
    // SAFETY: the caller's contract.
    unsafe {
        let nothing = Meter::<V>::load(&Lanes::NOTHING);
        let mut meters = [nothing; SEGMENT];
        for (meter, row) in meters.iter_mut().zip(&*rows) {
            *meter = if let Some(row) = row { Meter::load(row.lanes) } else { nothing };
        }
        let panels = rows.iter().flatten().next().map_or(0, |row| row.out.len());
        for panel in 0..panels {
            let mut tiles = [&Tile::SILENCE; SEGMENT];
            for (tile, source) in tiles.iter_mut().zip(sources) {
                *tile = frames.get(panel, Some(*source as usize));
            }
            let around = [sums.get(panel, around[0]), sums.get(panel, around[1])];
            add_others_of_a_tile(rows, &mut meters, panel, tiles, around);
        }
        for (meter, row) in meters.into_iter().zip(rows) {
            if let Some(row) = row {
                meter.store(row.lanes);
            }
        }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_others_of_a_tile<V: Vector>(
    rows: &mut [Option<Other<'_>>; SEGMENT],
    meters: &mut [Meter<V>; SEGMENT],
    panel: usize,
    sources: [&Tile; SEGMENT],
    [before, after]: [&Tile; 2],
) {
    for from in (0..Tile::SAMPLES).step_by(V::LANES) {
        let range = from..from + V::LANES;
        // SAFETY: the caller's contract.
        unsafe {
            let mut x = [V::splat(0.0); SEGMENT];
            for (x, source) in x.iter_mut().zip(sources) {
                *x = V::load(&source.0[range.clone()]);
            }
            let outside = V::load(&before.0[range.clone()]).add(V::load(&after.0[range.clone()]));
            let pairs = [x[0].add(x[1]), x[2].add(x[3]), x[4].add(x[5]), x[6].add(x[7])];
            let halves = [pairs[0].add(pairs[1]).add(outside), pairs[2].add(pairs[3]).add(outside)];
            for (n, (row, meter)) in rows.iter_mut().zip(&mut *meters).enumerate() {
                let Some(row) = row else { continue };
                let beside = pairs[(n / 2) ^ 1].add(halves[(n / 4) ^ 1]);
                let sum = x[n ^ 1].add(beside).mul(V::splat(row.gain));
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
