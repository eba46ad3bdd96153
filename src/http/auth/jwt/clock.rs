//! The clocks of the authorizer, which tests can set.

use std::time::{Duration, Instant, SystemTime};

/// Two clocks: the system time, which dates tokens, and a monotonic clock, which measures the age
/// of keys.
#[derive(Debug, Clone)]
pub(super) enum Clock {
    System,
    #[cfg(test)]
    Manual(std::sync::Arc<std::sync::Mutex<Manual>>),
}

#[cfg(test)]
#[derive(Debug)]
pub(super) struct Manual {
    pub time: SystemTime,
    pub instant: Instant,
}

impl Clock {
    /// Seconds since 1970; negative before 1970.
    pub fn unix(&self) -> f64 {
        match self.time().duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => since.as_secs_f64(),
            Err(before) => -before.duration().as_secs_f64(),
        }
    }

    fn time(&self) -> SystemTime {
        match self {
            Self::System => SystemTime::now(),
            #[cfg(test)]
            Self::Manual(manual) => manual.lock().unwrap().time,
        }
    }

    pub fn instant(&self) -> Instant {
        match self {
            Self::System => Instant::now(),
            #[cfg(test)]
            Self::Manual(manual) => manual.lock().unwrap().instant,
        }
    }

    /// The time that has passed since `then`.
    pub fn since(&self, then: Instant) -> Duration {
        self.instant().saturating_duration_since(then)
    }
}

#[cfg(test)]
impl Clock {
    /// A clock that stands still at this many seconds since 1970.
    pub fn manual(unix: u64) -> Self {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(unix);
        Self::Manual(std::sync::Arc::new(Manual { time, instant: Instant::now() }.into()))
    }

    pub fn advance(&self, by: Duration) {
        let Self::Manual(manual) = self else { unreachable!("tests set manual clocks only") };
        let mut manual = manual.lock().unwrap();
        manual.time += by;
        manual.instant += by;
    }
}
