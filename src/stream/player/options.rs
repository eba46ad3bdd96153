//! The options of a player: [`PlayerOptions`].

/// The longest fade: ten seconds.
pub(super) const MOST_FADE_MS: f64 = 10_000.0;

/// How a player plays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlayerOptions {
    /// How much may be queued at most, in ms of audio: 1 to 86,400,000 (a day). What does not fit is refused whole.
    pub bound_ms: f64,
    /// How long it takes to pause, to go on in the midst of a clip, and to come to another level: 0 to 1000 ms.
    pub smoothing_ms: f64,
    /// How many events may wait for their reader: 1 to 65,536. What finds no room is lost, and counted.
    pub events: usize,
}

impl PlayerOptions {
    pub(super) fn check(&self) -> Result<(), PlayerOptionsError> {
        let Self { bound_ms, smoothing_ms, events } = *self;
        if !(1.0..=86_400_000.0).contains(&bound_ms) {
            return Err(PlayerOptionsError::Bound { ms: bound_ms });
        }
        if !(0.0..=1000.0).contains(&smoothing_ms) {
            return Err(PlayerOptionsError::Smoothing { ms: smoothing_ms });
        }
        if !(1..=65_536).contains(&events) {
            return Err(PlayerOptionsError::Events { events });
        }
        Ok(())
    }
}

impl Default for PlayerOptions {
    /// Ten minutes, 10 ms of smoothing, 512 events.
    fn default() -> Self {
        Self { bound_ms: 600_000.0, smoothing_ms: 10.0, events: 512 }
    }
}

/// A figure of [`PlayerOptions`] that is out of its range.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PlayerOptionsError {
    /// `bound_ms`.
    #[error("a bound of {ms} ms is not between 1 and 86400000 ms")]
    Bound {
        /// What was asked for.
        ms: f64,
    },
    /// `smoothing_ms`.
    #[error("a smoothing time of {ms} ms is not between 0 and 1000 ms")]
    Smoothing {
        /// What was asked for.
        ms: f64,
    },
    /// `events`.
    #[error("room for {events} events is not between 1 and 65536")]
    Events {
        /// What was asked for.
        events: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_in_range_and_what_is_not_is_named() {
        let good = PlayerOptions::default();
        let says = |options: PlayerOptions| options.check().unwrap_err().to_string();
        assert_eq!(good.check(), Ok(()));
        assert_eq!(says(PlayerOptions { bound_ms: 0.5, ..good }), "a bound of 0.5 ms is not between 1 and 86400000 ms");
        assert!(says(PlayerOptions { smoothing_ms: f64::NAN, ..good }).starts_with("a smoothing time of NaN ms"));
        assert!(says(PlayerOptions { events: 0, ..good }).starts_with("room for 0 events"));
    }
}
