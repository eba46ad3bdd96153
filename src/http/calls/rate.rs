//! The rate limit of a call: [`Rate`].

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::http::Limits;

/// A limit of requests a second, with a burst: the generic cell rate algorithm. Each request takes
/// its share of a second from a budget that the clock refills.
#[derive(Debug)]
pub(in crate::http) struct Rate {
    /// The share of one request.
    share: Duration,
    /// How far ahead of the clock the shares may be: those of a burst without its last request.
    ahead: Duration,
    /// When the clock has caught up with the shares of all requests so far.
    caught_up: Mutex<Instant>,
}

impl Rate {
    pub fn new(limits: &Limits) -> Self {
        let share = Duration::from_secs(1) / limits.requests_per_second.get();
        let ahead = share.saturating_mul(limits.requests_at_once.get() - 1);
        Self { share, ahead, caught_up: Mutex::new(Instant::now()) }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// The time to wait until a request is allowed; this one does not count.
    pub fn take(&self) -> Result<(), Duration> {
        self.take_at(Instant::now())
    }

    fn take_at(&self, now: Instant) -> Result<(), Duration> {
        // A panic under the lock leaves the time whole.
        let mut caught_up = self.caught_up.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = caught_up.saturating_duration_since(now).saturating_sub(self.ahead);
        if !wait.is_zero() {
            return Err(wait);
        }
        *caught_up = now.max(*caught_up) + self.share;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prop_assert_eq, proptest};
    use std::num::NonZeroU32;

    const MS: Duration = Duration::from_millis(1);

    fn rate(requests_per_second: u32, requests_at_once: u32) -> Rate {
        let number = |number| NonZeroU32::new(number).unwrap();
        let (requests_per_second, requests_at_once) = (number(requests_per_second), number(requests_at_once));
        Rate::new(&Limits { requests_per_second, requests_at_once, ..Limits::default() })
    }

    #[test]
    fn a_burst_is_followed_by_the_rate_and_a_pause_by_a_burst() {
        let (rate, start) = (rate(100, 3), Instant::now());
        let take = |ms| rate.take_at(start + ms * MS);
        assert_eq!([0, 0, 0, 0].map(take), [Ok(()), Ok(()), Ok(()), Err(10 * MS)]);
        assert_eq!([4, 10, 10].map(take), [Err(6 * MS), Ok(()), Err(10 * MS)]);
        assert_eq!([1000; 4].map(take), [Ok(()), Ok(()), Ok(()), Err(10 * MS)], "no pause saves up more than a burst");
    }

    #[test]
    fn the_greatest_numbers_are_no_limit() {
        let (rate, now) = (rate(u32::MAX, u32::MAX), Instant::now());
        assert!((0..1000).all(|_| rate.take_at(now) == Ok(())));
        assert_eq!(self::rate(1, u32::MAX).take_at(now), Ok(()));
    }

    proptest! {
        #[test]
        fn whoever_waits_as_long_as_it_was_told_is_let_in(
            per_second in 1_u32..2000, at_once in 1_u32..20, pauses in vec(0_u32..50, 1..100)
        ) {
            let (rate, mut now) = (rate(per_second, at_once), Instant::now());
            for pause in pauses {
                now += pause * MS;
                if let Err(wait) = rate.take_at(now) {
                    now += wait;
                    prop_assert_eq!(rate.take_at(now), Ok(()));
                }
            }
        }
    }
}
