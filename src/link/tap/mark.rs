//! [`Mark`]: what a tap has from a position on. Pure data.

use crate::data::tap::TapContent;

/// What a tap has from a position on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub position: u64,
    pub content: TapContent,
}

impl Default for Mark {
    fn default() -> Self {
        Self { position: 0, content: TapContent::Silence }
    }
}

/// A place for the mark of a loss.
pub(super) const KEPT: usize = 1;
/// How many marks there is room for: as often may what a tap has change until it is read, and not just in as many ticks as it
/// holds of sound. 4 kB.
pub(super) const MARKS: usize = 256;
