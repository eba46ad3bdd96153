//! What each listener takes from one tick to the next, whatever its row says: a few bytes, apart from the rows, for every tick goes through all of them.

use super::listener::NONE;
use crate::{limiter::Limiting, meter::MixLevel};

/// One listener, as those see it who have its mix made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hearing {
    pub limiting: Limiting,
    /// Its group in this tick, and the next listener of that group; or [`NONE`].
    pub group: u32,
    pub next: u32,
    /// What its meters show.
    pub shown: MixLevel,
}

impl Default for Hearing {
    fn default() -> Self {
        Self { limiting: Limiting::default(), group: NONE, next: NONE, shown: MixLevel::default() }
    }
}
