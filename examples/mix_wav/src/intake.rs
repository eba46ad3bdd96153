//! The figures of a source's input port, over all of its stays.

use serde::Serialize;

use crate::sender::Sender;

/// The figures of one source. Counters are sums over all stays; measurements are those of the last
/// stay.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Intake {
    pub sent_packets: usize,
    pub received_packets: u64,
    /// Samples that were missing when they were due, though newer ones had come.
    pub lost_samples: u64,
    /// Packets that came too late to be played.
    pub late: u64,
    /// Packets that came after newer ones, but in time.
    pub reordered: u64,
    /// Samples that were heard and are not the sender's: what went on from the last period.
    pub concealed_samples: u64,
    /// By how many samples the sound was stretched, so that packets wait longer.
    pub stretched_samples: u64,
    /// By how many it was shortened, so that they wait less.
    pub shortened_samples: u64,
    /// How often the port had no samples left at all.
    pub underruns: u64,
    /// How often the port was too full, and dropped the oldest samples.
    pub overruns: u64,
    /// How long packets wait that come as early as any.
    pub wait_ms: f64,
    /// How long they should, for what the network does.
    pub target_ms: f64,
    pub conversion_ms: f64,
    /// The delay from the tick that a packet came for to hearing it: the wait and the conversion.
    pub delay_ms: f64,
    pub drift_ppm: f64,
}

impl Intake {
    /// The figures of one sender's port.
    pub fn of(sender: &Sender) -> Self {
        let port = sender.readings();
        Self {
            sent_packets: sender.sent(),
            received_packets: port.received_packets,
            lost_samples: port.lost_samples,
            late: port.late,
            reordered: port.reordered,
            concealed_samples: port.concealed_samples,
            stretched_samples: port.inserted_samples,
            shortened_samples: port.removed_samples,
            underruns: port.underruns,
            overruns: port.overruns,
            wait_ms: port.wait_ms,
            target_ms: port.target_ms,
            conversion_ms: port.conversion_ms,
            delay_ms: port.wait_ms + port.conversion_ms,
            drift_ppm: port.drift_ppm,
        }
    }

    /// Adds the counters of earlier stays.
    pub fn after(self, earlier: Option<&Self>) -> Self {
        let Some(earlier) = earlier else { return self };
        Self {
            sent_packets: self.sent_packets + earlier.sent_packets,
            received_packets: self.received_packets + earlier.received_packets,
            lost_samples: self.lost_samples + earlier.lost_samples,
            late: self.late + earlier.late,
            reordered: self.reordered + earlier.reordered,
            concealed_samples: self.concealed_samples + earlier.concealed_samples,
            stretched_samples: self.stretched_samples + earlier.stretched_samples,
            shortened_samples: self.shortened_samples + earlier.shortened_samples,
            underruns: self.underruns + earlier.underruns,
            overruns: self.overruns + earlier.overruns,
            ..self
        }
    }
}
