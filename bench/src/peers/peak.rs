//! The peak of the core: independent multiply-adds in registers, as wide as an instruction set has
//! them, and nothing else.
//!
//! `unsafe` calls functions that are compiled for instructions which not every machine has.
#![allow(unsafe_code)]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use mixminus::InstructionSet;

/// The name of this contender.
pub const PEAK: &str = "peak of the core";

/// Rounds of multiply-adds in one measurement. They take about a millisecond, as long as a
/// contender's batch.
const ROUNDS: u32 = 350_000;

/// The time of so many f32 products with their additions at the peak of an instruction set that
/// this machine has.
pub fn seconds_at_peak(kernel: InstructionSet, products: f64) -> Duration {
    // The first pass wakes the core up.
    multiply_add(kernel, ROUNDS);
    let begin = Instant::now();
    let done = multiply_add(kernel, ROUNDS);
    begin.elapsed().mul_f64(products / done)
}

/// Keeps the core's vector units busy for half a millisecond, so that they are awake afterwards.
/// Touches no memory: the caches stay as they are.
pub fn wake(kernel: InstructionSet) {
    multiply_add(kernel, ROUNDS / 2);
}

/// Does so many rounds on every chain. The number of multiply-adds.
fn multiply_add(kernel: InstructionSet, rounds: u32) -> f64 {
    let (sum, lanes) = match kernel {
        // SAFETY: the machine has AVX-512F.
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx512 if is_x86_feature_detected!("avx512f") => (unsafe { x86::avx512(rounds) }, 16 * 16),
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx2 if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") => {
            // SAFETY: the machine has AVX2 and FMA.
            (unsafe { x86::avx2(rounds) }, 12 * 8)
        }
        _ => (baseline(rounds), CHAINS * LANES),
    };
    black_box(sum);
    f64::from(rounds) * lanes as f64
}

/// The chains of multiplications and additions that are not fused: with both constants they fill 16
/// registers.
const CHAINS: usize = 14;
/// The samples in a register of the baseline of most targets.
const LANES: usize = 4;

/// Multiplications and additions that are not fused, in plain Rust.
#[cfg(not(target_arch = "x86_64"))]
fn baseline(rounds: u32) -> f32 {
    let (factor, addend) = (black_box([0.5_f32; LANES]), black_box([1.0_f32; LANES]));
    let mut chains: [[f32; LANES]; CHAINS] = std::array::from_fn(|n| black_box([n as f32; LANES]));
    for _ in 0..rounds {
        for chain in &mut chains {
            *chain = std::array::from_fn(|lane| chain[lane] * factor[lane] + addend[lane]);
        }
    }
    chains.as_flattened().iter().sum()
}

/// The same by intrinsics: for x86-64 the compiler makes single samples of the plain loop.
#[cfg(target_arch = "x86_64")]
fn baseline(rounds: u32) -> f32 {
    // SAFETY: SSE2 is part of x86-64.
    unsafe { x86::sse2(rounds) }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::{arch::x86_64::*, hint::black_box};

    use super::{CHAINS, LANES};

    /// 16 chains of 16 lanes. Two units with a latency of four cycles need 8 chains, and 32
    /// registers hold 16.
    #[target_feature(enable = "avx512f")]
    pub fn avx512(rounds: u32) -> f32 {
        let (factor, addend) = (_mm512_set1_ps(black_box(0.5)), _mm512_set1_ps(black_box(1.0)));
        // Each chain begins with another value: the compiler moves chains that are alike between
        // registers, which costs more than the multiply-adds.
        let mut chains: [__m512; 16] = std::array::from_fn(|n| _mm512_set1_ps(black_box(n as f32)));
        for _ in 0..rounds {
            for chain in &mut chains {
                *chain = _mm512_fmadd_ps(*chain, factor, addend);
            }
        }
        chains.iter().map(|chain| _mm512_reduce_add_ps(*chain)).sum()
    }

    /// 12 chains of 8 lanes, for there are 16 registers.
    #[target_feature(enable = "avx2,fma")]
    pub fn avx2(rounds: u32) -> f32 {
        let (factor, addend) = (_mm256_set1_ps(black_box(0.5)), _mm256_set1_ps(black_box(1.0)));
        let mut chains: [__m256; 12] = std::array::from_fn(|n| _mm256_set1_ps(black_box(n as f32)));
        for _ in 0..rounds {
            for chain in &mut chains {
                *chain = _mm256_fmadd_ps(*chain, factor, addend);
            }
        }
        chains.iter().map(|chain| _mm256_cvtss_f32(*chain)).sum()
    }

    /// 14 chains of 4 lanes. A multiplication and an addition after it have twice the latency of one,
    /// and units of their own.
    #[target_feature(enable = "sse2")]
    pub fn sse2(rounds: u32) -> f32 {
        let (factor, addend) = (_mm_set1_ps(black_box(0.5)), _mm_set1_ps(black_box(1.0)));
        let mut chains: [__m128; CHAINS] = std::array::from_fn(|n| _mm_set1_ps(black_box(n as f32)));
        for _ in 0..rounds {
            for chain in &mut chains {
                *chain = _mm_add_ps(_mm_mul_ps(*chain, factor), addend);
            }
        }
        chains.iter().map(|chain| _mm_cvtss_f32(*chain) * LANES as f32).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_the_products_take_twice_the_time() {
        for kernel in InstructionSet::available() {
            let seconds = |products| (0..9).map(|_| seconds_at_peak(kernel, products)).min().unwrap();
            let growth = seconds(1e8).div_duration_f64(seconds(1e6));
            assert!((20.0..500.0).contains(&growth), "{kernel}: {growth}");
        }
    }

    #[test]
    fn every_chain_converges_to_its_limit() {
        // x / 2 + 1 comes to rest at 2.
        assert_eq!(baseline(100), 2.0 * (CHAINS * LANES) as f32);
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn every_chain_of_vectors_converges_to_its_limit() {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the machine has AVX-512F.
            assert_eq!(unsafe { x86::avx512(100) }, 2.0 * 16.0 * 16.0);
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the machine has AVX2 and FMA.
            assert_eq!(unsafe { x86::avx2(100) }, 2.0 * 12.0);
        }
    }
}
