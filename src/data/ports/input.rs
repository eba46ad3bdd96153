//! The figures of an input port: counted by the thread that pushes and by the audio thread, read
//! from any thread. Each figure is whole; together they are not a snapshot of one moment.

use super::Figure;

/// The figures of an input port since it was made.
///
/// ```
/// use mixminus::stream::InputReadings;
/// let is_bad = |readings: &InputReadings| readings.lost_samples * 20 > readings.received_samples;
/// assert!(!is_bad(&InputReadings::default()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InputReadings {
    /// Packets that were taken.
    pub received_packets: u64,
    /// Their samples, of one channel.
    pub received_samples: u64,
    /// Packets that were refused: samples that are not finite, channels of different lengths, more
    /// than the bound.
    pub refused: u64,
    /// Packets that came after all of them should have been played.
    pub late: u64,
    /// Samples that had not come when it was their turn, though newer ones had.
    pub lost_samples: u64,
    /// Packets whose samples were all there already.
    pub duplicates: u64,
    /// Packets that came after newer ones and in time.
    pub reordered: u64,
    /// Packets that were dropped because their stamps were far from all others.
    pub strays: u64,
    /// How often nothing newer was there when a sample should have been played: a stall, or a pause
    /// of the sender.
    pub underruns: u64,
    /// How often too much was there: more than the bound, and the oldest was dropped; or the mixer
    /// did not tick, and a packet was refused.
    pub overruns: u64,
    /// How often the delay was longer than needed for seconds, and was cut.
    pub cuts: u64,
    /// How often the stamps leapt, or the path became slower, and the stream began anew at its
    /// depth.
    pub resyncs: u64,
    /// Samples that were there and were dropped: by an overrun, a cut, a leap.
    pub dropped_samples: u64,
    /// The fill after the last tick, in ms: from the sample that is played next to the newest.
    pub fill_ms: f64,
    /// How long packets wait, in ms: the mean of the last seconds. This is the delay that the port
    /// adds.
    pub wait_ms: f64,
    /// The delay that the conversion between the rates adds at most, in ms; 0 at equal rates and by
    /// the mixer's clock.
    pub conversion_ms: f64,
    /// By how much the sender's clock is faster than the mixer's, in ppm, as far as is known.
    pub drift_ppm: f64,
}

/// The counts of the jitter buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct InputCounts {
    pub late: u64,
    pub lost_samples: u64,
    pub duplicates: u64,
    pub reordered: u64,
    pub strays: u64,
    pub underruns: u64,
    pub overruns: u64,
    pub cuts: u64,
    pub resyncs: u64,
    pub dropped_samples: u64,
}

/// The figures of an input port.
#[derive(Debug, Default)]
pub(crate) struct InputCounters {
    /// Written by the thread that pushes.
    pub packets: Figure,
    pub samples: Figure,
    pub refused: Figure,
    pub full: Figure,
    /// Written once, by the control side.
    pub conversion_ms: Figure,
    /// Written by the audio thread: the figures of [`InputCounts`], in their order.
    counts: [Figure; 10],
    fill_ms: Figure,
    wait_ms: Figure,
    drift_ppm: Figure,
}

impl InputCounters {
    /// Publishes the counts. For the audio thread.
    pub fn show(&self, counts: &InputCounts) {
        let InputCounts { late, lost_samples, duplicates, reordered, strays, .. } = *counts;
        let InputCounts { underruns, overruns, cuts, resyncs, dropped_samples, .. } = *counts;
        let values = [late, lost_samples, duplicates, reordered, strays, underruns, overruns, cuts, resyncs];
        self.counts
            .iter()
            .zip(values.into_iter().chain([dropped_samples]))
            .for_each(|(figure, value)| figure.set(value));
    }

    /// Publishes the measurements. For the audio thread.
    pub fn measure(&self, fill_ms: f64, wait_ms: f64, drift_ppm: f64) {
        self.fill_ms.set_f64(fill_ms);
        self.wait_ms.set_f64(wait_ms);
        self.drift_ppm.set_f64(drift_ppm);
    }

    pub fn read(&self) -> InputReadings {
        let counts = self.counts.each_ref().map(Figure::get);
        let [late, lost_samples, duplicates, reordered, strays, underruns, overruns, cuts, resyncs, dropped_samples] =
            counts;
        InputReadings {
            received_packets: self.packets.get(),
            received_samples: self.samples.get(),
            refused: self.refused.get(),
            overruns: overruns + self.full.get(),
            fill_ms: self.fill_ms.get_f64(),
            wait_ms: self.wait_ms.get_f64(),
            conversion_ms: self.conversion_ms.get_f64(),
            drift_ppm: self.drift_ppm.get_f64(),
            late,
            lost_samples,
            duplicates,
            reordered,
            strays,
            underruns,
            cuts,
            resyncs,
            dropped_samples,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read() {
        let counters = InputCounters::default();
        let counts = InputCounts { late: 1, overruns: 2, dropped_samples: 3, ..InputCounts::default() };
        counters.show(&counts);
        counters.full.add(4);
        counters.measure(1.5, 2.5, -3.5);
        let expected = InputReadings {
            late: 1,
            overruns: 6,
            dropped_samples: 3,
            fill_ms: 1.5,
            wait_ms: 2.5,
            drift_ppm: -3.5,
            ..InputReadings::default()
        };
        assert_eq!(counters.read(), expected);
    }
}
