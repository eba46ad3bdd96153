//! [`Settling`]: until when the levels of classes, and sources that change class, may be on their way on the audio side, as
//! this side can know it.

use std::collections::VecDeque;

use crate::data::{id::Generation, timing::Timing};

/// The publications that changed levels or classes, and which of them have arrived. What it does not know to rest
/// counts as moving.
#[derive(Debug, Default)]
pub(super) struct Settling {
    /// Those that may still move, oldest first.
    moving: VecDeque<Moving>,
    /// Everything up to this one rests.
    settled: Generation,
}

/// Publications that follow each other.
#[derive(Debug, Clone, Copy)]
struct Moving {
    first: Generation,
    last: Generation,
    /// The ticks that were mixed when the last one was first seen to be mixed.
    seen: Option<u64>,
}

impl Settling {
    /// A publication changes levels of classes, or the class of a source.
    pub fn note(&mut self, generation: Generation) {
        match self.moving.back_mut() {
            // All that was not seen to be mixed will be seen with the last of it.
            Some(Moving { last, seen: None, .. }) => *last = generation,
            _ => self.moving.push_back(Moving { first: generation, last: generation, seen: None }),
        }
    }

    /// Looks how far the audio side is: what it has mixed, in how many ticks. Whether more of it rests than before.
    pub fn look(&mut self, mixed: Generation, ticks: u64, timing: &Timing) -> bool {
        let settled = self.settled;
        // The tick in hand may be the first one of a move, and not be counted yet.
        let most = u64::from(timing.smoothing).div_ceil(timing.tick.max(1) as u64) + 1;
        for moving in self.moving.iter_mut().filter(|moving| mixed >= moving.last) {
            moving.seen.get_or_insert(ticks);
        }
        let arrived = |seen: u64| ticks >= seen.saturating_add(most);
        while let Some(Moving { last, seen, .. }) = self.moving.front().copied()
            && (mixed == Generation::NEVER || seen.is_some_and(arrived))
        {
            self.settled = last;
            self.moving.pop_front();
        }
        self.settled != settled
    }

    /// Whether no publication before this one may still move.
    pub fn rests_before(&self, generation: Generation) -> bool {
        self.moving.front().is_none_or(|moving| moving.first >= generation)
    }

    /// Whether what a publication changed rests.
    pub fn rests(&self, since: Generation) -> bool {
        since <= self.settled || self.moving.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing { rate: 1000, tick: 4, smoothing: 6 };

    #[test]
    fn a_move_is_over_some_ticks_after_it_was_seen_to_be_mixed() {
        let mut settling = Settling::default();
        assert!(settling.rests_before(Generation(9)) && settling.rests(Generation(7)));
        settling.note(Generation(3));
        settling.note(Generation(4));
        settling.look(Generation(3), 10, &TIMING);
        assert!(
            !settling.rests(Generation(3))
                && settling.rests_before(Generation(3))
                && !settling.rests_before(Generation(4))
        );
        settling.look(Generation(4), 20, &TIMING);
        settling.note(Generation(6));
        settling.look(Generation(5), 22, &TIMING);
        assert!(!settling.rests(Generation(4)), "two ticks of its move, and the one in hand");
        settling.look(Generation(6), 23, &TIMING);
        assert!(settling.rests(Generation(4)) && !settling.rests(Generation(6)));
        settling.look(Generation::NEVER, 23, &TIMING);
        assert!(settling.rests(Generation(6)));
    }
}
