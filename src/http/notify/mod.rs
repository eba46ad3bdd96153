//! Telling a call's callback how its operations end: at least once, in order, off the audio thread,
//! and without one call waiting for another.
//!
//! Each call has an [`Outbox`], which operations post to, and a task that sends its notifications,
//! in order. All tasks share one HTTP client.

mod answer;
mod callback;
mod courier;
mod delivery;
mod events;
mod open;
mod options;
mod outbox;
mod queue;
mod redirect;
mod retry;
mod sender;

use std::sync::{Arc, OnceLock};

use tokio_util::task::TaskTracker;

use courier::Courier;
use open::Open;
use queue::Letter;

pub use callback::{Callback, CallbackError};
pub use delivery::{Delivery, DeliveryState};
pub use options::NotificationOptions;
pub(super) use outbox::Outbox;

/// The client and the options that all calls share.
#[derive(Debug, Clone)]
pub(super) struct Notifier {
    /// Made with the first callback: a machine without certificate authorities can have calls that
    /// need no client.
    client: OnceLock<reqwest::Client>,
    options: Arc<NotificationOptions>,
    open: Open,
}

/// A callback, and the client that reaches it.
#[derive(Debug)]
pub(super) struct Prepared {
    callback: Callback,
    client: reqwest::Client,
    options: Arc<NotificationOptions>,
    open: Open,
}

impl Notifier {
    pub fn new(options: NotificationOptions) -> Self {
        Self { client: OnceLock::new(), options: Arc::new(options), open: Open::default() }
    }

    /// The slow part of adding a call's callback, which must not be done under a lock: the first
    /// callback makes the HTTP client.
    ///
    /// # Errors
    /// Why there is no HTTP client.
    pub fn prepare(&self, callback: Callback) -> Result<Prepared, String> {
        let client = match self.client.get() {
            Some(client) => client,
            None => {
                let made = courier::client().map_err(|error| causes(&error))?;
                self.client.get_or_init(|| made)
            }
        };
        let (client, options, open) = (client.clone(), Arc::clone(&self.options), self.open.clone());
        Ok(Prepared { callback, client, options, open })
    }

    /// Gives up all notifications that wait, of calls that have ended and are forgotten, too.
    /// Returns those that were given up now, each with the id of its call.
    pub fn abandon_all(&self) -> Vec<(String, Delivery)> {
        self.open.abandon_all()
    }
}

/// An error with all of its causes.
fn causes(error: &dyn std::error::Error) -> String {
    let all = std::iter::successors(Some(error), |error| error.source());
    all.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

impl Prepared {
    /// Begins the task that sends one call's notifications. It ends once the outbox is closed and
    /// empty.
    pub fn open(self, call: String, tasks: &TaskTracker) -> Outbox {
        let outbox = Outbox::new(Arc::clone(&self.options), self.callback);
        let listed = self.open.add(call, outbox.clone());
        let courier = Courier::new(self.client, outbox.callback());
        let sending = sender::run(outbox.clone(), self.options, courier);
        tasks.spawn(async move {
            let _listed = listed;
            sending.await;
        });
        outbox
    }
}
