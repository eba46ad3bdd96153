//! The notifications of one call, shared by all who post and send: [`Outbox`], a [`Queue`] under a
//! lock that is never held for long.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{
    Callback, Delivery, NotificationOptions,
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
    /// Where each attempt goes; its token may be renewed.
    callback: Arc<ArcSwap<Callback>>,
    queue: Mutex<Queue>,
    /// Wakes the sender: a notification waits, or none ever will again.
    changed: Notify,
    abandoned: CancellationToken,
}

impl Outbox {
    pub fn new(options: Arc<NotificationOptions>, callback: Callback) -> Self {
        let (changed, abandoned) = (Notify::new(), CancellationToken::new());
        let callback = Arc::new(ArcSwap::from_pointee(callback));
        Self { inner: Arc::new(Inner { options, callback, queue: Mutex::default(), changed, abandoned }) }
    }

    /// Puts a notification behind those that wait. Never waits itself, and may be called under a
    /// lock.
    pub fn post(&self, operation: &str, notification: CommsNotifications) {
        self.queue().post(operation, notification, &self.inner.options);
        self.inner.changed.notify_one();
    }

    /// Nothing more will be posted: the task ends when every notification is delivered or given up.
    pub fn close(&self) {
        self.queue().close();
        self.inner.changed.notify_one();
    }

    /// From the next attempt on, notifications go to this callback, including those that wait
    /// already.
    pub fn set_callback(&self, callback: Callback) {
        self.inner.callback.store(Arc::new(callback));
    }

    /// Where attempts go; it may change at any time.
    pub(super) fn callback(&self) -> Arc<ArcSwap<Callback>> {
        Arc::clone(&self.inner.callback)
    }

    /// Gives up all that waits, now, and returns it; a notification that is on its way to the
    /// callback may still arrive there.
    pub fn abandon(&self) -> Vec<Delivery> {
        let given_up = self.queue().abandon();
        self.inner.abandoned.cancel();
        self.inner.changed.notify_one();
        if !given_up.is_empty() {
            Event::Abandoned { count: given_up.len() }.tell();
        }
        given_up
    }

    /// What became of the newest notifications, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.queue().deliveries()
    }

    /// The next letter to be sent; waits for one. `None` if there will be none.
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

    /// The token that is cancelled when all is given up.
    pub(super) fn abandoned(&self) -> CancellationToken {
        self.inner.abandoned.clone()
    }

    /// Changes the record of each notification in a letter that is being sent.
    pub(super) fn note(&self, letter: &Letter, note: impl Fn(&mut Delivery)) {
        self.queue().sending(letter).for_each(note);
    }

    /// Ends the notifications of a letter; nothing if they were abandoned meanwhile.
    pub(super) fn delivered(&self, letter: &Letter) -> Vec<Delivery> {
        self.queue().end(letter, Delivery::delivered, self.inner.options.records)
    }

    /// See [`Self::delivered`].
    pub(super) fn give_up(&self, letter: &Letter, reason: Option<&str>) -> Vec<Delivery> {
        let end = |delivery: Delivery| delivery.given_up(reason.map(ToOwned::to_owned));
        self.queue().end(letter, end, self.inner.options.records)
    }

    pub(super) fn take_too_many(&self) -> Option<TooMany> {
        self.queue().take_too_many()
    }

    /// A panic under the lock leaves no notification half moved.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.inner.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
