//! The ends of operations as events of `tracing`: [`Ended`]. Never emitted under a lock, because a
//! subscriber may be slow. Without the feature nothing is emitted.

use super::Failure;

/// An operation that has ended.
#[derive(Debug)]
#[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "emitted with the feature only"))]
pub(super) struct Ended {
    pub id: String,
    pub result: Result<(), Failure>,
}

impl Ended {
    #[cfg(feature = "tracing")]
    pub fn tell(&self, call: &str) {
        use tracing::{debug, warn};
        const TARGET: &str = "mixminus";
        let operation = &self.id;
        match &self.result {
            Ok(()) => debug!(target: TARGET, call, operation, "an operation was completed"),
            Err(failure) => warn!(target: TARGET, call, operation, %failure, "an operation has failed"),
        }
    }

    #[cfg(not(feature = "tracing"))]
    pub fn tell(&self, _call: &str) {}
}
