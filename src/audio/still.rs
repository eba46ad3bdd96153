//! Whether a tick can be planned like the one before: most are, for gains rest most of the time, and planning is half of the work where few speak.
//!
//! What a tick's groups depend on is what was published, who is audible at which presence, who is active, and what moves or has just come to rest. While
//! nothing of it has changed and nothing moves, the groups and their sums are those of the tick before.

use super::{Arena, plan::Group};
use crate::limiter::Limiting;

/// What is known of the last plan.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Still {
    /// Something that a plan depends on has changed since.
    pub changed: bool,
    /// Nothing of it moved.
    rests: bool,
    /// This tick is planned like that.
    pub now: bool,
    /// The tick that it was made for has ended, and left every limiter as it was: at rest.
    holds: bool,
}

impl Arena {
    /// Whether the groups of the tick before are those of this one. Asked once a tick.
    pub fn is_still(&mut self) -> bool {
        let changed = std::mem::take(&mut self.still.changed);
        self.still.now = std::mem::take(&mut self.still.holds) && !changed && !self.presence_moves();
        self.still.now
    }

    /// Notes that a plan was made, and whether any gain in it moves.
    pub fn note_plan(&mut self, moves: bool) {
        self.still.rests = !moves && !self.presence_moves() && self.limiters_rest();
    }

    /// Notes that the tick has ended.
    pub fn note_end(&mut self) {
        self.still.holds = self.still.rests && self.limiters_rest();
    }

    fn presence_moves(&self) -> bool {
        let faded = self.places() as u32;
        self.shifted || self.signals.iter().any(|signal| *signal >= faded)
    }

    /// Listeners whose limiters differ are in groups of their own; those of one group stay alike.
    fn limiters_rest(&self) -> bool {
        let rests = |group: &Group| group.silent() || group.limiting == Limiting::default();
        self.groups.iter().all(rests)
    }
}
