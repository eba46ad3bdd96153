//! The arithmetic of a mix, at the speed of the machine: the only place with `unsafe`.
//!
//! Three rings: safe functions on slices here; the kernels in [`generic`], written once over a vector; and for each
//! instruction set a vector and the kernels compiled for it ([`x86`]; [`vector::Portable`] everywhere). Which one runs is
//! chosen once, when the mixer is made.
#![allow(unsafe_code)]

mod generic;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) use generic::Measured;

use crate::fade::FadeCurve;

/// What a mix is the sum of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    /// One tick of each source, and of each subtotal.
    pub frames: &'a [Vec<f32>],
    pub subtotals: &'a [Vec<f32>],
    /// Sources that are not ducked, at rest and moving.
    pub open: &'a [Weight],
    pub open_moving: &'a [Moving],
    /// Sources that are multiplied by the envelope.
    pub ducked: &'a [Weight],
    pub ducked_moving: &'a [Moving],
    /// A factor for each sample, or empty if nothing is ducked.
    pub envelope: &'a [f32],
    pub curve: &'a FadeCurve,
    /// Products that are added in f32 before they go into an f64 sum: [`DEPTH`], or fewer.
    pub depth: usize,
}

/// What keeps the error of a mix under 1e-6 of the sum of its magnitudes, however many terms it has.
///
/// In units of 2^-24: 6 for the additions, 1 for the product, 1 for the gain, or 5 if it moves (both ends, both parts of the curve, and their sum), 3
/// for the envelope and 1 for the last rounding are 16, or 9.5e-7. Only a gain with two moves at once, a ducker's exemption beside its base,
/// may come to 21, if every rounding were at its worst and in the same direction.
pub(crate) const DEPTH: usize = 6;
/// The same where subtotals are terms: they have one more rounding for each of their levels. Two levels, up to 512 audible sources, come to 16 again for a
/// gain that moves; each eightfold adds 1. A gain at rest stays 4 under that.
pub(crate) const DEPTH_WITH_SUBTOTALS: usize = 4;

/// Numbers from here on name subtotals.
const SUBTOTALS: u32 = 1 << 31;

impl<'a> Row<'a> {
    /// The sum of nothing, yet, of these.
    pub fn of(frames: &'a [Vec<f32>], subtotals: &'a [Vec<f32>], curve: &'a FadeCurve) -> Self {
        Self {
            frames,
            subtotals,
            open: &[],
            open_moving: &[],
            ducked: &[],
            ducked_moving: &[],
            envelope: &[],
            curve,
            depth: DEPTH,
        }
    }

    /// The number by which a term names a subtotal.
    pub fn subtotal(number: usize) -> u32 {
        SUBTOTALS | number as u32
    }

    /// The samples that a term names.
    #[inline(always)]
    pub fn signal(&self, source: u32) -> &'a [f32] {
        if source < SUBTOTALS { &self.frames[source as usize] } else { &self.subtotals[(source ^ SUBTOTALS) as usize] }
    }
}

/// A source at a gain that rests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Weight {
    pub source: u32,
    pub gain: f32,
}

/// A source at a gain that moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moving {
    pub source: u32,
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
    pub const NONE: Self = Self { source: 0, steady: 1.0, movers: [Mover::NONE; 3], count: 0 };

    /// A source at a gain of one move.
    pub fn one(source: u32, mover: Mover) -> Self {
        Self { source, movers: [mover, Mover::NONE, Mover::NONE], count: 1, ..Self::NONE }
    }
}

/// The kernels of one instruction set, which this machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kernel(Isa);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Isa {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Kernel {
    /// The fastest that this machine has.
    pub fn detect() -> Self {
        Self::available().last().unwrap_or(Self(Isa::Portable))
    }

    /// All that this machine has, the fastest last.
    fn available() -> impl Iterator<Item = Self> {
        #[cfg(target_arch = "x86_64")]
        let special = [
            (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Self(Isa::Avx2)),
            (is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq")).then_some(Self(Isa::Avx512)),
        ];
        #[cfg(not(target_arch = "x86_64"))]
        let special = [None; 0];
        std::iter::once(Self(Isa::Portable)).chain(special.into_iter().flatten())
    }

    /// Writes the sum of a row and measures it. Every frame, and the envelope, is as long as `out`.
    pub fn mix(self, out: &mut [f32], row: &Row<'_>) -> Measured {
        match self.0 {
            // SAFETY: plain Rust runs on every machine.
            Isa::Portable => unsafe { generic::mix::<vector::Portable>(out, row) },
            // SAFETY: a kernel exists only if the machine has its instruction set.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => unsafe { x86::mix_avx2(out, row) },
            // SAFETY: as before.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => unsafe { x86::mix_avx512(out, row) },
        }
    }

    /// Measures some samples.
    pub fn measure(self, samples: &[f32]) -> Measured {
        match self.0 {
            // SAFETY: plain Rust runs on every machine.
            Isa::Portable => unsafe { generic::measure::<vector::Portable>(samples) },
            // SAFETY: a kernel exists only if the machine has its instruction set.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => unsafe { x86::measure_avx2(samples) },
            // SAFETY: as before.
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => unsafe { x86::measure_avx512(samples) },
        }
    }
}

#[cfg(test)]
mod tests;
