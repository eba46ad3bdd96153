//! How many roundings a product passes through: counted, for every number of signals, by a vector that counts instead
//! of adding.

use super::{
    super::{all_but_one, any_sum, dense, vector::Vector},
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

    /// Rounded twice, as where products are rounded by themselves. In a chain that is no more than once for each
    /// product but the first.
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
        // SAFETY: nothing here needs an instruction set.
        unsafe { self.mul(factor).add(term) }
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

/// The roundings that the contract allows: 4e-6 in units of 2^-24.
const ALLOWED: u32 = 67;

/// What a product may bring along beside those of the sum: a gain on a line 3, a ducking level in it 1, a signal that
/// fades 1.
const BROUGHT: u32 = 5;

fn of_product(count: usize) -> u32 {
    let (signals, gains) = (vec![&EXACT; count], vec![1.0; count]);
    let (mut out, mut lanes) = ([Tile::SILENCE], Lanes::NOTHING);
    if count > BLOCK {
        let mut sums = [RunningSum::ZERO; ROWS];
        for signals in signals.chunks(BLOCK) {
            let gains = [&gains[..signals.len()]; ROWS];
            // SAFETY: nothing here needs an instruction set.
            unsafe { dense::multiply_on::<Count>(&mut sums, gains, signals) }
        }
        // SAFETY: as before.
        unsafe { dense::round_off::<Count>(&sums[0], &mut out[0], &mut lanes) }
    } else {
        let row = Some(DenseRow { gains: &gains, out: &mut out, lanes: &mut lanes });
        // SAFETY: as before.
        unsafe { dense::multiply::<Count>(&mut [row, None, None, None], 0, &signals) }
    }
    roundings(&out[0])
}

#[test]
fn no_product_passes_through_more_than_it_may() {
    assert_eq!([1, 2, 3, 4, 5].map(of_product), [1, 2, 3, 4, 5]);
    // Chains and blocks that are full, and about to be.
    let counts = (1..40).chain((32..BLOCK).step_by(31)).chain([BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK]);
    let most = counts.map(of_product).max();
    assert!(most.is_some_and(|most| most + BROUGHT <= ALLOWED), "{most:?}");
}

#[test]
fn no_signal_of_a_sparse_row_passes_through_more_than_it_may() {
    /// A shared sum brings 4 of its own.
    const SHARED: u32 = 4;
    let (tiles, remaining) = ([EXACT], Remaining::new(0, Tile::SAMPLES));
    let signals = Signals { sources: Tiles { tiles: &tiles, stride: 0 }, shared: Tiles::NOTHING };
    let terms = vec![Term::at_rest(0, 1.0); 300];
    let curve = [1.0; Tile::SAMPLES];
    for count in (1..70).chain([96, 97, 300]) {
        for ducked in [&[][..], &terms[..count]] {
            let curves = [Some(&curve[..]), Some(&curve[..])];
            let sum = AnySum { open: &terms[..count], ducked, curves, remaining: &remaining, at: 0 };
            let (mut out, mut lanes) = ([Tile::SILENCE], Lanes::NOTHING);
            // SAFETY: nothing here needs an instruction set.
            unsafe { any_sum::add_any::<Count>(&mut out, signals, &sum, &mut lanes) };
            let all = SHARED + BROUGHT + roundings(&out[0]);
            assert!(all <= ALLOWED, "{count}: {all}");
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
            all_but_one::add_quad::<Count>(Tiles { tiles: &parts, stride: 1 }, &QUADS, &mut sum);
            levels[level] = sum[0];
        }
        // The rest of the first of two blocks.
        let (mut running, nothing) = ([RunningSum::ZERO], [RunningSum::ZERO]);
        let mut blocks = [[levels[3]], [levels[3]]];
        blocks.iter_mut().rev().for_each(|block| all_but_one::run_backward::<Count>(block, &mut running, &nothing));
        let mut rest = blocks[0];
        for level in [levels[2], levels[1]] {
            let (parts, mut out) = (four(level), four(Tile::SILENCE));
            all_but_one::add_rests::<Count>(Tiles { tiles: &parts, stride: 1 }, &QUADS, &rest, &mut out);
            rest = [out[0]];
        }
        let (parts, mut out, mut measured) = (four(EXACT), [Tile::SILENCE], Measured::default());
        let row = Some(AllButOneRow { gain: 0.5, out: &mut out, measured: &mut measured });
        let tiles = Tiles { tiles: &parts, stride: 1 };
        all_but_one::add_rows::<Count>(&mut [row, None, None, None], tiles, &QUADS, &rest);
        assert!(BROUGHT + roundings(&out[0]) <= 20, "{}", roundings(&out[0]));
    }
}
