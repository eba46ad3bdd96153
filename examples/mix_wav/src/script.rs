//! The script: timed events from a JSON file.
//!
//! This module finds errors of the JSON. [`crate::roster`] checks whether the events are possible
//! in the call.

use std::{
    fs,
    path::{Path, PathBuf},
};

use mixminus::config::{ConfigureMixerRequest, ParticipantMixerLevel, read_json};
use serde::Deserialize;

use crate::error::Error;

/// The latest time of an event, 11 days: no WAV file is that long.
const LATEST_MS: f64 = 1e9;

/// The events of a file, sorted by time.
#[derive(Debug)]
pub struct Script {
    pub path: PathBuf,
    pub events: Vec<Event>,
}

/// One event, and its index in the file.
#[derive(Debug)]
pub struct Event {
    pub index: usize,
    pub at_ms: f64,
    pub action: Action,
}

/// The action of an event.
#[derive(Debug)]
pub enum Action {
    Configure(Vec<ParticipantMixerLevel>),
    Mute {
        participant: String,
        muted: bool,
    },
    /// Pans a source for a listener, from -1 (left) to 1 (right).
    Pan {
        listener: String,
        source: String,
        position: f32,
    },
    /// Lets a participant in; without a file it only hears.
    Join {
        participant: String,
        file: Option<PathBuf>,
    },
    Leave {
        participant: String,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RawEvent {
    at_ms: f64,
    configure_mixer: Option<ConfigureMixerRequest>,
    mute: Option<RawMute>,
    pan: Option<RawPan>,
    join: Option<RawJoin>,
    leave: Option<RawLeave>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMute {
    participant: String,
    muted: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPan {
    listener: String,
    source: String,
    position: f32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawJoin {
    participant: String,
    file: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLeave {
    participant: String,
}

impl Script {
    /// Reads the script in a file. Relative paths in it are relative to the script's directory.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read(path).map_err(|cause| Error::Unreadable { path: path.to_owned(), cause })?;
        Self::parse(path, &text)
    }

    /// Reads the text of a script that is at this path.
    pub fn parse(path: &Path, text: &[u8]) -> Result<Self, Error> {
        let raw: Vec<RawEvent> =
            read_json(text).map_err(|cause| Error::MalformedScript { path: path.to_owned(), cause })?;
        let mut script = Self { path: path.to_owned(), events: Vec::with_capacity(raw.len()) };
        for (index, event) in raw.into_iter().enumerate() {
            let event = script.event(index, event)?;
            script.events.push(event);
        }
        // A stable sort: events at one time stay in the order of the file.
        script.events.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
        Ok(script)
    }

    fn event(&self, index: usize, raw: RawEvent) -> Result<Event, Error> {
        let RawEvent { at_ms, configure_mixer, mute, pan, join, leave } = raw;
        let fault = |reason: &str| Error::Event { path: self.path.clone(), index, at_ms, reason: reason.to_owned() };
        if !(0.0..=LATEST_MS).contains(&at_ms) {
            return Err(fault("atMs is not a time from 0 to 1e9 ms"));
        }
        let action = match (configure_mixer, mute, pan, join, leave) {
            (Some(request), None, None, None, None) => Action::Configure(request.participant_mixer_levels),
            (None, Some(RawMute { participant, muted }), None, None, None) => Action::Mute { participant, muted },
            (None, None, Some(RawPan { listener, source, position }), None, None) => {
                Action::Pan { listener, source, position }
            }
            (None, None, None, Some(RawJoin { participant, file }), None) => {
                Action::Join { participant, file: file.map(|file| self.beside(&file)) }
            }
            (None, None, None, None, Some(RawLeave { participant })) => Action::Leave { participant },
            _ => return Err(fault("an event has one of configureMixer, mute, pan, join and leave")),
        };
        Ok(Event { index, at_ms, action })
    }

    /// The path of a file that the script names, so that a script and its recordings can be moved
    /// together.
    fn beside(&self, file: &Path) -> PathBuf {
        self.path.parent().map_or_else(|| file.to_owned(), |directory| directory.join(file))
    }
}
