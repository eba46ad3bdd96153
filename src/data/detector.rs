//! Voice activity: the detectors that decide in each tick whether a source is active. Pure data.

use super::{level::Decibels, speech_judge::SpeechJudge, timing::Timing};

/// How the mixer decides in each tick whether a source is active, which is when a ducker ducks.
///
/// Whatever the detector says, a source that is muted or has no frame in a tick is not active in that tick.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Detector {
    /// Active in each tick in which the RMS of the frame, as sent, is at or above `threshold`, and for
    /// `hangover_ms` after the last such tick.
    Energy {
        /// In dBFS: 0 dBFS is an RMS of 1.0.
        threshold: Decibels,
        /// 0 to 60,000 ms, rounded to whole ticks.
        hangover_ms: f64,
    },
    /// Active when the host says so with the frame ([`Frame::active`](crate::Frame::active)). The host may
    /// take that from its own voice detector, or from the audio level in the RTP packet (RFC 6464).
    Host,
    /// Active when a small neural network takes the samples for speech, and for `hangover_ms` after the last
    /// such tick. The network tells speech from noise: a slammed door, which passes an energy threshold, does
    /// not make the source active. [`Detector::speech`] is this detector with the usual figures.
    ///
    /// The network scores windows of 16 ms and needs several windows of speech before it is sure. In a tick
    /// in which no window ends, the last score counts.
    ///
    /// Each source with this detector takes less than 64 KB at 48 kHz, and about 15 µs of the audio thread
    /// for every 10 ms of audio. (The energy detector costs next to nothing.)
    #[cfg(feature = "vad")]
    Speech {
        /// The lowest score that counts as speech: 0 to 1.
        threshold: f32,
        /// 0 to 60,000 ms, rounded to whole ticks.
        hangover_ms: f64,
    },
}

impl Detector {
    /// [`Detector::Speech`] with a threshold of 0.5, as the makers of the network advise, and a hangover of 200 ms.
    #[cfg(feature = "vad")]
    pub const fn speech() -> Self {
        Self::Speech { threshold: 0.5, hangover_ms: 200.0 }
    }

    /// The longest hangover: one minute.
    pub const MAX_HANGOVER_MS: f64 = 60_000.0;
}

impl Default for Detector {
    /// [`Detector::Energy`] with a threshold of -50 dBFS and a hangover of 200 ms.
    fn default() -> Self {
        Self::Energy { threshold: Decibels(-50.0), hangover_ms: 200.0 }
    }
}

/// A [`Detector`] that was refused because one of its figures is out of range.
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

/// The state of a source's detector on the audio side. It counts in ticks, so it is valid for one tick length only.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Detecting {
    by: By,
    hangover_ticks: u64,
    /// Ticks of hangover that are left.
    left: u64,
}

/// What decides whether the source speaks in a tick.
#[derive(Debug, Clone, Copy, PartialEq)]
enum By {
    /// The mean square of the frame: the source speaks if it is at least this.
    Square(f64),
    /// The activity flag that comes with the frame: set by the host, or by the [`SpeechJudge`] of the source.
    Flag,
}

impl Detector {
    /// Returns the detector if its figures are in range.
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

    /// The model that decides by samples, for a detector that needs one. Allocates: control side.
    #[cfg_attr(not(feature = "vad"), allow(unused_variables, reason = "only Detector::Speech uses a model"))]
    pub(crate) fn judge(self, timing: &Timing) -> Option<Box<dyn SpeechJudge>> {
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
            Detector::Host => (By::Flag, 0.0),
            Detector::Energy { threshold, hangover_ms } => (By::Square(threshold.amplitude().powi(2)), hangover_ms),
            #[cfg(feature = "vad")]
            Detector::Speech { hangover_ms, .. } => (By::Flag, hangover_ms),
        };
        Self { by, hangover_ticks: timing.ticks(hangover_ms), left: 0 }
    }

    /// The mean square that the source needs to be active; 0 if the mean square does not decide.
    pub fn threshold(&self) -> f64 {
        match self.by {
            By::Square(threshold) => threshold,
            By::Flag => 0.0,
        }
    }

    /// Whether a tick without a frame leaves the state as it is.
    pub fn rests(&self) -> bool {
        self.left == 0
    }

    /// Takes one tick into account: its frame's mean square and activity flag, or `None` for a missing frame.
    /// Returns whether the source is active.
    pub fn tick(&mut self, frame: Option<(f64, bool)>) -> bool {
        let speaks = frame.is_some_and(|(square, flag)| match self.by {
            By::Square(threshold) => square >= threshold,
            By::Flag => flag,
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
    fn energy_at_the_threshold_is_active_and_stays_active_for_the_hangover() {
        let mut detector = Detecting::new(Detector::Energy { threshold: Decibels(-20.0), hangover_ms: 20.0 }, &TIMING);
        let squares = [0.0099, 0.0101, 0.0, 0.0, 0.0];
        assert_eq!(squares.map(|square| detector.tick(Some((square, true)))), [false, true, true, true, false]);
    }

    #[test]
    fn the_hangover_counts_ticks_without_frames() {
        let mut detector = Detecting::new(Detector::Energy { threshold: Decibels(0.0), hangover_ms: 20.0 }, &TIMING);
        assert_eq!([Some((1.0, false)), None, None, None].map(|frame| detector.tick(frame)), [true, true, true, false]);
    }

    #[test]
    fn silence_reaches_a_threshold_of_silence() {
        let mut detector = Detecting::new(Detector::Energy { threshold: Decibels::SILENCE, hangover_ms: 0.0 }, &TIMING);
        assert!(detector.tick(Some((0.0, false))));
    }

    #[cfg(feature = "vad")]
    #[test]
    fn the_flag_of_the_speech_model_decides_and_the_hangover_follows() {
        let mut detector = Detecting::new(Detector::Speech { threshold: 0.5, hangover_ms: 20.0 }, &TIMING);
        let said = [Some((0.0, true)), Some((1.0, false)), None, Some((1.0, false))];
        assert_eq!(said.map(|frame| detector.tick(frame)), [true, true, true, false]);
    }

    #[test]
    fn the_flag_of_the_host_decides() {
        let mut detector = Detecting::new(Detector::Host, &TIMING);
        assert_eq!(
            [Some((1.0, false)), Some((0.0, true)), None].map(|frame| detector.tick(frame)),
            [false, true, false]
        );
    }
}
