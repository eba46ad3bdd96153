//! The ends of operations as events of `tracing`: [`Ended`]. Never emitted under a lock, because a
//! subscriber may be slow. Without the feature nothing is emitted.

use super::End;

/// An operation that has ended.
#[derive(Debug)]
#[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "emitted with the feature only"))]
pub(super) struct Ended {
    pub id: String,
    pub end: End,
}

impl Ended {
    #[cfg(feature = "tracing")]
    pub fn tell(&self, call: &str) {
        use tracing::{debug, warn};
        const TARGET: &str = "mixminus";
        let operation = &self.id;
        match self.end.info() {
            None => debug!(target: TARGET, call, operation, "an operation was completed"),
            Some(failure) => {
                warn!(target: TARGET, call, operation, failure = failure.message, "an operation has failed");
            }
        }
    }

    #[cfg(not(feature = "tracing"))]
    pub fn tell(&self, _call: &str) {}
}
