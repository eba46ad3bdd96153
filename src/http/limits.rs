//! The limits on what a client may ask for: [`Limits`].

use std::{num::NonZeroU32, time::Duration};

/// What clients may ask for at most. A request over a limit is refused with 408, 413 or 429, and
/// changes nothing.
///
/// ```
/// use mixminus::http::{Limits, ServiceOptions};
/// let limits = Limits { listeners: 10_000, body_bytes: 4 << 20, ..Limits::default() }; // a very large room
/// let options = ServiceOptions { limits, ..ServiceOptions::default() };
/// assert_eq!(options.limits.requests_per_second.get(), 100);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The longest body of a request, in bytes. A longer one is refused with 413.
    pub body_bytes: usize,
    /// How long a body may take to arrive; after that the request is refused with 408.
    pub body_time: Duration,
    /// How many listeners one request may configure.
    pub listeners: usize,
    /// How many audioRoutingGroups one call may have. One more is refused with 429.
    pub groups: usize,
    /// How many requests per second one call answers in the long run.
    pub requests_per_second: NonZeroU32,
    /// How many requests one call answers in a burst, before the rate of `requests_per_second`
    /// applies.
    pub requests_at_once: NonZeroU32,
    /// How many operations of one call may run at a time.
    pub operations: usize,
}

impl Default for Limits {
    /// 256 KiB in 10 s, 1,000 listeners, 1,000 groups, 100 requests a second, 200 at once, 100 operations.
    fn default() -> Self {
        Self {
            body_bytes: 256 << 10,
            body_time: Duration::from_secs(10),
            listeners: 1000,
            groups: 1000,
            requests_per_second: NonZeroU32::new(100).expect("not zero"),
            requests_at_once: NonZeroU32::new(200).expect("not zero"),
            operations: 100,
        }
    }
}
