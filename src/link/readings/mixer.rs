//! What is counted of a whole mixer.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

use crate::data::id::ParticipantKey;

/// What the whole mixer counts.
#[derive(Debug, Default)]
pub(crate) struct MixerMeters {
    pub ticks: AtomicU64,
    pub audible: AtomicU32,
    pub distinct: AtomicU32,
    pub unknown: AtomicU64,
    pub lost_talk: AtomicU64,
    /// The mixer of all keys; and the place and the stay of the dominant speaker.
    mixer: u32,
    dominant: AtomicU64,
}

/// Figures of the whole mixer: as read from any thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MixerReadings {
    /// Ticks mixed.
    pub ticks: u64,
    /// Sources that were present and not silent in the last tick.
    pub audible_sources: u32,
    /// The dominant speaker: the loudest of those who are active, until somebody else is active and 3 dB louder for 300 ms, or is the loudest when it stops. `None` once nobody
    /// has been active for a second.
    pub dominant: Option<ParticipantKey>,
    /// Talk events for which there was no room, as nobody had read those before.
    pub lost_talk_events: u64,
    /// Different mixes in the last tick.
    pub distinct_mixes: u32,
    /// Frames refused because nobody who sends had their key.
    pub unknown_frames: u64,
}

impl MixerMeters {
    /// Those of the mixer that all keys with this number are of.
    pub fn of(mixer: u32) -> Self {
        let meters = Self { mixer, ..Self::default() };
        meters.set_dominant(None);
        meters
    }

    pub fn set_dominant(&self, key: Option<ParticipantKey>) {
        let key = key.unwrap_or(ParticipantKey::NOBODY);
        self.dominant.store(u64::from(key.slot) << 32 | u64::from(key.stay), Relaxed);
    }

    fn dominant(&self) -> Option<ParticipantKey> {
        let bits = self.dominant.load(Relaxed);
        let key = ParticipantKey { mixer: self.mixer, slot: (bits >> 32) as u32, stay: bits as u32 };
        (key.slot != ParticipantKey::NOBODY.slot).then_some(key)
    }

    pub fn read(&self) -> MixerReadings {
        MixerReadings {
            ticks: self.ticks.load(Relaxed),
            audible_sources: self.audible.load(Relaxed),
            dominant: self.dominant(),
            lost_talk_events: self.lost_talk.load(Relaxed),
            distinct_mixes: self.distinct.load(Relaxed),
            unknown_frames: self.unknown.load(Relaxed),
        }
    }
}
