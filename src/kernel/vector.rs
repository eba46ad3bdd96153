//! The vectors that the kernels are written over: one trait, and its portable forms.

/// A few samples at once.
///
/// Every method must be inlined into a function that is compiled for the instruction set: the kernels are generic and
/// `#[inline(always)]`, and only the functions that are called from outside carry `#[target_feature]`.
///
/// # Safety
/// Every method may be called only on a machine that has the implementation's instruction set. Slices have exactly
/// [`LANES`](Self::LANES) elements; the implementations check that, so that a wrong one is a panic and no more.
pub(super) trait Vector: Copy {
    const LANES: usize;

    unsafe fn splat(value: f32) -> Self;
    unsafe fn load(from: &[f32]) -> Self;
    unsafe fn store(self, to: &mut [f32]);
    unsafe fn mul(self, other: Self) -> Self;
    /// self * factor + term; whether it is rounded once or twice depends on the instruction set.
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self;
    /// The greater magnitude of each lane, without sign. A NaN is greater than infinity: magnitudes are compared as bits.
    unsafe fn max_magnitude(self, other: Self) -> Self;
    /// Adds each lane to its sum.
    unsafe fn add_to(self, sums: &mut [f64]);
    /// Adds the square of each lane to its sum.
    unsafe fn add_square_to(self, sums: &mut [f64]);
    /// Rounds sums to samples.
    unsafe fn from_sums(sums: &[f64]) -> Self;
}

/// One sample: what is left after the last whole vector.
impl Vector for f32 {
    const LANES: usize = 1;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        value
    }

    #[inline(always)]
    unsafe fn load(from: &[f32]) -> Self {
        from[0]
    }

    #[inline(always)]
    unsafe fn store(self, to: &mut [f32]) {
        to[0] = self;
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        self * other
    }

    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
        self * factor + term
    }

    #[inline(always)]
    unsafe fn max_magnitude(self, other: Self) -> Self {
        let magnitude = |value: f32| value.to_bits() & 0x7fff_ffff;
        f32::from_bits(magnitude(self).max(magnitude(other)))
    }

    #[inline(always)]
    unsafe fn add_to(self, sums: &mut [f64]) {
        sums[0] += f64::from(self);
    }

    #[inline(always)]
    unsafe fn add_square_to(self, sums: &mut [f64]) {
        sums[0] += f64::from(self) * f64::from(self);
    }

    #[inline(always)]
    unsafe fn from_sums(sums: &[f64]) -> Self {
        sums[0] as f32
    }
}

/// Four samples in plain Rust: vectors on every target whose baseline has them (SSE2, NEON), loops elsewhere.
#[derive(Clone, Copy)]
pub(super) struct Portable([f32; Portable::LANES]);

impl Portable {
    #[inline(always)]
    fn each(self, other: Self, operation: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|lane| operation(self.0[lane], other.0[lane])))
    }
}

impl Vector for Portable {
    const LANES: usize = 4;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self([value; Self::LANES])
    }

    #[inline(always)]
    unsafe fn load(from: &[f32]) -> Self {
        Self(std::array::from_fn(|lane| from[lane]))
    }

    #[inline(always)]
    unsafe fn store(self, to: &mut [f32]) {
        to.copy_from_slice(&self.0);
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        self.each(other, |a, b| a * b)
    }

    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
        self.each(factor, |a, b| a * b).each(term, |a, b| a + b)
    }

    #[inline(always)]
    unsafe fn max_magnitude(self, other: Self) -> Self {
        let magnitude = |value: f32| (value.to_bits() & 0x7fff_ffff).cast_signed();
        self.each(other, |a, b| f32::from_bits(magnitude(a).max(magnitude(b)).cast_unsigned()))
    }

    #[inline(always)]
    unsafe fn add_to(self, sums: &mut [f64]) {
        for (sum, value) in sums.iter_mut().zip(self.0) {
            *sum += f64::from(value);
        }
    }

    #[inline(always)]
    unsafe fn add_square_to(self, sums: &mut [f64]) {
        for (sum, value) in sums.iter_mut().zip(self.0) {
            *sum += f64::from(value) * f64::from(value);
        }
    }

    #[inline(always)]
    unsafe fn from_sums(sums: &[f64]) -> Self {
        Self(std::array::from_fn(|lane| sums[lane] as f32))
    }
}
