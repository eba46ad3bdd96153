//! Places that nothing comes from and at which nothing moves: most of a large room. They are passed over until something happens to them.
//!
//! A source falls asleep once its presence rests at 0, its detector has come to its end and its level is forgotten. All that still changes is the count of the ticks
//! that it misses; that is made up for when it wakes, and by the meters meanwhile.

use super::{Arena, Clock, source::Source};

/// Whether a place is looked at in each tick.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) enum Rest {
    #[default]
    Awake,
    /// Since the tick of this number, the last one in which it was looked at.
    Asleep(u64),
    /// Something has happened to it since it was looked at last; it was asleep since then.
    Woken(u64),
}

impl Rest {
    #[inline]
    pub fn is_asleep(self) -> bool {
        matches!(self, Self::Asleep(_))
    }
}

impl Arena {
    /// Has a place looked at in the next tick, or in the one in hand if that is not planned yet.
    #[inline]
    pub fn wake(&mut self, index: usize) {
        if let Rest::Asleep(since) = self.rests[index] {
            self.rests[index] = Rest::Woken(since);
        }
    }

    /// Makes up for the ticks that a source has slept through.
    #[inline]
    pub fn get_up(&mut self, index: usize, clock: &Clock<'_>) {
        if let Rest::Woken(since) = std::mem::take(&mut self.rests[index]) {
            self.sources[index].miss_more(clock.tick().saturating_sub(since + 1));
        }
    }

    /// Lets a place sleep if there is nothing to be done there in a tick in which nothing happens to it. From which tick on its missing frames count by
    /// themselves, if they do.
    pub fn try_to_sleep(&mut self, index: usize, clock: &Clock<'_>) -> Option<u64> {
        let source = &self.sources[index];
        if !source.is_idle(clock) || self.told[index] || self.seats[index].level > 0.0 {
            return None;
        }
        self.rests[index] = Rest::Asleep(clock.tick());
        source.counts_missing().then(|| clock.tick() + 1)
    }
}

impl Source {
    /// Whether another tick without a frame changes nothing but the count of those.
    fn is_idle(&self, clock: &Clock<'_>) -> bool {
        let gone = self.presence == self.before && self.presence.is_gone(clock);
        gone && !self.audible && !self.readings.active && self.is_missing_at_rest()
    }
}
