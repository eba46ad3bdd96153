//! What [`Lanes`](super::Lanes) count and measure: [`LanesCounts`]. Pure data.

/// Counted since the beginning, and measured in the last tick.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct LanesCounts {
    /// Ticks of the other node that came, of use or not.
    pub received: u64,
    /// Ticks that were passed over: they were lost, or came too late.
    pub lost: u64,
    /// Ticks that came when they had been passed over.
    pub late: u64,
    /// Ticks that came twice.
    pub duplicates: u64,
    /// Ticks whose number was far from all others.
    pub strays: u64,
    /// Ticks for which there was no room, or that waited for too long and were left out.
    pub dropped: u64,
    /// Ticks of this mixer in which something stood in for what a source had sent.
    pub concealed: u64,
    /// How often nothing was there.
    pub underruns: u64,
    /// How often the numbers of the ticks, or the path, leapt, and everything began anew.
    pub resyncs: u64,
    /// Samples by which the delay was lengthened, and shortened.
    pub inserted_samples: u64,
    pub removed_samples: u64,
    /// How long the quickest ticks wait, and should.
    pub wait_ms: f64,
    pub target_ms: f64,
    /// From what is played next to the newest sample.
    pub fill_ms: f64,
    /// By how much the clock of the other node is faster.
    pub drift_ppm: f64,
}
