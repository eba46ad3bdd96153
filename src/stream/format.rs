//! By whose clock a stream runs: [`Clock`]; and why a format cannot be converted: [`FormatError`].
//! Pure data.

/// How the clock of a stream's other end runs beside the mixer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// By itself: it is off by some ppm, and drifts. For a stream from or to another machine, or a sound card. It is
    /// followed up to 3000 ppm.
    #[default]
    FreeRunning,
    /// It is the mixer's, or locked to it: nothing is ever corrected for it.
    Locked,
}

/// A format that cannot be converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The rate is out of range.
    #[error("a rate of {rate_hz} Hz is not between 1000 and 768000 Hz")]
    Rate {
        /// What was asked for.
        rate_hz: u32,
    },
    /// The ratio of the two rates is out of range.
    #[error("{rate_hz} Hz beside the mixer's {mixer_hz} Hz are more than {most} times as much or as little")]
    Ratio {
        /// The stream's rate.
        rate_hz: u32,
        /// The mixer's rate.
        mixer_hz: u32,
        /// The greatest ratio.
        most: u32,
    },
}
