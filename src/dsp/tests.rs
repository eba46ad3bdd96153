//! Every kernel equals a plain f64 sum, for every shape and every instruction set that this machine has.

mod few;
mod others;
mod ramps;
mod roundings;
mod segment;

use proptest::prelude::*;

use super::*;
use crate::data::timing::Timing;

const TIMING: Timing = Timing { rate: 48_000, tick: 3 * Tile::SAMPLES, smoothing: 100 };

const DEPTHS: [Depth; 4] = [Depth::Whole, Depth::Ramp, Depth::Part, Depth::Short];

fn noise(seed: u64) -> f32 {
    let bits = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let bits = (bits ^ (bits >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (bits >> 40) as f32 / (1 << 23) as f32 - 1.0
}

/// A tile of noise, or of noise of one sign: what adds up without cancelling shows rounding best.
fn tile(seed: u64, sign: f32) -> Tile {
    let sample = |k: usize| noise(seed * 1009 + k as u64);
    Tile(std::array::from_fn(|k| if sign == 0.0 { sample(k) } else { sample(k).abs() * sign }))
}

fn weights(first: u32, count: usize) -> Vec<Weight> {
    (first..first + count as u32).map(|signal| Weight { signal, gain: noise(u64::from(signal) + 77).abs() }).collect()
}

fn movings(first: u32, count: usize) -> Vec<Moving> {
    let mover = |seed: u32| Mover {
        over: seed * 7 % 100,
        start: noise(u64::from(seed)).abs(),
        target: noise(u64::from(seed) + 5).abs(),
    };
    let moving = |signal: u32| Moving {
        signal,
        steady: 0.7,
        movers: [mover(signal), mover(signal + 1), mover(signal + 2)],
        count: 1 + signal as usize % 3,
    };
    (first..first + count as u32).map(moving).collect()
}

/// The gain of a moving term at a sample of the tick.
fn gain(moving: &Moving, k: usize) -> f64 {
    let value = |mover: &Mover| {
        let done = ((mover.over as usize + k + 1) as f64 / 100.0).min(1.0);
        f64::from(mover.start) * (1.0 - done) + f64::from(mover.target) * done
    };
    f64::from(moving.steady) * moving.movers[..moving.count].iter().map(value).product::<f64>()
}

fn assert_near(actual: f32, products: impl Iterator<Item = f64> + Clone, what: &str) {
    let (sum, magnitude) = (products.clone().sum::<f64>(), products.map(f64::abs).sum::<f64>());
    assert!((f64::from(actual) - sum).abs() <= 1e-6 * magnitude, "{what}: {actual}, not {sum} of {magnitude}");
}

fn assert_measured(measured: Measured, samples: &[f32]) {
    assert_eq!(measured.peak, samples.iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs())));
    let squares: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    assert!((f64::from(measured.squares) - squares).abs() <= 1e-5 * squares);
}

/// Rows of each kind of terms: (open, open and moving, ducked, ducked and moving).
fn check_row(panels: usize, counts: [usize; 4], sign: f32) {
    let total = counts.iter().sum::<usize>().max(1);
    let frames: Vec<Tile> = (0..panels * total).map(|seed| tile(seed as u64, sign)).collect();
    let envelope: Vec<f32> = (0..panels * Tile::SAMPLES).map(|k| 1.0 - k as f32 / 600.0).collect();
    let first = |kind: usize| counts[..kind].iter().sum::<usize>() as u32;
    let (open, open_moving) = (weights(first(0), counts[0]), movings(first(1), counts[1]));
    let (ducked, ducked_moving) = (weights(first(2), counts[2]), movings(first(3), counts[3]));
    let curve = FadeCurve::new(&TIMING);
    let terms = Terms {
        open: &open,
        open_moving: &open_moving,
        ducked: &ducked,
        ducked_moving: &ducked_moving,
        envelope: if counts[2] + counts[3] > 0 { &envelope } else { &[] },
        curve: &curve,
    };
    let products = |k: usize| {
        let ducking = f64::from(envelope[k]);
        let (frames, panel) = (&frames, k / Tile::SAMPLES);
        let of = move |signal: u32, gain: f64| {
            gain * f64::from(frames[signal as usize * panels + panel].0[k % Tile::SAMPLES])
        };
        let steady = move |weights: &[Weight], factor: f64| {
            weights.iter().map(|w| of(w.signal, f64::from(w.gain) * factor)).collect::<Vec<_>>()
        };
        let moving = move |movings: &[Moving], factor: f64| {
            movings.iter().map(|m| of(m.signal, gain(m, k) * factor)).collect::<Vec<_>>()
        };
        [steady(&open, 1.0), steady(&ducked, ducking), moving(&open_moving, 1.0), moving(&ducked_moving, ducking)]
            .concat()
    };
    for kernel in Kernel::available() {
        let mut out = vec![Tile::SILENCE; panels];
        let stack = Stack { tiles: &frames, stride: panels };
        let measured = kernel.add_row(&mut out, stack, &terms);
        for (k, sample) in Tile::flat(&out).iter().enumerate() {
            assert_near(*sample, products(k).into_iter(), &format!("{kernel:?}, sample {k} of {counts:?}"));
        }
        assert_measured(measured, Tile::flat(&out));
        let (mut lanes, mut piece) = (Lanes::NOTHING, Tile::SILENCE);
        let last = panels - 1;
        let signals = Signals { frames: stack.after(last), derived: Stack::NOTHING };
        kernel.add_tile(&mut piece, last * Tile::SAMPLES, signals, &terms, &mut lanes);
        assert_eq!(piece, out[last]);
        assert_measured(lanes.measured(), &piece.0);
    }
}

fn check_product(count: usize, depth: Depth, sign: f32) {
    let frames: Vec<Tile> = (0..count).map(|seed| tile(seed as u64, sign)).collect();
    let signals: Vec<&Tile> = frames.iter().collect();
    let gains: [Vec<f32>; 2 * ROWS] =
        std::array::from_fn(|row| (0..count).map(|k| noise((row * 9973 + k) as u64).abs()).collect());
    for (kernel, rows) in Kernel::available().flat_map(|kernel| [1, 2, 4, 7].map(|rows| (kernel, rows))) {
        let (mut out, mut lanes) = ([Tile::SILENCE; 2 * ROWS], [Lanes::NOTHING; 2 * ROWS]);
        let parts = gains.iter().zip(out.chunks_mut(1)).zip(&mut lanes).take(rows);
        let mut parts = parts.map(|((gains, out), lanes)| Row { gains, out, lanes });
        let mut parts: [Option<Row<'_>>; 2 * ROWS] = std::array::from_fn(|_| parts.next());
        let mut waiting = Waiting::NOTHING;
        if count > depth.at_once() {
            multiply_in_blocks(kernel, &mut parts, &signals, depth);
        } else {
            kernel.multiply(&mut parts, 0, &signals, depth, &mut waiting);
        }
        for (row, (gains, out)) in gains.iter().zip(&out).enumerate().take(rows) {
            for (k, actual) in out.0.iter().enumerate() {
                let products = frames.iter().zip(gains).map(|(s, gain)| f64::from(*gain) * f64::from(s.0[k]));
                assert_near(*actual, products, &format!("{kernel:?}, sample {k} of row {row}, {count} signals"));
            }
            if depth.is_whole() {
                assert_measured(lanes[row].measured(), &out.0);
            }
        }
        assert!(out[rows..].iter().all(|tile| *tile == Tile::SILENCE), "rows that are not there are not written");
    }
}

fn multiply_in_blocks(kernel: Kernel, rows: &mut [Option<Row<'_>>], signals: &[&Tile], depth: Depth) {
    let (mut waiting, block) = (Waiting::NOTHING, depth.block());
    for rows in rows.as_chunks_mut::<ROWS>().0 {
        let Some(first) = rows[0].as_ref().map(|row| row.gains) else { return };
        let gains = rows.each_ref().map(|row| row.as_ref().map_or(first, |row| row.gains));
        let mut sums = [Running::NOTHING; ROWS];
        for at in (0..signals.len()).step_by(block) {
            let range = at..(at + block).min(signals.len());
            let gains = gains.map(|gains| &gains[range.clone()]);
            kernel.multiply_on(&mut sums, gains, &signals[range], depth, &mut waiting);
        }
        for (row, sums) in rows.iter_mut().flatten().zip(&sums) {
            kernel.round_off(sums, &mut row.out[0], row.lanes);
        }
    }
}

fn sign() -> impl Strategy<Value = f32> {
    prop::sample::select(vec![0.0_f32, 1.0, -1.0])
}

proptest! {
    #[test]
    fn every_row_is_the_sum(
        panels in 1..=3_usize,
        counts in prop::array::uniform4(prop_oneof![Just(0_usize), 1..4_usize, 4..40_usize]),
        sign in sign(),
    ) {
        check_row(panels, counts, sign);
    }

    #[test]
    fn every_product_is_the_sum(
        count in prop_oneof![0..40_usize, 0..=Depth::MOST, 0..1000_usize],
        depth in prop::sample::select(DEPTHS.to_vec()),
        sign in sign(),
    ) {
        check_product(count, depth, sign);
    }

    #[test]
    fn every_frame_is_taken_as_it_is(samples in prop::collection::vec(any::<i16>(), 1..3 * Tile::SAMPLES)) {
        let floats: Vec<f32> = samples.iter().map(|sample| f32::from(*sample) / 32768.0).collect();
        let mut padded = floats.clone();
        padded.resize(Tile::count(samples.len()) * Tile::SAMPLES, 0.0);
        for kernel in Kernel::available() {
            let mut tiles = vec![Tile([9.0; Tile::SAMPLES]); Tile::count(samples.len())];
            let measured = kernel.take_i16(&samples, &mut tiles);
            assert_measured(measured, &floats);
            prop_assert_eq!(Tile::flat(&tiles), &padded[..]);
            let mut again = vec![Tile([9.0; Tile::SAMPLES]); tiles.len()];
            prop_assert_eq!(kernel.take_f32(&floats, &mut again), measured);
            prop_assert_eq!(&again, &tiles);
            let mut given = vec![0; samples.len()];
            kernel.give_i16(&floats, &mut given);
            prop_assert_eq!(&given, &samples);
        }
    }
}

#[test]
fn nobody_and_thousands() {
    check_row(1, [0; 4], 0.0);
    check_row(2, [3000, 500, 2000, 300], 1.0);
    for count in [0, 1, 255, 256, 257, 5000] {
        DEPTHS.iter().for_each(|depth| check_product(count, *depth, 1.0));
    }
}

#[test]
fn a_nan_is_the_peak_wherever_it_stands() {
    for kernel in Kernel::available() {
        for at in [0, 17, 95, 100] {
            let mut samples = [f32::INFINITY; 101];
            samples[at] = f32::NAN;
            let mut tiles = [Tile::SILENCE; 3];
            assert!(kernel.take_f32(&samples, &mut tiles).peak.is_nan(), "{kernel:?} at {at}");
            assert!(kernel.measure(&tiles).peak.is_nan());
        }
        assert_eq!(kernel.measure(&[Tile::SILENCE]), Measured { peak: 0.0, squares: 0.0 });
    }
}

#[test]
fn the_curve_is_the_identity_up_to_its_knee_and_ends_at_full_scale() {
    for (kernel, knee) in Kernel::available().flat_map(|kernel| [0.5, 0.89, 1.0].map(|knee| (kernel, knee))) {
        let followers: [f32; SHAPED] = std::array::from_fn(|n| [0.0, 1e-3, 0.5, 0.9, 1.0, 1.5, 16.0, 1e30][n % 8]);
        let mut samples = followers;
        let mut least = Least::NONE;
        kernel.shape(&mut samples, &followers, Curve::new(knee), &mut least);
        for (sample, follower) in samples.iter().zip(followers) {
            let (p, room) = (f64::from(follower), 1.0 - knee);
            let over = if room > 0.0 { (p - knee).max(0.0) / room } else { 0.0 };
            let expected = if p <= knee { p } else { knee + room * over / (1.0 + over * over).sqrt() };
            assert!((f64::from(*sample) - expected).abs() <= 1e-6, "{kernel:?}: {follower} becomes {sample}");
            assert!(*sample <= 1.0 && (p > knee || *sample == follower));
        }
        assert!((f64::from(least.gain()) * 1e30 - 1.0).abs() < 1e-5);
    }
}

#[test]
fn magnitudes_are_raised_and_the_greatest_told() {
    for kernel in Kernel::available() {
        let samples: [f32; SHAPED] = std::array::from_fn(|n| if n % 2 == 0 { -0.1 * n as f32 } else { 0.01 });
        let mut loudest = [0.5; SHAPED];
        assert_eq!(kernel.raise(&samples, &mut loudest), 0.1 * 30.0, "{kernel:?}");
        assert!(loudest.iter().zip(&samples).all(|(most, sample)| *most == sample.abs().max(0.5)));
    }
}

#[test]
fn integers_round_to_the_nearest_and_saturate() {
    for kernel in Kernel::available() {
        let samples =
            [1.0, 1.5, -1.0, -1.5, 1e30, -1e30, 0.5 / 32768.0, 1.5 / 32768.0, -0.5 / 32768.0, 32767.4 / 32768.0];
        let mut out = [7; 10];
        kernel.give_i16(&samples, &mut out);
        assert_eq!(out, [32767, 32767, -32768, -32768, 32767, -32768, 0, 2, 0, 32767], "{kernel:?}");
    }
}
