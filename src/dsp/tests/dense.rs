//! A ramp is the line of its move, and a product of ramps the sum of signals that follow theirs.

use super::*;

/// Tiles of a move over so many samples in which it is a ramp: how many samples are over before them.
fn ramps(curve: &FadeCurve, smoothing: usize) -> impl Iterator<Item = (usize, Course)> {
    (0..=smoothing).filter_map(|over| Some((over, curve.course(over, Tile::SAMPLES)?)))
}

fn curve(smoothing: usize) -> FadeCurve {
    FadeCurve::new(&Timing { smoothing: smoothing as u32, ..TIMING })
}

/// The ramps of some gains, as they are followed.
fn written(kernel: Kernel, ends: [&[f32]; 2], smoothing: usize, course: Course) -> Vec<Ramp> {
    let (near, far) = if matches!(course, Course::Onward(_)) { (ends[0], ends[1]) } else { (ends[1], ends[0]) };
    let mut ramps = vec![Ramp::default(); near.len()];
    kernel.write_ramps(&mut ramps, near, far, smoothing as u32);
    ramps
}

/// Makes one row of ramps.
fn multiply(kernel: Kernel, ramps: &[Ramp], signals: &[&Tile], course: Course) -> (Tile, Lanes) {
    let (mut out, mut lanes, mut waiting) = ([Tile::SILENCE], Lanes::NOTHING, Waiting::NOTHING);
    if signals.len() <= Depth::Ramp.at_once() {
        let row = Some(Row { gains: ramps, out: &mut out, lanes: &mut lanes });
        kernel.multiply_ramps(&mut [row, None, None, None], 0, signals, course, &mut waiting);
    } else {
        let mut sums = [Running::NOTHING; ROWS];
        for (ramps, signals) in ramps.chunks(Depth::Ramp.block()).zip(signals.chunks(Depth::Ramp.block())) {
            kernel.multiply_ramps_on(&mut sums, [ramps; ROWS], signals, course, &mut waiting);
        }
        kernel.round_off(&sums[0], &mut out[0], &mut lanes);
    }
    (out[0], lanes)
}

fn line([start, end]: [f32; 2], done: usize, smoothing: usize) -> f64 {
    let done = done as f64 / smoothing as f64;
    f64::from(start) * (1.0 - done) + f64::from(end) * done
}

#[test]
fn a_ramp_is_the_line_but_for_the_roundings_that_it_may_bring() {
    const ONES: Tile = Tile([1.0; Tile::SAMPLES]);
    for smoothing in [240, 441, 480, 960, 48_000] {
        let curve = curve(smoothing);
        let mut worst: f64 = 0.0;
        for (over, course) in ramps(&curve, smoothing).step_by(1 + smoothing / 500) {
            for ends in [[0.0, 1.0], [1.0, 0.0], [1.0, 1e-6], [3e-5, 0.7], [0.3, 0.7], [0.1, 0.1], [0.0, 1e-30]] {
                for kernel in Kernel::available() {
                    let ramps = written(kernel, [&ends[..1], &ends[1..]], smoothing, course);
                    let (out, _) = multiply(kernel, &ramps, &[&ONES], course);
                    for (k, gain) in out.0.iter().enumerate() {
                        let exact = line(ends, over + k + 1, smoothing);
                        worst = worst.max(if exact == 0.0 {
                            f64::from(gain.abs())
                        } else {
                            (f64::from(*gain) / exact - 1.0).abs()
                        });
                    }
                }
            }
        }
        assert!(worst > 0.0 && worst <= 4.5 * f64::from(f32::EPSILON / 2.0), "{smoothing}: {worst:e}");
    }
}

#[test]
fn most_tiles_of_a_move_are_ramps_and_none_past_its_end() {
    let tiles = |smoothing: usize| -> Vec<usize> {
        let curve = curve(smoothing);
        (0..smoothing + 96).step_by(48).filter(|over| curve.course(*over, 48).is_some()).map(|over| over / 48).collect()
    };
    assert_eq!(tiles(480), (0..10).collect::<Vec<_>>());
    assert_eq!(tiles(960), (0..20).collect::<Vec<_>>());
    assert_eq!(tiles(441), [0, 1, 2, 3, 5, 6, 7, 8]);
    assert!(tiles(0).is_empty());
    // Of the last tile of such a tick only 9 samples are heard, and the move ends with them.
    assert!([9, 48].iter().all(|count| curve(441).course(432, *count).is_none()));
}

proptest! {
    #[test]
    fn every_product_of_ramps_is_the_sum(
        count in prop_oneof![0..40_usize, 0..=200_usize, 0..1000_usize],
        smoothing in prop_oneof![Just(480_usize), 240..1000_usize],
        over in any::<prop::sample::Index>(),
        sign in sign(),
    ) {
        let curve = curve(smoothing);
        let courses: Vec<_> = ramps(&curve, smoothing).collect();
        let (over, course) = courses[over.index(courses.len())];
        let frames: Vec<Tile> = (0..count).map(|seed| tile(seed as u64, sign)).collect();
        let signals: Vec<&Tile> = frames.iter().collect();
        let [start, end] = [1, 2].map(|seed| -> Vec<f32> {
            let gain = |k: usize| noise((seed * 9973 + k) as u64).max(0.0);
            (0..count).map(gain).collect()
        });
        for kernel in Kernel::available() {
            let ramps = written(kernel, [&start, &end], smoothing, course);
            let (out, lanes) = multiply(kernel, &ramps, &signals, course);
            for (k, sample) in out.0.iter().enumerate() {
                let gain = |n: usize| line([start[n], end[n]], over + k + 1, smoothing);
                let products = frames.iter().enumerate().map(|(n, frame)| gain(n) * f64::from(frame.0[k]));
                assert_near(*sample, products, &format!("{kernel:?}, sample {k} of {count} signals, {over} of {smoothing}"));
            }
            assert_measured(lanes.measured(), &out.0);
        }
    }
}
