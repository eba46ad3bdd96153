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

/// From which end ramps are followed over a tile: how many steps each of its samples is away from there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Course<'a> {
    Onward(&'a [f32; Tile::SAMPLES]),
    Back(&'a [f32; Tile::SAMPLES]),
}

impl Course<'_> {
    /// Whether both follow ramps from the same end.
    pub fn is_like(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Onward(_), Self::Onward(_)) | (Self::Back(_), Self::Back(_)))
    }
}

/// Ramps that are followed from where they started.
#[derive(Clone, Copy)]
pub(super) struct Onward<'a>(pub &'a [f32; Tile::SAMPLES]);

/// Ramps that are followed back from their targets.
#[derive(Clone, Copy)]
pub(super) struct Back<'a>(pub &'a [f32; Tile::SAMPLES]);

impl<V: Vector> Weigh<V> for Onward<'_> {
    type Gain = Ramp;
    type Here = V;

    #[inline(always)]
    unsafe fn here(self, from: usize) -> V {
        // SAFETY: the caller's contract.
        unsafe { V::load(&self.0[from..from + V::LANES]) }
    }

    #[inline(always)]
    unsafe fn gains(steps: V, ramp: &Ramp) -> [V; SIDE] {
        // SAFETY: the caller's contract.
        unsafe { line(steps, ramp) }
    }
}

impl<V: Vector> Weigh<V> for Back<'_> {
    type Gain = Ramp;
    type Here = V;

    #[inline(always)]
    unsafe fn here(self, from: usize) -> V {
        let from = from + (SIDE - 1) * V::LANES;
        // SAFETY: the caller's contract.
        unsafe { V::load(&self.0[from..from + V::LANES]) }
    }

    #[inline(always)]
    unsafe fn gains(steps: V, ramp: &Ramp) -> [V; SIDE] {
        // SAFETY: the caller's contract.
        let [a, b, c] = unsafe { line(steps, ramp) };
        [c, b, a]
    }
}

/// The vectors of a line, the one first that is nearest to the end that it is followed from. The steps between them are exact, and each vector is made of the first.
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
