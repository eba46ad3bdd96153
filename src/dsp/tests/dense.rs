//! Products of rows of gains with all signals.

use super::*;

const ROW_COUNTS: [usize; 4] = [1, 2, 4, 7];

/// Makes rows by `multiply`, or by blocks of signals and `multiply_on` where there are more than a block.
fn make<G: Copy>(
    gains: &[Vec<G>],
    signals: &[&Tile],
    multiply: impl Fn(&mut [Option<DenseRow<'_, G>>]),
    multiply_on: impl Fn(&mut [RunningSum; ROWS], [&[G]; ROWS], &[&Tile]),
    kernel: Kernel,
) -> ([Tile; 2 * ROWS], [Lanes; 2 * ROWS]) {
    let (mut out, mut lanes) = ([Tile::SILENCE; 2 * ROWS], [Lanes::NOTHING; 2 * ROWS]);
    let parts = gains.iter().zip(out.chunks_mut(1)).zip(&mut lanes);
    let mut parts = parts.map(|((gains, out), lanes)| DenseRow { gains, out, lanes });
    let mut rows: [Option<DenseRow<'_, G>>; 2 * ROWS] = std::array::from_fn(|_| parts.next());
    if signals.len() <= BLOCK {
        multiply(&mut rows);
        return (out, lanes);
    }
    for rows in rows.as_chunks_mut::<ROWS>().0 {
        let Some(first) = rows[0].as_ref().map(|row| row.gains) else { break };
        let gains = rows.each_ref().map(|row| row.as_ref().map_or(first, |row| row.gains));
        let mut sums = [RunningSum::ZERO; ROWS];
        for at in (0..signals.len()).step_by(BLOCK) {
            let range = at..(at + BLOCK).min(signals.len());
            multiply_on(&mut sums, gains.map(|gains| &gains[range.clone()]), &signals[range]);
        }
        for (row, sum) in rows.iter_mut().flatten().zip(&sums) {
            kernel.round_off(sum, &mut row.out[0], row.lanes);
        }
    }
    (out, lanes)
}

/// The sums of a row, a sample each.
type Sums = [Sum; Tile::SAMPLES];

/// What every kernel has to make of these rows, made once for all of them.
fn sums<G>(gains: &[Vec<G>], sources: &[Tile], gain: impl Fn(&G, usize) -> (f64, f64)) -> Vec<Sums> {
    let sum = |gains: &Vec<G>, k: usize| {
        Sum::of(sources.iter().zip(gains).map(|(signal, of)| {
            let ((gain, greatest), sample) = (gain(of, k), f64::from(signal.0[k]));
            (gain * sample, greatest * sample.abs())
        }))
    };
    gains.iter().map(|gains| std::array::from_fn(|k| sum(gains, k))).collect()
}

/// Holds each sample of the rows against its sum.
fn check(what: &str, count: usize, sums: &[Sums], (out, lanes): ([Tile; 2 * ROWS], [Lanes; 2 * ROWS])) {
    for (row, (sums, out)) in sums.iter().zip(&out).enumerate() {
        for (k, (sum, actual)) in sums.iter().zip(&out.0).enumerate() {
            sum.assert(*actual, format_args!("{what}, sample {k} of row {row}, {count} signals"));
        }
        assert_measured(lanes[row].measured(), &out.0);
    }
    assert!(out[sums.len()..].iter().all(|tile| *tile == Tile::SILENCE), "rows that are not there are not written");
}

pub fn check_rest(count: usize, sign: f32) {
    let sources = signals(count, 1, sign);
    let found: Vec<&Tile> = sources.iter().collect();
    let gains: [Vec<f32>; 7] =
        std::array::from_fn(|row| (0..count).map(|k| noise((row * 9973 + k) as u64).abs()).collect());
    let sums = sums(&gains, &sources, |gain, _| (f64::from(*gain), f64::from(*gain)));
    for (kernel, rows) in Kernel::available().flat_map(|kernel| ROW_COUNTS.map(|rows| (kernel, rows))) {
        let gains = &gains[..rows];
        let multiply = |rows: &mut [Option<DenseRow<'_>>]| kernel.multiply(rows, 0, &found);
        let made =
            make(gains, &found, multiply, |sums, gains, signals| kernel.multiply_on(sums, gains, signals), kernel);
        check(&format!("{kernel:?}"), count, &sums[..rows], made);
    }
}

pub fn check_lines(count: usize, sign: f32) {
    const OVER: u32 = 70;
    let sources = signals(count, 1, sign);
    let found: Vec<&Tile> = sources.iter().collect();
    let line = |seed: usize| {
        let [start, target] = [seed, seed + 5].map(|seed| noise(seed as u64).abs());
        [target, if seed.is_multiple_of(4) { 0.0 } else { start - target }]
    };
    let gains: [Vec<LineGain>; 7] = std::array::from_fn(|row| (0..count).map(|k| line(row * 9973 + k)).collect());
    let remaining = Remaining::new(SMOOTHING, Tile::SAMPLES);
    let remaining = remaining.after(OVER);
    let sums = sums(&gains, &sources, |gain, k| (gain_at(gain[0], gain[1], OVER, k), greatest(gain[0], gain[1])));
    for (kernel, rows) in Kernel::available().flat_map(|kernel| ROW_COUNTS.map(|rows| (kernel, rows))) {
        let gains = &gains[..rows];
        let multiply = |rows: &mut [Option<DenseRow<'_, LineGain>>]| kernel.multiply_lines(rows, 0, &found, remaining);
        let multiply_on = |sums: &mut [RunningSum; ROWS], gains: [&[LineGain]; ROWS], signals: &[&Tile]| {
            kernel.multiply_lines_on(sums, gains, signals, remaining);
        };
        let made = make(gains, &found, multiply, multiply_on, kernel);
        check(&format!("{kernel:?}, lines"), count, &sums[..rows], made);
    }
}

#[test]
fn halves_are_joined_by_their_curves() {
    let (halves, curves) = ([tile(1, 1.0), tile(2, 1.0)], [tile(3, 1.0), tile(4, 1.0)]);
    for (kernel, curved) in Kernel::available().flat_map(|kernel| [[true; 2], [false, true]].map(|c| (kernel, c))) {
        let (mut out, mut lanes) = (Tile::SILENCE, Lanes::NOTHING);
        let of = [0, 1].map(|n: usize| curved[n].then_some(&curves[n].0[..]));
        kernel.join_halves(halves.each_ref(), of, &mut out, &mut lanes);
        for (k, actual) in out.0.iter().enumerate() {
            let half = |n: usize| f64::from(halves[n].0[k]) * of[n].map_or(1.0, |curve| f64::from(curve[k]));
            assert_near(*actual, [half(0), half(1)].into_iter(), "halves");
        }
        assert_measured(lanes.measured(), &out.0);
    }
}
