//! Who is in the call when: finds, before anything is mixed, what a script asks of somebody who is not there.

use std::collections::BTreeSet;

use mixminus::{Channels, Pan, config};

use crate::{
    error::Error,
    script::{Action, Event, Script},
};

/// The longest id, in characters: with `.wav` and the name of a temporary file it fits every file system.
const MAX_ID: usize = 100;

/// Who is in a call of a mixer with so many channels.
#[derive(Debug)]
pub struct Roster {
    ids: BTreeSet<String>,
    channels: Channels,
}

impl Roster {
    /// Nobody is there.
    pub fn new(channels: Channels) -> Self {
        Self { ids: BTreeSet::new(), channels }
    }

    /// Takes in somebody who is there from the start.
    pub fn admit(&mut self, id: &str) -> Result<(), Error> {
        check_id(id)?;
        if self.ids.insert(id.to_owned()) { Ok(()) } else { Err(Error::SameId(id.to_owned())) }
    }

    /// Plays a script through, in the order of its times, without any audio.
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

    /// Whether a pan makes sense at its time; why not, otherwise.
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

/// An id becomes the name of a file: it must not be able to reach another directory or a hidden file.
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
