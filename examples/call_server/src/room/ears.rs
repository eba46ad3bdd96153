//! The clients that hear what a participant hears: [`Ears`], with one broadcast channel per
//! participant. A client that is too slow loses the oldest packets and delays nobody.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::body::Bytes;
use tokio::sync::broadcast;

/// How many packets wait for a client: half a second.
const WAITING: usize = 25;

/// What each participant hears, in packets of 16 bit little-endian samples.
#[derive(Debug, Default)]
pub struct Ears(Mutex<HashMap<String, broadcast::Sender<Bytes>>>);

impl Ears {
    /// Adds a participant. What it hears is sent into the returned channel.
    pub fn add(&self, id: &str) -> broadcast::Sender<Bytes> {
        let (sender, _) = broadcast::channel(WAITING);
        self.all().insert(id.to_owned(), sender.clone());
        sender
    }

    /// Removes a participant: who listens in hears the end once the channel of [`add`](Self::add) is dropped.
    pub fn remove(&self, id: &str) {
        self.all().remove(id);
    }

    /// Subscribes to what a participant hears from now on; `None` if there is no participant with
    /// this id.
    pub fn listen(&self, id: &str) -> Option<broadcast::Receiver<Bytes>> {
        self.all().get(id).map(broadcast::Sender::subscribe)
    }

    /// A poisoned lock is used as it is: nothing under it can be left half done.
    fn all(&self) -> MutexGuard<'_, HashMap<String, broadcast::Sender<Bytes>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
