//! What nodes send to each other beside their ticks: [`Message`], and how it is written. Pure data.
//!
//! A message is the version of this format, and the rest as postcard writes it. It comes from a member of the cluster, and may
//! all the same be anything: what cannot be read, or is out of its bounds, is no message.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    entry::{Entry, LONGEST_ID, ducking, figures},
    settings::Setting,
};
use crate::config::{ParticipantMixerLevel, SourceLevel};

/// The version of this format. Nodes of different versions do not understand each other.
const VERSION: u8 = 1;
/// The longest message that is read.
const LONGEST: usize = 64 << 20;

/// The number of a change, among those that one node has begun.
pub(super) type Number = u64;

/// A message, and what of its sender was running when it was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Letter {
    /// Another each time that a node is started.
    pub incarnation: u64,
    pub message: Message,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Message {
    /// The sender is there, and its list of participants is at this revision.
    Beat {
        revision: u64,
        /// Of what is set for the whole conference.
        settings: u64,
        format: Format,
    },
    /// Tell me your list of participants.
    Ask,
    Roster(Roster),
    /// Those who are at no node, each with how long it is waited for still.
    Orphans(Vec<(String, Entry, Duration)>),
    /// What is set for the whole conference.
    Settings(Vec<Setting>),
    /// Is this possible? `after` are the lists that the sender has seen.
    Prepare {
        number: Number,
        acts: Vec<Act>,
        after: Vec<Seen>,
    },
    /// It is. The entries of those whom the sender takes over.
    Ready {
        number: Number,
        entries: Vec<(String, Entry)>,
    },
    Refused {
        number: Number,
        reason: String,
    },
    /// Then do it.
    Commit {
        number: Number,
    },
    /// Then do not.
    Cancel {
        number: Number,
    },
    /// It is in a mix.
    Mixed {
        number: Number,
    },
    /// It never will be.
    Failed {
        number: Number,
        reason: String,
    },
}

/// The format of a mixer: nodes have to have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Format {
    pub rate_hz: u32,
    pub channels: u8,
    pub tick_samples: u32,
}

/// What has changed in the list of a node's participants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Roster {
    /// The revision that it goes on from; 0 for a whole list.
    pub from: u64,
    pub to: u64,
    /// Whether more of a whole list follows.
    pub more: bool,
    pub changes: Vec<(String, Change)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Change {
    Here(Entry),
    Gone {
        /// Whether it goes over to another node.
        moves: bool,
        /// From this tick of its node on it may be in none.
        tick: u64,
    },
}

/// How much one node knows of another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Seen {
    pub node: String,
    pub incarnation: u64,
    pub revision: u64,
}

/// One thing that a change does at the node of a participant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Act {
    Configure(Level),
    Mute {
        id: String,
        muted: bool,
    },
    Deafen {
        id: String,
        deafened: bool,
    },
    /// Takes it out of the conference.
    Remove {
        id: String,
    },
    /// Puts it on hold, with these sources to be heard, which may be at any node.
    Hold {
        id: String,
        music: Vec<String>,
    },
    Resume {
        id: String,
    },
    /// Sets something for the whole conference: all nodes do it.
    Set(Setting),
    /// It goes over to the node that asks.
    Yield {
        id: String,
    },
}

/// A [`ParticipantMixerLevel`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Level {
    pub listener: String,
    pub exclusive: bool,
    pub ducking: Option<[i64; 4]>,
    pub sources: Vec<(String, i64, bool)>,
}

impl Act {
    /// Whose node does it; of what all nodes do, nobody's.
    pub fn whose(&self) -> &str {
        match self {
            Self::Set(_) => "",
            Self::Configure(level) => &level.listener,
            Self::Hold { id, .. } | Self::Resume { id } => id,
            Self::Mute { id, .. } | Self::Deafen { id, .. } | Self::Remove { id } | Self::Yield { id } => id,
        }
    }
}

impl Act {
    /// Everybody whom it names.
    pub fn names(&self) -> Vec<&str> {
        let others: Vec<&str> = match self {
            Self::Configure(level) => level.sources.iter().map(|(id, ..)| id.as_str()).collect(),
            Self::Hold { music, .. } => music.iter().map(String::as_str).collect(),
            Self::Set(setting) => setting.members().collect(),
            _ => Vec::new(),
        };
        [self.whose()].into_iter().chain(others).collect()
    }

    /// What it sets, if it sets something.
    pub fn setting(&self) -> Option<Setting> {
        if let Self::Set(setting) = self { Some(setting.clone()) } else { None }
    }

    fn is_sound(&self) -> bool {
        let rest = match self {
            Self::Set(setting) => setting.is_sound(),
            Self::Hold { music, .. } => music.iter().all(|id| is_id(id)),
            _ => true,
        };
        rest && is_id(self.whose())
    }
}

impl Level {
    pub fn of(level: &ParticipantMixerLevel) -> Self {
        let source = |source: &SourceLevel| (source.participant.clone(), source.level, source.duck_others);
        Self {
            listener: level.participant.clone(),
            exclusive: level.exclusive,
            ducking: level.ducking.map(figures),
            sources: level.source_levels.iter().map(source).collect(),
        }
    }

    /// The level, with those of its sources that `is_here` says are in the mixer.
    pub fn mixer_level(&self, is_here: impl Fn(&str) -> bool) -> ParticipantMixerLevel {
        let here = self.sources.iter().filter(|(id, ..)| is_here(id));
        let source = |(participant, level, duck_others): &(String, i64, bool)| SourceLevel {
            participant: participant.clone(),
            level: *level,
            duck_others: *duck_others,
        };
        ParticipantMixerLevel {
            participant: self.listener.clone(),
            exclusive: self.exclusive,
            ducking: self.ducking.map(ducking),
            source_levels: here.map(source).collect(),
        }
    }
}

impl Letter {
    pub fn write(&self) -> Vec<u8> {
        // Only a serializer that runs out of room fails, and a vector grows.
        postcard::to_extend(self, vec![VERSION]).unwrap_or_default()
    }

    /// Reads a letter; `None` if it is none.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first()?;
        if *version != VERSION || bytes.len() > LONGEST {
            return None;
        }
        let (letter, rest) = postcard::take_from_bytes::<Self>(rest).ok()?;
        (rest.is_empty() && letter.message.is_sound()).then_some(letter)
    }
}

impl Message {
    fn is_sound(&self) -> bool {
        match self {
            Self::Roster(Roster { from, to, changes, .. }) => {
                from <= to && changes.iter().all(|(id, change)| is_id(id) && change.is_sound())
            }
            Self::Prepare { acts, .. } => acts.iter().all(Act::is_sound),
            Self::Orphans(orphans) => orphans.iter().all(|(id, entry, _)| is_id(id) && entry.is_sound()),
            Self::Settings(settings) => settings.iter().all(Setting::is_sound),
            Self::Ready { entries, .. } => entries.iter().all(|(id, entry)| is_id(id) && entry.is_sound()),
            Self::Refused { reason, .. } | Self::Failed { reason, .. } => reason.len() <= LONGEST_ID,
            Self::Beat { .. } | Self::Ask | Self::Commit { .. } | Self::Cancel { .. } | Self::Mixed { .. } => true,
        }
    }
}

impl Change {
    fn is_sound(&self) -> bool {
        if let Self::Here(entry) = self { entry.is_sound() } else { true }
    }
}

fn is_id(id: &str) -> bool {
    id.len() <= LONGEST_ID
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn letters() -> Vec<Letter> {
        let act = Act::Mute { id: "anna".into(), muted: true };
        let seen = Seen { node: "b".into(), incarnation: 5, revision: 6 };
        let gone = ("anna".to_owned(), Change::Gone { moves: true, tick: 7 });
        let messages = [
            Message::Ask,
            Message::Prepare { number: 3, acts: vec![act], after: vec![seen] },
            Message::Roster(Roster { from: 0, to: 2, more: false, changes: vec![gone] }),
            Message::Failed { number: 3, reason: "no".into() },
        ];
        messages.map(|message| Letter { incarnation: 9, message }).into()
    }

    #[test]
    fn a_letter_comes_back_as_it_was_and_no_part_of_it_is_one() {
        for letter in letters() {
            let bytes = letter.write();
            assert_eq!(Letter::read(&bytes), Some(letter));
            for end in 0..bytes.len() {
                assert_eq!(Letter::read(&bytes[..end]), None);
            }
            assert_eq!(Letter::read(&[&bytes[..], &[0]].concat()), None, "something follows");
            assert_eq!(Letter::read(&[&[VERSION + 1], &bytes[1..]].concat()), None, "another version");
        }
    }

    #[test]
    fn an_id_that_is_too_long_makes_no_letter() {
        let act = Act::Remove { id: "a".repeat(LONGEST_ID + 1) };
        let message = Message::Prepare { number: 1, acts: vec![act], after: Vec::new() };
        assert_eq!(Letter::read(&Letter { incarnation: 0, message }.write()), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let with_version = [&[VERSION][..], &bytes].concat();
            if let Some(letter) = Letter::read(&with_version) {
                prop_assert_eq!(Letter::read(&letter.write()), Some(letter));
            }
        }
    }
}
