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
    /// How many ticks had been mixed when they were published; `None` of the next one.
    ticks: Option<u64>,
}

impl Settling {
    /// The next publication changes levels of classes, or the class of a source.
    pub fn note(&mut self, next: Generation) {
        if self.moving.back().is_none_or(|moving| moving.ticks.is_some()) {
            self.moving.push_back(Moving { first: next, last: next, ticks: None });
        }
    }

    /// What was noted is published, after so many ticks.
    pub fn publish(&mut self, ticks: u64) {
        if self.moving.back().is_none_or(|moving| moving.ticks.is_some()) {
            return;
        }
        let Some(next) = self.moving.pop_back() else { return };
        match self.moving.back_mut().filter(|moving| moving.ticks == Some(ticks)) {
            Some(moving) => moving.last = next.last,
            None => self.moving.push_back(Moving { ticks: Some(ticks), ..next }),
        }
    }

    /// Looks how far the audio side is, or whether it is gone. Whether more rests than before.
    pub fn look(&mut self, gone: bool, ticks: u64, timing: &Timing) -> bool {
        let settled = self.settled;
        // A tick was in hand that had begun before, and the move begins with the next one at the latest.
        let most = u64::from(timing.smoothing).div_ceil(timing.tick.max(1) as u64) + 2;
        let arrived = |published: u64| ticks >= published.saturating_add(most);
        while let Some(Moving { last, ticks: Some(published), .. }) = self.moving.front().copied()
            && (gone || arrived(published))
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
    fn a_move_is_over_some_ticks_after_it_was_published() {
        let mut settling = Settling::default();
        assert!(settling.rests_before(Generation(9)) && settling.rests(Generation(7)));
        settling.note(Generation(3));
        settling.look(false, 99, &TIMING);
        assert!(!settling.rests(Generation(3)) && settling.rests_before(Generation(3)), "not published yet");
        settling.publish(10);
        settling.note(Generation(4));
        settling.publish(10);
        assert!(!settling.look(false, 13, &TIMING) && !settling.rests(Generation(4)), "in hand, and two of the move");
        settling.note(Generation(6));
        settling.publish(13);
        assert!(settling.look(false, 14, &TIMING));
        assert!(settling.rests(Generation(4)) && !settling.rests(Generation(6)));
        assert!(settling.look(true, 14, &TIMING) && settling.rests(Generation(6)));
    }
}
