//! The measured levels of frames and mixes, and the counters of a source. Pure data.

use super::level::Decibels;

/// The level of a frame, over all its channels as sent.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Loudness {
    /// The greatest magnitude.
    pub peak: f32,
    /// The mean of the squares.
    pub square: f64,
}

/// Whether the mid signal, half the sum of both channels, is 20 dB or more under the side signal, half their
/// difference: by the mean squares of the mid and of both channels, the mean of which is that of the mid plus that of
/// the side.
pub(crate) fn cancels(mid: f64, both: f64) -> bool {
    both > 0.0 && 100.0 * mid <= both - mid
}

/// The mean square of an audio level in dB under full scale, as RTP packets carry it (RFC 6464): 127 and more is silence.
pub(crate) fn square_of_dbov(level: u8) -> f64 {
    if level < 127 { Decibels(-f64::from(level)).amplitude().powi(2) } else { 0.0 }
}

/// The level of a mix. Readers take the root of the mean square themselves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct MixLevel {
    pub peak: f32,
    /// The mean of the squares.
    pub square: f64,
    /// The least gain that the limiter applied.
    pub gain: f32,
}

impl Default for MixLevel {
    /// The level of silence.
    fn default() -> Self {
        Self { peak: 0.0, square: 0.0, gain: 1.0 }
    }
}

impl MixLevel {
    pub fn rms(&self) -> f32 {
        self.square.sqrt() as f32
    }

    /// Whether the limiter acted.
    pub fn limited(&self) -> bool {
        self.gain < 1.0
    }
}

/// What the audio side measures and counts of a source: the figures of `SourceReadings`. Readers take the
/// root of the mean square themselves.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct SourceMeasures {
    /// The level of its frame, as sent; zero without a frame.
    pub loudness: Loudness,
    /// Whether it was active in the last tick.
    pub active: bool,
    /// Whether it has a frame and is quiet.
    pub quiet: bool,
    /// Frames that were accepted.
    pub frames: u64,
    /// Ticks in which it was active.
    pub active_ticks: u64,
    /// Ticks in which its channels cancelled each other out in the mean that a mono mixer takes.
    pub anti_phase_ticks: u64,
    /// Ticks without a good frame, since its first one.
    pub missing: u64,
    /// How often its frames came back after some were missing.
    pub returns: u64,
    /// Frames refused because a sample was NaN, infinite or past the limit.
    pub not_finite: u64,
    /// Frames refused for their length, or because the source had already sent one in that tick.
    pub refused: u64,
}
