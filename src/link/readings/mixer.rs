//! The figures of a whole mixer: [`MixerMeters`] are written by the audio thread, [`MixerReadings`] are read.

use crate::data::{
    id::ParticipantKey,
    sync::{AtomicU32, AtomicU64, Ordering::Relaxed},
};

/// The shared meters of a mixer. The audio thread is the only writer.
#[derive(Debug, Default)]
pub(crate) struct MixerMeters {
    pub audible: AtomicU32,
    pub distinct: AtomicU32,
    pub unknown: AtomicU64,
    pub lost_talk: AtomicU64,
    pub lost_taps: AtomicU64,
    pub shed_ticks: AtomicU64,
    /// The number of the mixer, which is the same in all keys; and the slot and stay of the dominant speaker.
    mixer: u32,
    dominant: AtomicU64,
}

/// The figures of the whole mixer, as read from any thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MixerReadings {
    /// Ticks mixed.
    pub ticks: u64,
    /// Sources that were present and not silent in the last tick.
    pub audible_sources: u32,
    /// The dominant speaker. If there is none, the loudest active source becomes it at once. It changes when
    /// another source has been active and 3 dB louder for 300 ms, or when the dominant speaker is not active
    /// any more while others are: then the loudest of these follows. `None` once nobody has been active for a
    /// second, or if the dominant speaker leaves while nobody is active.
    pub dominant: Option<ParticipantKey>,
    /// Talk events that were lost, because those before them had not been read and there was no room.
    pub lost_talk_events: u64,
    /// Ticks of sound that taps have lost, over all of them, because they were not read in time.
    pub lost_tap_ticks: u64,
    /// Ticks of which something was left out so that they take less time:
    /// [`AudioThread::shed`](crate::AudioThread::shed).
    pub shed_ticks: u64,
    /// Different mixes in the last tick: one for each group of listeners that hear the same.
    pub distinct_mixes: u32,
    /// Frames refused because no participant who sends has their key.
    pub unknown_frames: u64,
}

impl MixerMeters {
    /// The number of the mixer.
    #[cfg(feature = "stream")]
    pub fn mixer(&self) -> u32 {
        self.mixer
    }

    /// The meters of the mixer with this number.
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

    /// Reads all figures. `ticks` is the number of ticks that the mixer has mixed.
    pub fn read(&self, ticks: u64) -> MixerReadings {
        MixerReadings {
            ticks,
            audible_sources: self.audible.load(Relaxed),
            dominant: self.dominant(),
            lost_talk_events: self.lost_talk.load(Relaxed),
            lost_tap_ticks: self.lost_taps.load(Relaxed),
            shed_ticks: self.shed_ticks.load(Relaxed),
            distinct_mixes: self.distinct.load(Relaxed),
            unknown_frames: self.unknown.load(Relaxed),
        }
    }
}
