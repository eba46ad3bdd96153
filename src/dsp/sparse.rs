//! Sparse sums: a mix as the weighted sum of a few named signals. That is the mix of most listeners, for in most
//! rooms few speak, and where many do most rows are a few shared sums.
//!
//! Up to [`FEW`] signals have kernels in which the gains stay in registers: at rest, on a line, and at rest with a part
//! that is multiplied by a curve. [`any_sum`](super::any_sum) makes every other sum.

use super::{
    measure::{Lanes, Meter},
    remaining::Remaining,
    rows::{MixTiles, SparseRow, Term},
    signals::Signals,
    tile::Tile,
    vector::Vector,
};

/// The most signals whose gains stay in registers.
pub(crate) const FEW: usize = 12;

/// The most open terms beside ducked ones in a row of a few.
pub(crate) const FEW_OPEN: usize = 6;

/// Vectors that are added up side by side: with the widest, a tile.
pub(super) const SIDE: usize = 3;

/// Calls a function with terms whose number is a constant.
macro_rules! with_count {
    ($terms:expr, $call:ident($($argument:expr),*)) => {
        with_count!(1 2 3 4 5 6 7 8 9 10 11 12; $terms, $call($($argument),*))
    };
    ($($count:literal)*; $terms:expr, $call:ident $arguments:tt) => {
        match $terms.len() {
            $($count => if let Some(terms) = $terms.first_chunk::<$count>() { with_count!(@ $call, terms, $arguments) },)*
            _ => {}
        }
    };
    (@ $call:ident, $terms:ident, ($($argument:expr),*)) => { $call($terms, $($argument),*) };
}

/// Writes the sums of rows at rest, of 1 to [`FEW`] terms each, and goes on metering them.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_rest<V: Vector>(
    rows: &[SparseRow],
    terms: &[Term],
    signals: Signals<'_>,
    out: &mut MixTiles<'_>,
) {
    for row in rows {
        let terms = &terms[row.from as usize..][..row.count as usize];
        let mut lanes = out.lanes(row.mix);
        // SAFETY: the caller's contract.
        unsafe {
            let (mix, mut meter) = (out.mix(row.mix), Meter::<V>::load(&lanes));
            with_count!(terms, add_tiles(mix, signals, Rest, &mut meter));
            meter.store(&mut lanes);
        }
        out.note(row.mix, lanes);
    }
}

/// The same of rows whose gains are on lines that began together, or at rest.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_lines<V: Vector>(
    rows: &[SparseRow],
    terms: &[Term],
    signals: Signals<'_>,
    remaining: &Remaining,
    out: &mut MixTiles<'_>,
) {
    let at = out.span.start * Tile::SAMPLES;
    for row in rows {
        let terms = &terms[row.from as usize..][..row.count as usize];
        let mut lanes = out.lanes(row.mix);
        // SAFETY: the caller's contract.
        unsafe {
            let (mix, mut meter) = (out.mix(row.mix), Meter::<V>::load(&lanes));
            with_count!(terms, add_tiles(mix, signals, OnLine(&remaining.after(row.over)[at..]), &mut meter));
            meter.store(&mut lanes);
        }
        out.note(row.mix, lanes);
    }
}

/// Writes `sum(open) + curve * sum(ducked)` of terms at rest, and goes on metering it. Ducked terms are 1 to [`FEW`],
/// open ones at most [`FEW_OPEN`].
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_curved<V: Vector>(
    out: &mut [Tile],
    signals: Signals<'_>,
    open: &[Term],
    ducked: &[Term],
    curve: &[f32],
    lanes: &mut Lanes,
) {
    let (opens, tiles) = (open.len(), out.len());
    let mut terms: [(&[Tile], f32); FEW_OPEN] = [(&[], 0.0); FEW_OPEN];
    // Open terms that are not there are silent.
    let silence = ducked.first().map_or(0, |term| term.signal);
    let open = |n: usize| open.get(n).map_or((silence, 0.0), |term| (term.signal, term.gain));
    for (n, term) in terms.iter_mut().enumerate() {
        let (signal, gain) = open(n);
        *term = (signals.signal(signal, tiles), gain);
    }
    let [first, second, ..] = terms;
    // SAFETY: the caller's contract.
    unsafe {
        let mut meter = Meter::<V>::load(lanes);
        match opens {
            0..=1 => with_count!(ducked, add_tiles(out, signals, Curved { open: [first], curve }, &mut meter)),
            2 => with_count!(ducked, add_tiles(out, signals, Curved { open: [first, second], curve }, &mut meter)),
            _ => with_count!(ducked, add_tiles(out, signals, Curved { open: terms, curve }, &mut meter)),
        }
        meter.store(lanes);
    }
}

/// How the gains of a short row are, and what is done with its sum.
trait Gains<V: Vector>: Copy {
    /// The gain of a term, at vector `at` of a tile.
    ///
    /// # Safety
    /// As for [`Vector`].
    unsafe fn gain(self, term: &Term, n: usize, at: usize) -> V;

    /// What becomes of the sum there.
    ///
    /// # Safety
    /// As for [`Vector`].
    #[inline(always)]
    unsafe fn finish(self, sum: V, _n: usize, _at: usize) -> V {
        sum
    }
}

/// Gains at rest.
#[derive(Clone, Copy)]
struct Rest;

impl<V: Vector> Gains<V> for Rest {
    #[inline(always)]
    unsafe fn gain(self, term: &Term, _: usize, _: usize) -> V {
        // SAFETY: the caller's contract.
        unsafe { V::splat(term.gain) }
    }
}

/// Gains on lines, with what remains of their moves from the first tile on.
#[derive(Clone, Copy)]
struct OnLine<'a>(&'a [f32]);

impl<V: Vector> Gains<V> for OnLine<'_> {
    #[inline(always)]
    unsafe fn gain(self, term: &Term, n: usize, at: usize) -> V {
        let from = n * Tile::SAMPLES + at * V::LANES;
        // SAFETY: the caller's contract.
        unsafe { V::load(&self.0[from..from + V::LANES]).mul_add(V::splat(term.delta), V::splat(term.gain)) }
    }
}

/// Gains at rest, of a sum that is multiplied by a curve before the open terms are added.
#[derive(Clone, Copy)]
struct Curved<'a, const M: usize> {
    /// The tiles and gains of open terms.
    open: [(&'a [Tile], f32); M],
    curve: &'a [f32],
}

impl<V: Vector, const M: usize> Gains<V> for Curved<'_, M> {
    #[inline(always)]
    unsafe fn gain(self, term: &Term, _: usize, _: usize) -> V {
        // SAFETY: the caller's contract.
        unsafe { V::splat(term.gain) }
    }

    #[inline(always)]
    unsafe fn finish(self, sum: V, n: usize, at: usize) -> V {
        let from = n * Tile::SAMPLES + at * V::LANES;
        // SAFETY: the caller's contract.
        unsafe {
            let mut mix = V::splat(0.0);
            for term in 0..M {
                let (tiles, gain) = self.open[term];
                mix = V::load(&tiles[n].0[at * V::LANES..(at + 1) * V::LANES]).mul_add(V::splat(gain), mix);
            }
            sum.mul_add(V::load(&self.curve[from..from + V::LANES]), mix)
        }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_tiles<V: Vector, G: Gains<V>, const N: usize>(
    terms: &[Term; N],
    out: &mut [Tile],
    signals: Signals<'_>,
    gains: G,
    meter: &mut Meter<V>,
) {
    let count = out.len();
    let mut sources: [&[Tile]; N] = [&[]; N];
    for n in 0..N {
        sources[n] = &signals.signal(terms[n].signal, count)[..count];
    }
    for (n, out) in out.iter_mut().enumerate() {
        let mut tiles = [&Tile::SILENCE; N];
        for term in 0..N {
            tiles[term] = &sources[term][n];
        }
        for (at, out) in out.0.chunks_exact_mut(V::LANES).enumerate() {
            // SAFETY: the caller's contract. No closures: they would be compiled without the instruction set.
            unsafe {
                let range = at * V::LANES..(at + 1) * V::LANES;
                let mut sum = V::load(&tiles[0].0[range.clone()]).mul(gains.gain(&terms[0], n, at));
                for term in 1..N {
                    sum = V::load(&tiles[term].0[range.clone()]).mul_add(gains.gain(&terms[term], n, at), sum);
                }
                let mix = gains.finish(sum, n, at);
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
pub(super) unsafe fn load_side<V: Vector>(samples: &[f32], at: usize) -> [V; SIDE] {
    let samples = &samples[at..at + SIDE * V::LANES];
    // SAFETY: the caller's contract. No closure: it would be compiled without the instruction set.
    unsafe {
        [V::load(&samples[..V::LANES]), V::load(&samples[V::LANES..2 * V::LANES]), V::load(&samples[2 * V::LANES..])]
    }
}
