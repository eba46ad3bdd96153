//! A clip without samples. It knows on which thread it is freed.

use std::sync::Arc;

use crate::checks::Owned;

#[derive(Debug, Clone)]
pub(crate) struct Clip {
    samples: usize,
    _owned: Arc<Owned>,
}

impl Clip {
    /// Of the thread that makes it.
    pub fn new(samples: usize) -> Self {
        Self { samples, _owned: Arc::new(Owned::default()) }
    }

    pub fn samples(&self) -> usize {
        self.samples
    }

    pub fn rate_hz(&self) -> u32 {
        1000
    }

    pub fn duration_ms(&self) -> f64 {
        self.samples as f64
    }
}
