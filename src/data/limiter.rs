//! [`LimiterConfig`]: the figures of the limiter. Pure data.

use super::level::Decibels;

/// The figures of the limiter that acts on every mix. Its delay is 0 samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LimiterConfig {
    /// The level up to which the samples are left as they are: -24 to 0 dBFS. At 0 dBFS the limiter acts only
    /// on samples past full scale.
    pub knee: Decibels,
    /// How long the gain is held after a peak: 0 to 1000 ms.
    pub hold_ms: f64,
    /// How fast the peak follower falls after the hold: 1 to 1000 dB a second.
    pub release_db_per_s: f64,
}

impl Default for LimiterConfig {
    /// Knee -1 dBFS, hold 10 ms, release 50 dB/s.
    fn default() -> Self {
        Self { knee: Decibels(-1.0), hold_ms: 10.0, release_db_per_s: 50.0 }
    }
}
