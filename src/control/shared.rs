//! What all controllers of a mixer share: the [`Link`] to its audio side, and the registry behind its lock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::registry::Registry;
use crate::audio::Link;

/// The processor keeps this alive, without looking into it: the registry owns what the audio side has.
#[derive(Debug)]
pub(crate) struct Shared {
    pub link: Arc<Link>,
    registry: Mutex<Registry>,
}

impl Shared {
    pub fn new(link: Arc<Link>, registry: Registry) -> Self {
        Self { link, registry: Mutex::new(registry) }
    }

    /// The registry. Whatever panicked while it was held was the host's: the registry is whole, and what was changed
    /// before is published with the next change.
    pub fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
