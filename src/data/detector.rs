//! Who speaks: the detectors that tell whether a source is active in a tick. Pure data.

use super::{hears::Hears, level::Decibels, timing::Timing};

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

/// A [`Detector`] with a figure that is out of its range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum DetectorFault {
    Energy {
        threshold: Decibels,
        hangover_ms: f64,
    },
    #[cfg(feature = "vad")]
    Speech {
        threshold: f32,
        hangover_ms: f64,
    },
}

/// A detector at work on the audio side. It counts in ticks, so that it belongs to one tick length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Detecting {
    by: By,
    hangover_ticks: u64,
    /// Ticks for which it stays active without another one in which the source speaks.
    left: u64,
}

/// What says that the source speaks in a tick.
#[derive(Debug, Clone, Copy, PartialEq)]
enum By {
    /// A mean square at or above this one.
    Square(f64),
    /// The word that comes with the frame: the host's, or that of what [`Hears`] it.
    Word,
}

impl Detector {
    /// Whether its figures are in their ranges.
    pub(crate) fn check(self) -> Result<Self, DetectorFault> {
        let lasts = |ms: f64| (0.0..=Self::MAX_HANGOVER_MS).contains(&ms);
        match self {
            Self::Energy { threshold, hangover_ms } if threshold.0.is_nan() || !lasts(hangover_ms) => {
                Err(DetectorFault::Energy { threshold, hangover_ms })
            }
            #[cfg(feature = "vad")]
            Self::Speech { threshold, hangover_ms } if !(0.0..=1.0).contains(&threshold) || !lasts(hangover_ms) => {
                Err(DetectorFault::Speech { threshold, hangover_ms })
            }
            _ => Ok(self),
        }
    }

    /// What hears for it, if samples decide. Allocates: control side.
    #[cfg_attr(not(feature = "vad"), allow(unused_variables, reason = "one detector hears"))]
    pub(crate) fn hears(self, timing: &Timing) -> Option<Box<dyn Hears>> {
        match self {
            #[cfg(feature = "vad")]
            Self::Speech { threshold, .. } => Some(Box::new(super::speech::SpeechModel::new(threshold, timing))),
            _ => None,
        }
    }
}

impl Detecting {
    pub fn new(detector: Detector, timing: &Timing) -> Self {
        let (by, hangover_ms) = match detector {
            Detector::Host => (By::Word, 0.0),
            Detector::Energy { threshold, hangover_ms } => (By::Square(threshold.amplitude().powi(2)), hangover_ms),
            #[cfg(feature = "vad")]
            Detector::Speech { hangover_ms, .. } => (By::Word, hangover_ms),
        };
        Self { by, hangover_ticks: timing.ticks(hangover_ms), left: 0 }
    }

    /// The mean square that decides; 0 if none does.
    pub fn threshold(&self) -> f64 {
        match self.by {
            By::Square(threshold) => threshold,
            By::Word => 0.0,
        }
    }

    /// Whether a tick without a frame changes nothing.
    pub fn rests(&self) -> bool {
        self.left == 0
    }

    /// One tick passes, with a frame (its mean square, and the word that came with it) or without. Whether it is active.
    pub fn tick(&mut self, frame: Option<(f64, bool)>) -> bool {
        let speaks = frame.is_some_and(|(square, word)| match self.by {
            By::Square(threshold) => square >= threshold,
            By::Word => word,
        });
        if speaks {
            self.left = self.hangover_ticks;
            return true;
        }
        let hangs_over = self.left > 0;
        self.left = self.left.saturating_sub(1);
        hangs_over
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
