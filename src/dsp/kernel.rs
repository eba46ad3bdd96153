//! [`Kernel`]: the kernels as safe functions, each compiled for every instruction set.

#[cfg(target_arch = "x86_64")]
use super::x86;
use super::{
    InstructionSet,
    all_but_one::{self, AllButOneRow, QUAD},
    any_sum::{self, AnySum},
    dense::{self, DenseRow, LineGain, ROWS},
    measure::{self, Lanes, Measured},
    remaining::Remaining,
    rows::{MixTiles, SparseRow, Term},
    shape::{self, Curve, Least, SHAPED},
    shared_sums::{self, RunningSum, SEGMENT},
    signals::{Signals, Tiles},
    slope, sparse,
    tile::Tile,
    vector,
};
use crate::data::envelope::Slope;

/// The kernels of one instruction set, which this machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kernel(InstructionSet);

impl Kernel {
    /// Those of an instruction set, or of the fastest that this machine has; `None` if it does not have the one that
    /// is asked for.
    pub fn of(set: Option<InstructionSet>) -> Option<Self> {
        let set = set.unwrap_or_else(InstructionSet::fastest);
        set.is_available().then_some(Self(set))
    }

    /// The instruction set that they are compiled for.
    pub fn instruction_set(self) -> InstructionSet {
        self.0
    }

    /// The fastest that this machine has.
    #[cfg(test)]
    pub fn detect() -> Self {
        Self(InstructionSet::fastest())
    }

    /// All that this machine has, the fastest last.
    #[cfg(test)]
    pub(super) fn available() -> impl Iterator<Item = Self> {
        InstructionSet::available().map(Self)
    }
}

/// Makes a method of [`Kernel`] out of each kernel, compiled for every instruction set.
macro_rules! kernels {
    ($($(#[$doc:meta])* $module:ident :: $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)?;)*) => {
        impl Kernel {$(
            $(#[$doc])*
            pub fn $name(self, $($argument: $type),*) $(-> $result)? {
                #[cfg(target_arch = "x86_64")]
                #[target_feature(enable = "avx2,fma")]
                fn avx2($($argument: $type),*) $(-> $result)? {
                    // SAFETY: this function is compiled for the instruction set, and called only where it is.
                    unsafe { $module::$name::<x86::Avx2>($($argument),*) }
                }
                #[cfg(target_arch = "x86_64")]
                #[target_feature(enable = "avx512f,avx512dq")]
                fn avx512($($argument: $type),*) $(-> $result)? {
                    // SAFETY: as before.
                    unsafe { $module::$name::<x86::Avx512>($($argument),*) }
                }
                match self.0 {
                    // SAFETY: a kernel exists only if the machine has its instruction set.
                    #[cfg(target_arch = "x86_64")]
                    InstructionSet::Avx2 => unsafe { avx2($($argument),*) },
                    // SAFETY: as before.
                    #[cfg(target_arch = "x86_64")]
                    InstructionSet::Avx512 => unsafe { avx512($($argument),*) },
                    // SAFETY: plain Rust runs on every machine.
                    _ => unsafe { $module::$name::<vector::Portable>($($argument),*) },
                }
            }
        )*}
    };
}

kernels! {
    /// Copies a tick of samples to `tiles`, and measures it. The rest of the last tile becomes zero.
    measure::take_f32(samples: &[f32], tiles: &mut [Tile]) -> Measured;
    /// The same of integers, each of which stands for sample / 32768.
    measure::take_i16(samples: &[i16], tiles: &mut [Tile]) -> Measured;
    /// Measures some tiles.
    measure::measure(tiles: &[Tile]) -> Measured;
    /// Writes samples as integers, rounded to the nearest; past full scale they saturate. Both are as long.
    measure::give_i16(samples: &[f32], out: &mut [i16]);
    /// Raises each of `loudest` to the magnitude of its sample, and returns the greatest. None is NaN.
    shape::raise(samples: &[f32; SHAPED], loudest: &mut [f32; SHAPED]) -> f32;
    /// Multiplies each sample with the curve's gain for its follower, which is at least as great; keeps the least gain.
    shape::shape(samples: &mut [f32; SHAPED], followers: &[f32; SHAPED], curve: Curve, least: &mut Least);
    /// Writes the line of an envelope, times a factor.
    slope::write_slope(out: &mut [f32], slope: Slope, factor: f64);
    /// Writes the sums of rows at rest, of 1 to `FEW` terms each, and goes on metering them.
    sparse::add_rest(rows: &[SparseRow], terms: &[Term], signals: Signals<'_>, out: &mut MixTiles<'_>);
    /// The same of rows whose gains are on lines that began together, or at rest.
    sparse::add_lines(
        rows: &[SparseRow], terms: &[Term], signals: Signals<'_>, remaining: &Remaining, out: &mut MixTiles<'_>
    );
    /// Writes `sum(open) + curve * sum(ducked)` of terms at rest, and goes on metering it. Ducked terms are 1 to `FEW`.
    sparse::add_curved(
        out: &mut [Tile], signals: Signals<'_>, open: &[Term], ducked: &[Term], curve: &[f32], lanes: &mut Lanes
    );
    /// Writes a sum of any kind over consecutive tiles, and goes on metering it.
    any_sum::add_any(out: &mut [Tile], signals: Signals<'_>, sum: &AnySum<'_>, lanes: &mut Lanes);
    /// Writes the sum of up to eight signals; of all but each one whose bit is set in `wanted`; and of each pair. See
    /// [`shared_sums`].
    shared_sums::add_segment(
        sources: &[&[Tile]; SEGMENT], sum: &mut [Tile], all_but_one: &mut [Tile], wanted: u8, pairs: &mut [Tile]
    );
    /// Writes the running sums of signals of `tiles` tiles each, from the first one on or, if `backwards`, from the
    /// last.
    shared_sums::run(signals: &[Tile], out: &mut [Tile], tiles: usize, backwards: bool);
    /// Writes the sum of up to four signals over a whole tick.
    all_but_one::add_quad(tiles: Tiles<'_>, signals: &[u32], sum: &mut [Tile]);
    /// Writes what the running sums are, then adds a signal to them.
    all_but_one::run_forward(signal: &[Tile], running: &mut [RunningSum], before: &mut [RunningSum]);
    /// On the way back: adds a signal to the running sums, and writes its rest in its place.
    all_but_one::run_backward(signal: &mut [Tile], running: &mut [RunningSum], before: &[RunningSum]);
    /// Writes the rest of each of up to four signals over a whole tick, given the rest of all four.
    all_but_one::add_rests(tiles: Tiles<'_>, signals: &[u32], rest: &[Tile], out: &mut [Tile]);
    /// Writes the rows of a quad over a whole tick, and measures each. `rest` is that of the quad.
    all_but_one::add_rows(
        rows: &mut [Option<AllButOneRow<'_>>; QUAD], tiles: Tiles<'_>, signals: &[u32], rest: &[Tile]
    );
    /// Writes, for each row, the sum of `gain * signal` over a tile to its tile `place`, and goes on metering it.
    /// Gains are as many as signals: at most `BLOCK`.
    dense::multiply(rows: &mut [Option<DenseRow<'_>>], place: usize, signals: &[&Tile]);
    /// The same of gains on lines; `remaining` is what remains of their moves over the tile.
    dense::multiply_lines(
        rows: &mut [Option<DenseRow<'_, LineGain>>], place: usize, signals: &[&Tile], remaining: &[f32]
    );
    /// Adds, for each of four rows, the sum of `gain * signal` over a tile to its running sum.
    dense::multiply_on(sums: &mut [RunningSum; ROWS], gains: [&[f32]; ROWS], signals: &[&Tile]);
    /// The same of gains on lines.
    dense::multiply_lines_on(
        sums: &mut [RunningSum; ROWS], gains: [&[LineGain]; ROWS], signals: &[&Tile], remaining: &[f32]
    );
    /// Writes what a running sum has come to, and goes on metering it.
    dense::round_off(sum: &RunningSum, out: &mut Tile, lanes: &mut Lanes);
    /// Writes `curves[0] * open + curves[1] * ducked` over a tile, and goes on metering it.
    dense::join_halves(halves: [&Tile; 2], curves: [Option<&[f32]>; 2], out: &mut Tile, lanes: &mut Lanes);
}
