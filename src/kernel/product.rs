//! The product of dense rows of gains with many signals: the matrix product of a room in which everybody hears everybody differently.

use super::{Lanes, Running, Tile, measure::Meter, row::side_by_side, vector::Vector};

/// Rows that are made together, so that a signal is loaded once for all of them.
pub(crate) const ROWS: usize = 4;
/// Vectors of each row that are made together; with the rows, as many sums as registers hold twice, beside the signals.
const SIDE: usize = 3;

/// How sums are nested, so that no product passes through many roundings: a *chain* of products follow each other in one f32 sum; so many of
/// these sums do, in registers of their own; what comes of it is added up in pairs, pairs of pairs, and so on for some levels. Blocks of signals are added up in f64.
const CHAINS: usize = 4;
const LEVELS: usize = 4;

/// The products in a chain of a whole mix, of many signals and of fewer. 6 + 3 + 4 + 1 (in f64) and 8 + 3 + 2 + 1 are 14 roundings of 2^-24, and 2 for the gain and a
/// ducking level in it, of which 1e-6 is 16.
const MANY: usize = 6;
const FEW: usize = 8;
/// The same where products are put together from parts, which bring roundings along: 2 for the tables of a move or an envelope and the last sum, and 3 where
/// there is a move. 4 + 3 + 3 + 1 + 2 + 3 are 16.
const PART: usize = 4;

/// The most signals of a whole mix that are multiplied at a time: as many as there are levels for.
pub(crate) const BLOCK: usize = (MANY * CHAINS) << LEVELS;
/// The same of fewer signals.
const FEW_BLOCK: usize = (FEW * CHAINS) << 2;
/// The same of a part.
pub(crate) const PART_BLOCK: usize = (PART * CHAINS) << 3;
/// The same where both a move and an envelope put the parts together, which is 5 roundings: 4 + 3 + 1 + 1 + 2 + 5 are 16.
pub(crate) const SHORT_BLOCK: usize = (PART * CHAINS) << 1;

type Sums<V> = [[V; SIDE]; ROWS];

/// Where partial sums wait for those that they are added to. What is there before and after does not matter.
#[derive(Debug)]
pub(crate) struct Waiting([[Tile; ROWS]; LEVELS]);

impl Waiting {
    pub const NOTHING: Self = Self([[Tile::SILENCE; ROWS]; LEVELS]);
}

/// One row of a product: its gains, and where its sums and their measure go.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub gains: &'a [f32],
    pub out: &'a mut [Tile],
    pub lanes: &'a mut Lanes,
}

/// Writes, for each row, the sum of `gain * signal` over a tile to the tile at `place` of those that are the row's, and goes on measuring it if it is `whole`: if nothing is put together from these sums. Gains are as many as
/// `signals`, at most [`BLOCK`].
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn multiply<V: Vector>(
    rows: &mut [Option<Row<'_>>],
    place: usize,
    signals: &[&Tile],
    whole: bool,
    waiting: &mut Waiting,
) {
    for rows in rows.as_chunks_mut::<ROWS>().0 {
        let Some(first) = rows[0].as_ref().map(|row| row.gains) else { return };
        // Rows that are not there are made like the first one, and not written.
        let gains = rows.each_ref().map(|row| row.as_ref().map_or(first, |row| row.gains));
        for from in (0..Tile::SAMPLES).step_by(SIDE * V::LANES) {
            // SAFETY: the caller's contract. No closure: it would be compiled without the instruction set.
            unsafe {
                let sums = add_all::<V>(from, signals, gains, whole, waiting);
                for (sums, row) in sums.into_iter().zip(&mut *rows) {
                    let Some(row) = row else { continue };
                    for (sum, out) in sums.into_iter().zip(row.out[place].0[from..].chunks_exact_mut(V::LANES)) {
                        sum.store(out);
                    }
                    if whole {
                        let mut meter = Meter::<V>::load(row.lanes);
                        for sum in sums {
                            meter.see(sum);
                        }
                        meter.store(row.lanes);
                    }
                }
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
    signals: &[&Tile],
    whole: bool,
    waiting: &mut Waiting,
) {
    for from in (0..Tile::SAMPLES).step_by(SIDE * V::LANES) {
        // SAFETY: the caller's contract.
        unsafe {
            let part = add_all::<V>(from, signals, gains, whole, waiting);
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
    signals: &[&Tile],
    gains: [&[f32]; ROWS],
    whole: bool,
    waiting: &mut Waiting,
) -> Sums<V> {
    // SAFETY: the caller's contract.
    unsafe {
        if whole && signals.len() > FEW_BLOCK {
            add_in_pairs::<V, MANY>(from, signals, gains, waiting)
        } else if whole {
            add_in_pairs::<V, FEW>(from, signals, gains, waiting)
        } else {
            add_in_pairs::<V, PART>(from, signals, gains, waiting)
        }
    }
}

/// A part of each row.
#[inline(always)]
fn part(gains: [&[f32]; ROWS], from: usize, to: usize) -> [&[f32]; ROWS] {
    let [a, b, c, d] = gains;
    [&a[from..to], &b[from..to], &c[from..to], &d[from..to]]
}

/// The sums over up to [`BLOCK`] signals: a binary counter of partial sums, level by level.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_in_pairs<V: Vector, const CHAIN: usize>(
    from: usize,
    signals: &[&Tile],
    gains: [&[f32]; ROWS],
    waiting: &mut Waiting,
) -> Sums<V> {
    debug_assert!(signals.len() <= (CHAIN * CHAINS) << LEVELS, "as many as there are levels for");
    let (mut parts, mut at) = (0_usize, 0);
    // SAFETY: the caller's contract.
    unsafe {
        loop {
            let end = (at + CHAIN * CHAINS).min(signals.len());
            let mut sums = add_block::<V, CHAIN>(from, &signals[at..end], part(gains, at, end));
            let last = end == signals.len();
            // The last one is added to all that wait; others to those of their level, up to the first that is free.
            for (level, others) in waiting.0.iter_mut().enumerate() {
                if parts >> level & 1 == 1 {
                    add_waiting(&mut sums, others, from);
                } else if !last {
                    wait(&sums, others, from);
                    break;
                }
            }
            if last {
                return sums;
            }
            (parts, at) = (parts + 1, end);
        }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_waiting<V: Vector>(sums: &mut Sums<V>, others: &[Tile; ROWS], from: usize) {
    for (sums, others) in sums.iter_mut().zip(others) {
        for (sum, other) in sums.iter_mut().zip(others.0[from..].chunks_exact(V::LANES)) {
            // SAFETY: the caller's contract.
            unsafe { *sum = sum.add(V::load(other)) }
        }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn wait<V: Vector>(sums: &Sums<V>, others: &mut [Tile; ROWS], from: usize) {
    for (sums, others) in sums.iter().zip(others) {
        for (sum, other) in sums.iter().zip(others.0[from..].chunks_exact_mut(V::LANES)) {
            // SAFETY: the caller's contract.
            unsafe { sum.store(other) }
        }
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
unsafe fn add_block<V: Vector, const CHAIN: usize>(from: usize, signals: &[&Tile], gains: [&[f32]; ROWS]) -> Sums<V> {
    let (chains, rest) = signals.as_chunks::<CHAIN>();
    let [(a, last_a), (b, last_b), (c, last_c), (d, last_d)] = gains.map(|gains| gains.as_chunks::<CHAIN>());
    // SAFETY: the caller's contract.
    unsafe {
        let mut block = [[V::splat(0.0); SIDE]; ROWS];
        for ((((chain, a), b), c), d) in chains.iter().zip(a).zip(b).zip(c).zip(d) {
            add_sums(&mut block, &add_chain(from, chain, [a, b, c, d]));
        }
        if !rest.is_empty() {
            add_sums(&mut block, &add_chain(from, rest, [last_a, last_b, last_c, last_d]));
        }
        block
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_chain<V: Vector>(from: usize, signals: &[&Tile], gains: [&[f32]; ROWS]) -> Sums<V> {
    let [a, b, c, d] = part(gains, 0, signals.len());
    // SAFETY: the caller's contract.
    unsafe {
        let mut sums = [[V::splat(0.0); SIDE]; ROWS];
        for ((((signal, a), b), c), d) in signals.iter().zip(a).zip(b).zip(c).zip(d) {
            let signal = side_by_side::<V>(&signal.0, from);
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
