//! The notifications of one call as all sides share them: [`Outbox`], a [`Queue`] under a lock that is never held for long.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{
    Delivery, NotificationOptions,
    events::Event,
    queue::{Letter, Queue, TooMany},
};
use crate::config::CommsNotifications;

/// The notifications of one call. Clones are the same.
#[derive(Debug, Clone)]
pub(in crate::http) struct Outbox {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    options: Arc<NotificationOptions>,
    queue: Mutex<Queue>,
    /// Wakes the sender: something waits, or nothing ever will again.
    changed: Notify,
    abandoned: CancellationToken,
}

impl Outbox {
    pub fn new(options: Arc<NotificationOptions>) -> Self {
        let (changed, abandoned) = (Notify::new(), CancellationToken::new());
        Self { inner: Arc::new(Inner { options, queue: Mutex::default(), changed, abandoned }) }
    }

    /// Puts a notification behind those that wait. Never waits itself, and may be called under a lock.
    pub fn post(&self, operation: &str, notification: CommsNotifications) {
        self.queue().post(operation, notification, &self.inner.options);
        self.inner.changed.notify_one();
    }

    /// Nothing more will be posted: the task ends when what waits is delivered or given up.
    pub fn close(&self) {
        self.queue().close();
        self.inner.changed.notify_one();
    }

    /// Gives up all that waits, now; what is on its way to the callback may still arrive there.
    pub fn abandon(&self) {
        let count = self.queue().abandon();
        self.inner.abandoned.cancel();
        self.inner.changed.notify_one();
        if count > 0 {
            Event::Abandoned { count }.tell();
        }
    }

    /// What became of the newest notifications, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.queue().deliveries()
    }

    /// The next to be sent; `None` if there will be none.
    pub(super) async fn next(&self) -> Option<Letter> {
        loop {
            {
                let mut queue = self.queue();
                let next = queue.take(&self.inner.options);
                if next.is_some() || queue.is_over() {
                    return next;
                }
            }
            self.inner.changed.notified().await;
        }
    }

    /// What is cancelled when all is given up.
    pub(super) fn abandoned(&self) -> CancellationToken {
        self.inner.abandoned.clone()
    }

    /// Notes something of what is being sent.
    pub(super) fn note(&self, letter: &Letter, note: impl FnOnce(&mut Delivery)) {
        self.queue().sending(letter).map(note);
    }

    /// Ends what is being sent; `None` if it was abandoned meanwhile.
    pub(super) fn delivered(&self, letter: &Letter) -> Option<Delivery> {
        self.queue().end(letter, Delivery::delivered, self.inner.options.records)
    }

    /// See [`Self::delivered`].
    pub(super) fn give_up(&self, letter: &Letter, reason: Option<String>) -> Option<Delivery> {
        self.queue().end(letter, |delivery| delivery.given_up(reason), self.inner.options.records)
    }

    pub(super) fn take_too_many(&self) -> Option<TooMany> {
        self.queue().take_too_many()
    }

    /// A panic under the lock leaves no notification half moved.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.inner.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
