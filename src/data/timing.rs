//! The rate, tick length and smoothing time of a mixer, how far it has come, and the time at which a tick begins.
//! Pure data.

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

/// How far a mixer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Elapsed {
    /// Samples that were mixed. Everything that is heard goes by these.
    pub mixed: u64,
    /// The same with those of skipped ticks: for timestamps of what is heard.
    pub position: u64,
}

impl Elapsed {
    /// A tick was mixed.
    pub fn mix(&mut self, tick_samples: usize) {
        self.mixed += tick_samples as u64;
        self.skip(1, tick_samples);
    }

    /// Time has passed by so many ticks. A position past the end of `u64` stays there.
    pub fn skip(&mut self, ticks: u64, tick_samples: usize) {
        self.position = self.position.saturating_add(ticks.saturating_mul(tick_samples as u64));
    }
}

/// The time at which a tick begins. All steps of the tick see the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock<'a> {
    /// Samples that the mixer has mixed before this tick.
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

    #[test]
    fn skipped_ticks_are_in_the_position_alone() {
        let mut elapsed = Elapsed::default();
        elapsed.mix(480);
        elapsed.skip(3, 480);
        elapsed.mix(480);
        assert_eq!(elapsed, Elapsed { mixed: 960, position: 2400 });
        elapsed.skip(u64::MAX, 480);
        elapsed.mix(480);
        assert_eq!(elapsed, Elapsed { mixed: 1440, position: u64::MAX });
    }
}
