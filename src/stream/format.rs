//! By whose clock a stream runs: [`Clock`]; and why a format cannot be converted: [`FormatError`].
//! Pure data.

/// Whose clock the other end of a stream runs by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// A clock of its own, which drifts: it is followed, by a sample more or fewer now and then. For
    /// a stream from or to another machine.
    #[default]
    Own,
    /// The mixer's clock: at the mixer's rate the samples pass untouched.
    Mixer,
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
