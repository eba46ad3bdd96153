//! A listener and a source: the two factors that belong to the pair.

use super::config::ListenerConfig;
use super::moves::{Factor, Move};

/// The two factors of a pair.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    /// Heard at this level, whatever the ducking envelope does.
    open: Move,
    /// Heard at this level times the ducking envelope.
    ducked: Move,
    /// The whole gain of the last sample.
    pub(super) gain: f64,
}

impl Pair {
    /// In the first tick in which both are there: at its targets.
    pub(super) fn new(levels: &ListenerConfig, source: usize) -> Self {
        let (open, ducked) = targets(levels, source);
        Self { open: Move::at(open), ducked: Move::at(ducked), gain: 0.0 }
    }

    /// Heads for the targets of a configuration.
    pub(super) fn steer(&mut self, levels: &ListenerConfig, source: usize, length: usize) {
        let (open, ducked) = targets(levels, source);
        self.open.head_for(open, length);
        self.ducked.head_for(ducked, length);
    }

    /// The next sample of open + envelope * ducked; the envelope is in percent, and counts at its present value.
    pub(super) fn step(&mut self, envelope: f64) -> Factor {
        let (open, ducked) = (self.open.step(), self.ducked.step());
        let sum = |open: f64, ducked: f64| open + envelope / 100.0 * ducked;
        Factor { value: sum(open.value, ducked.value), bound: sum(open.bound, ducked.bound) }
    }
}

/// Where open and ducked head.
fn targets(levels: &ListenerConfig, source: usize) -> (f64, f64) {
    let level = levels.level(source);
    if levels.is_ducker(source) { (level, 0.0) } else { (0.0, level) }
}
