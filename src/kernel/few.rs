//! Rows of a few signals at gains that rest: most rows of a room in which few speak, and of one in which most are heard alike. What they are the sum of is one chain, as in
//! [`row`](super::row), and their gains stay in registers.

use super::{Lanes, Signals, Stack, Tile, Weight, measure::Meter, prefetch, row::STEADY_CHAIN, vector::Vector};

/// The most signals of such a row.
pub(crate) const FEW: usize = STEADY_CHAIN;

/// One such row: the number of its mix, and where its terms are among those of all.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct FewRow {
    pub number: usize,
    pub from: usize,
    pub count: usize,
}

/// Where the rows go: the tile of a panel of each mix, and its measure.
#[derive(Debug)]
pub(crate) struct Outs<'a> {
    pub mixes: &'a mut [Tile],
    /// Tiles from one mix to the next.
    pub panels: usize,
    pub panel: usize,
    pub lanes: &'a mut [Lanes],
}

/// Does something with terms whose number is a constant.
macro_rules! of_so_many {
    ($terms:expr, $do:ident($($argument:expr),*)) => {
        of_so_many!(1 2 3 4 5 6 7 8; $terms, $do($($argument),*))
    };
    ($($count:literal)*; $terms:expr, $do:ident $arguments:tt) => {
        match $terms.len() {
            $($count => if let Some(terms) = $terms.first_chunk::<$count>() { of_so_many!(@ $do, terms, $arguments) },)*
            _ => {}
        }
    };
    (@ $do:ident, $terms:ident, ($($argument:expr),*)) => { $do($terms, $($argument),*) };
}

/// Writes the sum of a row over a whole tick, and measures it, if it is of a few signals. Whether it is.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add<V: Vector>(out: &mut [Tile], frames: Stack<'_>, terms: &[Weight], meter: &mut Meter<V>) -> bool {
    // SAFETY: the caller's contract.
    unsafe { of_so_many!(terms, add_tick(out, frames, meter)) }
    (1..=FEW).contains(&terms.len())
}

/// Writes the sums of some rows over one panel, and goes on measuring them.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_few<V: Vector>(rows: &[FewRow], weights: &[Weight], signals: Signals<'_>, outs: &mut Outs<'_>) {
    for row in rows {
        let terms = &weights[row.from..row.from + row.count];
        let mix = &mut outs.mixes[row.number * outs.panels + outs.panel..];
        let (out, after) = mix.split_at_mut(1);
        // For the next panel.
        prefetch(after);
        // SAFETY: the caller's contract.
        unsafe {
            let lanes = &mut outs.lanes[row.number];
            let mut meter = Meter::<V>::load(lanes);
            of_so_many!(terms, add_tile(&mut out[0], signals, &mut meter));
            meter.store(lanes);
        }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_tick<V: Vector, const N: usize>(
    terms: &[Weight; N],
    out: &mut [Tile],
    frames: Stack<'_>,
    meter: &mut Meter<V>,
) {
    let signals = terms.map(|term| frames.signal(term.signal, out.len()));
    for (panel, out) in out.iter_mut().enumerate() {
        // SAFETY: the caller's contract.
        unsafe { add_up(terms, signals.map(|signal| &signal[panel]), out, meter) }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_tile<V: Vector, const N: usize>(
    terms: &[Weight; N],
    out: &mut Tile,
    signals: Signals<'_>,
    meter: &mut Meter<V>,
) {
    // SAFETY: the caller's contract.
    unsafe { add_up(terms, terms.map(|term| signals.get(term.signal)), out, meter) }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_up<V: Vector, const N: usize>(
    terms: &[Weight; N],
    tiles: [&Tile; N],
    out: &mut Tile,
    meter: &mut Meter<V>,
) {
    for (at, out) in out.0.chunks_exact_mut(V::LANES).enumerate() {
        // SAFETY: the caller's contract. No closures: they would be compiled without the instruction set.
        unsafe {
            let mut mix = V::splat(0.0);
            for n in 0..N {
                let signal = V::load(&tiles[n].0[at * V::LANES..(at + 1) * V::LANES]);
                mix = signal.mul_add(V::splat(terms[n].gain), mix);
            }
            mix.store(out);
            meter.see(mix);
        }
    }
}
