//! Everybody but one: rows that hear all sources except one at the same gain, and the sums that they are made of.
//!
//! A *quad* is four signals: sources, or sums of them. The *rest* of a signal or of a quad is the sum of all sources
//! that are not in it.

use super::{
    measure::{Lanes, Measured, Meter},
    shared_sums::RunningSum,
    signals::Tiles,
    tile::Tile,
    vector::Vector,
};

/// Signals that are added up together, and rows that are made together: with their rest and their meters, as many as
/// registers hold.
pub(crate) const QUAD: usize = 4;

/// A row that hears everybody but one: its gain, and where its mix and its measure go.
#[derive(Debug)]
pub(crate) struct AllButOneRow<'a> {
    pub gain: f32,
    pub out: &'a mut [Tile],
    pub measured: &'a mut Measured,
}

/// The tiles of up to four signals; none where there are fewer.
#[inline(always)]
fn find<'a>(tiles: Tiles<'a>, signals: &[u32], count: usize) -> [&'a [Tile]; QUAD] {
    let mut found: [&[Tile]; QUAD] = [&[]; QUAD];
    for (found, signal) in found.iter_mut().zip(signals) {
        *found = tiles.signal(*signal, count);
    }
    found
}

/// The n-th tile of each, and silence where there is none.
#[inline(always)]
fn nth(found: [&[Tile]; QUAD], n: usize) -> [&Tile; QUAD] {
    let mut tiles = [&Tile::SILENCE; QUAD];
    for signal in 0..QUAD {
        tiles[signal] = found[signal].get(n).unwrap_or(&Tile::SILENCE);
    }
    tiles
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn load<V: Vector>(tiles: &[&Tile; QUAD], from: usize) -> [V; QUAD] {
    // SAFETY: the caller's contract. No closure: it would be compiled without the instruction set.
    unsafe {
        let mut x = [V::splat(0.0); QUAD];
        for n in 0..QUAD {
            x[n] = V::load(&tiles[n].0[from..from + V::LANES]);
        }
        x
    }
}

/// For each of four, the sum of the other three and of their rest. Nothing is subtracted: a sum has no trace of the
/// one that it leaves out.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn leave_one_out<V: Vector>(x: [V; QUAD], rest: V) -> [V; QUAD] {
    // SAFETY: the caller's contract.
    unsafe {
        let (first, second) = (x[0].add(x[1]).add(rest), x[2].add(x[3]).add(rest));
        [x[1].add(second), x[0].add(second), x[3].add(first), x[2].add(first)]
    }
}

/// Writes the sum of up to four signals over a whole tick.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_quad<V: Vector>(tiles: Tiles<'_>, signals: &[u32], sum: &mut [Tile]) {
    let found = find(tiles, signals, sum.len());
    for (n, sum) in sum.iter_mut().enumerate() {
        let tiles = nth(found, n);
        for from in (0..Tile::SAMPLES).step_by(V::LANES) {
            // SAFETY: the caller's contract.
            unsafe {
                let [a, b, c, d] = load::<V>(&tiles, from);
                a.add(b).add(c.add(d)).store(&mut sum.0[from..from + V::LANES]);
            }
        }
    }
}

/// Writes what the running sums are, then adds a signal to them.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn run_forward<V: Vector>(signal: &[Tile], running: &mut [RunningSum], before: &mut [RunningSum]) {
    for ((signal, running), before) in signal.iter().zip(running).zip(before) {
        *before = *running;
        for (signal, running) in signal.0.chunks_exact(V::LANES).zip(running.0.chunks_exact_mut(V::LANES)) {
            // SAFETY: the caller's contract.
            unsafe { V::load(signal).add_to(running) }
        }
    }
}

/// On the way back: adds a signal to the running sums of those after it, and writes its rest in its place, which is
/// the sum of those before it and of those after it, rounded once.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn run_backward<V: Vector>(signal: &mut [Tile], running: &mut [RunningSum], before: &[RunningSum]) {
    for ((signal, running), before) in signal.iter_mut().zip(running).zip(before) {
        let mut rest = *before;
        rest.0.iter_mut().zip(&running.0).for_each(|(rest, after)| *rest += after);
        let vectors = signal.0.chunks_exact_mut(V::LANES).zip(rest.0.chunks_exact(V::LANES));
        for ((signal, rest), running) in vectors.zip(running.0.chunks_exact_mut(V::LANES)) {
            // SAFETY: the caller's contract.
            unsafe {
                V::load(signal).add_to(running);
                V::from_sums(rest).store(signal);
            }
        }
    }
}

/// Writes the rest of each of up to four signals over a whole tick, given the rest of all four; `out` has room for
/// four.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_rests<V: Vector>(tiles: Tiles<'_>, signals: &[u32], rest: &[Tile], out: &mut [Tile]) {
    let count = rest.len();
    let found = find(tiles, signals, count);
    for (n, rest) in rest.iter().enumerate() {
        let tiles = nth(found, n);
        for from in (0..Tile::SAMPLES).step_by(V::LANES) {
            let range = from..from + V::LANES;
            // SAFETY: the caller's contract.
            unsafe {
                let rests = leave_one_out(load::<V>(&tiles, from), V::load(&rest.0[range.clone()]));
                for signal in 0..QUAD {
                    rests[signal].store(&mut out[signal * count + n].0[range.clone()]);
                }
            }
        }
    }
}

/// Writes, for each row of a quad, its gain times the sum of all sources but its own over a whole tick, and measures
/// it. `rest` is that of the quad.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_rows<V: Vector>(
    rows: &mut [Option<AllButOneRow<'_>>; QUAD],
    tiles: Tiles<'_>,
    signals: &[u32],
    rest: &[Tile],
) {
    // SAFETY: the caller's contract.
    unsafe {
        match rows {
            [Some(a), Some(b), Some(c), Some(d)] if [&*a, b, c, d].iter().all(|row| row.gain == 1.0) => {
                add_four::<V>([a, b, c, d], tiles, signals, rest);
            }
            rows => {
                for (n, row) in rows.iter_mut().enumerate() {
                    if let Some(row) = row {
                        add_one::<V>(row, tiles, signals, n, rest);
                    }
                }
            }
        }
    }
}

/// All four rows, each at gain 1: the plain conference.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_four<V: Vector>(rows: [&mut AllButOneRow<'_>; QUAD], tiles: Tiles<'_>, signals: &[u32], rest: &[Tile]) {
    let [a, b, c, d] = rows;
    let found = find(tiles, signals, rest.len());
    let outs = a.out.iter_mut().zip(&mut *b.out).zip(c.out.iter_mut().zip(&mut *d.out));
    // SAFETY: the caller's contract.
    unsafe {
        let mut meters = [Meter::<V>::load(&Lanes::NOTHING); QUAD];
        for (n, (((a, b), (c, d)), rest)) in outs.zip(rest).enumerate() {
            let (tiles, outs) = (nth(found, n), [a, b, c, d]);
            for from in (0..Tile::SAMPLES).step_by(V::LANES) {
                let range = from..from + V::LANES;
                let sums = leave_one_out(load::<V>(&tiles, from), V::load(&rest.0[range.clone()]));
                for row in 0..QUAD {
                    meters[row].see(sums[row]);
                    sums[row].store(&mut outs[row].0[range.clone()]);
                }
            }
        }
        for (meter, row) in meters.into_iter().zip([a, b, c, d]) {
            *row.measured = meter.measured();
        }
    }
}

/// One row. At gain 1 its samples are those that it has among four.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn add_one<V: Vector>(row: &mut AllButOneRow<'_>, tiles: Tiles<'_>, signals: &[u32], own: usize, rest: &[Tile]) {
    let found = find(tiles, signals, rest.len());
    // SAFETY: the caller's contract.
    unsafe {
        let (gain, mut meter) = (V::splat(row.gain), Meter::<V>::load(&Lanes::NOTHING));
        for (n, (out, rest)) in row.out.iter_mut().zip(rest).enumerate() {
            let tiles = nth(found, n);
            for from in (0..Tile::SAMPLES).step_by(V::LANES) {
                let range = from..from + V::LANES;
                let x = load::<V>(&tiles, from);
                let pair = x[own ^ 2].add(x[own ^ 3]);
                let sum = x[own ^ 1].add(pair.add(V::load(&rest.0[range.clone()]))).mul(gain);
                meter.see(sum);
                sum.store(&mut out.0[range]);
            }
        }
        *row.measured = meter.measured();
    }
}
