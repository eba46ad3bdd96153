//! [`Hears`]: the seam of detectors that decide by samples instead of by a figure.

use std::fmt::Debug;

use super::frame::Frame;

/// What decides by hearing the samples of each frame. Made by the control side; called by the audio thread: nothing here may
/// allocate, lock or block.
pub(crate) trait Hears: Debug + Send {
    /// Whether the source speaks in this frame.
    fn hears(&mut self, frame: &Frame<'_>) -> bool;
}
