//! Sums of any length, of gains on any number of lines, with or without curves: what the kernels of [`sparse`] do not
//! take.
//!
//! [`sparse`]: super::sparse

use super::{
    measure::{Lanes, Meter},
    remaining::Remaining,
    rows::Term,
    signals::Signals,
    sparse::{SIDE, load_side},
    tile::Tile,
    vector::Vector,
};

/// Products that follow each other in one f32 sum: each may be rounded so many times. What is longer is cut into
/// pieces, which are added up in f64.
pub(super) const CHAIN: usize = 32;

/// A sum of any length: `curves[0] * sum(open) + curves[1] * sum(ducked)`. A curve that is not there is 1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AnySum<'a> {
    pub open: &'a [Term],
    pub ducked: &'a [Term],
    /// A factor for each sample of the span.
    pub curves: [Option<&'a [f32]>; 2],
    pub remaining: &'a Remaining,
    /// The first sample of the span in the tick.
    pub at: usize,
}

/// Writes a sum of any kind over consecutive tiles, and goes on metering it.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_any<V: Vector>(out: &mut [Tile], signals: Signals<'_>, sum: &AnySum<'_>, lanes: &mut Lanes) {
    // SAFETY: the caller's contract.
    unsafe {
        let mut meter = Meter::<V>::load(lanes);
        for (n, tile) in out.iter_mut().enumerate() {
            let (signals, at) = (signals.starting_at(n), n * Tile::SAMPLES);
            for from in (0..Tile::SAMPLES).step_by(SIDE * V::LANES) {
                let mut mix = sum_of::<V>(sum.open, from, at, signals, sum);
                if let Some(curve) = sum.curves[0] {
                    let curve = load_side::<V>(curve, at + from);
                    mix = [mix[0].mul(curve[0]), mix[1].mul(curve[1]), mix[2].mul(curve[2])];
                }
                if !sum.ducked.is_empty() {
                    let ducked = sum_of::<V>(sum.ducked, from, at, signals, sum);
                    let curve = sum.curves[1].map_or([V::splat(1.0); SIDE], |curve| load_side::<V>(curve, at + from));
                    for n in 0..SIDE {
                        mix[n] = ducked[n].mul_add(curve[n], mix[n]);
                    }
                }
                for (mix, out) in mix.into_iter().zip(tile.0[from..].chunks_exact_mut(V::LANES)) {
                    mix.store(out);
                    meter.see(mix);
                }
            }
        }
        meter.store(lanes);
    }
}

/// The sum of some terms, in the first tile of the signals: one chain, or chains that are added up in f64.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn sum_of<V: Vector>(
    terms: &[Term],
    from: usize,
    at: usize,
    signals: Signals<'_>,
    sum: &AnySum<'_>,
) -> [V; SIDE] {
    // SAFETY: the caller's contract.
    unsafe {
        if terms.len() <= CHAIN {
            return chain(terms, from, at, signals, sum);
        }
        let mut wide = [0.0; Tile::SAMPLES];
        for terms in terms.chunks(CHAIN) {
            let part = chain::<V>(terms, from, at, signals, sum);
            for (part, wide) in part.into_iter().zip(wide.chunks_exact_mut(V::LANES)) {
                part.add_to(wide);
            }
        }
        let mut rounded = [V::splat(0.0); SIDE];
        for (rounded, wide) in rounded.iter_mut().zip(wide.chunks_exact(V::LANES)) {
            *rounded = V::from_sums(wide);
        }
        rounded
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn chain<V: Vector>(
    terms: &[Term],
    from: usize,
    at: usize,
    signals: Signals<'_>,
    sum: &AnySum<'_>,
) -> [V; SIDE] {
    // SAFETY: the caller's contract.
    unsafe {
        let mut chain = [V::splat(0.0); SIDE];
        for term in terms {
            let signal = load_side::<V>(&signals.tile(0, term.signal).0, from);
            let mut gain = [V::splat(term.gain); SIDE];
            if term.delta != 0.0 {
                let remaining = load_side::<V>(sum.remaining.after(term.over), sum.at + at + from);
                for (gain, remaining) in gain.iter_mut().zip(remaining) {
                    *gain = remaining.mul_add(V::splat(term.delta), *gain);
                }
            }
            for n in 0..SIDE {
                chain[n] = signal[n].mul_add(gain[n], chain[n]);
            }
        }
        chain
    }
}
