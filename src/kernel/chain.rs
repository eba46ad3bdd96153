//! How the sums of a product are made: chains of products, blocks of chains, and places where blocks wait; see [`depth`](super::depth).

use super::{
    Tile,
    depth::{CHAIN, PLACES},
    product::Weigh,
    row::side_by_side,
    vector::Vector,
};

/// Rows that are made together, so that a signal is loaded once for all of them.
pub(crate) const ROWS: usize = 4;
/// Vectors of each row that are made together; with the rows, as many sums as registers hold twice, beside the signals.
pub(super) const SIDE: usize = 3;

pub(super) type Sums<V> = [[V; SIDE]; ROWS];

/// Where blocks wait for those that they are added to. What is there before and after does not matter; but the last place is always silent, for the first
/// of two blocks to be added to.
#[derive(Debug)]
pub(crate) struct Waiting([[Tile; ROWS]; PLACES + 1]);

impl Waiting {
    pub const NOTHING: Self = Self([[Tile::SILENCE; ROWS]; PLACES + 1]);
}

/// The sums over all signals, in blocks of so many chains.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_all<V: Vector, W: Weigh<V>>(
    weigh: W,
    from: usize,
    signals: &[&Tile],
    [a, b, c, d]: [&[W::Gain]; ROWS],
    chains: usize,
    waiting: &mut Waiting,
) -> Sums<V> {
    let count = signals.len();
    let (whole, rest) = signals.as_chunks::<CHAIN>();
    let ((a, rest_a), (b, rest_b)) = (a[..count].as_chunks::<CHAIN>(), b[..count].as_chunks::<CHAIN>());
    let ((c, rest_c), (d, rest_d)) = (c[..count].as_chunks::<CHAIN>(), d[..count].as_chunks::<CHAIN>());
    // SAFETY: the caller's contract.
    unsafe {
        let here = weigh.here(from);
        let mut sums = [[V::splat(0.0); SIDE]; ROWS];
        let (mut room, mut blocks) = (chains, 0);
        for ((((signals, a), b), c), d) in whole.iter().zip(a).zip(b).zip(c).zip(d) {
            let gains = [a, b, c, d];
            if room > 0 {
                add_sums(&mut sums, &add_chain::<V, W>(here, from, signals, gains));
                room -= 1;
            } else {
                sums = add_chain_and_wait::<V, W>(here, from, signals, gains, &sums, waiting, blocks);
                (room, blocks) = (chains - 1, blocks + 1);
            }
        }
        if !rest.is_empty() {
            let mut chain = [[V::splat(0.0); SIDE]; ROWS];
            for ((((signal, a), b), c), d) in rest.iter().zip(rest_a).zip(rest_b).zip(rest_c).zip(rest_d) {
                add_product::<V, W>(&mut chain, here, from, signal, [a, b, c, d]);
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
unsafe fn add_chain<V: Vector, W: Weigh<V>>(
    here: W::Here,
    from: usize,
    signals: &[&Tile; CHAIN],
    [a, b, c, d]: [&[W::Gain; CHAIN]; ROWS],
) -> Sums<V> {
    // SAFETY: the caller's contract.
    unsafe {
        let mut sums = first_product::<V, W>(here, from, signals[0], [&a[0], &b[0], &c[0], &d[0]]);
        for n in 1..CHAIN {
            add_product::<V, W>(&mut sums, here, from, signals[n], [&a[n], &b[n], &c[n], &d[n]]);
        }
        sums
    }
}

/// The same; and has the sums of a block wait, after so many others. That is spread over the chain: done at once, it would keep what multiplies waiting.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_chain_and_wait<V: Vector, W: Weigh<V>>(
    here: W::Here,
    from: usize,
    signals: &[&Tile; CHAIN],
    [a, b, c, d]: [&[W::Gain; CHAIN]; ROWS],
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
        for n in 0..CHAIN {
            let gains = [&a[n], &b[n], &c[n], &d[n]];
            if n == 0 {
                sums = first_product::<V, W>(here, from, signals[n], gains);
            } else {
                add_product::<V, W>(&mut sums, here, from, signals[n], gains);
            }
            let before = side_by_side::<V>(&waiting.0[before][n].0, from);
            let place = waiting.0[place][n].0[from..].chunks_exact_mut(V::LANES);
            for ((block, before), place) in block[n].iter().zip(before).zip(place) {
                block.add(before).store(place);
            }
        }
        sums
    }
}

/// One signal at its gains.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn first_product<V: Vector, W: Weigh<V>>(
    here: W::Here,
    from: usize,
    signal: &Tile,
    gains: [&W::Gain; ROWS],
) -> Sums<V> {
    // SAFETY: the caller's contract.
    unsafe {
        let signal = side_by_side::<V>(&signal.0, from);
        let mut sums = [signal; ROWS];
        for (sums, gain) in sums.iter_mut().zip(gains) {
            let gains = W::gains(here, gain);
            for (sum, gain) in sums.iter_mut().zip(gains) {
                *sum = sum.mul(gain);
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
unsafe fn add_product<V: Vector, W: Weigh<V>>(
    sums: &mut Sums<V>,
    here: W::Here,
    from: usize,
    signal: &Tile,
    gains: [&W::Gain; ROWS],
) {
    // SAFETY: the caller's contract.
    unsafe {
        let signal = side_by_side::<V>(&signal.0, from);
        for (sums, gain) in sums.iter_mut().zip(gains) {
            let gains = W::gains(here, gain);
            for ((sum, signal), gain) in sums.iter_mut().zip(signal).zip(gains) {
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
