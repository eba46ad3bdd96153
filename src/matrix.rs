//! The gain matrix, as it is published: who has which place, and what each listener's row says. Immutable once it is out.
//!
//! It is sparse and persistent: a row knows only what differs from "everybody at gain 1", and a new matrix shares every place
//! that did not change. Ids are places here; a place that is given again has a new stay, so that an old row reaches nobody.

use std::sync::Arc;

use crate::{
    activity::Detecting,
    audio::{Arena, Entry, Memory},
    envelope::DuckRange,
    id::ParticipantKey,
    ship::Berth,
    tree::Tree,
};

/// What a participant does in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Sends audio and hears a mix.
    #[default]
    Both,
    /// Sends audio only: there is no mix for it.
    Source,
    /// Hears a mix only.
    Listener,
}

impl Role {
    pub(crate) fn sends(self) -> bool {
        self != Self::Listener
    }

    pub(crate) fn hears(self) -> bool {
        self != Self::Source
    }
}

/// One publication: everything that the audio side has to know.
#[derive(Debug, Clone)]
pub(crate) struct Matrix {
    pub generation: u64,
    pub places: Tree<Place>,
    /// How many places the audio side must have room for, and the memory for them.
    pub capacity: usize,
    pub arena: Arc<Berth<Arena>>,
}

/// One participant.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub key: ParticipantKey,
    pub role: Role,
    pub detecting: Detecting,
    pub muted: bool,
    pub deafened: bool,
    pub row: Arc<Row>,
    /// The generation that the row came with.
    pub row_since: u64,
    pub memory: Arc<Berth<Memory>>,
}

/// What one listener hears differently from the default.
#[derive(Debug)]
pub(crate) struct Row {
    /// The base gain of a source that is not listed: 1, or 0 in exclusive mode.
    pub unlisted: f64,
    pub ducking: DuckRange,
    /// In the order of their places.
    pub listed: Box<[Listed]>,
    /// Room for the row on the audio side; `None` for the row that everybody joins with.
    pub entries: Option<Berth<Vec<Entry>>>,
}

impl Row {
    /// The row of a listener without a configuration.
    pub fn plain() -> Self {
        Self { unlisted: 1.0, ducking: DuckRange::NONE, listed: Box::default(), entries: None }
    }
}

/// A source that a row lists.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Listed {
    pub source: ParticipantKey,
    pub gain: f64,
    pub ducks_others: bool,
}
