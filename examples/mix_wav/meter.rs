//! What is measured while the call runs: of every mix its levels, of every source its activity, of every tick its time.

use std::time::Duration;

use mixminus::{Channels, Decibels, Mix};

/// The levels of one participant's mix, over the whole length of the file that is written.
#[derive(Debug, Default)]
pub struct Meter {
    pub peak: f32,
    /// The most that the limiter took away, in decibels: 0 or negative.
    pub reduction: f64,
    squares: f64,
}

impl Meter {
    /// Takes in a tick, of which `count` samples belong to the file.
    pub fn push(&mut self, mix: &Mix<'_>, channels: Channels, count: usize) {
        self.add(&mix.left()[..count]);
        if channels == Channels::Stereo {
            self.add(&mix.right()[..count]);
        }
        self.reduction = self.reduction.min(mix.reduction().0);
    }

    /// The root mean square of everything that there was, in a file of so many samples in all its channels.
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

/// Who was active in which tick, as the mixer's own detectors saw it.
#[derive(Debug)]
pub struct Activity {
    members: usize,
    ticks: Vec<bool>,
}

impl Activity {
    /// For so many members of the cast.
    pub fn new(members: usize) -> Self {
        Self { members, ticks: Vec::new() }
    }

    /// Takes in the next tick.
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
    /// Takes in the next tick.
    pub fn push(&mut self, taken: Duration) {
        self.0.push(taken);
    }

    /// The times in order, the shortest first.
    pub fn sorted(&self) -> Vec<Duration> {
        let mut times = self.0.clone();
        times.sort_unstable();
        times
    }
}

/// Decibels with one decimal, and no minus sign before a zero.
pub fn one_decimal(decibels: f64) -> String {
    format!("{:.1}", if decibels.abs() < 0.05 { 0.0 } else { decibels })
}

/// A level in dBFS; `None` for digital silence, which has none.
pub fn dbfs(amplitude: f64) -> Option<f64> {
    let level = Decibels::from_amplitude(amplitude).0;
    level.is_finite().then_some(level)
}
