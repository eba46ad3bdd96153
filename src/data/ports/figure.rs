//! One number that one thread writes and any thread reads: [`Figure`]. A plain atomic.

use crate::data::sync::{AtomicU64, Ordering::Relaxed};

/// A figure with one writer.
#[derive(Debug, Default)]
pub(crate) struct Figure(AtomicU64);

impl Figure {
    /// For the one writer.
    pub fn add(&self, more: u64) {
        self.0.store(self.0.load(Relaxed) + more, Relaxed);
    }

    pub fn set(&self, value: u64) {
        self.0.store(value, Relaxed);
    }

    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }

    pub fn set_f64(&self, value: f64) {
        self.set(value.to_bits());
    }

    pub fn get_f64(&self) -> f64 {
        f64::from_bits(self.get())
    }
}
