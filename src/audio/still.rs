//! Whether a tick can be planned like the one before: most are, for gains rest most of the time, and planning is half of the work where few speak.
//!
//! What a tick's groups depend on is what was published, who is audible at which presence, who is active, and what moves or has just come to rest. While
//! nothing of it has changed and no gain moves, the groups and their sums are those of the tick before. Envelopes may be on their way meanwhile, for those that are the
//! same go on alike: until one of them arrives.

use super::{Arena, Clock, plan::Group};
use crate::limiter::Limiting;

/// What is known of the last plan.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Still {
    /// Something that a plan depends on has changed since.
    pub changed: bool,
    /// Nothing of it moved but envelopes; and whether any did.
    rests: bool,
    ramps: bool,
    /// This tick is planned like that.
    pub now: bool,
    /// The tick that it was made for has ended, and left every limiter as it was: at rest.
    holds: bool,
}

impl Arena {
    /// Whether the groups of the tick before are those of this one. Asked once a tick.
    pub fn is_still(&mut self, clock: &Clock<'_>) -> bool {
        let changed = std::mem::take(&mut self.still.changed);
        let holds = std::mem::take(&mut self.still.holds) && !changed && !self.presence_moves();
        self.still.now = holds && (!self.still.ramps || self.ramps_go_on(clock));
        self.still.now
    }

    /// Notes that a plan was made, whether any gain in it moves, and whether any envelope does.
    pub fn note_plan(&mut self, moves: bool, ramps: bool) {
        self.still.rests = !moves && !self.presence_moves() && self.limiters_rest();
        self.still.ramps = ramps;
    }

    /// Whether every envelope that was on its way still is.
    fn ramps_go_on(&self, clock: &Clock<'_>) -> bool {
        let mut ramping = self.listeners[..self.used].iter().filter(|listener| listener.ramps());
        ramping.all(|listener| listener.way.constant(clock.now, clock.timing).is_none())
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
