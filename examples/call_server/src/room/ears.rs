//! The clients that hear what a participant hears: [`Ears`], with one broadcast channel per
//! participant. A client that is too slow loses the oldest packets and delays nobody.

use std::collections::HashMap;

use axum::body::Bytes;
use tokio::sync::broadcast;

/// How many packets wait for a client: half a second.
const WAITING: usize = 25;

/// What each participant hears, in packets of 16 bit little-endian samples.
#[derive(Debug, Default)]
pub struct Ears(HashMap<String, broadcast::Sender<Bytes>>);

impl Ears {
    /// Adds a participant. What it hears is sent into the returned channel.
    pub fn add(&mut self, id: String) -> broadcast::Sender<Bytes> {
        let (sender, _) = broadcast::channel(WAITING);
        self.0.insert(id, sender.clone());
        sender
    }

    /// Subscribes to what a participant hears from now on; `None` if there is no participant with
    /// this id.
    pub fn listen(&self, id: &str) -> Option<broadcast::Receiver<Bytes>> {
        self.0.get(id).map(broadcast::Sender::subscribe)
    }
}
