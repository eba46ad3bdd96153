//! Who speaks: the detectors that tell whether a source is active in a tick. Pure data.

use crate::data::{level::Decibels, timing::Timing};

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
    /// Active when a small neural network takes what is sent for speech, and for `hangover_ms` after the last such tick: a slammed door does not open it, which an energy
    /// threshold cannot tell from a word. It listens to windows of 16 ms and needs some of speech until it is sure; where the mixer ticks faster, the last window
    /// counts. [`Detector::speech`] is it with the usual figures.
    ///
    /// Each source that has it takes less than 64 KB at 48 kHz, and about 15 µs for every 10 ms (an energy detector takes next to nothing).
    #[cfg(feature = "vad")]
    Speech {
        /// How sure it has to be: 0 to 1.
        threshold: f32,
        /// 0 to 60,000 ms; rounded to whole ticks.
        hangover_ms: f64,
    },
}

impl Detector {
    /// Speech, with the threshold that the network's makers advise, 0.5, and 200 ms.
    #[cfg(feature = "vad")]
    pub const fn speech() -> Self {
        Self::Speech { threshold: 0.5, hangover_ms: 200.0 }
    }

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
    /// The ear of the source decides, tick by tick; as above otherwise.
    #[cfg(feature = "vad")]
    Speech {
        threshold: f32,
        hangover_ticks: u64,
        left: u64,
    },
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
            #[cfg(feature = "vad")]
            Detector::Speech { threshold, hangover_ms } => {
                Self::Speech { threshold, hangover_ticks: timing.ticks(hangover_ms), left: 0 }
            }
        }
    }

    /// The mean square that decides; 0 if none does.
    pub fn threshold(&self) -> f64 {
        match self {
            Self::Energy { threshold, .. } => *threshold,
            _ => 0.0,
        }
    }

    /// How sure it has to be that something is speech; `None` if it does not ask.
    #[cfg(feature = "vad")]
    pub fn speech_threshold(&self) -> Option<f32> {
        match self {
            Self::Speech { threshold, .. } => Some(*threshold),
            _ => None,
        }
    }

    /// Whether a tick without a frame changes nothing.
    pub fn rests(&self) -> bool {
        match self {
            Self::Host => true,
            Self::Energy { left, .. } => *left == 0,
            #[cfg(feature = "vad")]
            Self::Speech { left, .. } => *left == 0,
        }
    }

    /// One tick passes, with a frame (its mean square, and the word of the host or of the ear) or without. Whether the detector says active.
    pub fn tick(&mut self, frame: Option<(f64, bool)>) -> bool {
        match (self, frame) {
            (Self::Host, frame) => frame.is_some_and(|(_, flag)| flag),
            (Self::Energy { threshold, hangover_ticks, left }, Some((square, _))) if square >= *threshold => {
                *left = *hangover_ticks;
                true
            }
            (Self::Energy { left, .. }, _) => hang_over(left),
            #[cfg(feature = "vad")]
            (Self::Speech { hangover_ticks, left, .. }, Some((_, true))) => {
                *left = *hangover_ticks;
                true
            }
            #[cfg(feature = "vad")]
            (Self::Speech { left, .. }, _) => hang_over(left),
        }
    }
}

/// A tick of the hangover, if any of it is left.
fn hang_over(left: &mut u64) -> bool {
    let active = *left > 0;
    *left = left.saturating_sub(1);
    active
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

    #[cfg(feature = "vad")]
    #[test]
    fn the_ear_is_believed_and_the_hangover_follows() {
        let mut detector = Detecting::new(Detector::Speech { threshold: 0.5, hangover_ms: 20.0 }, &TIMING);
        let said = [Some((0.0, true)), Some((1.0, false)), None, Some((1.0, false))];
        assert_eq!(said.map(|frame| detector.tick(frame)), [true, true, true, false]);
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
