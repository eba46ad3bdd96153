//! How it goes with an engine: [`ZenohReadings`].

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What an engine has counted since it was opened: see [`ZenohEngine::readings`](crate::ZenohEngine::readings).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ZenohReadings {
    /// Messages that were published, each counted once, to however many members it went.
    pub published: u64,
    /// Messages that were sent to one member.
    pub sent: u64,
    /// Bytes of the messages that were published or sent.
    pub bytes_sent: u64,
    /// Messages that have come from members, published and sent.
    pub received: u64,
    /// Their bytes.
    pub bytes_received: u64,
    /// Messages that found no room, of this node or of others, and what was sent to who is no member.
    pub dropped: u64,
    /// Messages that have come from nobody in this cluster: under the name of no living node, under this node's own, under a key that
    /// is none of the cluster's, without a header. A few may be counted when a node joins, before zenoh has told that it lives.
    pub strangers: u64,
    /// Messages from nodes that live and are no members yet, or of a link that is over. A few are usual whenever a node joins.
    pub early: u64,
    /// Members that have left and may come back, as messages from them were lost or nothing came for longer than
    /// [`ZenohOptions::lease`](crate::ZenohOptions::lease).
    pub breaks: u64,
    /// How many nodes live under this node's name, other than it. Of these the one that was opened last is the member: a restarted
    /// node takes the place of the one that was lost.
    pub same_name: usize,
}

/// What is counted, some of it on zenoh's threads.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) published: AtomicU64,
    pub(crate) sent: AtomicU64,
    pub(crate) bytes_sent: AtomicU64,
    pub(crate) received: AtomicU64,
    pub(crate) bytes_received: AtomicU64,
    pub(crate) dropped: AtomicU64,
    pub(crate) strangers: AtomicU64,
    pub(crate) early: AtomicU64,
    pub(crate) breaks: AtomicU64,
}

/// One more.
pub(crate) fn count(counter: &AtomicU64) {
    add(counter, 1);
}

/// Some more.
pub(crate) fn add(counter: &AtomicU64, more: usize) {
    counter.fetch_add(more as u64, Relaxed);
}

impl Counters {
    /// As they are now.
    pub(crate) fn read(&self, same_name: usize) -> ZenohReadings {
        let read = |counter: &AtomicU64| counter.load(Relaxed);
        ZenohReadings {
            published: read(&self.published),
            sent: read(&self.sent),
            bytes_sent: read(&self.bytes_sent),
            received: read(&self.received),
            bytes_received: read(&self.bytes_received),
            dropped: read(&self.dropped),
            strangers: read(&self.strangers),
            early: read(&self.early),
            breaks: read(&self.breaks),
            same_name,
        }
    }
}
