//! Slots from which nothing comes and at which nothing moves: most of a large room. They are passed over until
//! something happens to them.
//!
//! A source becomes idle once its presence rests at 0, its hangover is over and its level has faded. All
//! that still changes is the count of ticks without a frame; the source catches up with it later, and its meters
//! count by themselves meanwhile.

/// Whether a slot is looked at in each tick.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) enum Idle {
    #[default]
    No,
    /// Since the tick of this number, the last one in which it was looked at.
    Since(u64),
    /// Something has happened to it since it was looked at last; it was idle since the tick of this number.
    Woken(u64),
}

impl Idle {
    #[inline]
    pub fn is_idle(self) -> bool {
        matches!(self, Self::Since(_))
    }

    /// Has the slot looked at in the next tick, or in the one in hand if that is not planned yet.
    #[inline]
    pub fn wake(&mut self) {
        if let Self::Since(tick) = *self {
            *self = Self::Woken(tick);
        }
    }

    /// Ends the idleness of a slot that was woken: how many ticks it has missed before this one.
    #[inline]
    pub fn end(&mut self, tick: u64) -> u64 {
        match std::mem::take(self) {
            Self::Woken(since) => tick.saturating_sub(since + 1),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_woken_catches_up() {
        let mut idle = Idle::Since(4);
        assert!(idle.is_idle());
        idle.wake();
        assert!(!idle.is_idle());
        assert_eq!((idle.end(10), idle.end(11), idle), (5, 0, Idle::No));
    }
}
