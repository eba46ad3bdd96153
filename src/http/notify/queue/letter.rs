//! The content of one request: [`Letter`], one notification or several of a call.

use axum::body::Bytes;
use tokio::time::Instant;

use crate::config::CommsNotifications;

/// How many notifications go into one letter: enough that a callback that takes 25 ms gets 4,000 in
/// a second, and, with about 500 bytes each, fewer than the 100 kB that every common server takes.
pub(in super::super) const MOST: usize = 100;

/// Notifications on their way, oldest first; never none.
#[derive(Debug)]
pub(in super::super) struct Letter {
    entries: Vec<Entry>,
    /// The same in every attempt.
    pub request_id: String,
    pub body: Bytes,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub number: u64,
    pub notification: CommsNotifications,
    /// It has to be delivered before this.
    pub deadline: Instant,
}

impl Letter {
    /// A letter of one entry or more.
    pub(super) fn new(entries: Vec<Entry>, request_id: String) -> Self {
        let value = entries.iter().flat_map(|entry| entry.notification.value.iter().cloned()).collect();
        let body = serde_json::to_vec(&CommsNotifications { value }).expect("has no maps, and writes to memory").into();
        Self { entries, request_id, body }
    }

    fn anew(entries: Vec<Entry>) -> Self {
        Self::new(entries, uuid::Uuid::new_v4().to_string())
    }

    /// How many notifications it has.
    pub fn count(&self) -> usize {
        self.entries.len()
    }

    /// The paths of the operations, for readers of logs.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| resource(&entry.notification))
    }

    /// The oldest has to be delivered before this.
    pub fn deadline(&self) -> Instant {
        self.entries[0].deadline
    }

    /// The newest has to be delivered before this.
    pub fn last_deadline(&self) -> Instant {
        self.entries[self.entries.len() - 1].deadline
    }

    /// Whether a notification is in it.
    pub(super) fn has(&self, number: u64) -> bool {
        self.entries.binary_search_by_key(&number, |entry| entry.number).is_ok()
    }

    /// A letter for each notification, with ids of their own: a callback that has noted this
    /// letter's id must not take them for it.
    pub fn split(self) -> Vec<Self> {
        self.entries.into_iter().map(|entry| Self::anew(vec![entry])).collect()
    }

    /// Splits off the notifications that have to be delivered by `time`; returns them, and a letter
    /// of those that may be delivered later.
    pub fn due_by(mut self, time: Instant) -> (Self, Option<Self>) {
        let due = self.entries.partition_point(|entry| entry.deadline <= time).max(1);
        let rest = self.entries.split_off(due);
        (self, (!rest.is_empty()).then(|| Self::anew(rest)))
    }
}

pub(super) fn resource(notification: &CommsNotifications) -> &str {
    notification.value.first().map(|entry| &*entry.resource).unwrap_or_default()
}
