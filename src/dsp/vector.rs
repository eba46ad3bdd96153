//! The vectors that the kernels are written over: the trait [`Vector`], and its portable form.

/// Several samples that are computed together, one in each lane.
///
/// Every method must be inlined into a function that is compiled for the instruction set. So the kernels are
/// generic and `#[inline(always)]`, and only the functions that safe code calls carry `#[target_feature]`.
///
/// # Safety
/// A method may be called only on a machine that has the implementation's instruction set. Slices have
/// exactly [`LANES`](Self::LANES) elements; the implementations check that, so a wrong length is a panic and
/// never undefined behaviour.
pub(super) trait Vector: Copy {
    const LANES: usize;

    unsafe fn splat(value: f32) -> Self;
    unsafe fn load(from: &[f32]) -> Self;
    /// Converts integers to the same values, without scaling.
    unsafe fn load_i16(from: &[i16]) -> Self;
    unsafe fn store(self, to: &mut [f32]);
    /// Rounds to the nearest integers, ties to even. The values must be in the range of i16.
    unsafe fn store_i16(self, to: &mut [i16]);
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn mul(self, other: Self) -> Self;
    unsafe fn div(self, other: Self) -> Self;
    unsafe fn sqrt(self) -> Self;
    /// `self * factor + term`. The instruction set decides whether the result is rounded once or twice.
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self;
    /// The magnitude of each lane.
    unsafe fn abs(self) -> Self;
    /// The greater of two values in each lane. Both must be without sign. They are compared as bits, so that
    /// a NaN is greater than infinity.
    unsafe fn max_bits(self, other: Self) -> Self;
    /// Limits each lane to the range from `least` to `most`.
    unsafe fn clamp(self, least: Self, most: Self) -> Self;
    /// Adds each lane to its own sum.
    unsafe fn add_to(self, sums: &mut [f64]);
    /// Rounds one sum for each lane to f32.
    unsafe fn from_sums(sums: &[f64]) -> Self;
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
    unsafe fn load_i16(from: &[i16]) -> Self {
        Self(std::array::from_fn(|lane| f32::from(from[lane])))
    }

    #[inline(always)]
    unsafe fn store(self, to: &mut [f32]) {
        to.copy_from_slice(&self.0);
    }

    #[inline(always)]
    unsafe fn store_i16(self, to: &mut [i16]) {
        // Adding 1.5 * 2^23 and subtracting it again rounds a value in the range of i16 to an integer. Unlike
        // a call to a rounding function, this is vectorized on every target.
        const WHOLE: f32 = 12_582_912.0;
        to.copy_from_slice(&self.0.map(|value| (value + WHOLE - WHOLE) as i32 as i16));
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        self.each(other, |a, b| a + b)
    }

    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        self.each(other, |a, b| a * b)
    }

    #[inline(always)]
    unsafe fn div(self, other: Self) -> Self {
        self.each(other, |a, b| a / b)
    }

    #[inline(always)]
    unsafe fn sqrt(self) -> Self {
        Self(self.0.map(f32::sqrt))
    }

    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
        self.each(factor, |a, b| a * b).each(term, |a, b| a + b)
    }

    #[inline(always)]
    unsafe fn abs(self) -> Self {
        Self(self.0.map(f32::abs))
    }

    #[inline(always)]
    unsafe fn max_bits(self, other: Self) -> Self {
        let bits = |value: f32| value.to_bits().cast_signed();
        self.each(other, |a, b| f32::from_bits(bits(a).max(bits(b)).cast_unsigned()))
    }

    #[inline(always)]
    unsafe fn clamp(self, least: Self, most: Self) -> Self {
        self.each(least, |a, b| if a < b { b } else { a }).each(most, |a, b| if a > b { b } else { a })
    }

    #[inline(always)]
    unsafe fn add_to(self, sums: &mut [f64]) {
        for (sum, value) in sums.iter_mut().zip(self.0) {
            *sum += f64::from(value);
        }
    }

    #[inline(always)]
    unsafe fn from_sums(sums: &[f64]) -> Self {
        Self(std::array::from_fn(|lane| sums[lane] as f32))
    }
}
