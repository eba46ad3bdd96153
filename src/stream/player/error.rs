//! Why a player refuses: [`PlayerError`].

use super::options::MOST_FADE_MS;

/// Why a player did not do what it was told. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PlayerError {
    /// The participant has left or has got ports instead, or the mixer is gone: nothing will be played any more.
    #[error("the player leads nowhere any more: its participant has left, or the mixer is gone")]
    Gone,
    /// The clip does not fit.
    #[error("a clip of {clip_ms} ms does not fit: {queued_ms} ms are queued, and the bound is {bound_ms} ms")]
    Full {
        /// How long the clip is.
        clip_ms: f64,
        /// How much is queued.
        queued_ms: f64,
        /// [`PlayerOptions::bound_ms`](super::PlayerOptions::bound_ms).
        bound_ms: f64,
    },
    /// The clip was made for mixers of another rate.
    #[error("the clip is for mixers of {clip_hz} Hz, and this one has {mixer_hz} Hz: make a clip for that")]
    Rate {
        /// The rate of the clip.
        clip_hz: u32,
        /// The mixer's rate.
        mixer_hz: u32,
    },
    /// A fade is out of its range.
    #[error("a fade of {ms} ms is not between 0 and {MOST_FADE_MS} ms")]
    Fade {
        /// What was asked for.
        ms: f64,
    },
    /// Too many marks, or clips without samples, in one place.
    #[error("{most} marks and clips without samples follow on each other already: no more without sound between them")]
    Hollow {
        /// The most.
        most: usize,
    },
    /// The mixer does not tick, or more came between two ticks than may wait.
    #[error("{waiting} changes wait for the mixer, which does not tick: try again when it does")]
    Busy {
        /// How many wait.
        waiting: usize,
    },
}
