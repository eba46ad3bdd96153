//! Every kernel equals a plain f64 sum, for every shape and every instruction set that this machine has.

mod all_but_one;
mod dense;
mod roundings;
mod shared_sums;
mod sparse;

use std::fmt::Display;

use proptest::prelude::*;

use super::*;

/// Samples of a move in these tests.
const SMOOTHING: u32 = 100;

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

/// Signals of so many tiles each.
fn signals(count: usize, tiles: usize, sign: f32) -> Vec<Tile> {
    (0..count * tiles).map(|seed| tile((count * 100 + seed) as u64, sign)).collect()
}

/// The gain of a term at a sample of the tick.
fn gain_at(target: f32, delta: f32, over: u32, k: usize) -> f64 {
    let done = ((over as usize + k + 1) as f64 / f64::from(SMOOTHING)).min(1.0);
    f64::from(target) + f64::from(delta) * (1.0 - done)
}

/// The greatest gain of a move: what counts while it is on its way.
fn greatest(target: f32, delta: f32) -> f64 {
    f64::from(target.abs().max((target + delta).abs()))
}

/// A sum in f64, and that of the magnitudes that count for its error.
#[derive(Debug, Clone, Copy)]
struct Sum {
    value: f64,
    magnitude: f64,
}

impl Sum {
    /// Of products, each with its magnitude.
    fn of(products: impl Iterator<Item = (f64, f64)>) -> Self {
        let add =
            |sum: Self, (product, magnitude)| Self { value: sum.value + product, magnitude: sum.magnitude + magnitude };
        products.fold(Self { value: 0.0, magnitude: 0.0 }, add)
    }

    fn assert(self, actual: f32, what: impl Display) {
        let Self { value, magnitude } = self;
        assert!((f64::from(actual) - value).abs() <= 1e-6 * magnitude, "{what}: {actual}, not {value} of {magnitude}");
    }
}

/// Each product with the magnitude that counts for it.
fn assert_sum(actual: f32, products: impl Iterator<Item = (f64, f64)>, what: &str) {
    Sum::of(products).assert(actual, what);
}

fn assert_near(actual: f32, products: impl Iterator<Item = f64>, what: &str) {
    assert_sum(actual, products.map(|product| (product, product.abs())), what);
}

fn assert_measured(measured: Measured, samples: &[f32]) {
    assert_eq!(measured.peak, samples.iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs())));
    let squares: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    assert!((f64::from(measured.squares) - squares).abs() <= 1e-5 * squares);
}

fn sign() -> impl Strategy<Value = f32> {
    prop::sample::select(vec![0.0_f32, 1.0, -1.0])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_sum_of_named_signals_is_the_sum(
        tiles in 1..=3_usize,
        counts in prop::array::uniform2(prop_oneof![Just(0_usize), 1..4_usize, 4..40_usize, 40..200_usize]),
        curves in prop::array::uniform2(any::<bool>()),
        sign in sign(),
    ) {
        sparse::check_any(tiles, counts, curves, sign);
    }

    #[test]
    fn every_product_is_the_sum(count in prop_oneof![0..40_usize, 0..=BLOCK, 0..3000_usize], sign in sign()) {
        dense::check_rest(count, sign);
        dense::check_lines(count, sign);
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
    sparse::check_any(1, [0; 2], [false; 2], 0.0);
    sparse::check_any(2, [3000, 2000], [true; 2], 1.0);
    for count in [0, 1, 31, 32, 33, 959, 960, 961, 5000] {
        dense::check_rest(count, 1.0);
        dense::check_lines(count, 1.0);
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
