//! [`SpeakerLevel`]: the smoothed level of a source, by which sources are compared, and whether it is chosen
//! to be heard. Pure data.

use crate::data::timing::Timing;

/// The figures of one source that are compared with those of others. Indexed by slot.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct SpeakerLevel {
    /// The mean square of what the source sends, smoothed: it rises fast and falls slowly.
    pub level: f64,
    /// Whether the source can be heard in this tick: it has a good frame, is not muted and has not left.
    pub present: bool,
    pub active: bool,
    /// Whether a configuration lists the source at a gain over 0 or as a ducker: then it is heard, however
    /// loud others are.
    pub wanted: bool,
    /// Whether the source is one of the loudest that are heard, and the sample since which it is. Of use only
    /// while their number is limited.
    pub chosen: bool,
    pub since: u64,
}

/// The ratio of mean squares of a source that is 3 dB louder than another.
pub(crate) const LOUDER: f64 = 1.995_262_314_968_88;

/// How levels follow the mean squares of the frames: the share of the difference that a tick makes up.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Follower {
    attack: f64,
    release: f64,
}

impl Follower {
    /// The time constant of a rising level: longer than a pitch period of a voice, shorter than a syllable.
    const ATTACK_MS: f64 = 40.0;
    /// The time constant of a falling level: long enough for the gaps between words. The level falls by 5 dB in
    /// half a second of silence.
    const RELEASE_MS: f64 = 400.0;
    /// A mean square of -200 dBFS. Lower levels are set to 0, so that no level becomes a denormal number,
    /// which is slow.
    const NOTHING: f64 = 1e-20;

    pub fn new(timing: &Timing) -> Self {
        let share = |ms: f64| 1.0 - (-(timing.tick as f64) / timing.samples(ms)).exp();
        Self { attack: share(Self::ATTACK_MS), release: share(Self::RELEASE_MS) }
    }

    /// The level after a tick with this mean square. A constant mean square has the same effect after the
    /// same time, however long the ticks are.
    #[inline]
    pub fn follow(&self, level: f64, square: f64) -> f64 {
        let share = if square > level { self.attack } else { self.release };
        let level = level + (square - level) * share;
        if level > Self::NOTHING { level } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level_after(ticks: usize, tick: usize, start: f64, square: f64) -> f64 {
        let follower = Follower::new(&Timing { rate: 48_000, tick, smoothing: 480 });
        (0..ticks).fold(start, |level, _| follower.follow(level, square))
    }

    #[test]
    fn the_level_depends_on_the_time_and_not_on_the_tick_length() {
        for (ticks, tick) in [(16, 120), (4, 480), (2, 960), (1, 1920)] {
            assert!((level_after(ticks, tick, 0.0, 1.0) - 0.632_120_558).abs() < 1e-9, "40 ms up");
        }
        for (ticks, tick) in [(160, 120), (40, 480), (20, 960)] {
            assert!((level_after(ticks, tick, 1.0, 0.0) - 0.367_879_441).abs() < 1e-9, "400 ms down");
        }
    }

    #[test]
    fn in_silence_the_level_falls_to_exactly_0() {
        assert_eq!(level_after(2000, 480, 1.0, 0.0), 0.0);
    }
}
