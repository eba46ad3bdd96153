//! The product of dense rows of gains with many signals: the matrix product of a room in which everybody hears everybody differently.

use super::{
    Lanes, Running, Tile,
    depth::{CHAIN, Depth, PLACES},
    measure::Meter,
    row::side_by_side,
    vector::Vector,
};

/// Rows that are made together, so that a signal is loaded once for all of them.
pub(crate) const ROWS: usize = 4;
/// Vectors of each row that are made together; with the rows, as many sums as registers hold twice, beside the signals.
const SIDE: usize = 3;

type Sums<V> = [[V; SIDE]; ROWS];

/// Where blocks wait for those that they are added to. What is there before and after does not matter; but the last place is always silent, for the first
/// of two blocks to be added to.
#[derive(Debug)]
pub(crate) struct Waiting([[Tile; ROWS]; PLACES + 1]);

impl Waiting {
    pub const NOTHING: Self = Self([[Tile::SILENCE; ROWS]; PLACES + 1]);
}

/// One row of a product: its gains, and where its sums and their measure go.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub gains: &'a [f32],
    pub out: &'a mut [Tile],
    pub lanes: &'a mut Lanes,
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
    let chains = depth.chains_at_once(signals.len());
    for rows in rows.as_chunks_mut::<ROWS>().0 {
        let Some(first) = rows[0].as_ref().map(|row| row.gains) else { return };
        // Rows that are not there are made like the first one, and not written.
        let gains = rows.each_ref().map(|row| row.as_ref().map_or(first, |row| row.gains));
        for from in (0..Tile::SAMPLES).step_by(SIDE * V::LANES) {
            // SAFETY: the caller's contract. No closure: it would be compiled without the instruction set.
            unsafe {
                let sums = add_all::<V>(from, signals, gains, chains, waiting);
                for (sums, row) in sums.into_iter().zip(&mut *rows) {
                    let Some(row) = row else { continue };
                    for (sum, out) in sums.into_iter().zip(row.out[place].0[from..].chunks_exact_mut(V::LANES)) {
                        sum.store(out);
                    }
                    if depth == Depth::Whole {
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
    for from in (0..Tile::SAMPLES).step_by(SIDE * V::LANES) {
        // SAFETY: the caller's contract.
        unsafe {
            let part = add_all::<V>(from, signals, gains, depth.chains(), waiting);
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

/// The sums over all signals, in blocks of so many chains.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_all<V: Vector>(
    from: usize,
    signals: &[&Tile],
    [a, b, c, d]: [&[f32]; ROWS],
    chains: usize,
    waiting: &mut Waiting,
) -> Sums<V> {
    let count = signals.len();
    let (whole, rest) = signals.as_chunks::<CHAIN>();
    let ((a, rest_a), (b, rest_b)) = (a[..count].as_chunks::<CHAIN>(), b[..count].as_chunks::<CHAIN>());
    let ((c, rest_c), (d, rest_d)) = (c[..count].as_chunks::<CHAIN>(), d[..count].as_chunks::<CHAIN>());
    // SAFETY: the caller's contract.
    unsafe {
        let mut sums = [[V::splat(0.0); SIDE]; ROWS];
        let (mut room, mut blocks) = (chains, 0);
        for ((((signals, a), b), c), d) in whole.iter().zip(a).zip(b).zip(c).zip(d) {
            let gains = [a, b, c, d];
            if room > 0 {
                add_sums(&mut sums, &add_chain(from, signals, gains));
                room -= 1;
            } else {
                sums = add_chain_and_wait(from, signals, gains, &sums, waiting, blocks);
                (room, blocks) = (chains - 1, blocks + 1);
            }
        }
        if !rest.is_empty() {
            let mut chain = [[V::splat(0.0); SIDE]; ROWS];
            for ((((signal, a), b), c), d) in rest.iter().zip(rest_a).zip(rest_b).zip(rest_c).zip(rest_d) {
                add_product(&mut chain, from, signal, [*a, *b, *c, *d]);
            }
            add_sums(&mut sums, &chain);
        }
        if blocks > 0 {
            add_places(&mut sums, from, waiting, blocks.div_ceil(2));
        }
        sums
    }
}

/// The sums of a chain.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_chain<V: Vector>(from: usize, signals: &[&Tile; CHAIN], [a, b, c, d]: [&[f32; CHAIN]; ROWS]) -> Sums<V> {
    // SAFETY: the caller's contract.
    unsafe {
        let mut sums = [[V::splat(0.0); SIDE]; ROWS];
        for ((((signal, a), b), c), d) in signals.iter().zip(a).zip(b).zip(c).zip(d) {
            add_product(&mut sums, from, signal, [*a, *b, *c, *d]);
        }
        sums
    }
}

/// The same; and has the sums of a block wait, after so many others. That is spread over the chain: done at once, it would keep what multiplies waiting.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_chain_and_wait<V: Vector>(
    from: usize,
    signals: &[&Tile; CHAIN],
    [a, b, c, d]: [&[f32; CHAIN]; ROWS],
    block: &Sums<V>,
    waiting: &mut Waiting,
    others: usize,
) -> Sums<V> {
    let place = others / 2;
    let before = if others.is_multiple_of(2) { PLACES } else { place };
    assert!(place < PLACES, "as many as there are places for");
    // SAFETY: the caller's contract.
    unsafe {
        let mut sums = [[V::splat(0.0); SIDE]; ROWS];
        let products = signals.iter().zip(a).zip(b).zip(c).zip(d).zip(block).enumerate();
        for (row, (((((signal, a), b), c), d), block)) in products {
            add_product(&mut sums, from, signal, [*a, *b, *c, *d]);
            let before = side_by_side::<V>(&waiting.0[before][row].0, from);
            let place = waiting.0[place][row].0[from..].chunks_exact_mut(V::LANES);
            for ((block, before), place) in block.iter().zip(before).zip(place) {
                block.add(before).store(place);
            }
        }
        sums
    }
}

/// Adds one signal at its gains.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_product<V: Vector>(sums: &mut Sums<V>, from: usize, signal: &Tile, gains: [f32; ROWS]) {
    // SAFETY: the caller's contract.
    unsafe {
        let signal = side_by_side::<V>(&signal.0, from);
        for (sums, gain) in sums.iter_mut().zip(gains) {
            let gain = V::splat(gain);
            for (sum, signal) in sums.iter_mut().zip(signal) {
                *sum = signal.mul_add(gain, *sum);
            }
        }
    }
}

/// Adds what waits at the first places: of eight the last ones one by one, then two, then four. The last block is not one of two: it may pass through one more.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_places<V: Vector>(sums: &mut Sums<V>, from: usize, waiting: &Waiting, places: usize) {
    let [a, b, c, d, e, f, last @ .., silent] = &waiting.0;
    // SAFETY: the caller's contract.
    unsafe {
        for place in last[..places.saturating_sub(6)].iter().rev() {
            add_two(sums, from, place, silent);
        }
        if places > 4 {
            add_two(sums, from, e, if places > 5 { f } else { silent });
        }
        if places > 2 {
            add_four(sums, from, [a, b, c, if places > 3 { d } else { silent }]);
        } else {
            add_two(sums, from, a, if places > 1 { b } else { silent });
        }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_two<V: Vector>(sums: &mut Sums<V>, from: usize, a: &[Tile; ROWS], b: &[Tile; ROWS]) {
    for ((sums, a), b) in sums.iter_mut().zip(a).zip(b) {
        // SAFETY: the caller's contract.
        unsafe {
            let mut two = side_by_side(&a.0, from);
            add(&mut two, &side_by_side(&b.0, from));
            add(sums, &two);
        }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_four<V: Vector>(sums: &mut Sums<V>, from: usize, [a, b, c, d]: [&[Tile; ROWS]; 4]) {
    for ((((sums, a), b), c), d) in sums.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        // SAFETY: the caller's contract.
        unsafe {
            let (mut four, mut two) = (side_by_side(&a.0, from), side_by_side(&c.0, from));
            add(&mut four, &side_by_side(&b.0, from));
            add(&mut two, &side_by_side(&d.0, from));
            add(&mut four, &two);
            add(sums, &four);
        }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_sums<V: Vector>(sums: &mut Sums<V>, more: &Sums<V>) {
    for (sums, more) in sums.iter_mut().zip(more) {
        // SAFETY: the caller's contract.
        unsafe { add(sums, more) }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add<V: Vector>(sums: &mut [V; SIDE], more: &[V; SIDE]) {
    for (sum, more) in sums.iter_mut().zip(more) {
        // SAFETY: the caller's contract.
        unsafe { *sum = sum.add(*more) }
    }
}
