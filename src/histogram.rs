//! How times are spread: [`Histogram`], which one thread writes and any thread reads, without a lock. Knows no clock.

use std::{
    hint::black_box,
    sync::atomic::{
        AtomicU64,
        Ordering::{Acquire, Relaxed, Release},
    },
};

/// Buckets from one power of two to the next: a value is known to one part in 32, 3.1 %.
const STEPS: u64 = 32;
/// The bits of a number of steps.
const STEP_BITS: u32 = STEPS.ilog2();
/// The first power of two that has no buckets: what is greater is counted in the last one. As nanoseconds, 69 seconds.
const TOP_BITS: u32 = 36;
/// Exact ones below `STEPS`, and `STEPS` for each power of two from there on.
const BUCKETS: usize = (STEPS as usize) * (TOP_BITS - STEP_BITS + 1) as usize;

/// Counts of values, in buckets whose width grows with the value, and the greatest value.
#[derive(Debug)]
pub(crate) struct Histogram {
    counts: Box<[AtomicU64]>,
    max: AtomicU64,
}

/// What a histogram held when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Spread {
    /// Half of the values are at most this; exact below 32, and else up to 1/32 too much. 0 without a value.
    pub p50: u64,
    /// 99 in 100 values are at most this; as exact as the other.
    pub p99: u64,
    /// The greatest value, exactly.
    pub max: u64,
}

impl Histogram {
    /// 8 KiB, which the first value does not have to fetch from the system.
    pub fn new() -> Self {
        let mut counts = black_box(Vec::with_capacity(BUCKETS));
        counts.resize_with(BUCKETS, AtomicU64::default);
        Self { counts: black_box(counts).into_boxed_slice(), max: AtomicU64::new(0) }
    }

    /// Counts a value. By one thread only: what a second one counts at the same time can be lost. Real time.
    pub fn record(&self, value: u64) {
        // The greatest first: who reads a count reads a greatest value that is not below it.
        self.max.store(self.max.load(Relaxed).max(value), Relaxed);
        if let Some(count) = self.counts.get(bucket(value)) {
            count.store(count.load(Relaxed) + 1, Release);
        }
    }

    /// How the values are spread so far. A value that is counted meanwhile may be in it or not.
    pub fn read(&self) -> Spread {
        let counts: Vec<u64> = self.counts.iter().map(|count| count.load(Acquire)).collect();
        let max = self.max.load(Relaxed);
        let total = counts.iter().sum();
        let at_most =
            |percent| bucket_of_rank(&counts, rank(total, percent)).map_or(0, |index| last_of(index).min(max));
        Spread { p50: at_most(50), p99: at_most(99), max }
    }
}

/// The bucket that counts a value.
fn bucket(value: u64) -> usize {
    let value = value.min((1 << TOP_BITS) - 1);
    let shift = value.max(STEPS).ilog2() - STEP_BITS;
    (u64::from(shift) * STEPS + (value >> shift)) as usize
}

/// The greatest value that a bucket counts.
fn last_of(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket + 1 == BUCKETS as u64 {
        return u64::MAX;
    }
    let shift = (bucket / STEPS).saturating_sub(1);
    ((bucket - shift * STEPS + 1) << shift) - 1
}

/// Which of `total` values, from the least as the first, is the least that so many percent do not exceed.
fn rank(total: u64, percent: u64) -> u64 {
    (u128::from(total) * u128::from(percent)).div_ceil(100) as u64
}

fn bucket_of_rank(counts: &[u64], rank: u64) -> Option<usize> {
    let mut seen = 0;
    counts.iter().position(|count| {
        seen += count;
        seen >= rank.max(1)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spread(values: &[u64]) -> Spread {
        let histogram = Histogram::new();
        values.iter().for_each(|value| histogram.record(*value));
        histogram.read()
    }

    #[test]
    fn without_a_value_all_is_0() {
        assert_eq!(spread(&[]), Spread::default());
    }

    #[test]
    fn small_values_are_exact() {
        let values: Vec<_> = (1..=31).collect();
        assert_eq!(spread(&values), Spread { p50: 16, p99: 31, max: 31 });
        assert_eq!(spread(&[7]), Spread { p50: 7, p99: 7, max: 7 });
        assert_eq!(spread(&[1, 2]), Spread { p50: 1, p99: 2, max: 2 });
    }

    #[test]
    fn buckets_lie_side_by_side() {
        for index in 0..BUCKETS - 1 {
            let last = last_of(index);
            assert_eq!((bucket(last), bucket(last + 1)), (index, index + 1));
        }
        assert_eq!((bucket(0), bucket(u64::MAX), last_of(BUCKETS - 1)), (0, BUCKETS - 1, u64::MAX));
    }

    #[test]
    fn what_is_past_the_range_is_known_by_the_greatest() {
        assert_eq!(spread(&[u64::MAX, 5, 5, 5]), Spread { p50: 5, p99: u64::MAX, max: u64::MAX });
    }

    #[test]
    fn readers_see_no_value_past_the_greatest_and_none_lost() {
        let histogram = Histogram::new();
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| (1..=100_000).for_each(|value| histogram.record(value)));
            while !writer.is_finished() {
                let Spread { p50, p99, max } = histogram.read();
                assert!(p50 <= p99 && p99 <= max, "{p50} {p99} {max}");
            }
        });
        assert_eq!(histogram.counts.iter().map(|count| count.load(Relaxed)).sum::<u64>(), 100_000);
    }

    proptest! {
        #[test]
        fn percentiles_are_those_of_the_sorted_values(
            mut values in prop::collection::vec((0_u32..36, any::<u64>()).prop_map(|(bits, n)| n >> (63 - bits)), 1..300)
        ) {
            let Spread { p50, p99, max } = spread(&values);
            values.sort_unstable();
            let exact = |percent| values[rank(values.len() as u64, percent) as usize - 1];
            for (read, exact) in [(p50, exact(50)), (p99, exact(99))] {
                prop_assert!((exact..=exact + exact / STEPS).contains(&read), "{} for {}", read, exact);
            }
            prop_assert_eq!(max, values[values.len() - 1]);
        }
    }
}
