//! The figures of an input port: counted by the thread that pushes and by the audio thread, read
//! from any thread. Each figure is whole; together they are not a snapshot of one moment.

use super::Figure;

/// The figures of an input port since it was made. Samples are of one channel, at the stream's rate.
///
/// ```
/// use mixminus::stream::InputReadings;
/// let is_bad = |readings: &InputReadings| readings.concealed_samples * 20 > readings.received_samples;
/// assert!(!is_bad(&InputReadings::default()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct InputReadings {
    /// Packets that were taken.
    pub received_packets: u64,
    /// Their samples.
    pub received_samples: u64,
    /// Packets that were refused: samples that are not finite, channels of different lengths, too long.
    pub refused: u64,
    /// Packets that came too late: something else was played in the place of all of their samples.
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
    /// How often more waited than may, and the oldest was dropped; and packets that were refused as there was no room,
    /// because the mixer, or the thread that decodes, did not run.
    pub overruns: u64,
    /// How often the stamps leapt, or all packets were late, and the stream began anew.
    pub resyncs: u64,
    /// Samples that were there and were dropped: by an overrun, a leap.
    pub dropped_samples: u64,
    /// Samples that were there and were dropped because the participant was on hold meanwhile. They count as nothing
    /// else.
    pub discarded_samples: u64,
    /// Samples that were heard in the place of missing ones: made by a decoder, by the host, or from the last period.
    pub concealed_samples: u64,
    /// Samples that were heard from a copy that came with the next packet.
    pub recovered_samples: u64,
    /// How often the sound broke off and went on with its last period.
    pub concealment_events: u64,
    /// By how many samples the sound was stretched, so that packets wait longer. Slips are among them.
    pub inserted_samples: u64,
    /// By how many samples the sound was shortened, so that packets wait less. Slips are among them.
    pub removed_samples: u64,
    /// Samples whose packet had come, and which were not decoded when it was their turn: the thread that decodes was
    /// late.
    pub undecoded_samples: u64,
    /// The fill after the last tick, in ms: from the sample that is played next to the newest.
    pub fill_ms: f64,
    /// How long the quickest packets of the last ten seconds wait, in ms, from the tick that they came for: the mean of
    /// the last second. This is the delay that the port adds.
    pub wait_ms: f64,
    /// The wait that the network calls for, in ms, within the bounds of the port's depth: `wait_ms` follows it. Both are
    /// counted from the quickest packets: while a path has become slower, and that is not known yet, both show it.
    pub target_ms: f64,
    /// The delay that the conversion between the rates adds at most, in ms; 0 at equal rates.
    pub conversion_ms: f64,
    /// By how much the sender's clock is faster than the mixer's, in ppm, as far as the packets of the last eight
    /// seconds tell.
    pub drift_ppm: f64,
}

/// The counts of the audio thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct InputCounts {
    pub late: u64,
    pub lost_samples: u64,
    pub duplicates: u64,
    pub reordered: u64,
    pub strays: u64,
    pub underruns: u64,
    pub overruns: u64,
    pub resyncs: u64,
    pub dropped_samples: u64,
    pub discarded_samples: u64,
    pub concealed_samples: u64,
    pub recovered_samples: u64,
    pub concealment_events: u64,
    pub inserted_samples: u64,
    pub removed_samples: u64,
    pub undecoded_samples: u64,
}

/// What the audio thread measures.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct InputMeasures {
    pub fill_ms: f64,
    pub wait_ms: f64,
    pub target_ms: f64,
    pub drift_ppm: f64,
    /// The position that is played next, if the stream has begun.
    pub head: Option<u64>,
}

const COUNTS: usize = 16;

/// The figures of an input port.
#[derive(Debug, Default)]
pub(crate) struct InputCounters {
    /// Written by the thread that pushes.
    pub packets: Figure,
    pub samples: Figure,
    pub refused: Figure,
    pub full: Figure,
    /// Written by the thread that decodes: samples that were discarded before it took their packets.
    pub discarded_packed: Figure,
    /// Written once, by the control side.
    pub conversion_ms: Figure,
    /// Written by the audio thread: the figures of [`InputCounts`], in their order.
    counts: [Figure; COUNTS],
    fill_ms: Figure,
    wait_ms: Figure,
    target_ms: Figure,
    drift_ppm: Figure,
    /// The position that is played next; 0 before the stream has begun.
    pub head: Figure,
    /// How often everything was discarded.
    pub discards: Figure,
    /// For how many ticks nobody has heard the stream.
    pub unheard: Figure,
}

impl InputCounts {
    fn values(&self) -> [u64; COUNTS] {
        let Self { late, lost_samples, duplicates, reordered, strays, underruns, overruns, .. } = *self;
        let Self {
            resyncs,
            dropped_samples,
            discarded_samples,
            concealed_samples,
            recovered_samples,
            concealment_events,
            ..
        } = *self;
        let Self { inserted_samples, removed_samples, undecoded_samples, .. } = *self;
        [
            late,
            lost_samples,
            duplicates,
            reordered,
            strays,
            underruns,
            overruns,
            resyncs,
            dropped_samples,
            discarded_samples,
            concealed_samples,
            recovered_samples,
            concealment_events,
            inserted_samples,
            removed_samples,
            undecoded_samples,
        ]
    }
}

impl InputCounters {
    /// Publishes the counts. For the audio thread.
    pub fn show(&self, counts: &InputCounts) {
        self.counts.iter().zip(counts.values()).for_each(|(figure, value)| figure.set(value));
    }

    /// Publishes the measurements. For the audio thread.
    pub fn measure(&self, measures: InputMeasures) {
        self.fill_ms.set_f64(measures.fill_ms);
        self.wait_ms.set_f64(measures.wait_ms);
        self.target_ms.set_f64(measures.target_ms);
        self.drift_ppm.set_f64(measures.drift_ppm);
        self.head.set(measures.head.unwrap_or(0));
    }

    pub fn read(&self) -> InputReadings {
        let [late, lost_samples, duplicates, reordered, strays, underruns, overruns, rest @ ..] =
            self.counts.each_ref().map(Figure::get);
        let [resyncs, dropped_samples, discarded_samples, concealed_samples, recovered_samples, rest @ ..] = rest;
        let [concealment_events, inserted_samples, removed_samples, undecoded_samples] = rest;
        InputReadings {
            received_packets: self.packets.get(),
            received_samples: self.samples.get(),
            refused: self.refused.get(),
            overruns: overruns + self.full.get(),
            fill_ms: self.fill_ms.get_f64(),
            wait_ms: self.wait_ms.get_f64(),
            target_ms: self.target_ms.get_f64(),
            conversion_ms: self.conversion_ms.get_f64(),
            drift_ppm: self.drift_ppm.get_f64(),
            late,
            lost_samples,
            duplicates,
            reordered,
            strays,
            underruns,
            resyncs,
            dropped_samples,
            discarded_samples: discarded_samples + self.discarded_packed.get(),
            concealed_samples,
            recovered_samples,
            concealment_events,
            inserted_samples,
            removed_samples,
            undecoded_samples,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read() {
        let counters = InputCounters::default();
        let counts =
            InputCounts { late: 1, overruns: 2, dropped_samples: 3, undecoded_samples: 5, ..Default::default() };
        counters.show(&counts);
        counters.full.add(4);
        counters.measure(InputMeasures { fill_ms: 1.5, wait_ms: 2.5, target_ms: 4.5, drift_ppm: -3.5, head: Some(9) });
        let expected = InputReadings {
            late: 1,
            overruns: 6,
            dropped_samples: 3,
            undecoded_samples: 5,
            fill_ms: 1.5,
            wait_ms: 2.5,
            target_ms: 4.5,
            drift_ppm: -3.5,
            ..InputReadings::default()
        };
        assert_eq!((counters.read(), counters.head.get()), (expected, 9));
    }
}
