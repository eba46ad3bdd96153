//! Gains that move, as a product multiplies with them: each is a line over a tile, so that one multiplication a sample is enough.
//!
//! A line is followed from that end of its move which is nearer: on from where it started, or back from its target. What is added on the way is then never much more
//! than what it is added to, so that nothing cancels: however small a gain is, it is as exact as one that rests but for 4.5 roundings of 2^-24, which are
//! 1.1 of the step, 1.25 of the first vector, and 2.15 of the two that are made from it.

use super::{Tile, chain::SIDE, product::Weigh, vector::Vector};

/// Samples in a step of a ramp: the lanes of the widest vector.
pub(crate) const STEP: usize = 16;

/// A gain on its way.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Ramp {
    /// Where it is at that end of its move from which it is followed.
    pub end: f32,
    /// How much more it is [`STEP`] samples away from there.
    pub step: f32,
}

/// From which end ramps are followed over a tile: on from the start of their moves or back from the end, which is so many steps away from what is before its first sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Course {
    Onward(f32),
    Back(f32),
}

impl Course {
    /// Whether both follow ramps from the same end.
    pub fn is_like(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Onward(_), Self::Onward(_)) | (Self::Back(_), Self::Back(_)))
    }
}

/// How many steps the samples of a tile are after what is before the first of them, and before it.
const AFTER: [f32; Tile::SAMPLES] = steps(1.0);
const BEFORE: [f32; Tile::SAMPLES] = steps(-1.0);

const fn steps(sign: f32) -> [f32; Tile::SAMPLES] {
    let (mut steps, mut k) = ([0.0; Tile::SAMPLES], 0);
    while k < Tile::SAMPLES {
        steps[k] = sign * (k + 1) as f32 / STEP as f32;
        k += 1;
    }
    steps
}

/// Ramps that are followed on from where they started, or back from their targets: from so many steps away.
#[derive(Clone, Copy)]
pub(super) struct Along<const BACK: bool>(pub f32);

impl<V: Vector, const BACK: bool> Weigh<V> for Along<BACK> {
    type Gain = Ramp;
    /// How many steps the vector is away that is nearest to the end that they are followed from. They are sixteenths, so that nothing is rounded.
    type Here = V;

    #[inline(always)]
    unsafe fn here(self, from: usize) -> V {
        let (steps, from) = if BACK { (&BEFORE, from + (SIDE - 1) * V::LANES) } else { (&AFTER, from) };
        // SAFETY: the caller's contract.
        unsafe { V::load(&steps[from..from + V::LANES]).add(V::splat(self.0)) }
    }

    #[inline(always)]
    unsafe fn gains(steps: V, ramp: &Ramp) -> [V; SIDE] {
        // SAFETY: the caller's contract.
        let [a, b, c] = unsafe { line(steps, ramp) };
        if BACK { [c, b, a] } else { [a, b, c] }
    }
}

/// The vectors of a line, the one first that is nearest to the end that it is followed from. The steps between them are exact, and each vector is made of the one before.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn line<V: Vector>(steps: V, ramp: &Ramp) -> [V; SIDE] {
    // SAFETY: the caller's contract.
    unsafe {
        let step = V::splat(ramp.step);
        let nearest = steps.mul_add_one(step, &ramp.end);
        let one = if V::LANES == STEP { step } else { step.mul(V::splat(V::LANES as f32 / STEP as f32)) };
        let next = nearest.add(one);
        [nearest, next, next.add(one)]
    }
}

/// Writes the ramps of gains that move from `near` to `far` over so many samples, as they are followed from `near`. All are as many.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn write_ramps<V: Vector>(ramps: &mut [Ramp], near: &[f32], far: &[f32], samples: u32) {
    // No vectors of its own: the compiler finds them, once it may use the instruction set.
    let steps = STEP as f64 / f64::from(samples);
    for ((ramp, near), far) in ramps.iter_mut().zip(near).zip(far) {
        *ramp = Ramp { end: *near, step: ((f64::from(*far) - f64::from(*near)) * steps) as f32 };
    }
}
