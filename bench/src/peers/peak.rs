//! The most that the core can do: independent fused multiply-adds in registers, as wide as they come, and nothing else.
//!
//! `unsafe` calls functions that are compiled for instructions which not every machine has.
#![allow(unsafe_code)]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// What it is called.
pub const PEAK: &str = "peak of the core";

/// Rounds of multiply-adds in one measurement: about a millisecond, as long as the others are measured.
const ROUNDS: u32 = 350_000;

/// The time that so many f32 products with their additions take at the peak; `None` where it is not known how to reach it.
pub fn seconds_at_peak(products: f64) -> Option<Duration> {
    let (done, time) = measure()?;
    Some(time.mul_f64(products / done))
}

/// Wakes the core's widest units up, for half a millisecond, and touches no memory: what comes next finds the caches as they were.
pub fn wake() {
    multiply_add(ROUNDS / 2);
}

/// Multiply-adds that were done, and the time that they took: the second time that they are done, as the first wakes the core up.
fn measure() -> Option<(f64, Duration)> {
    multiply_add(ROUNDS)?;
    let begin = Instant::now();
    let done = multiply_add(ROUNDS)?;
    Some((done, begin.elapsed()))
}

/// Does so many rounds on every chain, and tells how many multiply-adds that were.
fn multiply_add(rounds: u32) -> Option<f64> {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the machine has AVX-512F.
            black_box(unsafe { x86::avx512(rounds) });
            return Some(f64::from(rounds) * 16.0 * 16.0);
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the machine has AVX2 and FMA.
            black_box(unsafe { x86::avx2(rounds) });
            return Some(f64::from(rounds) * 12.0 * 8.0);
        }
    }
    // How to get there on other machines is not known.
    black_box(rounds);
    None
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::{arch::x86_64::*, hint::black_box};

    /// 16 chains of 16 lanes: twice what two units have under way at four cycles each, and few enough for the registers.
    #[target_feature(enable = "avx512f")]
    pub fn avx512(rounds: u32) -> f32 {
        let (factor, addend) = (_mm512_set1_ps(black_box(0.5)), _mm512_set1_ps(black_box(1.0)));
        // Each begins somewhere else: chains that are alike are shuffled about by the compiler, which costs more than the multiply-adds.
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_the_products_take_twice_the_time() {
        let seconds = |products| (0..9).filter_map(|_| seconds_at_peak(products)).min();
        if let (Some(once), Some(hundredfold)) = (seconds(1e6), seconds(1e8)) {
            assert!((20.0..500.0).contains(&hundredfold.div_duration_f64(once)), "{once:?}, {hundredfold:?}");
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn every_chain_converges_to_its_limit() {
        // x / 2 + 1 comes to rest at 2.
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
