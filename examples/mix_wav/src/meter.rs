//! Measurements during the call: the levels of each mix, the activity of each source, and the time
//! of each tick.

use std::time::Duration;

use mixminus::{Channels, Decibels, Mix};

/// The levels of one participant's mix, over the whole length of its file.
#[derive(Debug, Default)]
pub struct Meter {
    pub peak: f32,
    /// The largest gain reduction of the limiter in decibels: 0 or negative.
    pub reduction: f64,
    squares: f64,
}

impl Meter {
    /// Measures a tick, of which the first `count` samples belong to the file.
    pub fn push(&mut self, mix: &Mix<'_>, channels: Channels, count: usize) {
        self.add(&mix.left()[..count]);
        if channels == Channels::Stereo {
            self.add(&mix.right()[..count]);
        }
        self.reduction = self.reduction.min(mix.reduction().0);
    }

    /// The root mean square over a file of `samples` samples, all channels together.
    pub fn rms(&self, samples: usize) -> f64 {
        (self.squares / samples as f64).sqrt()
    }

    fn add(&mut self, samples: &[f32]) {
        for sample in samples {
            self.peak = self.peak.max(sample.abs());
            self.squares += f64::from(*sample) * f64::from(*sample);
        }
    }
}

/// Which participant was active in which tick, as the mixer's detectors found it.
#[derive(Debug)]
pub struct Activity {
    members: usize,
    ticks: Vec<bool>,
}

impl Activity {
    /// For a cast of `members`.
    pub fn new(members: usize) -> Self {
        Self { members, ticks: Vec::new() }
    }

    /// Adds the next tick.
    pub fn push(&mut self, is_active: impl Fn(usize) -> bool) {
        self.ticks.extend((0..self.members).map(is_active));
    }

    /// Whether a member was active in a tick.
    pub fn at(&self, tick: usize, member: usize) -> bool {
        self.ticks.get(tick * self.members + member).copied().unwrap_or(false)
    }

    /// In how many ticks a member was active.
    pub fn count(&self, member: usize) -> usize {
        self.stretches(member).iter().map(|stretch| stretch.len()).sum()
    }

    /// When a member was active, as ranges of ticks.
    pub fn stretches(&self, member: usize) -> Vec<std::ops::Range<usize>> {
        let mut stretches: Vec<std::ops::Range<usize>> = Vec::new();
        for tick in (0..self.ticks.len() / self.members.max(1)).filter(|tick| self.at(*tick, member)) {
            match stretches.last_mut() {
                Some(last) if last.end == tick => last.end = tick + 1,
                _ => stretches.push(tick..tick + 1),
            }
        }
        stretches
    }
}

/// How long the mixer took for each tick.
#[derive(Debug, Default)]
pub struct Stopwatch(Vec<Duration>);

impl Stopwatch {
    /// Adds the next tick.
    pub fn push(&mut self, taken: Duration) {
        self.0.push(taken);
    }

    /// The times, the shortest first.
    pub fn sorted(&self) -> Vec<Duration> {
        let mut times = self.0.clone();
        times.sort_unstable();
        times
    }
}

/// Decibels with one decimal, and without a minus sign before zero.
pub fn one_decimal(decibels: f64) -> String {
    format!("{:.1}", if decibels.abs() < 0.05 { 0.0 } else { decibels })
}

/// A level in dBFS; `None` for digital silence.
pub fn dbfs(amplitude: f64) -> Option<f64> {
    let level = Decibels::from_amplitude(amplitude).0;
    level.is_finite().then_some(level)
}
