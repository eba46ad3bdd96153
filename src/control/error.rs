//! What a controller answers when it cannot do what it was asked.

use std::time::Duration;

use crate::{data::id::Generation, data::id::ParticipantId};

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// Nobody in the call has this id.
    #[error("no participant \"{id}\" is in the call")]
    Unknown {
        /// The id.
        id: ParticipantId,
    },
    /// Somebody in the call has this id already.
    #[error("participant \"{id}\" is in the call already: it has to leave before it can join again")]
    AlreadyHere {
        /// The id.
        id: ParticipantId,
    },
    /// A gain was asked for from a participant to itself.
    #[error("participant \"{id}\" never hears itself: a gain is between two participants")]
    OwnVoice {
        /// The id.
        id: ParticipantId,
    },
    /// A source was to be panned in a mono mixer.
    #[error("a mono mixer has no left and right to pan a source between: make it with Channels::Stereo")]
    MonoMixer,
    /// A detector's threshold is NaN, or its hangover is out of range.
    #[error(
        "an energy detector cannot have a threshold of {threshold_dbfs} dBFS and a hangover of {hangover_ms} ms: a number, and 0 to 60000 ms"
    )]
    Detector {
        /// The threshold that was asked for.
        threshold_dbfs: f64,
        /// The hangover that was asked for.
        hangover_ms: f64,
    },
    /// A speech detector's threshold, or its hangover, is out of range.
    #[cfg(feature = "vad")]
    #[error(
        "a speech detector cannot have a threshold of {threshold} and a hangover of {hangover_ms} ms: 0 to 1, and 0 to 60000 ms"
    )]
    SpeechDetector {
        /// The threshold that was asked for.
        threshold: f32,
        /// The hangover that was asked for.
        hangover_ms: f64,
    },
    /// Nobody was asked to be heard.
    #[error("the loudest 0 are nobody: at least 1, or None for everybody")]
    Loudest,
    /// Every place that a mixer can have was given.
    #[error("the mixer has no place left: it has given all {places}")]
    Full {
        /// How many there are.
        places: u32,
    },
}

/// Why waiting for a generation ended without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WaitError {
    /// The time limit passed first.
    #[error("{wanted} was not mixed within {limit:?}: the last tick was mixed with {mixed}")]
    TimedOut {
        /// What was waited for.
        wanted: Generation,
        /// What the audio thread mixed last.
        mixed: Generation,
        /// The time limit.
        limit: Duration,
    },
    /// The processor was dropped: nothing will be mixed any more.
    #[error("the processor is gone: {wanted} will not be mixed, the last tick was mixed with {mixed}")]
    ProcessorGone {
        /// What was waited for.
        wanted: Generation,
        /// What the audio thread mixed last.
        mixed: Generation,
    },
}
