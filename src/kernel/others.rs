//! Sums that leave one of four out: of the signals of a quad, for its rows; and of quads themselves, for what each of them hears from without.

use super::{Lanes, Measured, Running, Stack, Tile, measure::Meter, vector::Vector};

/// Signals that are added up together, and rows that are made together: with what is outside, and their measures, as many as registers hold.
pub(crate) const QUAD: usize = 4;

/// A row that hears everybody but one: how loud, and where it goes.
#[derive(Debug)]
pub(crate) struct Other<'a> {
    pub gain: f32,
    pub out: &'a mut [Tile],
    pub measured: &'a mut Measured,
}

/// Up to four signals; nothing where there are fewer.
#[inline(always)]
fn find<'a>(frames: Stack<'a>, signals: &[u32], panels: usize) -> [&'a [Tile]; QUAD] {
    let mut found: [&[Tile]; QUAD] = [&[]; QUAD];
    for (found, signal) in found.iter_mut().zip(signals) {
        *found = frames.signal(*signal, panels);
    }
    found
}

/// Their tiles in a panel, and silence where there is nothing.
#[inline(always)]
fn tiles(found: [&[Tile]; QUAD], panel: usize) -> [&Tile; QUAD] {
    let mut tiles = [&Tile::SILENCE; QUAD];
    for n in 0..QUAD {
        tiles[n] = found[n].get(panel).unwrap_or(&Tile::SILENCE);
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

/// For each of the four, the sum of the other three and of what is outside. Nothing is subtracted: a sum has no trace of the one that it leaves out.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn all_but_one<V: Vector>(x: [V; QUAD], outside: V) -> [V; QUAD] {
    // SAFETY: the caller's contract.
    unsafe {
        let (first, second) = (x[0].add(x[1]).add(outside), x[2].add(x[3]).add(outside));
        [x[1].add(second), x[0].add(second), x[3].add(first), x[2].add(first)]
    }
}

/// The same where what is outside comes last: two additions more, and what is outside is rounded once, not twice, on each level of the way down.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn all_but_one_inside_first<V: Vector>(x: [V; QUAD], outside: V) -> [V; QUAD] {
    // SAFETY: the caller's contract.
    unsafe {
        let (first, second) = (x[0].add(x[1]), x[2].add(x[3]));
        let inside = [x[1].add(second), x[0].add(second), x[3].add(first), x[2].add(first)];
        let mut sums = inside;
        for (sum, inside) in sums.iter_mut().zip(inside) {
            *sum = inside.add(outside);
        }
        sums
    }
}

/// Writes the sum of up to four signals over a whole tick.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn sum_up<V: Vector>(frames: Stack<'_>, signals: &[u32], sums: &mut [Tile]) {
    let found = find(frames, signals, sums.len());
    for (panel, sum) in sums.iter_mut().enumerate() {
        let tiles = tiles(found, panel);
        for from in (0..Tile::SAMPLES).step_by(V::LANES) {
            // SAFETY: the caller's contract.
            unsafe {
                let [a, b, c, d] = load::<V>(&tiles, from);
                a.add(b).add(c.add(d)).store(&mut sum.0[from..from + V::LANES]);
            }
        }
    }
}

/// Writes what all running sums were, and adds a sum to them.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn run_on<V: Vector>(sums: &[Tile], running: &mut [Running], before: &mut [Running]) {
    for ((sum, running), before) in sums.iter().zip(running).zip(before) {
        *before = *running;
        for (sum, running) in sum.0.chunks_exact(V::LANES).zip(running.0.chunks_exact_mut(V::LANES)) {
            // SAFETY: the caller's contract.
            unsafe { V::load(sum).add_to(running) }
        }
    }
}

/// The same backwards: adds a sum to the running ones, and writes in its place what they and those from before came to without it, rounded once.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn run_back<V: Vector>(sums: &mut [Tile], running: &mut [Running], before: &[Running]) {
    for ((sum, running), before) in sums.iter_mut().zip(running).zip(before) {
        let mut outside = *before;
        outside.0.iter_mut().zip(&running.0).for_each(|(outside, after)| *outside += after);
        let vectors = sum.0.chunks_exact_mut(V::LANES).zip(outside.0.chunks_exact(V::LANES));
        for ((sum, outside), running) in vectors.zip(running.0.chunks_exact_mut(V::LANES)) {
            // SAFETY: the caller's contract.
            unsafe {
                V::load(sum).add_to(running);
                V::from_sums(outside).store(sum);
            }
        }
    }
}

/// Writes, for each of up to four signals, the sum of the others and of what is outside over a whole tick; `out` has room for four.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn leave_out<V: Vector>(frames: Stack<'_>, signals: &[u32], outside: &[Tile], out: &mut [Tile]) {
    let panels = outside.len();
    let found = find(frames, signals, panels);
    for (panel, outside) in outside.iter().enumerate() {
        let tiles = tiles(found, panel);
        for from in (0..Tile::SAMPLES).step_by(V::LANES) {
            let range = from..from + V::LANES;
            // SAFETY: the caller's contract.
            unsafe {
                let sums = all_but_one_inside_first(load::<V>(&tiles, from), V::load(&outside.0[range.clone()]));
                for n in 0..QUAD {
                    sums[n].store(&mut out[n * panels + panel].0[range.clone()]);
                }
            }
        }
    }
}

/// Writes, for each row of a quad, its gain times the sum of all sources but its own over a whole tick, and measures it. `outside` is the sum of all that are not in
/// the quad.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn add_others<V: Vector>(
    rows: &mut [Option<Other<'_>>; QUAD],
    frames: Stack<'_>,
    sources: &[u32],
    outside: &[Tile],
) {
    // SAFETY: the caller's contract.
    unsafe {
        match rows {
            [Some(a), Some(b), Some(c), Some(d)] if [&*a, b, c, d].iter().all(|row| row.gain == 1.0) => {
                add_four::<V>([a, b, c, d], frames, sources, outside);
            }
            rows => {
                for (n, row) in rows.iter_mut().enumerate() {
                    if let Some(row) = row {
                        add_one::<V>(row, frames, sources, n, outside);
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
unsafe fn add_four<V: Vector>(rows: [&mut Other<'_>; QUAD], frames: Stack<'_>, sources: &[u32], outside: &[Tile]) {
    let [a, b, c, d] = rows;
    let found = find(frames, sources, outside.len());
    let outs = a.out.iter_mut().zip(&mut *b.out).zip(c.out.iter_mut().zip(&mut *d.out));
    // SAFETY: the caller's contract.
    unsafe {
        let mut meters = [Meter::<V>::load(&Lanes::NOTHING); QUAD];
        for (panel, (((a, b), (c, d)), outside)) in outs.zip(outside).enumerate() {
            let (tiles, outs) = (tiles(found, panel), [a, b, c, d]);
            for from in (0..Tile::SAMPLES).step_by(V::LANES) {
                let range = from..from + V::LANES;
                let sums = all_but_one(load::<V>(&tiles, from), V::load(&outside.0[range.clone()]));
                for n in 0..QUAD {
                    meters[n].see(sums[n]);
                    sums[n].store(&mut outs[n].0[range.clone()]);
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
unsafe fn add_one<V: Vector>(row: &mut Other<'_>, frames: Stack<'_>, sources: &[u32], n: usize, outside: &[Tile]) {
    let found = find(frames, sources, outside.len());
    // SAFETY: the caller's contract.
    unsafe {
        let (gain, mut meter) = (V::splat(row.gain), Meter::<V>::load(&Lanes::NOTHING));
        for (panel, (out, outside)) in row.out.iter_mut().zip(outside).enumerate() {
            let tiles = tiles(found, panel);
            for from in (0..Tile::SAMPLES).step_by(V::LANES) {
                let range = from..from + V::LANES;
                let x = load::<V>(&tiles, from);
                let pair = x[n ^ 2].add(x[n ^ 3]);
                let sum = x[n ^ 1].add(pair.add(V::load(&outside.0[range.clone()]))).mul(gain);
                meter.see(sum);
                sum.store(&mut out.0[range]);
            }
        }
        *row.measured = meter.measured();
    }
}
