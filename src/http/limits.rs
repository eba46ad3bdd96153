//! The limits on what a client may ask for: [`Limits`].

use std::{num::NonZeroU32, thread, time::Duration};

/// What clients may ask for at most. A request over a limit is refused with 408, 413, 429 or 503, and
/// changes nothing.
///
/// A caller is the [subject](super::Grant::subject) of a token; all without one are one caller. Of the turns and of the memory that
/// all share, one caller has at most half.
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
    /// How long a body may take to arrive; after that the request is refused with 408. So long a client may take to read an
    /// answer of more than 16 KiB.
    pub body_time: Duration,
    /// How many listeners one request may configure.
    pub listeners: usize,
    /// How many audioRoutingGroups one call may have. One more is refused with 429.
    pub groups: usize,
    /// How many sources and receivers the audioRoutingGroups of one call may have in all. More are refused with 429.
    pub group_members: usize,
    /// How many requests per second one call answers to one caller in the long run. Each 32 KiB of a body count as one
    /// more.
    pub requests_per_second: NonZeroU32,
    /// How many requests one call answers to one caller in a burst, before the rate of `requests_per_second`
    /// applies. A quarter of them are for requests of less than 32 KiB.
    pub requests_at_once: NonZeroU32,
    /// How many operations of one call may run at a time.
    pub operations: usize,
    /// How long the music of their own may be together that those on hold in one call have. An operation that would hold more
    /// fails.
    pub hold_music: Duration,
    /// How many prompts and pieces of hold music are fetched and converted at a time, of all calls; one call has at most half
    /// of these turns. Each takes memory for its audio: with `HttpsPrompts` and its defaults its bytes, up to 32 MiB, its samples,
    /// four bytes each, and ten minutes at the mixer's rate.
    pub prompts_at_once: usize,
    /// How long a prompt waits for its turn among those; after that its operation fails.
    pub prompt_wait: Duration,
    /// How many requests are worked on at a time, of all calls; of those with more than 16 KiB half as many, beside the
    /// others. The threads are those of tokio for work that blocks.
    pub work_at_once: usize,
    /// How long a request waits for its turn among those; after that it is refused with 503.
    pub wait: Duration,
    /// How many bytes of bodies and long answers may be in memory at a time, of all calls: bodies while they come and until
    /// they are worked on, answers until they are sent, which may take [`body_time`](Self::body_time) as well. A request
    /// past that is refused with 503. Each counts 16 KiB at least. Has to be eight times `body_bytes` at least: see
    /// [`ServiceError::BytesAtOnce`](super::ServiceError::BytesAtOnce).
    pub bytes_at_once: usize,
}

impl Default for Limits {
    /// 256 KiB in 10 s, 1,000 listeners, 1,000 groups of 10,000 members, 100 requests a second, 200 at once, 100 operations,
    /// 20 minutes of hold music, which take 230 MB a channel at 48 kHz; 8 prompts at once, each within 10 s. As many turns as
    /// the process may use processors, 2 at least, each within 2 s; 64 MiB of bodies.
    fn default() -> Self {
        Self {
            body_bytes: 256 << 10,
            body_time: Duration::from_secs(10),
            listeners: 1000,
            groups: 1000,
            group_members: 10_000,
            requests_per_second: NonZeroU32::new(100).expect("not zero"),
            requests_at_once: NonZeroU32::new(200).expect("not zero"),
            operations: 100,
            hold_music: Duration::from_secs(1200),
            prompts_at_once: 8,
            prompt_wait: Duration::from_secs(10),
            work_at_once: thread::available_parallelism().map_or(2, |cores| cores.get().max(2)),
            wait: Duration::from_secs(2),
            bytes_at_once: 64 << 20,
        }
    }
}
