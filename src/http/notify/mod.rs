//! Telling a call's callback how its operations end: at least once, in order, off the audio thread, and without one call waiting for another.

use std::{fmt, time::Duration};

use tokio_util::task::TaskTracker;
use url::Url;

use crate::config::CommsNotifications;

/// Where the notifications of a call go.
#[derive(Clone, PartialEq, Eq)]
pub struct Callback {
    /// `http` or `https`.
    pub url: Url,
    /// The bearer token that goes with each.
    pub token: String,
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

/// How notifications are delivered.
#[derive(Debug, Clone, PartialEq)]
pub struct NotificationOptions {
    /// How long one attempt may take.
    pub attempt_time: Duration,
    /// The mean wait before the second attempt; it doubles from attempt to attempt.
    pub first_wait: Duration,
    /// The most that it grows to.
    pub longest_wait: Duration,
    /// How old a notification may be; what is older is given up.
    pub age: Duration,
    /// How many may wait for one call; of more the oldest is given up.
    pub queue: usize,
    /// How many records of what was delivered and given up are kept for each call.
    pub records: usize,
}

impl Default for NotificationOptions {
    /// Attempts of 10 s, waits of 0.5 s to 30 s, for 5 minutes, 1,000 waiting and 1,000 records.
    fn default() -> Self {
        Self {
            attempt_time: Duration::from_secs(10),
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(30),
            age: Duration::from_secs(300),
            queue: 1000,
            records: 1000,
        }
    }
}

/// What became of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// The operation that it tells of.
    pub operation: String,
    /// How far it is.
    pub state: DeliveryState,
    /// How many attempts there were.
    pub attempts: u32,
    /// What the last attempt failed with, if one has.
    pub last_error: Option<String>,
}

/// How far a notification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryState {
    /// It waits for those before it, or for the next attempt.
    Waiting,
    /// The callback has taken it.
    Delivered,
    /// It will not be sent again: refused, too old, too many, or the service was shut down.
    GivenUp,
}

/// What all calls' notifications are sent by.
#[derive(Debug, Clone)]
pub(super) struct Notifier;

/// The notifications of one call. Clones are the same.
#[derive(Debug, Clone)]
pub(super) struct Outbox;

impl Notifier {
    pub fn new(_options: NotificationOptions) -> Result<Self, reqwest::Error> {
        Ok(Self)
    }

    /// Begins the task that sends one call's notifications. It ends once the outbox is closed and nothing waits any more.
    pub fn open(&self, _callback: Callback, _tasks: &TaskTracker) -> Outbox {
        Outbox
    }
}

impl Outbox {
    /// Puts a notification behind those that wait. Never waits itself, and may be called under a lock.
    pub fn post(&self, _operation: &str, _notification: CommsNotifications) {}

    /// Nothing more will be posted: the task ends when what waits is delivered or given up.
    pub fn close(&self) {}

    /// Gives up all that waits, now; what is on its way to the callback may still arrive there.
    pub fn abandon(&self) {}

    /// What became of the newest notifications, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        Vec::new()
    }
}
