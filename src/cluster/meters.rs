//! What the audio thread tells of its links: [`LinkMeters`] and [`AudioMeters`]. Atomics only: it waits for nobody who reads.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::stream::lanes::LanesCounts;

/// A figure that one thread alone writes.
#[derive(Debug, Default)]
pub(super) struct Figure(AtomicU64);

impl Figure {
    pub fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    pub fn add(&self, more: u64) {
        self.set(self.get() + more);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn set_f64(&self, value: f64) {
        self.set(value.to_bits());
    }

    fn get_f64(&self) -> f64 {
        f64::from_bits(self.get())
    }
}

/// How the ticks of one node are played.
#[derive(Debug, Default)]
pub(super) struct LinkMeters {
    /// The first tick of the node that has not been played.
    pub played: Figure,
    lost: Figure,
    late: Figure,
    duplicates: Figure,
    underruns: Figure,
    wait_ms: Figure,
    target_ms: Figure,
    drift_ppm: Figure,
}

/// The same, read.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Played {
    pub lost: u64,
    pub late: u64,
    pub duplicates: u64,
    pub underruns: u64,
    pub wait_ms: f64,
    pub target_ms: f64,
    pub drift_ppm: f64,
}

impl LinkMeters {
    pub fn show(&self, counts: &LanesCounts) {
        self.lost.set(counts.lost);
        self.late.set(counts.late);
        self.duplicates.set(counts.duplicates);
        self.underruns.set(counts.underruns);
        self.wait_ms.set_f64(counts.wait_ms);
        self.target_ms.set_f64(counts.target_ms);
        self.drift_ppm.set_f64(counts.drift_ppm);
    }

    pub fn read(&self) -> Played {
        Played {
            lost: self.lost.get(),
            late: self.late.get(),
            duplicates: self.duplicates.get(),
            underruns: self.underruns.get(),
            wait_ms: self.wait_ms.get_f64(),
            target_ms: self.target_ms.get_f64(),
            drift_ppm: self.drift_ppm.get_f64(),
        }
    }
}

/// What the audio thread gives to the links.
#[derive(Debug, Default)]
pub(super) struct AudioMeters {
    /// The number of the next tick.
    pub tick: Figure,
    /// Sources that found no room in a tick.
    pub left_out: Figure,
    /// Ticks for which there was no memory.
    pub lost: Figure,
}
