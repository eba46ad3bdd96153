//! What the network thread counts, for the metrics: [`Counters`].

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that one thread counts and others read.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Packets that were not for anybody, and packets that the system did not take.
#[derive(Debug, Default)]
pub struct Counters {
    /// From addresses that have proven nothing, or that proved it falsely.
    pub strangers: Counter,
    /// Neither STUN nor DTLS nor RTP nor RTCP.
    pub malformed: Counter,
    /// Not sent, since the socket had no room or the address cannot be reached.
    pub unsent: Counter,
    /// Connections that ended by a fault of the library.
    pub panics: Counter,
}
