//! [`SpeechJudge`]: the interface of detectors that decide by the samples of a frame, and not by its mean square or a flag.

use std::fmt::Debug;

use super::frame::Frame;

/// A model that listens to the samples of each frame. The control side makes it and frees it; the audio
/// thread calls it: an implementation may not allocate, lock or block.
pub(crate) trait SpeechJudge: Debug + Send {
    /// Whether the source speaks in this frame.
    fn is_speech(&mut self, frame: &Frame<'_>) -> bool;
}
