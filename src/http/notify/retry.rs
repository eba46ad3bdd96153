//! How long to wait before another attempt: exponential backoff (by backon) with full jitter, and
//! the wait that a `Retry-After` asks for.

use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, header};
use backon::{BackoffBuilder, ExponentialBuilder};
use tokio::time::Instant;

use super::NotificationOptions;

/// The least wait, so that no options make attempts follow each other in a loop that never rests.
const LEAST: Duration = Duration::from_millis(1);
/// A time that is as good as never.
const FAR: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// The waits between the attempts of one notification.
#[derive(Debug)]
pub(super) struct Waits {
    /// The most that each wait may be.
    most: <ExponentialBuilder as BackoffBuilder>::Backoff,
    longest: Duration,
}

impl Waits {
    pub fn new(options: &NotificationOptions) -> Self {
        let longest = options.longest_wait.max(LEAST);
        let first = options.first_wait.clamp(LEAST, longest);
        let builder = ExponentialBuilder::new().with_min_delay(first).with_max_delay(longest);
        Self { most: builder.without_max_times().build(), longest }
    }

    /// The next wait: random, from nothing to the most that it may be.
    pub fn next(&mut self) -> Duration {
        self.next_most().mul_f64(fastrand::f64())
    }

    fn next_most(&mut self) -> Duration {
        self.most.next().unwrap_or(self.longest)
    }
}

/// The wait that an answer asks for: seconds or a date (RFC 9110, section 10.2.3). Anything else is
/// ignored.
pub(super) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// A time after another; a time that no clock can tell is as good as never.
pub(super) fn later(time: Instant, wait: Duration) -> Instant {
    time.checked_add(wait).unwrap_or(time + FAR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use proptest::prelude::{any, proptest};

    fn asked(value: &[u8]) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, HeaderValue::from_bytes(value).ok()?);
        retry_after(&headers, httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:00 GMT").unwrap())
    }

    fn most(first: Duration, longest: Duration) -> Vec<Duration> {
        let options = NotificationOptions { first_wait: first, longest_wait: longest, ..Default::default() };
        let mut waits = Waits::new(&options);
        (0..5).map(|_| waits.next_most()).collect()
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let ms = Duration::from_millis;
        assert_eq!(most(ms(500), ms(3000)), [500, 1000, 2000, 3000, 3000].map(ms));
        assert_eq!(most(ms(9), ms(4)), [ms(4); 5], "the first is not longer than the longest");
        assert_eq!(most(ms(0), ms(0)), [LEAST; 5]);
        assert_eq!(most(Duration::MAX, Duration::MAX), [Duration::MAX; 5]);
    }

    #[test]
    fn a_server_asks_for_seconds_or_a_date() {
        assert_eq!(asked(b"120"), Some(Duration::from_secs(120)));
        assert_eq!(asked(b"Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::from_secs(37)));
        assert_eq!(asked(b"Sunday, 06-Nov-94 08:49:37 GMT"), Some(Duration::from_secs(37)));
        assert_eq!(asked(b"Sun, 06 Nov 1994 08:40:00 GMT"), Some(Duration::ZERO), "it is past");
        assert_eq!(asked(b"99999999999999999999999"), Some(Duration::MAX));
        for nonsense in ["", "-1", "1.5", "soon", "+3", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            assert_eq!(asked(nonsense.as_bytes()), None, "{nonsense}");
        }
    }

    proptest! {
        #[test]
        fn no_options_and_no_header_break_the_arithmetic(
            first: Duration, longest: Duration, value in any::<Vec<u8>>()
        ) {
            let options = NotificationOptions { first_wait: first, longest_wait: longest, ..Default::default() };
            let mut waits = Waits::new(&options);
            for _ in 0..100 {
                assert!(waits.next() <= longest.max(LEAST));
            }
            let wait = asked(&value).unwrap_or(longest);
            let now = Instant::now();
            assert!(later(now, wait) >= now);
        }
    }
}
