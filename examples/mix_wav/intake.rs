//! What came of a source's packets: the figures of its input port, over all of its stays.

use serde::Serialize;

use crate::sender::Sender;

/// The figures of one source. What is counted is the sum of all stays; what is measured is of the last one.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Intake {
    pub sent_packets: usize,
    pub received_packets: u64,
    /// Samples of the source that were not there when it was their turn, though newer ones were.
    pub lost_samples: u64,
    /// Packets that came too late to be played.
    pub late: u64,
    /// Packets that came after newer ones, and in time.
    pub reordered: u64,
    /// How often nothing newer was there, either.
    pub underruns: u64,
    /// How often too much was there, and the oldest was dropped.
    pub overruns: u64,
    pub wait_ms: f64,
    pub conversion_ms: f64,
    /// How much later than it was sent a sound is heard: both of them.
    pub delay_ms: f64,
    pub drift_ppm: f64,
}

impl Intake {
    /// What came from one sender.
    pub fn of(sender: &Sender) -> Self {
        let port = sender.readings();
        Self {
            sent_packets: sender.sent(),
            received_packets: port.received_packets,
            lost_samples: port.lost_samples,
            late: port.late,
            reordered: port.reordered,
            underruns: port.underruns,
            overruns: port.overruns,
            wait_ms: port.wait_ms,
            conversion_ms: port.conversion_ms,
            delay_ms: port.wait_ms + port.conversion_ms,
            drift_ppm: port.drift_ppm,
        }
    }

    /// The same with what came in earlier stays.
    pub fn after(self, earlier: Option<&Self>) -> Self {
        let Some(earlier) = earlier else { return self };
        Self {
            sent_packets: self.sent_packets + earlier.sent_packets,
            received_packets: self.received_packets + earlier.received_packets,
            lost_samples: self.lost_samples + earlier.lost_samples,
            late: self.late + earlier.late,
            reordered: self.reordered + earlier.reordered,
            underruns: self.underruns + earlier.underruns,
            overruns: self.overruns + earlier.overruns,
            ..self
        }
    }
}
