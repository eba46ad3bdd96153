//! The figures that every part of the mixer counts with, and the time of a tick. Pure data.

/// Rate, tick and smoothing time of one mixer; fixed for its life.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Timing {
    /// Samples a second.
    pub rate: u32,
    /// Samples a tick.
    pub tick: usize,
    /// Samples that a gain takes to move to a new target; 0 = at once.
    pub smoothing: u32,
}

impl Timing {
    /// The longest tick: 120 ms.
    pub const MAX_TICK_MS: f64 = 120.0;
    /// The longest smoothing time: one second.
    pub const MAX_SMOOTHING_MS: f64 = 1000.0;

    /// How many samples `ms` milliseconds are; not rounded.
    pub fn samples(&self, ms: f64) -> f64 {
        ms * f64::from(self.rate) / 1000.0
    }

    /// How many whole ticks `ms` milliseconds are, rounded to the nearest.
    pub fn ticks(&self, ms: f64) -> u64 {
        (self.samples(ms) / self.tick as f64).round() as u64
    }
}

/// The time of a tick, as all its parts see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock<'a> {
    /// Samples since the mixer began, before this tick.
    pub now: u64,
    /// Whether a tick was mixed before: until then everything holds at once.
    pub begun: bool,
    pub timing: &'a Timing,
}

impl Clock<'_> {
    /// The number of this tick, from 0 on.
    pub fn tick(&self) -> u64 {
        self.now / self.timing.tick.max(1) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hangover_is_rounded_to_whole_ticks() {
        let timing = Timing { rate: 48_000, tick: 5760, smoothing: 480 };
        assert_eq!(timing.ticks(200.0), 2);
        assert_eq!(timing.samples(10.0), 480.0);
    }
}
