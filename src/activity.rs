//! Who speaks: the detectors that tell whether a source is active in a tick. Pure data.

use crate::{level::Decibels, timing::Timing};

/// How it is decided, tick by tick, that a source is active: that a ducker ducks.
///
/// Whatever it says, a source that is muted or has no frame in a tick is not active in it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Detector {
    /// Active in a tick whose RMS, as sent, is at or above `threshold`, and for `hangover_ms` after the last such tick.
    Energy {
        /// In dBFS: 0 is an RMS of 1.0.
        threshold: Decibels,
        /// 0 to 60,000 ms; rounded to whole ticks.
        hangover_ms: f64,
    },
    /// Active when the host says so with the frame ([`Frame::active`](crate::Frame::active)): its own voice detector, or
    /// the audio level that came with the RTP packet (RFC 6464).
    Host,
}

impl Detector {
    /// The longest hangover: one minute.
    pub const MAX_HANGOVER_MS: f64 = 60_000.0;
}

impl Default for Detector {
    /// Energy, -50 dBFS, 200 ms.
    fn default() -> Self {
        Self::Energy { threshold: Decibels(-50.0), hangover_ms: 200.0 }
    }
}

/// A detector at work on the audio side. The tick length is part of it: it counts in ticks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Detecting {
    Energy {
        /// Mean square at the threshold.
        threshold: f64,
        hangover_ticks: u64,
        /// Ticks for which it stays active without another loud one.
        left: u64,
    },
    Host,
}

impl Detecting {
    pub fn new(detector: Detector, timing: &Timing) -> Self {
        match detector {
            Detector::Host => Self::Host,
            Detector::Energy { threshold, hangover_ms } => Self::Energy {
                threshold: threshold.amplitude().powi(2),
                hangover_ticks: timing.ticks(hangover_ms),
                left: 0,
            },
        }
    }

    /// The mean square that decides; 0 if none does.
    pub fn threshold(&self) -> f64 {
        match self {
            Self::Energy { threshold, .. } => *threshold,
            Self::Host => 0.0,
        }
    }

    /// One tick passes, with a frame (its mean square and the host's flag) or without. Whether the detector says active.
    pub fn tick(&mut self, frame: Option<(f64, bool)>) -> bool {
        match (self, frame) {
            (Self::Host, frame) => frame.is_some_and(|(_, flag)| flag),
            (Self::Energy { threshold, hangover_ticks, left }, Some((square, _))) if square >= *threshold => {
                *left = *hangover_ticks;
                true
            }
            (Self::Energy { left, .. }, _) => {
                let active = *left > 0;
                *left = left.saturating_sub(1);
                active
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing { rate: 1000, tick: 10, smoothing: 10 };

    #[test]
    fn energy_is_active_at_its_threshold_and_for_the_hangover() {
        let mut detector = Detecting::new(Detector::Energy { threshold: Decibels(-20.0), hangover_ms: 20.0 }, &TIMING);
        let squares = [0.0099, 0.0101, 0.0, 0.0, 0.0];
        assert_eq!(squares.map(|square| detector.tick(Some((square, true)))), [false, true, true, true, false]);
    }

    #[test]
    fn the_hangover_runs_on_without_frames() {
        let mut detector = Detecting::new(Detector::Energy { threshold: Decibels(0.0), hangover_ms: 20.0 }, &TIMING);
        assert_eq!([Some((1.0, false)), None, None, None].map(|frame| detector.tick(frame)), [true, true, true, false]);
    }

    #[test]
    fn a_threshold_of_silence_is_always_met() {
        let mut detector = Detecting::new(Detector::Energy { threshold: Decibels::SILENCE, hangover_ms: 0.0 }, &TIMING);
        assert!(detector.tick(Some((0.0, false))));
    }

    #[test]
    fn the_host_is_believed() {
        let mut detector = Detecting::new(Detector::Host, &TIMING);
        assert_eq!(
            [Some((1.0, false)), Some((0.0, true)), None].map(|frame| detector.tick(frame)),
            [false, true, false]
        );
    }
}
