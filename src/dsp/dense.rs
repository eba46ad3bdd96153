//! Dense sums: four rows of gains times all signals, tile by tile. The matrix product of a room in which everybody
//! hears everybody differently.
//!
//! Products follow each other in f32 sums of [`CHAIN`], which registers hold; an outer sum takes each chain, up to
//! [`BLOCK`] signals; sums of blocks are added up in f64. So a product is rounded at most 32 + 30 times, whatever the
//! number of signals.

use super::{
    any_sum::CHAIN,
    measure::{Lanes, Meter},
    shared_sums::RunningSum,
    tile::Tile,
    vector::Vector,
};

/// Rows that are made together, so that a signal is loaded once for all of them.
pub(crate) const ROWS: usize = 4;

/// The most signals whose sum stays in f32.
pub(crate) const BLOCK: usize = 30 * CHAIN;

/// A gain on its way: its target, and how much more it was at the start of its move.
pub(crate) type LineGain = [f32; 2];

/// One row: a gain for each signal, and where its sums and their meter go.
#[derive(Debug)]
pub(crate) struct DenseRow<'a, G = f32> {
    pub gains: &'a [G],
    pub out: &'a mut [Tile],
    pub lanes: &'a mut Lanes,
}

/// Sums of `N` vectors for each row. With 16 registers `N` is 2, and with 32 it is 3, a tile: then the sums, the samples and
/// a gain stay in registers.
type Sums<V, const N: usize> = [[V; N]; ROWS];

/// Whether an instruction set has the registers for 3 vectors of each row.
const fn is_wide<V: Vector>() -> bool {
    V::LANES >= 16
}

/// What signals are multiplied with, sample by sample.
pub(super) trait Gains<V: Vector, const N: usize>: Copy {
    type Gain: Copy;
    /// What is needed for the vectors from one sample on.
    type Here: Copy;

    /// # Safety
    /// As for [`Vector`].
    unsafe fn here(self, from: usize) -> Self::Here;
    /// # Safety
    /// As for [`Vector`].
    unsafe fn gains(here: Self::Here, gain: &Self::Gain) -> [V; N];
}

/// Gains at rest.
#[derive(Clone, Copy)]
struct Rest;

impl<V: Vector, const N: usize> Gains<V, N> for Rest {
    type Gain = f32;
    type Here = ();

    #[inline(always)]
    unsafe fn here(self, _: usize) {}

    #[inline(always)]
    unsafe fn gains((): (), gain: &f32) -> [V; N] {
        // SAFETY: the caller's contract.
        unsafe { [V::splat(*gain); N] }
    }
}

/// Gains on lines, with what remains of their moves over the tile.
#[derive(Clone, Copy)]
struct OnLine<'a>(&'a [f32]);

impl<V: Vector, const N: usize> Gains<V, N> for OnLine<'_> {
    type Gain = LineGain;
    type Here = [V; N];

    #[inline(always)]
    unsafe fn here(self, from: usize) -> [V; N] {
        // SAFETY: the caller's contract.
        unsafe { load(self.0, from) }
    }

    #[inline(always)]
    unsafe fn gains(remaining: [V; N], gain: &LineGain) -> [V; N] {
        // SAFETY: the caller's contract.
        unsafe {
            let (target, delta) = (V::splat(gain[0]), V::splat(gain[1]));
            let mut gains = [target; N];
            for n in 0..N {
                gains[n] = remaining[n].mul_add(delta, target);
            }
            gains
        }
    }
}

/// Writes, for each row, the sum of `gain * signal` over one tile to the row's tile `place`, and goes on metering it.
/// Gains are as many as `signals`: at most [`BLOCK`].
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn multiply<V: Vector>(rows: &mut [Option<DenseRow<'_>>], place: usize, signals: &[&Tile]) {
    // SAFETY: the caller's contract.
    unsafe {
        match is_wide::<V>() {
            true => multiply_by::<V, Rest, 3>(Rest, rows, place, signals),
            false => multiply_by::<V, Rest, 2>(Rest, rows, place, signals),
        }
    }
}

/// The same of gains on lines; `remaining` is what remains of their moves over the tile.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn multiply_lines<V: Vector>(
    rows: &mut [Option<DenseRow<'_, LineGain>>],
    place: usize,
    signals: &[&Tile],
    remaining: &[f32],
) {
    // SAFETY: the caller's contract.
    unsafe {
        match is_wide::<V>() {
            true => multiply_by::<V, OnLine<'_>, 3>(OnLine(remaining), rows, place, signals),
            false => multiply_by::<V, OnLine<'_>, 2>(OnLine(remaining), rows, place, signals),
        }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn multiply_by<V: Vector, G: Gains<V, N>, const N: usize>(
    gains: G,
    rows: &mut [Option<DenseRow<'_, G::Gain>>],
    place: usize,
    signals: &[&Tile],
) {
    for rows in rows.as_chunks_mut::<ROWS>().0 {
        let Some(first) = rows[0].as_ref().map(|row| row.gains) else { return };
        // Rows that are not there are made like the first one, and not written.
        let weights = rows.each_ref().map(|row| row.as_ref().map_or(first, |row| row.gains));
        for from in (0..Tile::SAMPLES).step_by(N * V::LANES) {
            // SAFETY: the caller's contract. No closure: it would be compiled without the instruction set.
            unsafe {
                let sums = add_all::<V, G, N>(gains, from, signals, weights);
                for (sums, row) in sums.into_iter().zip(&mut *rows) {
                    let Some(row) = row else { continue };
                    let mut meter = Meter::<V>::load(row.lanes);
                    for (sum, out) in sums.into_iter().zip(row.out[place].0[from..].chunks_exact_mut(V::LANES)) {
                        sum.store(out);
                        meter.see(sum);
                    }
                    meter.store(row.lanes);
                }
            }
        }
    }
}

/// Adds, for each of four rows, the sum of `gain * signal` over one tile to its running sum. Gains are as many as
/// `signals`: at most [`BLOCK`].
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn multiply_on<V: Vector>(sums: &mut [RunningSum; ROWS], gains: [&[f32]; ROWS], signals: &[&Tile]) {
    // SAFETY: the caller's contract.
    unsafe {
        match is_wide::<V>() {
            true => multiply_on_by::<V, Rest, 3>(Rest, sums, gains, signals),
            false => multiply_on_by::<V, Rest, 2>(Rest, sums, gains, signals),
        }
    }
}

/// The same of gains on lines.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn multiply_lines_on<V: Vector>(
    sums: &mut [RunningSum; ROWS],
    gains: [&[LineGain]; ROWS],
    signals: &[&Tile],
    remaining: &[f32],
) {
    // SAFETY: the caller's contract.
    unsafe {
        match is_wide::<V>() {
            true => multiply_on_by::<V, OnLine<'_>, 3>(OnLine(remaining), sums, gains, signals),
            false => multiply_on_by::<V, OnLine<'_>, 2>(OnLine(remaining), sums, gains, signals),
        }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn multiply_on_by<V: Vector, G: Gains<V, N>, const N: usize>(
    gains: G,
    sums: &mut [RunningSum; ROWS],
    weights: [&[G::Gain]; ROWS],
    signals: &[&Tile],
) {
    for from in (0..Tile::SAMPLES).step_by(N * V::LANES) {
        // SAFETY: the caller's contract.
        unsafe {
            let part = add_all::<V, G, N>(gains, from, signals, weights);
            for (part, sums) in part.into_iter().zip(&mut *sums) {
                for (part, sums) in part.into_iter().zip(sums.0[from..].chunks_exact_mut(V::LANES)) {
                    part.add_to(sums);
                }
            }
        }
    }
}

/// Writes what a running sum has come to, and goes on metering it.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn round_off<V: Vector>(sum: &RunningSum, out: &mut Tile, lanes: &mut Lanes) {
    // SAFETY: the caller's contract.
    unsafe {
        let mut meter = Meter::<V>::load(lanes);
        for (sum, out) in sum.0.chunks_exact(V::LANES).zip(out.0.chunks_exact_mut(V::LANES)) {
            let sum = V::from_sums(sum);
            sum.store(out);
            meter.see(sum);
        }
        meter.store(lanes);
    }
}

/// Writes a mix that has curves from its two sums over one tile, `curves[0] * open + curves[1] * ducked`, and goes on
/// metering it. A curve that is not there is 1.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn join_halves<V: Vector>(
    [open, ducked]: [&Tile; 2],
    curves: [Option<&[f32]>; 2],
    out: &mut Tile,
    lanes: &mut Lanes,
) {
    // SAFETY: the caller's contract.
    unsafe {
        let mut meter = Meter::<V>::load(lanes);
        for from in (0..Tile::SAMPLES).step_by(V::LANES) {
            let range = from..from + V::LANES;
            let mut halves = [V::load(&open.0[range.clone()]), V::load(&ducked.0[range.clone()])];
            if let Some(curve) = curves[0] {
                halves[0] = halves[0].mul(V::load(&curve[range.clone()]));
            }
            let factor = match curves[1] {
                Some(curve) => V::load(&curve[range.clone()]),
                None => V::splat(1.0),
            };
            let mix = halves[1].mul_add(factor, halves[0]);
            mix.store(&mut out.0[range]);
            meter.see(mix);
        }
        meter.store(lanes);
    }
}

/// The vectors from sample `at` on.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn load<V: Vector, const N: usize>(samples: &[f32], at: usize) -> [V; N] {
    let samples = &samples[at..at + N * V::LANES];
    // SAFETY: the caller's contract. No closure: it would be compiled without the instruction set.
    unsafe {
        let mut vectors = [V::splat(0.0); N];
        for (n, vector) in vectors.iter_mut().enumerate() {
            *vector = V::load(&samples[n * V::LANES..(n + 1) * V::LANES]);
        }
        vectors
    }
}

/// The sums over all signals: chains, and an outer sum of them.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_all<V: Vector, G: Gains<V, N>, const N: usize>(
    gains: G,
    from: usize,
    signals: &[&Tile],
    [a, b, c, d]: [&[G::Gain]; ROWS],
) -> Sums<V, N> {
    let count = signals.len();
    let (a, b, c, d) = (&a[..count], &b[..count], &c[..count], &d[..count]);
    // SAFETY: the caller's contract.
    unsafe {
        let here = gains.here(from);
        if count <= CHAIN {
            return chain::<V, G, N>(here, from, signals, [a, b, c, d]);
        }
        let mut outer = [[V::splat(0.0); N]; ROWS];
        let rows = a.chunks(CHAIN).zip(b.chunks(CHAIN)).zip(c.chunks(CHAIN).zip(d.chunks(CHAIN)));
        for (signals, ((a, b), (c, d))) in signals.chunks(CHAIN).zip(rows) {
            let chain = chain::<V, G, N>(here, from, signals, [a, b, c, d]);
            for (outer, chain) in outer.iter_mut().zip(chain) {
                for (outer, chain) in outer.iter_mut().zip(chain) {
                    *outer = outer.add(chain);
                }
            }
        }
        outer
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn chain<V: Vector, G: Gains<V, N>, const N: usize>(
    here: G::Here,
    from: usize,
    signals: &[&Tile],
    [a, b, c, d]: [&[G::Gain]; ROWS],
) -> Sums<V, N> {
    // SAFETY: the caller's contract.
    unsafe {
        let mut sums = [[V::splat(0.0); N]; ROWS];
        for ((((signal, a), b), c), d) in signals.iter().zip(a).zip(b).zip(c).zip(d) {
            let signal = load::<V, N>(&signal.0, from);
            for (sums, gain) in sums.iter_mut().zip([a, b, c, d]) {
                let gains = G::gains(here, gain);
                for n in 0..N {
                    sums[n] = signal[n].mul_add(gains[n], sums[n]);
                }
            }
        }
        sums
    }
}
