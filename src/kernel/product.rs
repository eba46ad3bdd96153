//! The product of dense rows of gains with many signals: the matrix product of a room in which everybody hears everybody differently.

use super::{Lanes, Running, Stack, Tile, measure::Meter, row::side_by_side, vector::Vector};

/// Rows that are made together, so that a signal is loaded once for all of them.
pub(crate) const ROWS: usize = 4;
/// Vectors of each row that are made together; with the rows, as many sums as registers hold beside the signals.
const SIDE: usize = 3;

/// How sums are nested, so that no product passes through many roundings: `chain` products follow each other in one f32 sum; four of
/// these sums do; what comes of it is added up in pairs, and pairs of pairs. Blocks of [`BLOCK`] signals, which are near enough to be read again and again while
/// all rows are made, are added up in f64.
///
/// With a chain of 8 that is 8 + 3 + 2 + 1 (in f64) = 14 roundings of 2^-24, and 2 for the gain and a ducking level in it. Where products are put together
/// from parts, the parts bring along up to 3 for a move (its table, and two products added) and 2 for an envelope: 5 + 3 + 2 + 1 + 2 + 3 with a chain of 5, and
/// 3 + 3 + 2 + 1 + 2 + 5 with one of 3, are 16 too.
const CHAINS: usize = 4;
const LEVELS: usize = 3;

/// The signals that are multiplied at a time: 24 KB of tiles.
pub(crate) const BLOCK: usize = 128;

type Sums<V> = [[V; SIDE]; ROWS];

/// One row of a product: its gains, and where its sums and their measure go.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub gains: &'a [f32],
    pub out: &'a mut [Tile],
    pub lanes: &'a mut Lanes,
}

/// Writes, for each of up to four rows, the sum of `gain * signal` over some tiles, and goes on measuring it. `signals[k]` is the signal
/// that the k-th gain is for; gains are as many as `signals`, at most [`BLOCK`].
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn multiply<V: Vector>(
    rows: &mut [Option<Row<'_>>; ROWS],
    frames: Stack<'_>,
    signals: &[u32],
    chain: usize,
) {
    // Rows that are not there are made like another one, and not written.
    let Some(first) = rows.iter().flatten().next().map(|row| row.gains) else { return };
    let gains = rows.each_ref().map(|row| row.as_ref().map_or(first, |row| row.gains));
    // SAFETY: the caller's contract. No closure: it would be compiled without the instruction set.
    unsafe {
        let nothing = Meter::<V>::load(&Lanes::NOTHING);
        let mut meters = [nothing; ROWS];
        for (meter, row) in meters.iter_mut().zip(&*rows) {
            *meter = if let Some(row) = row { Meter::load(row.lanes) } else { nothing };
        }
        let panels = rows.iter().flatten().next().map_or(0, |row| row.out.len());
        for panel in 0..panels {
            let frames = Stack { tiles: &frames.tiles[panel..], ..frames };
            for from in (0..Tile::SAMPLES).step_by(SIDE * V::LANES) {
                let sums = add_all::<V>(from, frames, signals, gains, chain);
                for ((sums, row), meter) in sums.into_iter().zip(&mut *rows).zip(&mut meters) {
                    let Some(row) = row else { continue };
                    for (sum, out) in sums.into_iter().zip(row.out[panel].0[from..].chunks_exact_mut(V::LANES)) {
                        sum.store(out);
                        meter.see(sum);
                    }
                }
            }
        }
        for (meter, row) in meters.into_iter().zip(rows) {
            if let Some(row) = row {
                meter.store(row.lanes);
            }
        }
    }
}

/// Adds, for each of four rows of gains, the sum of `gain * signal` over one tile to its running sum. See [`multiply`].
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn multiply_on<V: Vector>(
    sums: &mut [Running; ROWS],
    gains: [&[f32]; ROWS],
    frames: Stack<'_>,
    signals: &[u32],
    chain: usize,
) {
    for from in (0..Tile::SAMPLES).step_by(SIDE * V::LANES) {
        // SAFETY: the caller's contract.
        unsafe {
            let part = add_all::<V>(from, frames, signals, gains, chain);
            for (part, sums) in part.into_iter().zip(&mut *sums) {
                for (part, sums) in part.into_iter().zip(sums.0[from..].chunks_exact_mut(V::LANES)) {
                    part.add_to(sums);
                }
            }
        }
    }
}

/// Writes what running sums have come to, and goes on measuring it.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn round_off<V: Vector>(sums: &Running, out: &mut Tile, lanes: &mut Lanes) {
    // SAFETY: the caller's contract.
    unsafe {
        let mut meter = Meter::<V>::load(lanes);
        for (sums, out) in sums.0.chunks_exact(V::LANES).zip(out.0.chunks_exact_mut(V::LANES)) {
            let sum = V::from_sums(sums);
            sum.store(out);
            meter.see(sum);
        }
        meter.store(lanes);
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_all<V: Vector>(
    from: usize,
    frames: Stack<'_>,
    signals: &[u32],
    gains: [&[f32]; ROWS],
    chain: usize,
) -> Sums<V> {
    // SAFETY: the caller's contract.
    unsafe {
        if signals.len() <= chain {
            add_chain(from, frames, signals, gains)
        } else if signals.len() <= chain * CHAINS {
            add_block(from, frames, signals, gains, chain)
        } else {
            add_in_pairs(from, frames, signals, gains, chain)
        }
    }
}

/// A part of each row.
#[inline(always)]
fn part(gains: [&[f32]; ROWS], from: usize, to: usize) -> [&[f32]; ROWS] {
    let [a, b, c, d] = gains;
    [&a[from..to], &b[from..to], &c[from..to], &d[from..to]]
}

/// The sums over up to [`BLOCK`] signals: a binary counter of partial sums, level by level. Past the last level they follow each other.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_in_pairs<V: Vector>(
    from: usize,
    frames: Stack<'_>,
    signals: &[u32],
    gains: [&[f32]; ROWS],
    chain: usize,
) -> Sums<V> {
    // SAFETY: the caller's contract.
    unsafe {
        let nothing = [[V::splat(0.0); SIDE]; ROWS];
        let mut levels = [nothing; LEVELS];
        let (mut blocks, mut at) = (0_usize, 0);
        while at < signals.len() {
            let end = (at + chain * CHAINS).min(signals.len());
            let mut sums = add_block::<V>(from, frames, &signals[at..end], part(gains, at, end), chain);
            let carries = (blocks.trailing_ones() as usize).min(LEVELS - 1);
            for level in &levels[..carries] {
                add_sums(&mut sums, level);
            }
            if carries == LEVELS - 1 {
                add_sums(&mut levels[carries], &sums);
            } else {
                levels[carries] = sums;
            }
            (blocks, at) = (blocks + 1, end);
        }
        let mut sums = nothing;
        for (n, level) in levels.iter().enumerate() {
            if n == LEVELS - 1 || blocks >> n & 1 == 1 {
                add_sums(&mut sums, level);
            }
        }
        sums
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_sums<V: Vector>(sums: &mut Sums<V>, more: &Sums<V>) {
    for (sums, more) in sums.iter_mut().zip(more) {
        for (sum, more) in sums.iter_mut().zip(more) {
            // SAFETY: the caller's contract.
            unsafe { *sum = sum.add(*more) }
        }
    }
}

/// The sums over up to [`CHAINS`] chains.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_block<V: Vector>(
    from: usize,
    frames: Stack<'_>,
    signals: &[u32],
    gains: [&[f32]; ROWS],
    chain: usize,
) -> Sums<V> {
    // SAFETY: the caller's contract.
    unsafe {
        let mut block = [[V::splat(0.0); SIDE]; ROWS];
        for at in (0..signals.len()).step_by(chain) {
            let end = (at + chain).min(signals.len());
            add_sums(&mut block, &add_chain(from, frames, &signals[at..end], part(gains, at, end)));
        }
        block
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_chain<V: Vector>(from: usize, frames: Stack<'_>, signals: &[u32], gains: [&[f32]; ROWS]) -> Sums<V> {
    let [a, b, c, d] = part(gains, 0, signals.len());
    // SAFETY: the caller's contract.
    unsafe {
        let mut sums = [[V::splat(0.0); SIDE]; ROWS];
        for ((((signal, a), b), c), d) in signals.iter().zip(a).zip(b).zip(c).zip(d) {
            let signal = side_by_side::<V>(&frames.get(0, *signal).0, from);
            for (sums, gain) in sums.iter_mut().zip([a, b, c, d]) {
                let gain = V::splat(*gain);
                for (sum, signal) in sums.iter_mut().zip(signal) {
                    *sum = signal.mul_add(gain, *sum);
                }
            }
        }
        sums
    }
}
