//! Rows of a few signals at gains that rest: most rows of a room in which few speak, and of one in which most are heard alike. What they are the sum of is one chain, as in
//! [`row`](super::row), and their gains stay in registers.

use std::ops::Range;

use super::{Lanes, Measured, Signals, Tile, Weight, measure::Meter, prefetch, row::STEADY_CHAIN, vector::Vector};

/// The most signals of such a row.
pub(crate) const FEW: usize = 2 * STEADY_CHAIN;

/// The most signals beside them that the envelope of the row leaves alone.
pub(crate) const FEW_OPEN: usize = STEADY_CHAIN;

/// One such row: the number of its mix, and where its terms are among those of all.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct FewRow {
    pub number: u32,
    pub from: u32,
    pub count: u32,
}

/// Where the rows go: the tiles of some panels of each mix, and its measure.
#[derive(Debug)]
pub(crate) struct Outs<'a> {
    pub mixes: &'a mut [Tile],
    /// Tiles from one mix to the next.
    pub stride: usize,
    pub panels: Range<usize>,
    pub lanes: &'a mut [Lanes],
}

/// Does something with terms whose number is a constant.
macro_rules! of_so_many {
    ($terms:expr, $do:ident($($argument:expr),*)) => {
        of_so_many!(1 2 3 4 5 6 7 8 9 10 11 12; $terms, $do($($argument),*))
    };
    ($($count:literal)*; $terms:expr, $do:ident $arguments:tt) => {
        match $terms.len() {
            $($count => if let Some(terms) = $terms.first_chunk::<$count>() { of_so_many!(@ $do, terms, $arguments) },)*
            _ => {}
        }
    };
    (@ $do:ident, $terms:ident, ($($argument:expr),*)) => { $do($terms, $($argument),*) };
}

/// Writes the sums of some rows over a whole tick of so many panels, and measures each.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_few_whole<V: Vector>(
    rows: &[FewRow],
    weights: &[Weight],
    signals: Signals<'_>,
    panels: usize,
    mixes: &mut [Tile],
    measured: &mut [Measured],
) {
    for (row, measured) in rows.iter().zip(measured) {
        let terms = &weights[row.from as usize..][..row.count as usize];
        let out = &mut mixes[row.number as usize * panels..][..panels];
        let mut lanes = Lanes::NOTHING;
        // SAFETY: the caller's contract.
        unsafe {
            let mut meter = Meter::<V>::load(&lanes);
            of_so_many!(terms, add_tiles(out, signals, &mut meter));
            meter.store(&mut lanes);
        }
        *measured = lanes.measured();
    }
}

/// Writes the sums of some rows over some panels, and goes on measuring them.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_few<V: Vector>(
    rows: &[FewRow],
    weights: &[Weight],
    signals: Signals<'_>,
    outs: &mut Outs<'_>,
) {
    for row in rows {
        let number = row.number as usize;
        let terms = &weights[row.from as usize..][..row.count as usize];
        let mix = &mut outs.mixes[number * outs.stride..][..outs.stride];
        // For the next panels.
        prefetch(&mix[outs.panels.end..]);
        let out = &mut mix[outs.panels.clone()];
        // SAFETY: the caller's contract.
        unsafe {
            let lanes = &mut outs.lanes[number];
            let mut meter = Meter::<V>::load(lanes);
            of_so_many!(terms, add_tiles(out, signals, &mut meter));
            meter.store(lanes);
        }
    }
}

/// Writes the sum of some signals and, multiplied by the envelope, of some others over some panels, and goes on measuring it. Of more than [`FEW_OPEN`] and [`FEW`] it makes
/// nothing.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_few_ducked<V: Vector>(
    out: &mut [Tile],
    signals: Signals<'_>,
    [open, ducked]: [&[Weight]; 2],
    envelope: &[f32],
    lanes: &mut Lanes,
) {
    // Those that are not there have the gain 0.
    let mut terms = [Weight { signal: ducked.first().map_or(0, |weight| weight.signal), gain: 0.0 }; FEW_OPEN];
    terms.iter_mut().zip(open).for_each(|(term, open)| *term = *open);
    let [one, two, ..] = terms;
    // SAFETY: the caller's contract.
    unsafe {
        let mut meter = Meter::<V>::load(lanes);
        match open.len() {
            0..=1 => of_so_many!(ducked, duck_tiles(out, signals, [one], envelope, &mut meter)),
            2 => of_so_many!(ducked, duck_tiles(out, signals, [one, two], envelope, &mut meter)),
            3..=FEW_OPEN => of_so_many!(ducked, duck_tiles(out, signals, terms, envelope, &mut meter)),
            _ => {}
        }
        meter.store(lanes);
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn duck_tiles<V: Vector, const N: usize, const M: usize>(
    ducked: &[Weight; N],
    out: &mut [Tile],
    signals: Signals<'_>,
    open: [Weight; M],
    envelope: &[f32],
    meter: &mut Meter<V>,
) {
    let panels = out.len();
    let (mut sources, mut others): ([&[Tile]; N], [&[Tile]; M]) = ([&[]; N], [&[]; M]);
    for n in 0..N {
        sources[n] = &signals.signal(ducked[n].signal, panels)[..panels];
    }
    for n in 0..M {
        others[n] = &signals.signal(open[n].signal, panels)[..panels];
    }
    for ((panel, out), envelope) in out.iter_mut().enumerate().zip(envelope.as_chunks::<{ Tile::SAMPLES }>().0) {
        let mut tiles = [&Tile::SILENCE; N];
        for n in 0..N {
            tiles[n] = &sources[n][panel];
        }
        let mut beside = [&Tile::SILENCE; M];
        for n in 0..M {
            beside[n] = &others[n][panel];
        }
        for at in 0..Tile::SAMPLES / V::LANES {
            let range = at * V::LANES..(at + 1) * V::LANES;
            // SAFETY: the caller's contract.
            unsafe {
                let open = add_up::<V, M>(&open, beside, at);
                let mix = add_up::<V, N>(ducked, tiles, at).mul_add(V::load(&envelope[range.clone()]), open);
                mix.store(&mut out.0[range]);
                meter.see(mix);
            }
        }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_tiles<V: Vector, const N: usize>(
    terms: &[Weight; N],
    out: &mut [Tile],
    signals: Signals<'_>,
    meter: &mut Meter<V>,
) {
    if let [out] = out {
        let mut tiles = [&Tile::SILENCE; N];
        for n in 0..N {
            tiles[n] = signals.get(terms[n].signal);
        }
        // SAFETY: the caller's contract.
        return unsafe { add_tile(terms, tiles, out, meter) };
    }
    let panels = out.len();
    let mut sources: [&[Tile]; N] = [&[]; N];
    for n in 0..N {
        sources[n] = &signals.signal(terms[n].signal, panels)[..panels];
    }
    for panel in 0..panels {
        let mut tiles = [&Tile::SILENCE; N];
        for n in 0..N {
            tiles[n] = &sources[n][panel];
        }
        // SAFETY: the caller's contract.
        unsafe { add_tile(terms, tiles, &mut out[panel], meter) }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_tile<V: Vector, const N: usize>(
    terms: &[Weight; N],
    tiles: [&Tile; N],
    out: &mut Tile,
    meter: &mut Meter<V>,
) {
    for (at, out) in out.0.chunks_exact_mut(V::LANES).enumerate() {
        // SAFETY: the caller's contract.
        unsafe {
            let mix = add_up::<V, N>(terms, tiles, at);
            mix.store(out);
            meter.see(mix);
        }
    }
}

/// The sum of the vectors at a place.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_up<V: Vector, const N: usize>(terms: &[Weight; N], tiles: [&Tile; N], at: usize) -> V {
    // SAFETY: the caller's contract. No closures: they would be compiled without the instruction set.
    unsafe {
        let mut chains = [V::splat(0.0); 2];
        for n in 0..N {
            let chain = &mut chains[n / STEADY_CHAIN];
            *chain = V::load(&tiles[n].0[at * V::LANES..(at + 1) * V::LANES]).mul_add(V::splat(terms[n].gain), *chain);
        }
        if N > STEADY_CHAIN { chains[0].add(chains[1]) } else { chains[0] }
    }
}
