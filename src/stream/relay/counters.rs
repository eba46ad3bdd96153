//! What both ends of a relay count: [`Counters`], and what a host reads of them: [`RelayReadings`].

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use serde::Serialize;

/// What became of the ticks of a [`Relay`](super::Relay). Each count is whole; together they are not of one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RelayReadings {
    /// Ticks that were read.
    pub ticks: u64,
    /// Ticks that were dropped as the reader was as many ticks behind as the relay holds.
    pub dropped_ticks: u64,
    /// Ticks that were dropped as they had more mixes or listeners than there was room for; the room has grown since.
    pub too_large_ticks: u64,
    /// Ticks of another mixer than the relay is of: a mistake of the host's.
    pub foreign_ticks: u64,
}

#[derive(Debug, Default)]
pub(in crate::stream) struct Counters {
    pub read: AtomicU64,
    pub dropped: AtomicU64,
    pub too_large: AtomicU64,
    pub foreign: AtomicU64,
}

impl Counters {
    pub fn readings(&self) -> RelayReadings {
        RelayReadings {
            ticks: self.read.load(Relaxed),
            dropped_ticks: self.dropped.load(Relaxed),
            too_large_ticks: self.too_large.load(Relaxed),
            foreign_ticks: self.foreign.load(Relaxed),
        }
    }
}
