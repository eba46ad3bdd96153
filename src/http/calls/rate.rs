//! The rate limit of a call.

use std::time::Duration;

use governor::{
    DefaultDirectRateLimiter, Quota,
    clock::{Clock, DefaultClock},
};

use crate::http::Limits;

/// A limit of requests a second, with a burst (the generic cell rate algorithm, by governor).
#[derive(Debug)]
pub(in crate::http) struct Rate {
    limiter: DefaultDirectRateLimiter,
    clock: DefaultClock,
}

impl Rate {
    pub fn new(limits: &Limits) -> Self {
        let quota = Quota::per_second(limits.requests_per_second).allow_burst(limits.requests_at_once);
        Self { limiter: DefaultDirectRateLimiter::direct(quota), clock: DefaultClock::default() }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// The time to wait until a request is allowed.
    pub fn take(&self) -> Result<(), Duration> {
        self.limiter.check().map_err(|until| until.wait_time_from(self.clock.now()))
    }
}
