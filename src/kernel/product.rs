//! The product of dense rows of gains with many signals: the matrix product of a room in which everybody hears everybody differently.

use super::{Tile, row::side_by_side, vector::Vector};

/// Rows that are made together, so that a signal is loaded once for all of them.
pub(crate) const ROWS: usize = 4;
/// Vectors of each row that are made together; with the rows, as many sums as registers hold beside the signals.
const SIDE: usize = 3;

/// How sums are nested, so that no product passes through many roundings: `chain` products follow each other in one f32 sum; four of
/// these sums do; what comes of it is added up in pairs, and pairs of pairs, up to [`PAIRED`] such blocks; and all of that in f64.
///
/// With a chain of 8 that is 8 + 3 + 3 + 1 (in f64, past 256 signals) + 1 (the gain) = 16 roundings of 2^-24; with a chain of 6, 14, which
/// leaves two for an envelope, or for the parts of a move.
const CHAINS: usize = 4;
const PAIRED: usize = 8;
const LEVELS: usize = PAIRED.ilog2() as usize + 1;

type Sums<V> = [[V; SIDE]; ROWS];

/// Writes, for each of four rows of gains, the sum of `gain * signal` over one tile. `signals[k]` is the place among `frames` of the signal that the k-th gain
/// is for; rows are as long as `signals`.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn multiply<V: Vector>(
    out: &mut [Tile; ROWS],
    frames: &[Tile],
    signals: &[u32],
    gains: [&[f32]; ROWS],
    chain: usize,
) {
    let whole = chain * CHAINS * PAIRED;
    for from in (0..Tile::SAMPLES).step_by(SIDE * V::LANES) {
        // SAFETY: the caller's contract.
        unsafe {
            let first = whole.min(signals.len());
            let mut sums = add_in_pairs::<V>(from, frames, &signals[..first], part(gains, 0, first), chain);
            if signals.len() > whole {
                sums = add_wide(sums, from, frames, &signals[first..], part(gains, first, signals.len()), chain);
            }
            for (sums, out) in sums.into_iter().zip(&mut *out) {
                for (sum, out) in sums.into_iter().zip(out.0[from..].chunks_exact_mut(V::LANES)) {
                    sum.store(out);
                }
            }
        }
    }
}

/// A part of each row.
#[inline(always)]
fn part(gains: [&[f32]; ROWS], from: usize, to: usize) -> [&[f32]; ROWS] {
    let [a, b, c, d] = gains;
    [&a[from..to], &b[from..to], &c[from..to], &d[from..to]]
}

/// Goes on from `sums` in f64.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_wide<V: Vector>(
    sums: Sums<V>,
    from: usize,
    frames: &[Tile],
    signals: &[u32],
    gains: [&[f32]; ROWS],
    chain: usize,
) -> Sums<V> {
    let whole = chain * CHAINS * PAIRED;
    let mut wide = [[0.0_f64; SIDE * 16]; ROWS];
    // SAFETY: the caller's contract.
    unsafe {
        widen(&sums, &mut wide);
        for at in (0..signals.len()).step_by(whole) {
            let end = (at + whole).min(signals.len());
            let more = add_in_pairs::<V>(from, frames, &signals[at..end], part(gains, at, end), chain);
            widen(&more, &mut wide);
        }
        let mut rounded = sums;
        for (rounded, wide) in rounded.iter_mut().zip(&wide) {
            for (rounded, wide) in rounded.iter_mut().zip(wide.chunks_exact(V::LANES)) {
                *rounded = V::from_sums(wide);
            }
        }
        rounded
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn widen<V: Vector>(sums: &Sums<V>, wide: &mut [[f64; SIDE * 16]; ROWS]) {
    for (sums, wide) in sums.iter().zip(wide) {
        for (sum, wide) in sums.iter().zip(wide.chunks_exact_mut(V::LANES)) {
            // SAFETY: the caller's contract.
            unsafe { sum.add_to(wide) }
        }
    }
}

/// The sums over up to [`PAIRED`] blocks: a binary counter of partial sums, level by level.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_in_pairs<V: Vector>(
    from: usize,
    frames: &[Tile],
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
            let carries = blocks.trailing_ones() as usize;
            for level in &levels[..carries.min(LEVELS - 1)] {
                add_sums(&mut sums, level);
            }
            levels[carries.min(LEVELS - 1)] = sums;
            (blocks, at) = (blocks + 1, end);
        }
        let mut sums = nothing;
        for (n, level) in levels.iter().enumerate() {
            if blocks >> n & 1 == 1 {
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
    frames: &[Tile],
    signals: &[u32],
    gains: [&[f32]; ROWS],
    chain: usize,
) -> Sums<V> {
    let [a, b, c, d] = gains;
    assert!(signals.len() == a.len() && a.len() == b.len() && b.len() == c.len() && c.len() == d.len());
    // SAFETY: the caller's contract; and every row of gains is as long as `signals`.
    unsafe {
        let nothing = [[V::splat(0.0); SIDE]; ROWS];
        let (mut block, mut at) = (nothing, 0);
        while at < signals.len() {
            let end = (at + chain).min(signals.len());
            let mut sums = nothing;
            while at < end {
                let signal = side_by_side::<V>(&frames[*signals.get_unchecked(at) as usize].0, from);
                for (sums, gains) in sums.iter_mut().zip([a, b, c, d]) {
                    let gain = V::splat(*gains.get_unchecked(at));
                    for (sum, signal) in sums.iter_mut().zip(signal) {
                        *sum = signal.mul_add(gain, *sum);
                    }
                }
                at += 1;
            }
            add_sums(&mut block, &sums);
        }
        block
    }
}
