//! What a player tells of what was heard: [`PlayerEvent`], and their reader, [`PlayerEvents`].

use std::{collections::VecDeque, fmt, sync::Arc};

use rtrb::Consumer;

use super::{
    note::{Heard, Note},
    queue::{Flushed, Queue},
};
use crate::data::id::ParticipantKey;

/// The number of a clip in the queue of a player. Clips that are queued later have greater ones; a clip that is queued
/// twice has two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct QueueNumber(pub(super) u64);

impl QueueNumber {
    /// The number.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for QueueNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "clip {}", self.0)
    }
}

/// What a player has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PlayerEvent {
    /// The player.
    pub key: ParticipantKey,
    /// What it has come to.
    #[serde(flatten)]
    pub kind: PlayerEventKind,
    /// The position of the mixer, to the sample ([`Mixes::position`](crate::Mixes::position) is that of the first sample
    /// of a tick): of the first sample of a clip that started, and of the sample behind what was heard in all other
    /// cases.
    pub at_sample: u64,
}

/// What a [`PlayerEvent`] tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum PlayerEventKind {
    /// The first sample of a clip is heard: in each pass, of one that repeats.
    Started {
        /// The clip.
        clip: QueueNumber,
    },
    /// The last sample of a clip was heard.
    Finished {
        /// The clip.
        clip: QueueNumber,
    },
    /// A clip was flushed before its end.
    Flushed {
        /// The clip.
        clip: QueueNumber,
        /// How many of its samples were heard before that; those that faded out then are not counted.
        heard_samples: u64,
    },
    /// Everything before a mark was heard.
    Reached {
        /// The mark.
        mark: u64,
    },
    /// A mark was flushed before it was reached: what is before it was not heard, or not all of it.
    Dropped {
        /// The mark.
        mark: u64,
    },
}

/// The events of a player that nobody has read yet, in their order. Reading never waits for the audio thread. For one
/// thread at a time, any thread but the audio thread.
///
/// As an iterator it ends where no event is left for now, and goes on once there are more. To wait for events, with or
/// without a timeout, hand it to [`Feed::player`](crate::stream::Feed::player). They are lost only where more of them than
/// [`PlayerOptions::events`](super::PlayerOptions::events) wait, or more than 64 flushes; then they are counted.
pub struct PlayerEvents {
    key: ParticipantKey,
    notes: Consumer<Note>,
    queue: Arc<Queue>,
    /// The rest of a flush.
    next: VecDeque<PlayerEvent>,
}

impl PlayerEvents {
    pub(super) fn new(key: ParticipantKey, notes: Consumer<Note>, queue: Arc<Queue>) -> Self {
        Self { key, notes, queue, next: VecDeque::new() }
    }

    /// The next event; `None` if there is none for now.
    pub fn try_next(&mut self) -> Option<PlayerEvent> {
        loop {
            if let Some(event) = self.next.pop_front() {
                return Some(event);
            }
            let Note { heard, number, at_sample } = self.notes.pop().ok()?;
            let clip = QueueNumber(number);
            let kind = match heard {
                Heard::Started => PlayerEventKind::Started { clip },
                Heard::Finished => PlayerEventKind::Finished { clip },
                Heard::Reached { mark } => PlayerEventKind::Reached { mark },
                Heard::Flushed { from, samples } => {
                    self.list_flushed(number, (from, samples), at_sample);
                    continue;
                }
                Heard::Nothing => continue,
            };
            return Some(PlayerEvent { key: self.key, kind, at_sample });
        }
    }

    /// Lists what was flushed up to an item: from the first that was not heard as a whole.
    fn list_flushed(&mut self, number: u64, (from, samples): (u64, u64), at_sample: u64) {
        let Some(flush) = self.queue.line().take_flush(number) else { return };
        for (number, flushed) in flush.items.into_iter().filter(|(number, _)| *number >= from) {
            let heard_samples = if number == from { samples } else { 0 };
            let kind = match flushed {
                Flushed::Clip => PlayerEventKind::Flushed { clip: QueueNumber(number), heard_samples },
                Flushed::Mark(mark) => PlayerEventKind::Dropped { mark },
            };
            self.next.push_back(PlayerEvent { key: self.key, kind, at_sample });
        }
    }

    /// How many events may wait.
    pub(in crate::stream) fn room(&self) -> usize {
        self.notes.buffer().capacity()
    }

    /// Whether no more will come: the participant has left, or the mixer is gone.
    pub(in crate::stream) fn is_abandoned(&self) -> bool {
        self.notes.is_abandoned()
    }
}

impl Iterator for PlayerEvents {
    type Item = PlayerEvent;

    fn next(&mut self) -> Option<PlayerEvent> {
        self.try_next()
    }
}

impl fmt::Debug for PlayerEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlayerEvents")
            .field("key", &self.key)
            .field("waiting", &self.notes.slots())
            .finish_non_exhaustive()
    }
}
