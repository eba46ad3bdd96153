//! The gain matrix, as it is published: who has which place, and what each listener's row says. Immutable once it is out, but for what lies in its berths.
//!
//! It is sparse and persistent: a row knows only what differs from "everybody at gain 1", and a new matrix shares every place
//! that did not change. Ids are places here; a place that is given again has a new stay, so that an old row reaches nobody.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::Arc,
};

use crate::{
    audio::{Memory, RowMemory, Stage},
    data::{detector::Detecting, envelope::DuckRange, id::ParticipantKey, role::Role, sides::Sides, tree::Tree},
    ship::Berth,
};

/// One publication: everything that the audio side has to know.
#[derive(Debug, Clone)]
pub(crate) struct Matrix {
    pub generation: u64,
    pub places: Tree<Place>,
    /// How many places the audio side must have room for, and the memory for them.
    pub capacity: usize,
    pub stage: Arc<Berth<Stage>>,
    /// How many sources that nobody lists are heard; `None`: all are.
    pub loudest: Option<usize>,
}

/// One participant.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub key: ParticipantKey,
    pub role: Role,
    pub detecting: Detecting,
    pub muted: bool,
    pub deafened: bool,
    /// Whether anybody's row lists it.
    pub listed: bool,
    /// One for each channel of the mixer.
    pub row: Sides<Arc<Row>>,
    /// The generation that the row came with.
    pub row_since: u64,
    pub memory: Sides<Arc<Berth<Memory>>>,
}

/// What one listener hears differently from the default.
#[derive(Debug)]
pub(crate) struct Row {
    /// Equal in rows that say the same.
    pub identity: RowIdentity,
    /// The base gain of a source that is not listed: 1, or 0 in exclusive mode.
    pub unlisted: f64,
    pub ducking: DuckRange,
    /// The sources that it lists, and room for them on the audio side; `None` for the row that everybody joins with.
    pub memory: Option<Berth<RowMemory>>,
}

impl Row {
    /// The row of a listener without a configuration.
    pub fn plain() -> Self {
        Self { identity: RowIdentity::default(), unlisted: 1.0, ducking: DuckRange::NONE, memory: None }
    }
}

/// 128 bits of a hash, with keys that nobody knows, of what a row says: among a million different rows two are taken for the same with a
/// chance of 2^-88. The row of everybody without a configuration has the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct RowIdentity([u64; 2]);

impl RowIdentity {
    /// Of what a row says, with the keys of this mixer.
    pub fn of(keys: &[RandomState; 2], unlisted: f64, ducking: &DuckRange, listed: &[Listed]) -> Self {
        if unlisted == 1.0 && *ducking == DuckRange::NONE && listed.is_empty() {
            return Self::default();
        }
        Self(keys.each_ref().map(|key| {
            let mut hasher = key.build_hasher();
            [unlisted, ducking.lower, ducking.upper, ducking.fall, ducking.rise]
                .iter()
                .for_each(|figure| hasher.write_u64(figure.to_bits()));
            for source in listed {
                hasher.write_u32(source.source.slot);
                hasher.write_u32(source.source.stay);
                hasher.write_u64(source.gain.to_bits());
                hasher.write_u8(u8::from(source.ducks_others));
            }
            hasher.finish()
        }))
    }

    pub fn bits(&self) -> [u64; 2] {
        self.0
    }
}

/// A source that a row lists.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Listed {
    pub source: ParticipantKey,
    pub gain: f64,
    pub ducks_others: bool,
}
