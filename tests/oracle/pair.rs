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
    /// Whether the source is listed, or was, and is not where sources are that never were.
    own: bool,
    /// The whole gain of the last sample.
    pub(super) gain: f64,
}

impl Pair {
    /// In the first tick in which both are there: at its targets, if the source is listed; otherwise on the move that
    /// all sources are on that were never listed.
    pub(super) fn new(levels: &ListenerConfig, source: usize, unlisted: Option<Move>, length: usize) -> Self {
        let (own, (open, ducked)) = (levels.row(source).is_some(), targets(levels, source));
        let mut pair = Self { open: Move::at(open), ducked: Move::at(ducked), own, gain: 0.0 };
        if let (Some(unlisted), false) = (unlisted, own) {
            pair.ducked = unlisted;
            pair.ducked.head_for(ducked, length);
        }
        pair
    }

    /// Heads for the targets of a configuration.
    pub(super) fn steer(&mut self, levels: &ListenerConfig, source: usize, length: usize) {
        let (open, ducked) = targets(levels, source);
        self.open.head_for(open, length);
        self.ducked.head_for(ducked, length);
        self.own |= levels.row(source).is_some();
    }

    /// Whether its moves are its own, given those of sources that were never listed.
    pub(super) fn is_own(&mut self, unlisted: Option<&Move>) -> bool {
        self.own &= !(self.open.rests_on(0.0) && unlisted.is_some_and(|unlisted| self.ducked.is_like(unlisted)));
        self.own
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
