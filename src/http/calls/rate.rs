//! The rate limit of a call, for each of its callers: [`Rate`].

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::http::Limits;

/// A limit of requests a second, with a burst, for each caller: the generic cell rate algorithm. Each request takes
/// its share of a second from a budget that the clock refills.
#[derive(Debug)]
pub(in crate::http) struct Rate {
    per_second: NonZeroU32,
    /// The share of one request.
    share: Duration,
    /// How far ahead of the clock the shares may be: those of a burst without its last request.
    ahead: Duration,
    /// What large requests leave of that for small ones.
    reserve: Duration,
    /// When the clock has caught up with the shares of all requests of a caller so far. Whom it has caught up with is as good
    /// as new.
    caught_up: Mutex<Callers>,
}

#[derive(Debug)]
struct Callers {
    times: HashMap<Option<String>, Instant>,
    /// With so many, those are forgotten whom the clock has caught up with.
    most: usize,
}

/// As how many requests more a large one counts.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Large {
    /// How many have been counted.
    pub counted: usize,
    /// How many it is known to be by now, these included.
    pub now: usize,
    /// How many it can become.
    pub whole: usize,
}

/// How many callers are known at least before those are forgotten whom the clock has caught up with.
const FEW: usize = 64;

impl Rate {
    pub fn new(limits: &Limits) -> Self {
        let share = Duration::from_secs(1) / limits.requests_per_second.get();
        let ahead = share.saturating_mul(limits.requests_at_once.get() - 1);
        let reserve = share.saturating_mul(limits.requests_at_once.get() / 4);
        let caught_up = Mutex::new(Callers { times: HashMap::new(), most: FEW });
        Self { per_second: limits.requests_per_second, share, ahead, reserve, caught_up }
    }

    /// How many requests a second are allowed.
    pub fn per_second(&self) -> NonZeroU32 {
        self.per_second
    }

    /// Counts a request.
    ///
    /// # Errors
    /// The time to wait until a request is allowed; this one does not count.
    pub fn take(&self, caller: Option<&str>) -> Result<(), Duration> {
        self.take_at(caller, self.share, self.ahead, Instant::now())
    }

    /// Counts a request that was counted once already as more, because it is large. From a full budget any may take what it
    /// needs, and it is the same whether it is counted at once or bit by bit.
    ///
    /// # Errors
    /// The time to wait until all of it is allowed. Nothing of the request counts then, nor does that once: those that are
    /// refused take nothing from the others of the same caller.
    pub fn take_more(&self, caller: Option<&str>, large: Large) -> Result<(), Duration> {
        self.take_more_at(caller, large, Instant::now())
    }

    fn take_more_at(&self, caller: Option<&str>, large: Large, now: Instant) -> Result<(), Duration> {
        let Large { counted, now: due, whole } = large;
        let mut callers = self.callers();
        let caught_up = callers.times.entry(caller.map(str::to_owned)).or_insert(now);
        // As if nothing of it had counted but that once, which is in the budget, too.
        let before = (*caught_up).max(now) - now;
        let before = before.saturating_sub(self.shares(counted));
        let ahead = |all| self.ahead.saturating_sub(self.reserve).saturating_sub(self.shares(all)).max(self.share);
        if before <= ahead(due) {
            *caught_up = (*caught_up).max(now) + self.shares(due.saturating_sub(counted));
            return Ok(());
        }
        *caught_up = caught_up.checked_sub(self.shares(counted.saturating_add(1))).unwrap_or(*caught_up);
        Err(before.saturating_sub(ahead(whole.max(due))))
    }

    fn shares(&self, requests: usize) -> Duration {
        self.share.saturating_mul(u32::try_from(requests).unwrap_or(u32::MAX))
    }

    fn take_at(&self, caller: Option<&str>, share: Duration, ahead: Duration, now: Instant) -> Result<(), Duration> {
        let mut callers = self.callers();
        let caller = caller.map(str::to_owned);
        let caught_up = callers.times.get(&caller).copied().unwrap_or(now).max(now);
        let wait = (caught_up - now).saturating_sub(ahead);
        if !wait.is_zero() {
            return Err(wait);
        }
        if callers.times.len() >= callers.most {
            callers.times.retain(|_, caught_up| *caught_up > now);
            callers.most = FEW.max(2 * callers.times.len());
        }
        callers.times.insert(caller, caught_up + share);
        Ok(())
    }

    /// A panic under the lock leaves the times whole.
    fn callers(&self) -> MutexGuard<'_, Callers> {
        self.caught_up.lock().unwrap_or_else(PoisonError::into_inner)
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

    fn take_at(rate: &Rate, now: Instant) -> Result<(), Duration> {
        rate.take_at(None, rate.share, rate.ahead, now)
    }

    #[test]
    fn a_burst_is_followed_by_the_rate_and_a_pause_by_a_burst() {
        let (rate, start) = (rate(100, 3), Instant::now());
        let take = |ms| take_at(&rate, start + ms * MS);
        assert_eq!([0, 0, 0, 0].map(take), [Ok(()), Ok(()), Ok(()), Err(10 * MS)]);
        assert_eq!([4, 10, 10].map(take), [Err(6 * MS), Ok(()), Err(10 * MS)]);
        assert_eq!([1000; 4].map(take), [Ok(()), Ok(()), Ok(()), Err(10 * MS)], "no pause saves up more than a burst");
    }

    #[test]
    fn the_greatest_numbers_are_no_limit() {
        let (rate, now) = (rate(u32::MAX, u32::MAX), Instant::now());
        assert!((0..1000).all(|_| take_at(&rate, now) == Ok(())));
        assert_eq!(take_at(&self::rate(1, u32::MAX), now), Ok(()));
    }

    #[test]
    fn each_caller_has_a_rate_and_is_forgotten_when_it_has_it_whole_again() {
        let (rate, start) = (rate(100, 1), Instant::now());
        let take = |caller: Option<&str>, ms| rate.take_at(caller, rate.share, rate.ahead, start + ms * MS);
        assert_eq!([take(None, 0), take(Some("anna"), 0)], [Ok(()), Ok(())]);
        assert_eq!([take(None, 0), take(Some("anna"), 5)], [Err(10 * MS), Err(5 * MS)]);
        for number in 0..10_000 {
            assert_eq!(take(Some(&number.to_string()), 20 * number), Ok(()));
        }
        assert!(rate.callers().times.len() <= FEW);
    }

    fn at_once(requests: usize) -> Large {
        Large { counted: 0, now: requests, whole: requests }
    }

    /// Counts a request that turns out to be as many, bit by bit.
    fn bit_by_bit(rate: &Rate, requests: usize, now: Instant) -> Result<(), Duration> {
        rate.take_at(None, rate.share, rate.ahead, now)?;
        let more = |counted| Large { counted, now: counted + 1, whole: requests };
        (0..requests).try_for_each(|counted| rate.take_more_at(None, more(counted), now))
    }

    #[test]
    fn a_request_that_is_counted_bit_by_bit_is_let_in_like_one_that_is_counted_at_once() {
        let (rate, start) = (rate(1, 200), Instant::now());
        assert_eq!(bit_by_bit(&rate, 128, start), Ok(()));
        let wait = bit_by_bit(&rate, 128, start).unwrap_err();
        assert_eq!(bit_by_bit(&rate, 128, start), Err(wait), "what is refused takes nothing");
        assert_eq!(bit_by_bit(&rate, 128, start + wait), Ok(()), "whoever waits as long as it was told is let in");
        assert_eq!(bit_by_bit(&self::rate(1, 200), 160, start), Ok(()), "a full budget is enough for any");
    }

    #[test]
    fn large_requests_leave_a_quarter_to_small_ones() {
        let rate = rate(1, 40);
        let large = || rate.take(None).is_ok() && rate.take_more(None, at_once(8)).is_ok();
        assert_eq!((0..).take_while(|_| large()).count(), 3, "27 of 40, and not 36");
        assert!((0..1000).all(|_| !large()), "those that are refused take nothing");
        assert!((0..13).all(|_| rate.take(None).is_ok()) && rate.take(None).is_err());
        let small = self::rate(1, 1);
        assert!(
            small.take(None).is_ok() && small.take_more(None, at_once(8)).is_ok(),
            "a full budget is enough for any"
        );
        assert!(small.take(None).unwrap_err() > Duration::from_secs(8));
    }

    proptest! {
        #[test]
        fn whoever_waits_as_long_as_it_was_told_is_let_in(
            per_second in 1_u32..2000, at_once in 1_u32..20, pauses in vec(0_u32..50, 1..100)
        ) {
            let (rate, mut now) = (rate(per_second, at_once), Instant::now());
            for pause in pauses {
                now += pause * MS;
                if let Err(wait) = take_at(&rate, now) {
                    now += wait;
                    prop_assert_eq!(take_at(&rate, now), Ok(()));
                }
            }
        }
    }
}
