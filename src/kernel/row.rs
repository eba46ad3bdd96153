//! The sum of one row: a listener's mix from the signals that it is made of.

use super::{Lanes, Measured, Moving, Signals, Stack, Terms, Tile, Weight, measure::Meter, vector::Vector};

/// Vectors that are added up side by side: with the widest, a tile.
const SIDE: usize = 3;
/// Room for the sums of that many of the widest vectors.
const MOST_SUMS: usize = Tile::SAMPLES;

/// What keeps the error of a mix under 1e-6 of the sum of its magnitudes, however many terms it has: so many products follow each other in one f32 sum.
///
/// In units of 2^-24, of which 1e-6 is 16.7. A derived signal brings up to 4 along, and 1 more where it is one of signals that fade. A gain at rest: 5, and 6 for the
/// products, 1 for the sum of two chains, or of many in f64, 1 for the gain, and 3 for an envelope and its product, or 1 for a ducking level in the gain, are 16.
/// Where a gain moves, it brings 7 (where it came to rest, both ends, both parts of the curve, and their sum) and the envelope: 7, 4, 1, 1 and 3 are 16; signals are
/// not derived there. Only a gain with two moves at once, a ducker's exemption beside its base, may come to 22, if every rounding were at its worst and in the same
/// direction.
pub(super) const STEADY_CHAIN: usize = 6;
const MOVING_CHAIN: usize = 4;

/// Writes the sum of a row over all tiles of a tick, and measures it.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_row<V: Vector>(out: &mut [Tile], frames: Stack<'_>, terms: &Terms<'_>) -> Measured {
    let mut lanes = Lanes::NOTHING;
    // SAFETY: the caller's contract.
    unsafe {
        let mut meter = Meter::<V>::load(&lanes);
        for (panel, out) in out.iter_mut().enumerate() {
            let signals = Signals { frames: frames.after(panel), derived: Stack::NOTHING };
            mix_tile(out, panel * Tile::SAMPLES, signals, terms, &mut meter);
        }
        meter.store(&mut lanes);
    }
    lanes.measured()
}

/// Writes the sum of a row over the tile that begins at sample `at` of a tick, and goes on measuring it.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_tile<V: Vector>(
    out: &mut Tile,
    at: usize,
    signals: Signals<'_>,
    terms: &Terms<'_>,
    lanes: &mut Lanes,
) {
    // SAFETY: the caller's contract.
    unsafe {
        let mut meter = Meter::<V>::load(lanes);
        mix_tile(out, at, signals, terms, &mut meter);
        meter.store(lanes);
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn mix_tile<V: Vector>(
    out: &mut Tile,
    at: usize,
    signals: Signals<'_>,
    terms: &Terms<'_>,
    meter: &mut Meter<V>,
) {
    for (n, out) in out.0.chunks_exact_mut(SIDE * V::LANES).enumerate() {
        let from = n * SIDE * V::LANES;
        // SAFETY: the caller's contract.
        unsafe {
            let mut mix = sum::<V>(from, at, terms.open, terms.open_moving, signals, terms);
            if !terms.envelope.is_empty() {
                let ducked = sum::<V>(from, at, terms.ducked, terms.ducked_moving, signals, terms);
                let envelope = side_by_side::<V>(terms.envelope, at + from);
                for ((mix, ducked), envelope) in mix.iter_mut().zip(ducked).zip(envelope) {
                    *mix = ducked.mul_add(envelope, *mix);
                }
            }
            for (mix, out) in mix.into_iter().zip(out.chunks_exact_mut(V::LANES)) {
                mix.store(out);
                meter.see(mix);
            }
        }
    }
}

/// The vectors from sample `at` on.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn side_by_side<V: Vector>(samples: &[f32], at: usize) -> [V; SIDE] {
    let samples = &samples[at..at + SIDE * V::LANES];
    // SAFETY: the caller's contract. No closure: it would be compiled without the instruction set.
    unsafe {
        [V::load(&samples[..V::LANES]), V::load(&samples[V::LANES..2 * V::LANES]), V::load(&samples[2 * V::LANES..])]
    }
}

/// The sum of some terms.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn sum<V: Vector>(
    from: usize,
    at: usize,
    steady: &[Weight],
    moving: &[Moving],
    signals: Signals<'_>,
    terms: &Terms<'_>,
) -> [V; SIDE] {
    // SAFETY: the caller's contract.
    unsafe {
        let nothing = [V::splat(0.0); SIDE];
        if moving.is_empty() && steady.len() <= STEADY_CHAIN {
            add_steady(nothing, from, steady, signals)
        } else if moving.is_empty() && steady.len() <= 2 * STEADY_CHAIN {
            let (first, second) = steady.split_at(STEADY_CHAIN);
            let mut sum = add_steady(nothing, from, first, signals);
            for (sum, second) in sum.iter_mut().zip(add_steady::<V>(nothing, from, second, signals)) {
                *sum = sum.add(second);
            }
            sum
        } else if steady.len() + moving.len() <= MOVING_CHAIN {
            add_moving(add_steady(nothing, from, steady, signals), from, at, moving, signals, terms)
        } else {
            sum_many(from, at, steady, moving, signals, terms)
        }
    }
}

/// The sum of any number of terms: chains of them, added up in f64.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn sum_many<V: Vector>(
    from: usize,
    at: usize,
    steady: &[Weight],
    moving: &[Moving],
    signals: Signals<'_>,
    terms: &Terms<'_>,
) -> [V; SIDE] {
    let mut sums = [0.0; MOST_SUMS];
    // SAFETY: the caller's contract.
    unsafe {
        let nothing = [V::splat(0.0); SIDE];
        for chain in steady.chunks(STEADY_CHAIN) {
            flush(add_steady::<V>(nothing, from, chain, signals), &mut sums);
        }
        for chain in moving.chunks(MOVING_CHAIN) {
            flush(add_moving::<V>(nothing, from, at, chain, signals, terms), &mut sums);
        }
        let mut rounded = nothing;
        for (rounded, sums) in rounded.iter_mut().zip(sums.chunks_exact(V::LANES)) {
            *rounded = V::from_sums(sums);
        }
        rounded
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn flush<V: Vector>(partial: [V; SIDE], sums: &mut [f64; MOST_SUMS]) {
    for (partial, sums) in partial.into_iter().zip(sums.chunks_exact_mut(V::LANES)) {
        // SAFETY: the caller's contract.
        unsafe { partial.add_to(sums) }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_steady<V: Vector>(mut sum: [V; SIDE], from: usize, terms: &[Weight], signals: Signals<'_>) -> [V; SIDE] {
    for term in terms {
        // SAFETY: the caller's contract.
        unsafe {
            let (gain, signal) = (V::splat(term.gain), side_by_side::<V>(&signals.get(term.signal).0, from));
            for (sum, signal) in sum.iter_mut().zip(signal) {
                *sum = signal.mul_add(gain, *sum);
            }
        }
    }
    sum
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_moving<V: Vector>(
    mut sum: [V; SIDE],
    from: usize,
    at: usize,
    terms: &[Moving],
    signals: Signals<'_>,
    row: &Terms<'_>,
) -> [V; SIDE] {
    for term in terms {
        // SAFETY: the caller's contract.
        unsafe {
            let mut gain = [V::splat(term.steady); SIDE];
            for mover in &term.movers[..term.count] {
                let (down, up) = row.curve.parts(mover.over as usize + at + from, SIDE * V::LANES);
                let (down, up) = (side_by_side::<V>(down, 0), side_by_side::<V>(up, 0));
                let (start, target) = (V::splat(mover.start), V::splat(mover.target));
                for ((gain, down), up) in gain.iter_mut().zip(down).zip(up) {
                    *gain = gain.mul(up.mul_add(target, down.mul(start)));
                }
            }
            let signal = side_by_side::<V>(&signals.get(term.signal).0, from);
            for ((sum, gain), signal) in sum.iter_mut().zip(gain).zip(signal) {
                *sum = signal.mul_add(gain, *sum);
            }
        }
    }
    sum
}
