//! [`Figures`]: what all engines of a mixer have in common. Pure data.

use super::{channels::Channels, timing::Timing};

/// The figures of a mixer that every engine of it is made with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figures {
    pub channels: Channels,
    /// How many threads may share a tick.
    pub workers: usize,
    pub timing: Timing,
    /// The mean square under which a source is quiet; 0 if none is.
    pub floor: f64,
}
