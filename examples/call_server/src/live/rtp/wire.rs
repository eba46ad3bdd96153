//! A session as [`People`](crate::live::People) knows it: [`Wire`].

use std::sync::atomic::{AtomicBool, Ordering};

use super::{
    network::{Command, Number, Sender},
    session::Published,
};
use crate::live::leg::{Leg, Quality};

/// Ends a session, and tells of it.
#[derive(Debug)]
pub struct Wire {
    number: Number,
    network: Sender,
    published: Published,
    has_ended: AtomicBool,
}

impl Wire {
    pub fn new(number: Number, network: Sender, published: Published) -> Self {
        Self { number, network, published, has_ended: AtomicBool::new(false) }
    }

    /// The network's thread has been told to open the session: if it was ended before, that was too early.
    pub fn opened(&self) {
        if self.has_ended() {
            self.close();
        }
    }

    pub fn has_ended(&self) -> bool {
        self.has_ended.load(Ordering::SeqCst)
    }

    fn close(&self) {
        self.network.tell(Command::Close { number: self.number });
    }
}

impl Leg for Wire {
    fn kind(&self) -> &'static str {
        "rtp"
    }

    fn end(&self) {
        self.has_ended.store(true, Ordering::SeqCst);
        self.close();
    }

    fn quality(&self) -> Quality {
        let figures = self.published.read();
        let (received, sent) = (figures.received, figures.sent);
        let came = received.packets > 0;
        Quality {
            round_trip_ms: figures.round_trip_ms,
            loss_in: came.then_some(received.loss_percent / 100.0),
            loss_out: figures.is_reported.then_some(sent.loss_percent / 100.0),
            jitter_in_ms: came.then_some(received.jitter_ms),
            jitter_out_ms: figures.is_reported.then_some(sent.jitter_ms),
        }
    }

    fn keys(&self) -> Option<String> {
        Some(self.published.read().keys)
    }
}
