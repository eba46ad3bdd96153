//! The rate, tick length and smoothing time of a mixer, and the time at which a tick begins. Pure data.

/// The rate, tick length and smoothing time of one mixer; fixed for its life.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Timing {
    /// Samples a second.
    pub rate: u32,
    /// Samples a tick.
    pub tick: usize,
    /// Samples that a gain takes to move to a new target; 0 = the gain steps.
    pub smoothing: u32,
}

impl Timing {
    /// The longest tick: 120 ms.
    pub const MAX_TICK_MS: f64 = 120.0;
    /// The longest smoothing time: one second.
    pub const MAX_SMOOTHING_MS: f64 = 1000.0;

    /// The number of samples in `ms` milliseconds, not rounded.
    pub fn samples(&self, ms: f64) -> f64 {
        ms * f64::from(self.rate) / 1000.0
    }

    /// The number of ticks in `ms` milliseconds, rounded to the nearest.
    pub fn ticks(&self, ms: f64) -> u64 {
        (self.samples(ms) / self.tick as f64).round() as u64
    }
}

/// The time at which a tick begins. All steps of the tick see the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock<'a> {
    /// Samples that the mixer has made before this tick.
    pub now: u64,
    /// Whether a tick has been mixed before. Until then new targets apply at once, without a move.
    pub begun: bool,
    pub timing: &'a Timing,
}

impl Clock<'_> {
    /// The number of this tick, counted from 0.
    pub fn tick(&self) -> u64 {
        self.now / self.timing.tick.max(1) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_become_samples_and_rounded_ticks() {
        let timing = Timing { rate: 48_000, tick: 5760, smoothing: 480 };
        assert_eq!(timing.ticks(200.0), 2);
        assert_eq!(timing.samples(10.0), 480.0);
    }
}
