//! The errors of a controller.

use std::time::Duration;

use crate::data::{
    detector::DetectorFault,
    id::{Generation, GroupId, ParticipantId},
};

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
    /// A participant in the call has this id already.
    #[error("participant \"{id}\" is in the call already: it has to leave before it can join again")]
    AlreadyHere {
        /// The id.
        id: ParticipantId,
    },
    /// The participant is at another node of a cluster: here it is a source only, and not this mixer's to change.
    #[cfg(feature = "cluster")]
    #[error("participant \"{id}\" is at another node of the cluster: change it by the Conference")]
    Elsewhere {
        /// The id.
        id: ParticipantId,
    },
    /// A gain or pan was to be set from a participant to itself, or it was to be its own hold music.
    #[error("participant \"{id}\" never hears itself: name another one as the source")]
    OwnVoice {
        /// The id.
        id: ParticipantId,
    },
    /// No private group has this id.
    #[error("no private group \"{group}\" is in the call")]
    UnknownGroup {
        /// The id.
        group: GroupId,
    },
    /// A participant was to return from hold who is not on hold.
    #[error("participant \"{id}\" is not on hold")]
    NotOnHold {
        /// The id.
        id: ParticipantId,
    },
    /// A source was to be panned in a mono mixer.
    #[error("a mono mixer has no left and right to pan a source between: make it with Channels::Stereo")]
    MonoMixer,
    /// A detector's threshold is NaN, or its hangover is out of range.
    #[error(
        "an energy detector cannot have a threshold of {threshold_dbfs} dBFS and a hangover of {hangover_ms} ms: \
         a number, and 0 to 60000 ms"
    )]
    Detector {
        /// The threshold, in dBFS.
        threshold_dbfs: f64,
        /// The hangover, in ms.
        hangover_ms: f64,
    },
    /// A speech detector's threshold, or its hangover, is out of range.
    #[cfg(feature = "vad")]
    #[error(
        "a speech detector cannot have a threshold of {threshold} and a hangover of {hangover_ms} ms: \
         0 to 1, and 0 to 60000 ms"
    )]
    SpeechDetector {
        /// The threshold, a probability.
        threshold: f32,
        /// The hangover, in ms.
        hangover_ms: f64,
    },
    /// Only the loudest 0 sources were to be heard.
    #[error("the loudest 0 are nobody: at least 1, or None for everybody")]
    Loudest,
    /// The mixer has given out every place that it can have.
    #[error("the mixer has no place left: it has given all {places}")]
    Full {
        /// The number of places.
        places: u32,
    },
}

impl From<DetectorFault> for ControlError {
    fn from(fault: DetectorFault) -> Self {
        match fault {
            DetectorFault::Energy { threshold, hangover_ms } => {
                Self::Detector { threshold_dbfs: threshold.0, hangover_ms }
            }
            #[cfg(feature = "vad")]
            DetectorFault::Speech { threshold, hangover_ms } => Self::SpeechDetector { threshold, hangover_ms },
        }
    }
}

/// Why a wait for a generation ended before the generation was mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WaitError {
    /// The time limit has passed.
    #[error("{wanted} was not mixed within {limit:?}: the last tick was mixed with {mixed}")]
    TimedOut {
        /// The generation that was waited for.
        wanted: Generation,
        /// The generation of the last tick.
        mixed: Generation,
        /// The time limit.
        limit: Duration,
    },
    /// The processor was dropped: nothing more will be mixed.
    #[error("the processor is gone: {wanted} will not be mixed, the last tick was mixed with {mixed}")]
    ProcessorGone {
        /// The generation that was waited for.
        wanted: Generation,
        /// The generation of the last tick.
        mixed: Generation,
    },
}
