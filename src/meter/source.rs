//! What the audio side counts and measures of a source, as it is handed to the meters. Pure data.

use super::Loudness;

/// The figures of [`SourceReadings`](super::SourceReadings), but for the root of the mean square, which is left to those who read it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct SourceMeasures {
    /// Of its frame, as sent; nothing without one.
    pub loudness: Loudness,
    /// Whether it was active in the last tick.
    pub active: bool,
    /// Frames that were taken.
    pub frames: u64,
    /// Ticks in which it was active.
    pub active_ticks: u64,
    /// Ticks without a good frame, since its first one.
    pub missing: u64,
    /// How often its frames came back after some were missing.
    pub returns: u64,
    /// Frames refused because a sample was no number.
    pub not_finite: u64,
    /// Frames refused for their length, or because it had sent one in that tick already.
    pub refused: u64,
}
