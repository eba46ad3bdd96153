//! How a recording goes, for the metrics: [`Recorded`].

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The figures of a recording.
#[derive(Debug, Default)]
pub struct Recorded {
    lost: AtomicU64,
}

impl Recorded {
    /// Sets how many ticks are missing, as the disk was slow. Whether these are more than before.
    pub fn set_lost(&self, lost: u64) -> bool {
        self.lost.swap(lost, Relaxed) < lost
    }

    /// Ticks that are missing in the recording, over all files.
    pub fn lost_ticks(&self) -> u64 {
        self.lost.load(Relaxed)
    }
}
