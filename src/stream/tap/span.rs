//! What is read of a tap at once: [`TapSpan`]. Pure data.

use crate::data::tap::TapContent;

/// A piece of a tap's timeline, as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TapSpan {
    /// The number of its first frame, at the rate of the tap, from the beginning of the mixer's timeline on: frame n is
    /// n / rate seconds after it, in every tap of the mixer. At the mixer's rate that is
    /// [`Mixes::position`](crate::Mixes::position).
    pub position: u64,
    /// How many frames were read: 1 or more.
    pub frames: usize,
    /// What the tap has there. What is no [`Sound`](TapContent::Sound) was read as silence. At another rate than the
    /// mixer's the filter reaches up to 5 ms across the edges of a sound.
    pub content: TapContent,
}

impl TapSpan {
    /// The position behind its last frame.
    pub fn end(&self) -> u64 {
        self.position + self.frames as u64
    }
}
