//! How many roundings a product passes through: counted, for every number of signals, by a vector that counts instead of adding.

use super::{
    super::{others, product, row, vector::Vector},
    *,
};

/// How often what is in a lane has been rounded, and one more; 0 stands for nothing: to add it is exact.
#[derive(Clone, Copy)]
struct Count([f32; 4]);

impl Count {
    fn each(self, other: Self, count: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|lane| count(self.0[lane], other.0[lane])))
    }
}

fn added(a: f32, b: f32) -> f32 {
    if a == 0.0 || b == 0.0 { a.max(b) } else { a.max(b) + 1.0 }
}

impl Vector for Count {
    const LANES: usize = 4;

    unsafe fn splat(value: f32) -> Self {
        Self([value; 4])
    }

    unsafe fn load(from: &[f32]) -> Self {
        Self(std::array::from_fn(|lane| from[lane]))
    }

    unsafe fn load_i16(from: &[i16]) -> Self {
        Self(std::array::from_fn(|lane| f32::from(from[lane])))
    }

    unsafe fn store(self, to: &mut [f32]) {
        to.copy_from_slice(&self.0);
    }

    unsafe fn store_i16(self, _: &mut [i16]) {}

    unsafe fn add(self, other: Self) -> Self {
        self.each(other, added)
    }

    unsafe fn mul(self, _: Self) -> Self {
        Self(self.0.map(|count| if count == 0.0 { 0.0 } else { count + 1.0 }))
    }

    unsafe fn div(self, _: Self) -> Self {
        self
    }

    unsafe fn sqrt(self) -> Self {
        self
    }

    /// Rounded twice, as where products are rounded by themselves. In a chain that is no more than once for each product but the first.
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
        // SAFETY: nothing here needs an instruction set.
        unsafe { self.mul(factor).add(term) }
    }

    unsafe fn mul_add_one(self, factor: Self, term: &f32) -> Self {
        // SAFETY: as before.
        unsafe { self.mul_add(factor, Self::splat(*term)) }
    }

    unsafe fn abs(self) -> Self {
        self
    }

    unsafe fn max_bits(self, other: Self) -> Self {
        self.each(other, f32::max)
    }

    unsafe fn clamp(self, _: Self, _: Self) -> Self {
        self
    }

    /// In f64, which is as good as exact.
    unsafe fn add_to(self, sums: &mut [f64]) {
        sums.iter_mut().zip(self.0).for_each(|(sum, count)| *sum = sum.max(f64::from(count)));
    }

    unsafe fn from_sums(sums: &[f64]) -> Self {
        Self(std::array::from_fn(|lane| if sums[lane] == 0.0 { 0.0 } else { sums[lane] as f32 + 1.0 }))
    }
}

/// A signal that was never rounded.
const EXACT: Tile = Tile([1.0; Tile::SAMPLES]);

fn roundings(tile: &Tile) -> u32 {
    tile.0.iter().fold(0.0, |most: f32, count| most.max(*count - 1.0)) as u32
}

fn of_product(count: usize, depth: Depth) -> u32 {
    let (signals, gains) = (vec![&EXACT; count], vec![1.0; count]);
    let (mut out, mut lanes, mut waiting) = ([Tile::SILENCE], Lanes::NOTHING, Waiting::NOTHING);
    if count > depth.at_once() {
        let mut sums = [Running::NOTHING; ROWS];
        for signals in signals.chunks(depth.block()) {
            let gains = [&gains[..signals.len()]; ROWS];
            // SAFETY: nothing here needs an instruction set.
            unsafe { product::multiply_on::<Count>(&mut sums, gains, signals, depth, &mut waiting) }
        }
        // SAFETY: as before.
        unsafe { product::round_off::<Count>(&sums[0], &mut out[0], &mut lanes) }
    } else {
        let row = Some(Row { gains: &gains, out: &mut out, lanes: &mut lanes });
        // SAFETY: as before.
        unsafe { product::multiply::<Count>(&mut [row, None, None, None], 0, &signals, depth, &mut waiting) }
    }
    roundings(&out[0])
}

#[test]
fn no_product_passes_through_more_than_it_may() {
    for depth in DEPTHS {
        let counts: Vec<u32> = (1..2 * Depth::MOST).map(|count| of_product(count, depth)).collect();
        assert_eq!(counts[..5], [1, 2, 3, 4, 5]);
        let most = counts.iter().max().copied();
        assert_eq!(most, Some(depth.most()), "{depth:?}");
    }
}

/// A derived signal of ones that fade brings 5, a gain and a ducking level in it 2; or a gain 1, and an envelope 1 of its own beside those of its product.
const BROUGHT: u32 = 5 + 2;

#[test]
fn no_signal_of_a_row_passes_through_more_than_it_may() {
    let (frames, curve) = ([EXACT], FadeCurve::new(&TIMING));
    let frames = Stack { tiles: &frames, stride: 0 };
    let terms = vec![Weight { signal: 0, gain: 1.0 }; 300];
    let envelope = [1.0; Tile::SAMPLES];
    for count in 1..=terms.len() {
        for ducked in [&[][..], &terms[..count]] {
            let envelope = if ducked.is_empty() { &[][..] } else { &envelope };
            let terms = Terms { open: &terms[..count], ducked, envelope, ..Terms::of(&curve) };
            let mut out = [Tile::SILENCE];
            // SAFETY: nothing here needs an instruction set.
            unsafe { row::add_row::<Count>(&mut out, frames, &terms) };
            assert!(BROUGHT + roundings(&out[0]) <= 16, "{count}: {}", roundings(&out[0]));
        }
    }
}

#[test]
fn no_signal_of_everybody_but_one_passes_through_more_than_it_may() {
    const QUADS: [u32; QUAD] = [0, 1, 2, 3];
    let four = |tile: Tile| [tile; QUAD];
    // SAFETY: nothing here needs an instruction set.
    unsafe {
        // Sums of 4, 16 and 64.
        let mut levels = [EXACT; 4];
        for level in 1..levels.len() {
            let (parts, mut sum) = (four(levels[level - 1]), [Tile::SILENCE]);
            others::sum_up::<Count>(Stack { tiles: &parts, stride: 1 }, &QUADS, &mut sum);
            levels[level] = sum[0];
        }
        // What is outside of the first of two blocks.
        let (mut running, nothing) = ([Running::NOTHING], [Running::NOTHING]);
        let mut blocks = [[levels[3]], [levels[3]]];
        blocks.iter_mut().rev().for_each(|block| others::run_back::<Count>(block, &mut running, &nothing));
        let mut outside = blocks[0];
        for level in [levels[2], levels[1]] {
            let (parts, mut out) = (four(level), four(Tile::SILENCE));
            others::leave_out::<Count>(Stack { tiles: &parts, stride: 1 }, &QUADS, &outside, &mut out);
            outside = [out[0]];
        }
        let (parts, mut out, mut measured) = (four(EXACT), [Tile::SILENCE], Measured::default());
        let row = Some(Other { gain: 0.5, out: &mut out, measured: &mut measured });
        others::add_others::<Count>(&mut [row, None, None, None], Stack { tiles: &parts, stride: 1 }, &QUADS, &outside);
        // Beside these: 1 where a signal fades, and 2 in its gain.
        assert_eq!(roundings(&out[0]), 12);
    }
}
