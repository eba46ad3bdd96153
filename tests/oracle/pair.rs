//! A listener and a source: the two factors that belong to the pair.

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
    /// In the first tick in which both are there: at its targets, of open and of ducked.
    pub(super) fn new((open, ducked): (f64, f64)) -> Self {
        Self { open: Move::at(open), ducked: Move::at(ducked), gain: 0.0 }
    }

    /// Heads for targets, of open and of ducked.
    pub(super) fn steer(&mut self, (open, ducked): (f64, f64), length: usize) {
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
