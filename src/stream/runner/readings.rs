//! How well a runner keeps time: counted on its thread, read from any thread. Plain atomics with
//! one writer.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

use serde::Serialize;

use super::ObtainedPriority;
use super::histogram::{Histogram, Spread};

/// How well a [`Runner`](super::Runner) has kept time since it was started. Each figure is whole;
/// together they are not a snapshot of one tick.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RunnerReadings {
    /// Ticks made.
    pub ticks: u64,
    /// Ticks that were skipped because they were too late.
    pub skipped_ticks: u64,
    /// Ticks that took longer, with the closures, than a tick's time.
    pub overrun_ticks: u64,
    /// How many steps of the [`RunnerOptions::overload`](field@super::RunnerOptions::overload) are taken: 0 if
    /// everything is mixed.
    pub overload_step: u32,
    /// How often such a step was taken.
    pub overload_steps_taken: u64,
    /// How long after its deadline a tick began, in microseconds: the system's sleep ended late, or
    /// earlier ticks took too long.
    pub lateness_us: SpreadUs,
    /// How long a tick took, with the closures. In microseconds.
    pub duration_us: SpreadUs,
    /// The priority that the thread has obtained.
    pub priority: ObtainedPriority,
}

/// How times are spread, in microseconds. 0 before the first tick.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SpreadUs {
    /// Half of the times are at most this; up to 3.2 % too much.
    pub p50: f64,
    /// 99 in 100 times are at most this; up to 3.2 % too much.
    pub p99: f64,
    /// The longest.
    pub max: f64,
}

impl From<Spread> for SpreadUs {
    fn from(ns: Spread) -> Self {
        let [p50, p99, max] = [ns.p50, ns.p99, ns.max].map(|ns| ns as f64 / 1000.0);
        Self { p50, p99, max }
    }
}

/// The counters, written by the thread.
#[derive(Debug)]
pub(super) struct Gauges {
    ticks: AtomicU64,
    skipped: AtomicU64,
    overruns: AtomicU64,
    step: AtomicU32,
    steps_taken: AtomicU64,
    lateness_ns: Histogram,
    duration_ns: Histogram,
}

impl Gauges {
    pub fn new() -> Self {
        Self {
            ticks: AtomicU64::new(0),
            skipped: AtomicU64::new(0),
            overruns: AtomicU64::new(0),
            step: AtomicU32::new(0),
            steps_taken: AtomicU64::new(0),
            lateness_ns: Histogram::new(),
            duration_ns: Histogram::new(),
        }
    }

    /// Real time.
    pub fn tick(&self, late_ns: u64, took_ns: u64, tick_ns: u64) {
        self.lateness_ns.record(late_ns);
        self.duration_ns.record(took_ns);
        self.overruns.fetch_add(u64::from(took_ns > tick_ns), Relaxed);
        self.ticks.fetch_add(1, Relaxed);
    }

    /// Real time.
    pub fn skip(&self, ticks: u64) {
        self.skipped.fetch_add(ticks, Relaxed);
    }

    /// Real time.
    pub fn overload(&self, step: usize, steps_taken: u64) {
        self.step.store(step as u32, Relaxed);
        self.steps_taken.store(steps_taken, Relaxed);
    }

    /// The counts so far, with the priority that the thread has.
    pub fn read(&self, priority: ObtainedPriority) -> RunnerReadings {
        RunnerReadings {
            ticks: self.ticks.load(Relaxed),
            skipped_ticks: self.skipped.load(Relaxed),
            overrun_ticks: self.overruns.load(Relaxed),
            overload_step: self.step.load(Relaxed),
            overload_steps_taken: self.steps_taken.load(Relaxed),
            lateness_us: self.lateness_ns.read().into(),
            duration_us: self.duration_ns.read().into(),
            priority,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_say_what_was_counted() {
        let gauges = Gauges::new();
        gauges.tick(1500, 16, 1000);
        gauges.tick(0, 1001, 1000);
        gauges.skip(3);
        gauges.overload(2, 4);
        let json = serde_json::json!({
            "ticks": 2, "skippedTicks": 3, "overrunTicks": 1, "overloadStep": 2, "overloadStepsTaken": 4,
            "latenessUs": { "p50": 0.0, "p99": 1.5, "max": 1.5 },
            "durationUs": { "p50": 0.016, "p99": 1.001, "max": 1.001 },
            "priority": { "obtained": "normal" },
        });
        assert_eq!(serde_json::to_value(gauges.read(ObtainedPriority::Normal)).unwrap(), json);
    }
}
