//! The figures of an output port: counted by the thread that pulls and by the audio thread, read
//! from any thread. Each figure is whole; together they are not a snapshot of one moment.

use super::Figure;

/// The figures of an output port since it was made.
///
/// ```
/// use mixminus::stream::OutputReadings;
/// let stalled = |before: &OutputReadings, now: &OutputReadings| now.pulled_samples == before.pulled_samples;
/// assert!(stalled(&OutputReadings::default(), &OutputReadings::default()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct OutputReadings {
    /// Real samples, of one channel, that were pulled.
    pub pulled_samples: u64,
    /// How often less was there than was pulled, after there had been enough.
    pub underruns: u64,
    /// How often more than the bound was there, because nobody pulled for a time.
    pub overruns: u64,
    /// Samples, of one channel, that were dropped for that, the oldest first; those that came before
    /// a receiver with a clock of its own began to pull, or began again after an underrun, beyond the
    /// depth; and samples of ticks for which there was no room at all.
    pub dropped_samples: u64,
    /// The fill after the last tick, in ms.
    pub fill_ms: f64,
    /// The delay that the conversion between the rates adds at most, and for a receiver with a clock
    /// of its own 24 samples, in ms; 0 at equal rates and by the mixer's clock.
    pub conversion_ms: f64,
    /// By how much the receiver's clock is faster than the mixer's, in ppm, as far as is known.
    pub drift_ppm: f64,
}

/// The figures of an output port.
#[derive(Debug, Default)]
pub(crate) struct OutputCounters {
    /// Written by the thread that pulls.
    pub pulled: Figure,
    pub underruns: Figure,
    pub overruns: Figure,
    pub dropped: Figure,
    /// How many frames a receiver with a clock of its own pulls at once, once there are enough; 0
    /// while there are not.
    pub portion: Figure,
    /// Written once, by the control side.
    pub conversion_ms: Figure,
    /// Written by the audio thread.
    pub dropped_ticks: Figure,
    pub fill_ms: Figure,
    pub drift_ppm: Figure,
}

impl OutputCounters {
    pub fn read(&self) -> OutputReadings {
        OutputReadings {
            pulled_samples: self.pulled.get(),
            underruns: self.underruns.get(),
            overruns: self.overruns.get(),
            dropped_samples: self.dropped.get() + self.dropped_ticks.get(),
            fill_ms: self.fill_ms.get_f64(),
            conversion_ms: self.conversion_ms.get_f64(),
            drift_ppm: self.drift_ppm.get_f64(),
        }
    }
}
