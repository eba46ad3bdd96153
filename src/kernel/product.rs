//! The product of dense rows of gains with many signals: the matrix product of a room in which everybody hears everybody differently.

use super::{
    Lanes, Running, Tile,
    chain::{ROWS, SIDE, Waiting, add_all},
    depth::Depth,
    measure::Meter,
    ramp::{Along, Course, Ramp},
    vector::Vector,
};

/// One row of a product: its gains, and where its sums and their measure go.
#[derive(Debug)]
pub(crate) struct Row<'a, G = f32> {
    pub gains: &'a [G],
    pub out: &'a mut [Tile],
    pub lanes: &'a mut Lanes,
}

/// What the signals of a product are multiplied with, sample by sample.
pub(super) trait Weigh<V: Vector>: Copy {
    type Gain: Copy;
    /// What is needed of it for the vectors side by side from a sample on.
    type Here: Copy;

    /// # Safety
    /// As for [`Vector`].
    unsafe fn here(self, from: usize) -> Self::Here;
    /// # Safety
    /// As for [`Vector`].
    unsafe fn gains(here: Self::Here, gain: &Self::Gain) -> [V; SIDE];
}

/// Gains that rest.
#[derive(Clone, Copy)]
struct Still;

impl<V: Vector> Weigh<V> for Still {
    type Gain = f32;
    type Here = ();

    #[inline(always)]
    unsafe fn here(self, _: usize) {}

    #[inline(always)]
    unsafe fn gains((): (), gain: &f32) -> [V; SIDE] {
        // SAFETY: the caller's contract.
        unsafe { [V::splat(*gain); SIDE] }
    }
}

/// Writes, for each row, the sum of `gain * signal` over a tile to the tile at `place` of those that are the row's, and goes on measuring it if it is a whole
/// mix. Gains are as many as `signals`, at most [`Depth::at_once`].
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn multiply<V: Vector>(
    rows: &mut [Option<Row<'_>>],
    place: usize,
    signals: &[&Tile],
    depth: Depth,
    waiting: &mut Waiting,
) {
    // SAFETY: the caller's contract.
    unsafe { multiply_by::<V, Still>(Still, rows, place, signals, depth, waiting) }
}

/// The same of gains that move, which make whole mixes: at most [`Depth::at_once`] of [`Depth::Ramp`].
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn multiply_ramps<V: Vector>(
    rows: &mut [Option<Row<'_, Ramp>>],
    place: usize,
    signals: &[&Tile],
    course: Course,
    waiting: &mut Waiting,
) {
    // SAFETY: the caller's contract.
    unsafe {
        match course {
            Course::Onward(steps) => {
                multiply_by::<V, Along<false>>(Along(steps), rows, place, signals, Depth::Ramp, waiting);
            }
            Course::Back(steps) => {
                multiply_by::<V, Along<true>>(Along(steps), rows, place, signals, Depth::Ramp, waiting);
            }
        }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn multiply_by<V: Vector, W: Weigh<V>>(
    weigh: W,
    rows: &mut [Option<Row<'_, W::Gain>>],
    place: usize,
    signals: &[&Tile],
    depth: Depth,
    waiting: &mut Waiting,
) {
    let chains = depth.chains_at_once(signals.len());
    for rows in rows.as_chunks_mut::<ROWS>().0 {
        let Some(first) = rows[0].as_ref().map(|row| row.gains) else { return };
        // Rows that are not there are made like the first one, and not written.
        let gains = rows.each_ref().map(|row| row.as_ref().map_or(first, |row| row.gains));
        for from in (0..Tile::SAMPLES).step_by(SIDE * V::LANES) {
            // SAFETY: the caller's contract. No closure: it would be compiled without the instruction set.
            unsafe {
                let sums = add_all::<V, W>(weigh, from, signals, gains, chains, waiting);
                for (sums, row) in sums.into_iter().zip(&mut *rows) {
                    let Some(row) = row else { continue };
                    for (sum, out) in sums.into_iter().zip(row.out[place].0[from..].chunks_exact_mut(V::LANES)) {
                        sum.store(out);
                    }
                    if depth.is_whole() {
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

/// Adds, for each of four rows of gains, the sum of `gain * signal` over one tile to its running sum. Gains are as many as `signals`, at
/// most [`Depth::block`].
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn multiply_on<V: Vector>(
    sums: &mut [Running; ROWS],
    gains: [&[f32]; ROWS],
    signals: &[&Tile],
    depth: Depth,
    waiting: &mut Waiting,
) {
    // SAFETY: the caller's contract.
    unsafe { multiply_on_by::<V, Still>(Still, sums, gains, signals, depth, waiting) }
}

/// The same of gains that move: at most [`Depth::block`] of [`Depth::Ramp`].
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn multiply_ramps_on<V: Vector>(
    sums: &mut [Running; ROWS],
    gains: [&[Ramp]; ROWS],
    signals: &[&Tile],
    course: Course,
    waiting: &mut Waiting,
) {
    // SAFETY: the caller's contract.
    unsafe {
        match course {
            Course::Onward(steps) => {
                multiply_on_by::<V, Along<false>>(Along(steps), sums, gains, signals, Depth::Ramp, waiting);
            }
            Course::Back(steps) => {
                multiply_on_by::<V, Along<true>>(Along(steps), sums, gains, signals, Depth::Ramp, waiting);
            }
        }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn multiply_on_by<V: Vector, W: Weigh<V>>(
    weigh: W,
    sums: &mut [Running; ROWS],
    gains: [&[W::Gain]; ROWS],
    signals: &[&Tile],
    depth: Depth,
    waiting: &mut Waiting,
) {
    for from in (0..Tile::SAMPLES).step_by(SIDE * V::LANES) {
        // SAFETY: the caller's contract.
        unsafe {
            let part = add_all::<V, W>(weigh, from, signals, gains, depth.chains(), waiting);
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
