//! One person in the call, and what becomes of the connection: [`Person`].

use std::{sync::Arc, time::Instant};

use serde::Serialize;

use super::leg::{ConnectionId, Leg, Quality};

/// Who has a place.
#[derive(Debug)]
pub struct Person {
    pub connection: ConnectionId,
    pub leg: Arc<dyn Leg>,
    /// Whether any of its connections has ever carried anything: then it is worth to keep the place.
    pub was_connected: bool,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    Connecting,
    Connected,
    Lost { since: Instant },
}

/// What a network thread tells of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Sound can flow, for the first time or again.
    Connected,
    /// Nothing comes any more, or the other side has closed it.
    Lost,
}

/// How a person is connected, as the desk shows it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Connected {
    pub kind: &'static str,
    /// `connecting`, `connected` or `lost`.
    pub stage: &'static str,
    #[serde(flatten)]
    pub quality: Quality,
    /// The last keys that were pressed, on a telephone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<String>,
}

impl Person {
    /// Somebody who has just come.
    pub fn new(connection: ConnectionId, leg: Arc<dyn Leg>, was_connected: bool) -> Self {
        Self { connection, leg, was_connected, stage: Stage::Connecting }
    }

    /// Takes note of what has become of the connection; returns whether the place is worth keeping.
    pub fn hear(&mut self, news: News, now: Instant) -> bool {
        match news {
            News::Connected => (self.stage, self.was_connected) = (Stage::Connected, true),
            News::Lost if self.was_connected => {
                self.stage = Stage::Lost { since: self.lost_since().unwrap_or(now) };
            }
            // Nobody has come.
            News::Lost => return false,
        }
        true
    }

    /// Since when it is lost, if it is.
    pub fn lost_since(&self) -> Option<Instant> {
        if let Stage::Lost { since } = self.stage { Some(since) } else { None }
    }

    /// How it is connected.
    pub fn connected(&self) -> Connected {
        Connected {
            kind: self.leg.kind(),
            stage: match self.stage {
                Stage::Connecting => "connecting",
                Stage::Connected => "connected",
                Stage::Lost { .. } => "lost",
            },
            quality: self.leg.quality(),
            keys: self.leg.keys(),
        }
    }
}
