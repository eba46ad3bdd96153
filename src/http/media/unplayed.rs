//! Why nothing is played, as clients read it: [`Unplayed`].

use std::time::Duration;

use super::{prompt_error::PromptError, speaker::SpeakerError};
use crate::{
    ControlError,
    config::ResultInfo,
    http::calls::{End, Failure},
    stream::{ClipError, PlayerError},
};

/// Why a request has come to nothing that was to play something.
#[derive(Debug, thiserror::Error)]
pub(in crate::http) enum Unplayed {
    /// There is no audio.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// The host's resolver has panicked.
    #[error("the service failed to look for the prompt")]
    Resolver,
    /// Others are fetched.
    #[error("the service is busy: it was not the turn of this prompt within {limit:?}")]
    NoTurn {
        /// How long it may wait.
        limit: Duration,
    },
    /// It cannot be played at the mixer's rate.
    #[error("the prompt cannot be played: {0}")]
    Clip(#[from] ClipError),
    /// The conversion to the mixer's rate has failed, or the service stops.
    #[error("the prompt was not converted to the rate of the mixer")]
    Unconverted,
    /// It cannot be played.
    #[error("the mixer does not play it: {0}")]
    Speaker(#[from] SpeakerError),
    /// The host has taken what plays it out of the call.
    #[error("what plays the prompts was taken out of the call")]
    SpeakerGone,
    /// The participant has left.
    #[error("the hold is not changed: {0}")]
    Left(#[from] ControlError),
    /// The participant has left the conference, or its music has.
    #[cfg(feature = "cluster")]
    #[error("the hold is not changed: {0}")]
    Conference(#[from] crate::cluster::ConferenceError),
    /// Others on hold have as much music as a call may hold.
    #[error("those on hold may have {most:?} of music together, and this would be more: end a hold first")]
    TooMuchMusic {
        /// How much they may have.
        most: Duration,
    },
    /// A later request for the same participant was quicker.
    #[error("a later request for this participant has come first")]
    Superseded,
    /// The call has ended.
    #[error("the call has ended")]
    CallEnded,
    /// The mixer has stopped.
    #[error("the mixer has stopped")]
    MixerGone,
    /// The mixer stands still.
    #[error("nothing was mixed within {0:?}")]
    NotMixedWithin(Duration),
}

impl Unplayed {
    /// The end of the operation that was to play.
    pub fn end(&self) -> End {
        let (code, subcode) = match self {
            Self::Prompt(error) => return End::Unplayed(error.info()),
            Self::CallEnded => return End::Failed(Failure::CallEnded),
            Self::MixerGone => return End::Failed(Failure::MixerGone),
            Self::NotMixedWithin(limit) => return End::Failed(Failure::NotMixedWithin(*limit)),
            Self::Clip(_) => (415, 17),
            Self::Unconverted => (500, 18),
            Self::Speaker(_) => (500, 19),
            Self::Left(_) => (404, 20),
            #[cfg(feature = "cluster")]
            Self::Conference(_) => (404, 20),
            Self::Superseded => (409, 21),
            Self::SpeakerGone => (410, 22),
            Self::Resolver => (500, 24),
            Self::TooMuchMusic { .. } => (429, 23),
            Self::NoTurn { .. } => (503, 25),
        };
        End::Unplayed(ResultInfo { code, subcode, message: self.to_string() })
    }

    /// The end of an operation that was to cancel it: what is not played is cancelled.
    pub fn end_of_cancel(&self) -> End {
        match self.end() {
            End::Failed(failure) => End::Failed(failure),
            _ => End::Mixed,
        }
    }
}

impl From<PlayerError> for Unplayed {
    fn from(error: PlayerError) -> Self {
        Self::Speaker(error.into())
    }
}
