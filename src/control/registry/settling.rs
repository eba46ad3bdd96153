//! [`Settling`]: until when the levels of classes may be on their way on the audio side, as this side can know it.

use std::collections::VecDeque;

use crate::data::{id::Generation, timing::Timing};

/// The publications that changed levels of classes, and which of them have arrived. What it does not know to rest
/// counts as moving.
#[derive(Debug, Default)]
pub(super) struct Settling {
    /// Those that may still move, oldest first: each with the ticks that were mixed when it was first seen to be mixed.
    moving: VecDeque<(Generation, Option<u64>)>,
    /// Everything up to this one rests.
    settled: Generation,
}

impl Settling {
    /// A publication changes levels of classes.
    pub fn note(&mut self, generation: Generation) {
        // All that was not seen to be mixed will be seen with the last of it.
        if let Some((last, None)) = self.moving.back_mut() {
            *last = generation;
        } else {
            self.moving.push_back((generation, None));
        }
    }

    /// Looks how far the audio side is: what it has mixed, in how many ticks.
    pub fn look(&mut self, mixed: Generation, ticks: u64, timing: &Timing) {
        // The tick in hand may be the first one of a move, and not be counted yet.
        let most = u64::from(timing.smoothing).div_ceil(timing.tick.max(1) as u64) + 1;
        for (_, seen) in self.moving.iter_mut().filter(|(generation, _)| mixed >= *generation) {
            seen.get_or_insert(ticks);
        }
        let arrived = |seen: u64| ticks >= seen.saturating_add(most);
        while let Some((generation, seen)) = self.moving.front().copied()
            && (mixed == Generation::NEVER || seen.is_some_and(arrived))
        {
            self.settled = generation;
            self.moving.pop_front();
        }
    }

    /// Whether no publication may still move.
    pub fn is_settled(&self) -> bool {
        self.moving.is_empty()
    }

    /// Whether what a publication changed rests.
    pub fn rests(&self, since: Generation) -> bool {
        since <= self.settled || self.is_settled()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing { rate: 1000, tick: 4, smoothing: 6 };

    #[test]
    fn a_move_is_over_some_ticks_after_it_was_seen_to_be_mixed() {
        let mut settling = Settling::default();
        assert!(settling.is_settled() && settling.rests(Generation(7)));
        settling.note(Generation(3));
        settling.note(Generation(4));
        settling.look(Generation(3), 10, &TIMING);
        assert!(!settling.rests(Generation(3)));
        settling.look(Generation(4), 20, &TIMING);
        settling.note(Generation(6));
        settling.look(Generation(5), 22, &TIMING);
        assert!(!settling.rests(Generation(4)), "two ticks of its move, and the one in hand");
        settling.look(Generation(6), 23, &TIMING);
        assert!(settling.rests(Generation(4)) && !settling.rests(Generation(6)));
        settling.look(Generation::NEVER, 23, &TIMING);
        assert!(settling.is_settled());
    }
}
