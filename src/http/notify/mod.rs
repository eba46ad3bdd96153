//! Telling a call's callback how its operations end: at least once, in order, off the audio thread, and without one call waiting for another.
//!
//! Each call has an [`Outbox`], which operations post to, and a task that sends what is in it, one after the other. All tasks share one HTTP client.

mod answer;
mod callback;
mod courier;
mod delivery;
mod dns;
mod events;
mod options;
mod outbox;
mod queue;
mod redirect;
mod retry;
mod sender;

use std::sync::{Arc, OnceLock};

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
    /// Made with the first callback: a machine without certificate authorities can have calls without.
    client: OnceLock<reqwest::Client>,
    options: Arc<NotificationOptions>,
}

impl Notifier {
    pub fn new(options: NotificationOptions) -> Self {
        Self { client: OnceLock::new(), options: Arc::new(options) }
    }

    /// Begins the task that sends one call's notifications. It ends once the outbox is closed and nothing waits any more.
    ///
    /// # Errors
    /// Why there is no HTTP client to send them.
    pub fn open(&self, callback: Callback, tasks: &TaskTracker) -> Result<Outbox, reqwest::Error> {
        let client = match self.client.get() {
            Some(client) => client,
            None => {
                let made = courier::client()?;
                self.client.get_or_init(|| made)
            }
        };
        let outbox = Outbox::new(Arc::clone(&self.options));
        tasks.spawn(sender::run(outbox.clone(), Arc::clone(&self.options), Courier::new(client.clone(), callback)));
        Ok(outbox)
    }
}
