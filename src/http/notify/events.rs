//! The fate of notifications, told through `tracing`: [`Event`]. Never under a lock, as a
//! subscriber may be slow. Without the feature nothing is told.

use std::time::Duration;

use super::{Delivery, Letter};

/// Something that happened to notifications.
#[derive(Debug)]
#[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "told with the feature only"))]
pub(super) enum Event<'a> {
    /// It will be tried again, or given up, after this.
    Failed { letter: &'a Letter, error: &'a str, wait: Duration },
    /// It was refused; its notifications will be sent one by one.
    Split { letter: &'a Letter, error: &'a str },
    /// It is delivered, or given up.
    Ended { operation: &'a str, delivery: &'a Delivery },
    /// These were given up because too many waited.
    TooMany { newest: &'a str, count: usize, most: usize },
    /// These were given up because the service was shut down.
    Abandoned { count: usize },
}

impl Event<'_> {
    #[cfg(feature = "tracing")]
    pub fn tell(&self) {
        use super::DeliveryState;
        use tracing::{debug, warn};
        const TARGET: &str = "mixminus";
        match self {
            Self::Failed { letter, error, wait } => {
                let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                let (operation, count) = (letter.resources().next(), letter.count());
                debug!(target: TARGET, operation, error, wait_ms, count, "an attempt to deliver a notification failed");
            }
            Self::Split { letter, error } => {
                let (operation, count) = (letter.resources().next(), letter.count());
                let what = "notifications were refused together, and are sent one by one";
                debug!(target: TARGET, operation, error, count, "{what}");
            }
            Self::Ended { operation, delivery: Delivery { state: DeliveryState::Delivered, attempts, .. } } => {
                debug!(target: TARGET, operation, attempts, "a notification was delivered");
            }
            Self::Ended { operation, delivery: Delivery { attempts, last_error, .. } } => {
                let error = last_error.as_deref();
                warn!(target: TARGET, operation, attempts, error, "a notification was given up");
            }
            Self::TooMany { newest, count, most } => {
                warn!(target: TARGET, newest, count, most, "notifications were given up, as too many waited");
            }
            Self::Abandoned { count } => {
                warn!(target: TARGET, count, "notifications were given up, as the service was shut down");
            }
        }
    }

    #[cfg(not(feature = "tracing"))]
    pub fn tell(&self) {}
}
