//! How loud frames and mixes are, and what is counted of a source. Pure data.

/// How loud a frame is, over all its channels as sent.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Loudness {
    /// The greatest magnitude.
    pub peak: f32,
    /// The mean of the squares.
    pub square: f64,
}

/// The level of a mix. The root is left to those who read it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct MixLevel {
    pub peak: f32,
    /// The mean of the squares.
    pub square: f64,
    /// The limiter's least gain.
    pub gain: f32,
}

impl Default for MixLevel {
    /// Of silence.
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

/// What the audio side counts and measures of a source: the figures of `SourceReadings`, but for the root of the mean
/// square, which is left to those who read it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct SourceMeasures {
    /// Of its frame, as sent; zero without one.
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
    /// Frames refused because a sample was no number, or past the limit.
    pub not_finite: u64,
    /// Frames refused for their length, or because it had sent one in that tick already.
    pub refused: u64,
}
