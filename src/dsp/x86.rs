//! The vectors of x86-64: AVX2 with FMA, and AVX-512.

use std::arch::x86_64::*;

use super::vector::Vector;

/// Implements [`Vector`] for one width. The implementations differ only in the names of their instructions.
macro_rules! vector {
    ($name:ident, $inner:ty, $lanes:literal, $half:literal, {
        splat: $splat:path, load: $load:path, store: $store:path,
        add: $add:path, mul: $mul:path, div: $div:path, sqrt: $sqrt:path, mul_add: $mul_add:path,
        cast_int: $cast_int:path, cast_float: $cast_float:path, and: $and:path, max_int: $max_int:path,
        splat_int: $splat_int:path,
        min: $min:path, max: $max:path, widen_i16: $widen_i16:path, to_float: $to_float:path, to_i16: $to_i16:path,
        low: $low:path, high: $high:path, widen: $widen:path, narrow: $narrow:path, join: $join:path,
        load_wide: $load_wide:path, store_wide: $store_wide:path, add_wide: $add_wide:path,
    }) => {
        #[derive(Clone, Copy)]
        pub(super) struct $name($inner);

        // SAFETY of every block: the caller guarantees the instruction set (contract of the trait). Memory is
        // reached through a reference to an array with as many elements as the instruction touches; the
        // instruction needs no alignment.
        impl Vector for $name {
            const LANES: usize = $lanes;

            #[inline(always)]
            unsafe fn splat(value: f32) -> Self {
                // SAFETY: see above.
                unsafe { Self($splat(value)) }
            }

            #[inline(always)]
            unsafe fn load(from: &[f32]) -> Self {
                let from: &[f32; $lanes] = from.try_into().expect("as many samples as lanes");
                // SAFETY: see above.
                unsafe { Self($load(from.as_ptr())) }
            }

            #[inline(always)]
            unsafe fn load_i16(from: &[i16]) -> Self {
                let from: &[i16; $lanes] = from.try_into().expect("as many samples as lanes");
                // SAFETY: see above.
                unsafe { Self($to_float($widen_i16(from))) }
            }

            #[inline(always)]
            unsafe fn store(self, to: &mut [f32]) {
                let to: &mut [f32; $lanes] = to.try_into().expect("as many samples as lanes");
                // SAFETY: see above.
                unsafe { $store(to.as_mut_ptr(), self.0) }
            }

            #[inline(always)]
            unsafe fn store_i16(self, to: &mut [i16]) {
                let to: &mut [i16; $lanes] = to.try_into().expect("as many samples as lanes");
                // SAFETY: see above.
                unsafe { $to_i16(self.0, to) }
            }

            #[inline(always)]
            unsafe fn add(self, other: Self) -> Self {
                // SAFETY: see above.
                unsafe { Self($add(self.0, other.0)) }
            }

            #[inline(always)]
            unsafe fn mul(self, other: Self) -> Self {
                // SAFETY: see above.
                unsafe { Self($mul(self.0, other.0)) }
            }

            #[inline(always)]
            unsafe fn div(self, other: Self) -> Self {
                // SAFETY: see above.
                unsafe { Self($div(self.0, other.0)) }
            }

            #[inline(always)]
            unsafe fn sqrt(self) -> Self {
                // SAFETY: see above.
                unsafe { Self($sqrt(self.0)) }
            }

            #[inline(always)]
            unsafe fn mul_add(self, factor: Self, term: Self) -> Self {
                // SAFETY: see above.
                unsafe { Self($mul_add(self.0, factor.0, term.0)) }
            }

            #[inline(always)]
            unsafe fn abs(self) -> Self {
                // SAFETY: see above.
                unsafe { Self($cast_float($and($cast_int(self.0), $splat_int(0x7fff_ffff)))) }
            }

            #[inline(always)]
            unsafe fn max_bits(self, other: Self) -> Self {
                // SAFETY: see above.
                unsafe { Self($cast_float($max_int($cast_int(self.0), $cast_int(other.0)))) }
            }

            #[inline(always)]
            unsafe fn clamp(self, least: Self, most: Self) -> Self {
                // SAFETY: see above.
                unsafe { Self($min($max(self.0, least.0), most.0)) }
            }

            #[inline(always)]
            unsafe fn add_to(self, sums: &mut [f64]) {
                let sums: &mut [[f64; $half]; 2] = sums.as_chunks_mut().0.try_into().expect("as many sums as lanes");
                // SAFETY: see above.
                unsafe {
                    for (sum, half) in sums.iter_mut().zip([$low(self.0), $high(self.0)]) {
                        $store_wide(sum.as_mut_ptr(), $add_wide($load_wide(sum.as_ptr()), $widen(half)));
                    }
                }
            }

            #[inline(always)]
            unsafe fn from_sums(sums: &[f64]) -> Self {
                let sums: &[[f64; $half]; 2] = sums.as_chunks().0.try_into().expect("as many sums as lanes");
                // SAFETY: see above.
                unsafe {
                    let [low, high] = [$narrow($load_wide(sums[0].as_ptr())), $narrow($load_wide(sums[1].as_ptr()))];
                    Self($join(low, high))
                }
            }
        }
    };
}

vector!(Avx2, __m256, 8, 4, {
    splat: _mm256_set1_ps, load: _mm256_loadu_ps, store: _mm256_storeu_ps, add: _mm256_add_ps, mul: _mm256_mul_ps,
    div: _mm256_div_ps, sqrt: _mm256_sqrt_ps,
    mul_add: _mm256_fmadd_ps,
    cast_int: _mm256_castps_si256, cast_float: _mm256_castsi256_ps, and: _mm256_and_si256, max_int: _mm256_max_epi32,
    splat_int: _mm256_set1_epi32,
    min: _mm256_min_ps, max: _mm256_max_ps, widen_i16: widen_8, to_float: _mm256_cvtepi32_ps, to_i16: store_8,
    low: _mm256_castps256_ps128, high: _mm256_extractf128_ps::<1>,
    widen: _mm256_cvtps_pd, narrow: _mm256_cvtpd_ps, join: _mm256_setr_m128,
    load_wide: _mm256_loadu_pd, store_wide: _mm256_storeu_pd, add_wide: _mm256_add_pd,
});

vector!(Avx512, __m512, 16, 8, {
    splat: _mm512_set1_ps, load: _mm512_loadu_ps, store: _mm512_storeu_ps, add: _mm512_add_ps, mul: _mm512_mul_ps,
    div: _mm512_div_ps, sqrt: _mm512_sqrt_ps,
    mul_add: _mm512_fmadd_ps,
    cast_int: _mm512_castps_si512, cast_float: _mm512_castsi512_ps, and: _mm512_and_si512, max_int: _mm512_max_epi32,
    splat_int: _mm512_set1_epi32,
    min: _mm512_min_ps, max: _mm512_max_ps, widen_i16: widen_16, to_float: _mm512_cvtepi32_ps, to_i16: store_16,
    low: _mm512_castps512_ps256, high: _mm512_extractf32x8_ps::<1>,
    widen: _mm512_cvtps_pd, narrow: _mm512_cvtpd_ps, join: join_256,
    load_wide: _mm512_loadu_pd, store_wide: _mm512_storeu_pd, add_wide: _mm512_add_pd,
});

/// # Safety
/// The machine has AVX-512 F and DQ.
#[inline(always)]
unsafe fn join_256(low: __m256, high: __m256) -> __m512 {
    // SAFETY: the caller's contract.
    unsafe { _mm512_insertf32x8::<1>(_mm512_castps256_ps512(low), high) }
}

/// # Safety
/// The machine has AVX2.
#[inline(always)]
unsafe fn widen_8(from: &[i16; 8]) -> __m256i {
    // SAFETY: the caller's contract; the array is as long as the load.
    unsafe { _mm256_cvtepi16_epi32(_mm_loadu_si128(from.as_ptr().cast())) }
}

/// # Safety
/// The machine has AVX-512 F.
#[inline(always)]
unsafe fn widen_16(from: &[i16; 16]) -> __m512i {
    // SAFETY: the caller's contract; the array is as long as the load.
    unsafe { _mm512_cvtepi16_epi32(_mm256_loadu_si256(from.as_ptr().cast())) }
}

/// # Safety
/// The machine has AVX2.
#[inline(always)]
unsafe fn store_8(values: __m256, to: &mut [i16; 8]) {
    // SAFETY: the caller's contract; the array is as long as the store.
    unsafe {
        let whole = _mm256_cvtps_epi32(values);
        let packed = _mm_packs_epi32(_mm256_castsi256_si128(whole), _mm256_extracti128_si256::<1>(whole));
        _mm_storeu_si128(to.as_mut_ptr().cast(), packed);
    }
}

/// # Safety
/// The machine has AVX-512 F.
#[inline(always)]
unsafe fn store_16(values: __m512, to: &mut [i16; 16]) {
    // SAFETY: the caller's contract; the array is as long as the store.
    unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), _mm512_cvtsepi32_epi16(_mm512_cvtps_epi32(values))) }
}
