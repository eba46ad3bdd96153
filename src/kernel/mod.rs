//! The arithmetic of a mix, at the speed of the machine: the only place with `unsafe`.
//!
//! Three rings: safe functions on slices here; the kernels ([`measure`], [`row`], [`few`], [`segment`], [`others`], [`product`], [`ramp`], [`together`], [`slope`]), written once over a
//! vector;
//! and for each instruction set a vector ([`x86`]; [`vector::Portable`] everywhere). Which one runs is chosen once, when the mixer is made.
//! Everything works on [`Tile`]s, so that no kernel has a tail and no load of a signal crosses a cache line.
#![allow(unsafe_code)]

mod chain;
mod depth;
mod few;
mod instruction_set;
mod measure;
mod others;
mod product;
mod ramp;
mod row;
mod segment;
mod shape;
mod slope;
mod tile;
mod together;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) use chain::{ROWS, Waiting};
pub(crate) use depth::Depth;
pub(crate) use few::{FEW, FEW_OPEN, FewRow, Outs};
pub use instruction_set::InstructionSet;
pub(crate) use measure::{Lanes, Measured};
pub(crate) use others::{Other, QUAD};
pub(crate) use product::Row;
pub(crate) use ramp::{Course, Ramp, STEP};
pub(crate) use segment::{Running, SEGMENT};
pub(crate) use shape::{Curve, Least, SHAPED};
pub(crate) use slope::Slope;
pub(crate) use tile::{Stack, Tile};
pub(crate) use together::Together;

use crate::data::fade::FadeCurve;

/// Numbers from here on name derived signals.
const DERIVED: u32 = 1 << 31;

/// The signals of some panels: those of a stack, and derived ones.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signals<'a> {
    pub frames: Stack<'a>,
    pub derived: Stack<'a>,
}

impl<'a> Signals<'a> {
    /// The number by which a term names a derived signal.
    pub fn derived(number: usize) -> u32 {
        DERIVED | number as u32
    }

    /// The same from a later panel on.
    pub fn after(&self, panel: usize) -> Self {
        Self { frames: self.frames.after(panel), derived: self.derived.after(panel) }
    }

    /// The tile of a signal in the first panel.
    #[inline(always)]
    fn get(&self, signal: u32) -> &'a Tile {
        match signal.checked_sub(DERIVED) {
            None => self.frames.get(0, signal),
            Some(derived) => self.derived.get(0, derived),
        }
    }

    /// So many tiles of a signal, from the first panel on.
    #[inline(always)]
    fn signal(&self, signal: u32, panels: usize) -> &'a [Tile] {
        match signal.checked_sub(DERIVED) {
            None => self.frames.signal(signal, panels),
            Some(derived) => self.derived.signal(derived, panels),
        }
    }
}

/// What a mix is the sum of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms<'a> {
    /// Signals that are not multiplied by the envelope, at rest and moving.
    pub open: &'a [Weight],
    pub open_moving: &'a [Moving],
    /// Signals that are.
    pub ducked: &'a [Weight],
    pub ducked_moving: &'a [Moving],
    /// A factor for each sample of all tiles, or empty if nothing is ducked.
    pub envelope: &'a [f32],
    pub curve: &'a FadeCurve,
}

impl<'a> Terms<'a> {
    /// The sum of nothing, yet.
    pub fn of(curve: &'a FadeCurve) -> Self {
        Self { open: &[], open_moving: &[], ducked: &[], ducked_moving: &[], envelope: &[], curve }
    }
}

/// A signal at a gain that rests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Weight {
    pub signal: u32,
    pub gain: f32,
}

/// A signal at a gain that moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moving {
    pub signal: u32,
    /// The factor that rests.
    pub steady: f32,
    /// The factors that move: the first `count` of them.
    pub movers: [Mover; 3],
    pub count: usize,
}

/// A factor that moves linearly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Mover {
    /// How many samples of the move are over.
    pub over: u32,
    pub start: f32,
    pub target: f32,
}

impl Mover {
    pub const NONE: Self = Self { over: 0, start: 0.0, target: 0.0 };
}

impl Moving {
    pub const NONE: Self = Self { signal: 0, steady: 1.0, movers: [Mover::NONE; 3], count: 0 };
}

/// The kernels of one instruction set, which this machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kernel(InstructionSet);

impl Kernel {
    /// Those of an instruction set, or of the fastest that this machine has; `None` if it does not have the one that is asked for.
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
    fn available() -> impl Iterator<Item = Self> {
        InstructionSet::available().map(Self)
    }
}

/// Has the first of some things brought nearer, to be used soon: what lies far apart is not foreseen by the processor.
#[inline(always)]
pub(crate) fn prefetch<T>(things: &[T]) {
    #[cfg(target_arch = "x86_64")]
    for line in (0..size_of::<T>()).step_by(64) {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: a prefetch reads and writes nothing, wherever it points; SSE is part of the architecture.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(things.as_ptr().cast::<i8>().wrapping_add(line)) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = things;
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
    /// Raises each of `loudest` to the magnitude of its sample, and tells the greatest of them. None is NaN.
    shape::raise(samples: &[f32; SHAPED], loudest: &mut [f32; SHAPED]) -> f32;
    /// Multiplies each sample with the gain that the curve has for its follower, which is at least as great; and keeps the least of the gains.
    shape::shape(samples: &mut [f32; SHAPED], followers: &[f32; SHAPED], curve: Curve, least: &mut Least);
    /// Writes the sum of a row over all tiles of a tick, and measures it.
    row::add_row(out: &mut [Tile], frames: Stack<'_>, terms: &Terms<'_>) -> Measured;
    /// Writes the sum of a row over the tile that begins at sample `at` of a tick, and goes on measuring it. The signals are those of its panel on.
    row::add_tile(out: &mut Tile, at: usize, signals: Signals<'_>, terms: &Terms<'_>, lanes: &mut Lanes);
    /// Writes the line of an envelope, times a factor.
    slope::write_slope(out: &mut [f32], slope: Slope, factor: f64);
    /// Writes the sums of rows of up to [`FEW`] signals at rest over a whole tick of so many panels, and measures each.
    few::add_few_whole(
        rows: &[FewRow], weights: &[Weight], signals: Signals<'_>, panels: usize, mixes: &mut [Tile], measured: &mut [Measured]
    );
    /// Writes the sum of up to [`FEW_OPEN`] signals and, multiplied by the envelope, of up to [`FEW`] ducked ones over some panels, and goes on measuring it.
    few::add_few_ducked(
        out: &mut [Tile], signals: Signals<'_>, terms: [&[Weight]; 2], envelope: &[f32], lanes: &mut Lanes
    );
    /// Writes the sums of rows of up to [`FEW`] signals at rest over some panels, and goes on measuring them.
    few::add_few(rows: &[FewRow], weights: &[Weight], signals: Signals<'_>, outs: &mut Outs<'_>);
    /// The sum of up to eight signals over some panels; for each of them that is `named`, a bit for each, the sum of the other seven, if `others` has room for it; and, if `twos` has room for it, the sum
    /// of each two.
    segment::add_segment(sources: &[&[Tile]; SEGMENT], sum: &mut [Tile], others: &mut [Tile], named: u8, twos: &mut [Tile]);
    /// Writes the sum of up to four signals over a whole tick.
    others::sum_up(frames: Stack<'_>, signals: &[u32], sums: &mut [Tile]);
    /// Writes what all running sums were, and adds a sum to them.
    others::run_on(sums: &[Tile], running: &mut [Running], before: &mut [Running]);
    /// The same backwards: adds a sum to the running ones, and writes in its place what they and those from before came to without it, rounded once.
    others::run_back(sums: &mut [Tile], running: &mut [Running], before: &[Running]);
    /// Writes, for each of up to four signals, the sum of the others and of what is outside over a whole tick; `out` has room for four.
    others::leave_out(frames: Stack<'_>, signals: &[u32], outside: &[Tile], out: &mut [Tile]);
    /// Writes, for each row of a quad, its gain times the sum of all sources but its own over a whole tick, and measures it. `outside` is the sum of all that are not in
    /// the quad.
    others::add_others(
        rows: &mut [Option<Other<'_>>; QUAD], frames: Stack<'_>, sources: &[u32], outside: &[Tile]
    );
    /// Writes the running sums of some signals over so many panels: from the first one on, or, if `backwards`, from the last one.
    segment::run(signals: &[Tile], out: &mut [Tile], panels: usize, backwards: bool);
    /// Writes, for each row, the sum of gain * signal over a tile to the tile at `place` of those that are the row's, and goes on measuring it if it is a whole mix.
    /// Gains are as many as signals, at most [`Depth::at_once`].
    product::multiply(
        rows: &mut [Option<Row<'_>>], place: usize, signals: &[&Tile], depth: Depth, waiting: &mut Waiting
    );
    /// Adds, for each of four rows of gains, the sum of gain * signal over one tile to its running sum. Gains are as many as signals, at most [`Depth::block`].
    product::multiply_on(
        sums: &mut [Running; ROWS], gains: [&[f32]; ROWS], signals: &[&Tile], depth: Depth, waiting: &mut Waiting
    );
    /// Writes the ramps of gains that move from `near` to `far` over so many samples, as they are followed from `near`. All are as many.
    ramp::write_ramps(ramps: &mut [Ramp], near: &[f32], far: &[f32], samples: u32);
    /// The product of gains that move, which are whole mixes; otherwise as [`Kernel::multiply`], at a depth of [`Depth::Ramp`].
    product::multiply_ramps(
        rows: &mut [Option<Row<'_, Ramp>>], place: usize, signals: &[&Tile], course: Course, waiting: &mut Waiting
    );
    /// The same as [`Kernel::multiply_on`].
    product::multiply_ramps_on(
        sums: &mut [Running; ROWS], gains: [&[Ramp]; ROWS], signals: &[&Tile], course: Course, waiting: &mut Waiting
    );
    /// Writes a mix from its products, and goes on measuring it: what is not ducked and what is, at the end of the moves and then at their start.
    together::put_together(products: [&Tile; 4], together: Together<'_>, out: &mut Tile, lanes: &mut Lanes);
    /// Writes what running sums have come to, and goes on measuring it.
    product::round_off(sums: &Running, out: &mut Tile, lanes: &mut Lanes);
}

#[cfg(test)]
mod tests;
