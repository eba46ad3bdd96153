//! The notifications of one call as all sides share them: [`Outbox`], a [`Queue`] under a lock that is never held for long.

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
    /// Wakes the sender: something waits, or nothing ever will again.
    changed: Notify,
    abandoned: CancellationToken,
}

impl Outbox {
    pub fn new(options: Arc<NotificationOptions>, callback: Callback) -> Self {
        let (changed, abandoned) = (Notify::new(), CancellationToken::new());
        let callback = Arc::new(ArcSwap::from_pointee(callback));
        Self { inner: Arc::new(Inner { options, callback, queue: Mutex::default(), changed, abandoned }) }
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

    /// From the next attempt on, notifications go there, those too that wait already.
    pub fn set_callback(&self, callback: Callback) {
        self.inner.callback.store(Arc::new(callback));
    }

    /// Where attempts go, as it is from time to time.
    pub(super) fn callback(&self) -> Arc<ArcSwap<Callback>> {
        Arc::clone(&self.inner.callback)
    }

    /// Gives up all that waits, now, and returns it; what is on its way to the callback may still arrive there.
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

    /// Notes something of each in a letter that is being sent.
    pub(super) fn note(&self, letter: &Letter, note: impl Fn(&mut Delivery)) {
        self.queue().sending(letter).for_each(note);
    }

    /// Ends what is in a letter; nothing if it was abandoned meanwhile.
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
