//! What time it is: the system's, or in the tests whatever they say.

use std::time::{Duration, Instant, SystemTime};

/// Two clocks in one: tokens are dated by the system's, and how old keys are is measured by one that nobody sets.
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
    /// Seconds since 1970; negative before.
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

    /// How long ago `then` was.
    pub fn since(&self, then: Instant) -> Duration {
        self.instant().saturating_duration_since(then)
    }
}

#[cfg(test)]
impl Clock {
    /// One that stands still at this many seconds since 1970.
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
