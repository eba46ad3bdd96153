//! The kernels, written once over [`Vector`].

use super::{Moving, Row, Weight, vector::Vector};

/// Vectors of a tile: as many sums as registers hold beside a signal and a gain on the narrowest machine.
const TILE: usize = 6;
/// Room for the sums of a tile of the widest vector.
const MOST_SUMS: usize = TILE * 16;

/// The greatest magnitude and the sum of the squares.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Measured {
    pub peak: f32,
    pub squares: f64,
}

/// The running measure of a mix: one lane each.
struct Meter<V> {
    peak: V,
    squares: [f64; 16],
}

impl<V: Vector> Meter<V> {
    /// # Safety
    /// As for [`Vector`].
    #[inline(always)]
    unsafe fn new() -> Self {
        // SAFETY: the caller's contract.
        unsafe { Self { peak: V::splat(0.0), squares: [0.0; 16] } }
    }

    /// # Safety
    /// As for [`Vector`].
    #[inline(always)]
    unsafe fn see(&mut self, samples: V) {
        // SAFETY: the caller's contract.
        unsafe {
            self.peak = samples.max_magnitude(self.peak);
            samples.add_square_to(&mut self.squares[..V::LANES]);
        }
    }

    /// # Safety
    /// As for [`Vector`].
    #[inline(always)]
    unsafe fn add_to(self, total: &mut Meter<f32>) {
        let mut peaks = [0.0; 16];
        // SAFETY: the caller's contract.
        unsafe {
            self.peak.store(&mut peaks[..V::LANES]);
            for peak in &peaks[..V::LANES] {
                total.peak = peak.max_magnitude(total.peak);
            }
        }
        total.squares[0] += self.squares[..V::LANES].iter().sum::<f64>();
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn measure<V: Vector>(samples: &[f32]) -> Measured {
    // SAFETY: the caller's contract.
    unsafe {
        let (mut total, mut meter) = (Meter::<f32>::new(), Meter::<V>::new());
        let mut vectors = samples.chunks_exact(V::LANES);
        for vector in &mut vectors {
            meter.see(V::load(vector));
        }
        meter.add_to(&mut total);
        for sample in vectors.remainder() {
            total.see(*sample);
        }
        Measured { peak: total.peak, squares: total.squares[0] }
    }
}

/// Writes the sum of a row and measures it: whole tiles, then whole vectors, then samples.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn mix<V: Vector>(out: &mut [f32], row: &Row<'_>) -> Measured {
    // SAFETY: the caller's contract.
    unsafe {
        let (mut total, mut meter) = (Meter::<f32>::new(), Meter::<V>::new());
        let mut at = 0;
        while at + TILE * V::LANES <= out.len() {
            mix_tile::<V, TILE>(&mut out[at..at + TILE * V::LANES], at, row, &mut meter);
            at += TILE * V::LANES;
        }
        while at + V::LANES <= out.len() {
            mix_tile::<V, 1>(&mut out[at..at + V::LANES], at, row, &mut meter);
            at += V::LANES;
        }
        meter.add_to(&mut total);
        while at < out.len() {
            mix_tile::<f32, 1>(&mut out[at..=at], at, row, &mut total);
            at += 1;
        }
        Measured { peak: total.peak, squares: total.squares[0] }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn mix_tile<V: Vector, const N: usize>(out: &mut [f32], at: usize, row: &Row<'_>, meter: &mut Meter<V>) {
    // SAFETY: the caller's contract.
    unsafe {
        let mut mix = sum::<V, N>(at, row.open, row.open_moving, row);
        if !row.envelope.is_empty() {
            let ducked = sum::<V, N>(at, row.ducked, row.ducked_moving, row);
            for (n, (mix, ducked)) in mix.iter_mut().zip(ducked).enumerate() {
                *mix = ducked.mul_add(vector_at::<V>(row.envelope, at, n), *mix);
            }
        }
        for (n, mix) in mix.into_iter().enumerate() {
            mix.store(&mut out[n * V::LANES..(n + 1) * V::LANES]);
            meter.see(mix);
        }
    }
}

/// The n-th vector from `at` on.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn vector_at<V: Vector>(samples: &[f32], at: usize, n: usize) -> V {
    // SAFETY: the caller's contract.
    unsafe { V::load(&samples[at + n * V::LANES..at + (n + 1) * V::LANES]) }
}

/// The sum of some terms over a tile.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn sum<V: Vector, const N: usize>(at: usize, steady: &[Weight], moving: &[Moving], row: &Row<'_>) -> [V; N] {
    // SAFETY: the caller's contract.
    unsafe {
        if steady.len() + moving.len() <= row.depth {
            let partial = add_steady([V::splat(0.0); N], at, steady, row);
            return add_moving(partial, at, moving, row);
        }
        let mut sums = [0.0; MOST_SUMS];
        for steady in steady.chunks(row.depth) {
            flush(add_steady([V::splat(0.0); N], at, steady, row), &mut sums);
        }
        for moving in moving.chunks(row.depth) {
            flush(add_moving([V::splat(0.0); N], at, moving, row), &mut sums);
        }
        // No closure: it would be compiled without the instruction set.
        let mut rounded = [V::splat(0.0); N];
        for (n, rounded) in rounded.iter_mut().enumerate() {
            *rounded = V::from_sums(&sums[n * V::LANES..(n + 1) * V::LANES]);
        }
        rounded
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn flush<V: Vector, const N: usize>(partial: [V; N], sums: &mut [f64; MOST_SUMS]) {
    for (n, partial) in partial.into_iter().enumerate() {
        // SAFETY: the caller's contract.
        unsafe { partial.add_to(&mut sums[n * V::LANES..(n + 1) * V::LANES]) }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_steady<V: Vector, const N: usize>(mut sum: [V; N], at: usize, terms: &[Weight], row: &Row<'_>) -> [V; N] {
    for term in terms {
        let signal = &row.signal(term.source)[at..at + N * V::LANES];
        // SAFETY: the caller's contract.
        unsafe {
            let gain = V::splat(term.gain);
            for (n, sum) in sum.iter_mut().enumerate() {
                *sum = vector_at::<V>(signal, 0, n).mul_add(gain, *sum);
            }
        }
    }
    sum
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_moving<V: Vector, const N: usize>(mut sum: [V; N], at: usize, terms: &[Moving], row: &Row<'_>) -> [V; N] {
    for term in terms {
        let signal = &row.signal(term.source)[at..at + N * V::LANES];
        // SAFETY: the caller's contract.
        unsafe {
            let mut gain = [V::splat(term.steady); N];
            for mover in &term.movers[..term.count] {
                let (down, up) = row.curve.parts(mover.over as usize + at, N * V::LANES);
                let (start, target) = (V::splat(mover.start), V::splat(mover.target));
                for (n, gain) in gain.iter_mut().enumerate() {
                    let mover = vector_at::<V>(up, 0, n).mul_add(target, vector_at::<V>(down, 0, n).mul(start));
                    *gain = gain.mul(mover);
                }
            }
            for (n, (sum, gain)) in sum.iter_mut().zip(gain).enumerate() {
                *sum = vector_at::<V>(signal, 0, n).mul_add(gain, *sum);
            }
        }
    }
    sum
}
