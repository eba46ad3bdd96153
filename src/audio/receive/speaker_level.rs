//! How loud a source has been lately, and whether it is one of those that are heard: what is compared between sources. Pure data.

use crate::data::timing::Timing;

/// What one place is compared by.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct SpeakerLevel {
    /// The mean square of what it sends, smoothed: up fast, down slowly.
    pub level: f64,
    /// Whether it is there to be heard in this tick: it has a good frame, is not muted and has not left.
    pub present: bool,
    pub active: bool,
    /// Whether somebody's configuration lists it: then it is heard whoever is louder.
    pub listed: bool,
    /// Where only the loudest are heard: whether it is one of them, and the sample from which on.
    pub chosen: bool,
    pub since: u64,
}

/// A level that is this many times another is 3 dB louder.
pub(crate) const LOUDER: f64 = 1.995_262_314_968_88;

/// How the levels follow what is sent.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Follower {
    attack: f64,
    release: f64,
}

impl Follower {
    /// Long enough for the pitch of a voice, shorter than a syllable.
    const ATTACK_MS: f64 = 40.0;
    /// Long enough for the gaps between words: half a second without a sound is 5 dB.
    const RELEASE_MS: f64 = 400.0;
    /// -200 dBFS: what is beneath is nothing, so that no level ends in denormal numbers.
    const NOTHING: f64 = 1e-20;

    pub fn new(timing: &Timing) -> Self {
        let share = |ms: f64| 1.0 - (-(timing.tick as f64) / timing.samples(ms)).exp();
        Self { attack: share(Self::ATTACK_MS), release: share(Self::RELEASE_MS) }
    }

    /// A level after a tick with this mean square. However long the ticks are, a square that stays has the same effect.
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
    fn it_follows_by_the_time_and_not_by_the_tick() {
        for (ticks, tick) in [(16, 120), (4, 480), (2, 960), (1, 1920)] {
            assert!((level_after(ticks, tick, 0.0, 1.0) - 0.632_120_558).abs() < 1e-9, "40 ms up");
        }
        for (ticks, tick) in [(160, 120), (40, 480), (20, 960)] {
            assert!((level_after(ticks, tick, 1.0, 0.0) - 0.367_879_441).abs() < 1e-9, "400 ms down");
        }
    }

    #[test]
    fn silence_ends_in_nothing() {
        assert_eq!(level_after(2000, 480, 1.0, 0.0), 0.0);
    }
}
