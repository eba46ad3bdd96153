//! The spread of times: [`Histogram`], which one thread writes and any thread reads, without a
//! lock. It holds no clock. The crate `histogram` counts, and knows the greatest value only to its
//! bucket; this adds the exact one.

use std::{
    hint::black_box,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use histogram::{AtomicHistogram, Config};

/// 32 buckets from one power of two to the next, so that a value is known to 3.1 %, for any `u64`:
/// 15 KiB.
const BUCKETS: Config = match Config::new(5, 64) {
    Ok(config) => config,
    Err(_) => panic!("64 powers of two are more than 5"),
};

/// Counts of values, in buckets whose width grows with the value, and the greatest value.
#[derive(Debug)]
pub(crate) struct Histogram {
    counts: AtomicHistogram,
    max: AtomicU64,
}

/// The spread of a histogram's values when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Spread {
    /// Half of the values are at most this; exact below 64, above up to 1/32 too much. 0 without a
    /// value.
    pub p50: u64,
    /// 99 in 100 values are at most this; as exact as `p50`.
    pub p99: u64,
    /// The greatest value, exact.
    pub max: u64,
}

impl Histogram {
    /// Allocates 15 KiB and writes to each of its pages, so that the first value does not have to
    /// fetch them from the system.
    pub fn new() -> Self {
        let histogram = Self { counts: AtomicHistogram::with_config(&BUCKETS), max: AtomicU64::new(0) };
        // The buckets of a power of two are 256 bytes apart from those of the next.
        (0..u64::BITS).for_each(|power| drop(histogram.counts.add(1 << power, black_box(0))));
        histogram
    }

    /// Counts a value. Real time: an index, and one atomic addition. For one thread: a second
    /// writer could lose the maximum of the first.
    pub fn record(&self, value: u64) {
        self.max.store(self.max.load(Relaxed).max(value), Relaxed);
        // Every `u64` has a bucket.
        let _ = self.counts.increment(value);
    }

    /// The spread so far. A value that is counted meanwhile may be in it or not. Allocates 15 KiB
    /// meanwhile.
    pub fn read(&self) -> Spread {
        let (counts, max) = (self.counts.load(), self.max.load(Relaxed));
        let at_most = |part| counts.quantile_bucket(part).ok().flatten().map_or(0, |bucket| bucket.end().min(max));
        Spread { p50: at_most(0.50), p99: at_most(0.99), max }
    }
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
    fn small_values_are_exact_and_the_greatest_always_is() {
        let values: Vec<_> = (1..=63).collect();
        assert_eq!(spread(&values), Spread { p50: 32, p99: 63, max: 63 });
        assert_eq!(spread(&[1, 2]), Spread { p50: 1, p99: 2, max: 2 });
        assert_eq!(spread(&[u64::MAX, 5, 5, 5]), Spread { p50: 5, p99: u64::MAX, max: u64::MAX });
        assert_eq!(spread(&[1_000_001]).p99, 1_000_001);
    }

    #[test]
    fn readers_see_no_value_past_the_greatest_and_none_is_lost() {
        let histogram = Histogram::new();
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| (1..=100_000).for_each(|value| histogram.record(value)));
            while !writer.is_finished() {
                let Spread { p50, p99, max } = histogram.read();
                assert!(p50 <= p99 && p99 <= max, "{p50} {p99} {max}");
            }
        });
        assert_eq!(histogram.counts.load().iter().map(|bucket| bucket.count()).sum::<u64>(), 100_000);
    }

    proptest! {
        #[test]
        fn percentiles_are_those_of_the_sorted_values(
            mut values in prop::collection::vec((0_u32..64, any::<u64>()).prop_map(|(bits, n)| n >> bits), 1..300)
        ) {
            let Spread { p50, p99, max } = spread(&values);
            values.sort_unstable();
            let exact = |part: f64| values[(part * values.len() as f64).ceil() as usize - 1];
            for (read, exact) in [(p50, exact(0.50)), (p99, exact(0.99))] {
                prop_assert!((exact..=exact.saturating_add(exact / 32)).contains(&read), "{} for {}", read, exact);
            }
            prop_assert_eq!(max, values[values.len() - 1]);
        }
    }
}
