//! Every kernel equals a plain f64 sum, for every shape and tail.

use proptest::prelude::*;

use super::*;
use crate::timing::Timing;

const TIMING: Timing = Timing { rate: 48_000, tick: 512, smoothing: 100 };

fn noise(seed: u64) -> f32 {
    let bits = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let bits = (bits ^ (bits >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (bits >> 40) as f32 / (1 << 23) as f32 - 1.0
}

/// Terms of each kind: (open, open and moving, ducked, ducked and moving).
fn shapes() -> impl Strategy<Value = (usize, [usize; 4])> {
    let count = || prop_oneof![Just(0_usize), 1..4_usize, 4..40_usize];
    (1..=512_usize, [count(), count(), count(), count()])
}

fn check(len: usize, counts: [usize; 4], sign: f32) {
    // The sign of all samples, or noise: what adds up without cancelling shows rounding best.
    let sample = |seed: usize| if sign == 0.0 { noise(seed as u64) } else { noise(seed as u64).abs() * sign };
    let total: usize = counts.iter().sum();
    let frames: Vec<Vec<f32>> = (0..total.max(1)).map(|s| (0..len).map(|k| sample(s * 1009 + k)).collect()).collect();
    let envelope: Vec<f32> = (0..len).map(|k| 1.0 - k as f32 / 600.0).collect();
    let first = |kind: usize| counts[..kind].iter().sum::<usize>() as u32;
    let weight = |source: u32| Weight { source, gain: noise(u64::from(source) + 77).abs() };
    let mover = |source: u32| Mover {
        over: source * 7 % 100,
        start: noise(u64::from(source)).abs(),
        target: noise(u64::from(source) + 5).abs(),
    };
    let moving = |source: u32| Moving {
        source,
        steady: 0.7,
        movers: [mover(source), mover(source + 1), mover(source + 2)],
        count: 1 + source as usize % 3,
    };
    let weights = |kind: usize| (first(kind)..first(kind + 1)).map(weight).collect::<Vec<_>>();
    let movings = |kind: usize| (first(kind)..first(kind + 1)).map(moving).collect::<Vec<_>>();
    let (open, open_moving, ducked, ducked_moving) = (weights(0), movings(1), weights(2), movings(3));
    let ducks = counts[2] + counts[3] > 0;
    let curve = FadeCurve::new(&TIMING);
    let row = Row {
        frames: &frames,
        subtotals: &[],
        open: &open,
        open_moving: &open_moving,
        ducked: &ducked,
        ducked_moving: &ducked_moving,
        envelope: if ducks { &envelope } else { &[] },
        curve: &curve,
        depth: DEPTH,
    };
    let gain = |moving: &Moving, k: usize| {
        let value = |mover: &Mover| {
            let done = ((mover.over as usize + k + 1) as f64 / 100.0).min(1.0);
            f64::from(mover.start) * (1.0 - done) + f64::from(mover.target) * done
        };
        f64::from(moving.steady) * moving.movers[..moving.count].iter().map(value).product::<f64>()
    };
    let terms = |k: usize| {
        let ducking = f64::from(envelope[k]);
        let at_rest = open.iter().map(|w| (w.source, f64::from(w.gain)));
        let at_rest = at_rest.chain(ducked.iter().map(move |w| (w.source, f64::from(w.gain) * ducking)));
        let moving = open_moving.iter().map(move |m| (m.source, gain(m, k)));
        let all = at_rest.chain(moving).chain(ducked_moving.iter().map(move |m| (m.source, gain(m, k) * ducking)));
        all.map(|(source, gain)| gain * f64::from(frames[source as usize][k])).collect::<Vec<_>>()
    };
    for kernel in Kernel::available() {
        // A start that is aligned to nothing.
        let mut out = vec![9.0; len + 1];
        let measured = kernel.mix(&mut out[1..], &row);
        for (k, out) in out[1..].iter().enumerate() {
            let terms = terms(k);
            let (sum, magnitude) = (terms.iter().sum::<f64>(), terms.iter().map(|t| t.abs()).sum::<f64>());
            assert!(
                (f64::from(*out) - sum).abs() <= 1e-6 * magnitude,
                "{kernel:?}, sample {k} of {len}: {out}, not {sum}"
            );
        }
        assert_eq!(measured.peak, out[1..].iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs())));
        let squares: f64 = out[1..].iter().map(|sample| f64::from(*sample).powi(2)).sum();
        assert!((measured.squares - squares).abs() <= 1e-9 * squares);
        assert_eq!(kernel.measure(&out[1..]).peak, measured.peak);
    }
}

proptest! {
    #[test]
    fn every_kernel_is_the_sum((len, counts) in shapes(), sign in prop::sample::select(vec![0.0_f32, 1.0, -1.0])) {
        check(len, counts, sign);
    }
}

#[test]
fn nobody_and_thousands() {
    check(480, [0; 4], 0.0);
    check(33, [3000, 500, 2000, 300], 1.0);
}

#[test]
fn a_nan_is_the_peak_wherever_it_stands() {
    for kernel in Kernel::available() {
        for at in [0, 17, 99, 100] {
            let mut samples = vec![f32::INFINITY; 101];
            samples[at] = f32::NAN;
            assert!(kernel.measure(&samples).peak.is_nan(), "{kernel:?} at {at}");
        }
        assert_eq!(kernel.measure(&[]), Measured { peak: 0.0, squares: 0.0 });
    }
}
