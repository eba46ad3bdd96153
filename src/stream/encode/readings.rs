//! What encode groups count: [`EncodeReadings`], and the counters behind it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use serde::Serialize;

use crate::stream::relay::RelayReadings;

/// What [`EncodeGroups`](super::EncodeGroups) do. Each figure is whole; together they are not of one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EncodeReadings {
    /// Encoders that there are.
    pub encoders: u64,
    /// Those among them whose listeners hear what another one encodes, too, and soon go over to that.
    pub lingering: u64,
    /// Mixes that wait for an encoder: see [`EncodeOptions::most_encoders`](super::EncodeOptions::most_encoders).
    pub waiting: u64,
    /// Listeners who are given packets.
    pub listeners: u64,
    /// Packets that were encoded: encodes.
    pub packets: u64,
    /// Encodes that were saved: packets to listeners beyond the first of each.
    pub saved_encodes: u64,
    /// Packets that were not encoded as nobody was heard in them.
    pub silent_packets: u64,
    /// Packets that could not be made: ticks of them were missing, there was no encoder, or it refused.
    pub lost_packets: u64,
    /// Times that some listeners of a mix went on with an encoder of their own.
    pub splits: u64,
    /// Times that the listeners of one encoder went over to another.
    pub merges: u64,
    /// Encoders, or functions of the host that took their packets, that panicked. Such an encoder is replaced.
    pub panics: u64,
    /// The ticks that they were read from.
    pub relay: RelayReadings,
}

/// The figures but those of the relay. Written by the threads that encode, read by any.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub encoders: AtomicU64,
    pub lingering: AtomicU64,
    pub waiting: AtomicU64,
    pub listeners: AtomicU64,
    pub packets: AtomicU64,
    pub saved_encodes: AtomicU64,
    pub silent_packets: AtomicU64,
    pub lost_packets: AtomicU64,
    pub splits: AtomicU64,
    pub merges: AtomicU64,
    pub panics: AtomicU64,
}

impl Counters {
    pub fn readings(&self, relay: RelayReadings) -> EncodeReadings {
        EncodeReadings {
            encoders: self.encoders.load(Relaxed),
            lingering: self.lingering.load(Relaxed),
            waiting: self.waiting.load(Relaxed),
            listeners: self.listeners.load(Relaxed),
            packets: self.packets.load(Relaxed),
            saved_encodes: self.saved_encodes.load(Relaxed),
            silent_packets: self.silent_packets.load(Relaxed),
            lost_packets: self.lost_packets.load(Relaxed),
            splits: self.splits.load(Relaxed),
            merges: self.merges.load(Relaxed),
            panics: self.panics.load(Relaxed),
            relay,
        }
    }
}

impl Counters {
    /// Runs what belongs to a host: an encoder, or what takes its packets. `None` if it panics, which is counted.
    pub fn guarded<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        let done = catch_unwind(AssertUnwindSafe(work));
        add(&self.panics, u64::from(done.is_err()));
        done.ok()
    }
}

/// Counts some more.
pub(super) fn add(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Relaxed);
}
