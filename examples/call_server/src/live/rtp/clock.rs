//! The time that RTCP tells: [`NtpClock`].

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::reports::NtpMiddle;

/// From 1900, where NTP begins, to 1970.
const TO_1970: Duration = Duration::from_secs(2_208_988_800);

/// The time of day at a start, from which it goes on evenly: a clock that is set meanwhile would make a round trip of
/// hours.
#[derive(Debug, Clone, Copy)]
pub struct NtpClock {
    begun: Instant,
    since_1900: Duration,
}

impl NtpClock {
    pub fn start(now: Instant) -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { begun: now, since_1900: since_1970 + TO_1970 }
    }

    /// Seconds in the upper half; they wrap in 2036.
    pub fn ntp(&self, now: Instant) -> u64 {
        let time = self.since_1900 + now.saturating_duration_since(self.begun);
        (time.as_secs() << 32) | ((u64::from(time.subsec_nanos()) << 32) / 1_000_000_000)
    }

    pub fn middle(&self, now: Instant) -> NtpMiddle {
        (self.ntp(now) >> 16) as NtpMiddle
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_seconds_and_their_parts() {
        let now = Instant::now();
        let clock = NtpClock { begun: now, since_1900: Duration::from_secs(3) };
        assert_eq!(clock.ntp(now + Duration::from_millis(500)), 0x3_8000_0000);
        assert_eq!(clock.middle(now + Duration::from_millis(250)), 0x3_4000);
    }
}
