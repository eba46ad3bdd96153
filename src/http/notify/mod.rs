//! Telling a call's callback how its operations end: at least once, in order, off the audio thread, and without one call waiting for another.
//!
//! Each call has an [`Outbox`], which operations post to, and a task that sends what is in it, one after the other. All tasks share one HTTP client.

mod answer;
mod callback;
mod courier;
mod delivery;
mod events;
mod options;
mod outbox;
mod queue;
mod redirect;
mod retry;
mod sender;

use std::sync::Arc;

use tokio_util::task::TaskTracker;

use courier::Courier;
use queue::Letter;

pub use callback::{Callback, CallbackError};
pub use delivery::{Delivery, DeliveryState};
pub use options::NotificationOptions;
pub(super) use outbox::Outbox;

/// What all calls' notifications are sent by.
#[derive(Debug, Clone)]
pub(super) struct Notifier {
    client: reqwest::Client,
    options: Arc<NotificationOptions>,
}

impl Notifier {
    pub fn new(options: NotificationOptions) -> Result<Self, reqwest::Error> {
        Ok(Self { client: courier::client()?, options: Arc::new(options) })
    }

    /// Begins the task that sends one call's notifications. It ends once the outbox is closed and nothing waits any more.
    pub fn open(&self, callback: Callback, tasks: &TaskTracker) -> Outbox {
        let outbox = Outbox::new(Arc::clone(&self.options));
        let courier = Courier::new(self.client.clone(), callback);
        tasks.spawn(sender::run(outbox.clone(), Arc::clone(&self.options), courier));
        outbox
    }
}
