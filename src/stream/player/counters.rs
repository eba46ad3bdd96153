//! The figures of a player: counted by the audio thread, read from any thread. [`PlayerReadings`].

use crate::data::{
    ports::Figure,
    sync::{AtomicU64, Ordering},
};

/// The figures of a player since it joined. Samples are of one channel, at the mixer's rate.
///
/// ```
/// use mixminus::stream::PlayerReadings;
/// let stuttered = |readings: &PlayerReadings| readings.ran_dry > 1;
/// assert!(!stuttered(&PlayerReadings::default()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PlayerReadings {
    /// How much is left to be played, in ms; where the queue repeats, until its end.
    pub left_ms: f64,
    /// How much counts for the bound, in ms: what is left, and what of a queue that repeats was played already.
    pub queued_ms: f64,
    /// Samples of clips that were played, those that were repeated as often as they were.
    pub played_samples: u64,
    /// How often a clip ended and nothing was there to follow.
    pub ran_dry: u64,
    /// For how long, in all, it was silent from there until more came.
    pub dry_samples: u64,
    /// Events that found no room, as nobody read those before.
    pub lost_events: u64,
}

/// What the audio side tells.
#[derive(Debug, Default)]
pub(super) struct PlayerCounters {
    /// Items before this one are not looked at any more.
    done: AtomicU64,
    /// How many orders were taken.
    taken: AtomicU64,
    /// Written by the control side: how many items were added and orders sent.
    changes: AtomicU64,
    /// How many of the samples that were ever appended lie before what is played next; and before what is played next or
    /// will be again.
    pub position: Figure,
    pub base: Figure,
    pub played: Figure,
    pub ran_dry: Figure,
    pub dry: Figure,
    pub lost_events: Figure,
}

impl PlayerCounters {
    /// Control: something was added or sent. Behind the lock: one writer at a time.
    pub fn change(&self) {
        self.changes.store(self.changes.load(Ordering::Relaxed) + 1, Ordering::Release);
    }

    /// Audio: whether anything may have come is told by a number that has changed.
    pub fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }

    /// Audio: items before this one, and so many orders, are not looked at any more.
    pub fn pass(&self, done: u64, taken: u64) {
        self.done.store(done, Ordering::Release);
        self.taken.store(taken, Ordering::Release);
    }

    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Acquire)
    }

    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::Acquire)
    }
}
