//! Who hears what somebody hears: [`Ears`]. One channel a participant; who is too slow loses the oldest and delays nobody.

use std::collections::HashMap;

use axum::body::Bytes;
use tokio::sync::broadcast;

/// How many packets wait for a listener: half a second.
const WAITING: usize = 25;

/// What each participant hears, in packets of 16 bit little-endian samples.
#[derive(Debug, Default)]
pub struct Ears(HashMap<String, broadcast::Sender<Bytes>>);

impl Ears {
    /// Somebody who can be listened to. What it hears goes in here.
    pub fn add(&mut self, id: String) -> broadcast::Sender<Bytes> {
        let (sender, _) = broadcast::channel(WAITING);
        self.0.insert(id, sender.clone());
        sender
    }

    /// From now on; `None` if nobody has this id.
    pub fn listen(&self, id: &str) -> Option<broadcast::Receiver<Bytes>> {
        self.0.get(id).map(broadcast::Sender::subscribe)
    }
}
