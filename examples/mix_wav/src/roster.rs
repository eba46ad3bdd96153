//! Who is in the call at which time. Finds the events that refer to a participant who is not there,
//! before anything is mixed.

use std::collections::BTreeSet;

use mixminus::{Channels, Pan, config};

use crate::{
    error::Error,
    script::{Action, Event, Script},
};

/// The longest id in characters: with `.wav` and the affixes of a temporary file it fits every file
/// system.
const MAX_ID: usize = 100;

/// The participants who are in a call, whose mixer has these channels.
#[derive(Debug)]
pub struct Roster {
    ids: BTreeSet<String>,
    channels: Channels,
}

impl Roster {
    /// An empty call.
    pub fn new(channels: Channels) -> Self {
        Self { ids: BTreeSet::new(), channels }
    }

    /// Adds a participant who is there from the start.
    pub fn admit(&mut self, id: &str) -> Result<(), Error> {
        check_id(id)?;
        if self.ids.insert(id.to_owned()) { Ok(()) } else { Err(Error::SameId(id.to_owned())) }
    }

    /// Checks the events of a script in the order of their times.
    pub fn play(&mut self, script: &Script) -> Result<(), Error> {
        script.events.iter().try_for_each(|event| self.take(script, event))
    }

    fn take(&mut self, script: &Script, event: &Event) -> Result<(), Error> {
        let fault =
            |reason: String| Error::Event { path: script.path.clone(), index: event.index, at_ms: event.at_ms, reason };
        match &event.action {
            Action::Configure(levels) => config::check(levels, |id| self.ids.contains(id)).map_err(|faults| {
                Error::Request { path: script.path.clone(), index: event.index, at_ms: event.at_ms, faults }
            }),
            Action::Mute { participant, .. } if self.ids.contains(participant) => Ok(()),
            Action::Leave { participant } if self.ids.remove(participant) => Ok(()),
            Action::Mute { participant, .. } | Action::Leave { participant } => {
                Err(fault(format!("{participant:?} is not in the call at that time")))
            }
            Action::Pan { listener, source, position } => self.check_pan(listener, source, *position).map_err(fault),
            Action::Join { participant, .. } => {
                check_id(participant).map_err(|error| fault(error.to_string()))?;
                if self.ids.insert(participant.clone()) {
                    Ok(())
                } else {
                    Err(fault(format!("{participant:?} is in the call already at that time")))
                }
            }
        }
    }

    /// Checks a pan at its time.
    fn check_pan(&self, listener: &str, source: &str, position: f32) -> Result<(), String> {
        if self.channels == Channels::Mono {
            return Err("a mono mixer has no left and right to pan between: mix with --channels 2".to_owned());
        }
        if let Some(absent) = [listener, source].into_iter().find(|id| !self.ids.contains(*id)) {
            return Err(format!("{absent:?} is not in the call at that time"));
        }
        if listener == source {
            return Err(format!("{listener:?} never hears itself: a pan is between two participants"));
        }
        Pan::new(position).map(|_| ()).map_err(|cause| cause.to_string())
    }
}

/// Checks an id, which becomes a file name: it must not reach another directory or name a hidden file.
fn check_id(id: &str) -> Result<(), Error> {
    let allowed = |c: char| c.is_alphanumeric() || " ._-@+".contains(c);
    let edge = |c: char| c == '.' || c == ' ';
    let length = id.chars().count();
    if (1..=MAX_ID).contains(&length)
        && id.len() <= 2 * MAX_ID
        && id.chars().all(allowed)
        && !id.starts_with(edge)
        && !id.ends_with(edge)
    {
        Ok(())
    } else {
        Err(Error::UnsafeId(id.to_owned()))
    }
}
