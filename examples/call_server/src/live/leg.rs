//! A person's connection, whatever carries it: [`Leg`], and what is measured of its network: [`Quality`].

use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use serde::Serialize;
use uuid::Uuid;

/// One of somebody's connections: unique, and hard to guess.
pub type ConnectionId = Uuid;

/// How a person is connected.
pub trait Leg: fmt::Debug + Send + Sync {
    /// The name of the kind, as the state of the desk has it.
    fn kind(&self) -> &'static str;

    /// Ends the connection, and tells the person if there is a way to. May wait for the network thread, which never
    /// waits for [`People`](super::People).
    fn end(&self);

    /// What was measured last.
    fn quality(&self) -> Quality;

    /// The last keys that a telephone's user has pressed; `None` for what has no keys.
    fn keys(&self) -> Option<String> {
        None
    }
}

/// The network between a person and the server, as both measure it: `None` until they have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Quality {
    /// There and back.
    pub round_trip_ms: Option<f64>,
    /// What part of the person's packets is lost on their way to the server, 0 to 1.
    pub loss_in: Option<f64>,
    /// What part of the server's packets is lost on their way to the person, 0 to 1.
    pub loss_out: Option<f64>,
    /// The jitter of the person's packets (RFC 3550).
    pub jitter_in_ms: Option<f64>,
    /// The jitter of the server's packets, as the person's reports tell it.
    pub jitter_out_ms: Option<f64>,
}

/// The newest quality: the network thread writes, everybody reads.
#[derive(Debug, Default)]
pub struct Measured(Mutex<Quality>);

impl Measured {
    /// Changes what was measured.
    pub fn update(&self, change: impl FnOnce(&mut Quality)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What was measured last.
    pub fn read(&self) -> Quality {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
