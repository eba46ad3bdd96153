//! Gains that move for two reasons at once.
//!
//! A base gain is one move, but it is kept as the product of the row's factor and the source's presence, which is the same
//! as long as only one of the two moves, or both begin together from rest. Where the smoothing time is longer than a tick,
//! one can change while the other is still moving: then the pair gets a move of its own, which goes on from the one that it was
//! in, until both have arrived. Where the smoothing time is not longer, nothing in this file ever runs.

use super::{
    Clock,
    row::{Entry, Gains},
};
use crate::{fade::Fade, id::ParticipantKey, timing::Timing};

/// For how many sources that it does not list a row has room for moves of their own. A call of 33 needs no more, whatever happens.
pub(crate) fn spare_moves(timing: &Timing) -> usize {
    if timing.moves_overlap() { 32 } else { 0 }
}

/// A source whose presence moves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moving {
    pub source: ParticipantKey,
    /// Its presence before this tick's events.
    pub before: Fade,
    /// Its presence after them.
    pub presence: Fade,
    /// Scratch: the whole move of the pair before the events; `None` if it is no single one, for want of room.
    pub pair: Option<Fade>,
}

impl Gains {
    /// Makes a change to the row, and has the gains that are moving go on from where they stood. `moving` are the sources whose presence
    /// moves, `presence` is where that of any source is heading. How many gains found no room for a move of their own.
    pub fn change_under(
        &mut self,
        own_slot: u32,
        moving: &mut [Moving],
        presence: impl Fn(ParticipantKey) -> f64,
        clock: &Clock<'_>,
        change: impl FnOnce(&mut Self),
    ) -> u64 {
        for source in &mut *moving {
            let (factor, _) = self.factor(source.source);
            source.pair = factor.product(source.before, clock.now, clock.timing);
        }
        change(self);
        for entry in &mut self.entries {
            if let Some(own) = &mut entry.own {
                clock.steer(own, entry.factor.target() * presence(entry.source));
            }
        }
        let others = moving.iter().filter(|source| source.source.slot != own_slot);
        others.map(|source| u64::from(!self.go_on(source, clock))).sum()
    }

    /// Has a pair go on from the move that it was in to where both factors head now. Whether there was room for that.
    fn go_on(&mut self, source: &Moving, clock: &Clock<'_>) -> bool {
        let (factor, own) = self.factor(source.source);
        // A pair that was no single move had found no room before: it goes on as the product.
        let (Some(mut wanted), None) = (source.pair, own) else { return true };
        clock.steer(&mut wanted, factor.target() * source.presence.target());
        let product = factor.product(source.presence, clock.now, clock.timing);
        if product.is_some_and(|product| product.is_nearly(&wanted, clock.now, clock.timing)) {
            return true;
        }
        let entry = self.entry_for(source.source, factor, clock.timing);
        entry.map(|entry| entry.own = Some(wanted)).is_some()
    }

    /// The row's factor of a source, and the move of its own that the pair may have.
    fn factor(&self, source: ParticipantKey) -> (Fade, Option<Fade>) {
        match self.find(source.slot).ok().map(|at| &self.entries[at]).filter(|entry| entry.source == source) {
            Some(entry) => (entry.factor, entry.own),
            None => (self.unlisted, None),
        }
    }

    /// The entry of a source; a new one if there is room for it.
    fn entry_for(&mut self, source: ParticipantKey, factor: Fade, timing: &Timing) -> Option<&mut Entry> {
        match self.find(source.slot) {
            Ok(at) => self.entries.get_mut(at).filter(|entry| entry.source == source),
            Err(at) => {
                let spare = self.entries.iter().filter(|entry| entry.listed.is_none() && entry.own.is_some()).count();
                if spare >= spare_moves(timing) || self.entries.len() == self.entries.capacity() {
                    return None;
                }
                self.entries.insert(at, Entry::unlisted(source, factor));
                self.entries.get_mut(at)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing { rate: 1000, tick: 1, smoothing: 4 };
    const SOURCE: ParticipantKey = ParticipantKey { slot: 1, stay: 1 };

    fn at(now: u64) -> Clock<'static> {
        Clock { now, begun: true, timing: &TIMING }
    }

    fn row(unlisted: Fade) -> Gains {
        Gains { unlisted, entries: Vec::with_capacity(1), ..Gains::default() }
    }

    fn moving(before: Fade, presence: Fade) -> [Moving; 1] {
        [Moving { source: SOURCE, before, presence, pair: None }]
    }

    #[test]
    fn a_change_on_the_way_goes_on_from_where_the_pair_stood() {
        // Row and presence rise together from rest: one move, at 0.5 after two samples, where the product would be 0.25.
        let rising = Fade::between(0.0, 1.0, 0);
        let mut gains = row(rising);
        let turn = |gains: &mut Gains| gains.unlisted.retarget(0.0, 2, &TIMING);
        assert_eq!(gains.change_under(0, &mut moving(rising, rising), |_| 1.0, &at(2), turn), 0);
        assert_eq!(gains.factor(SOURCE).1, Some(Fade::between(0.5, 0.0, 2)));
    }

    #[test]
    fn a_change_that_names_the_same_end_changes_nothing() {
        // The row was on its way to nothing; it turns around just as the source goes.
        let falling = Fade::between(1.0, 0.0, 0);
        let mut gains = row(falling);
        let mut moving = moving(Fade::resting(1.0), Fade::between(1.0, 0.0, 2));
        gains.change_under(0, &mut moving, |_| 0.0, &at(2), |gains| gains.unlisted.retarget(1.0, 2, &TIMING));
        assert_eq!(gains.factor(SOURCE).1, Some(falling));
    }

    #[test]
    fn what_begins_together_needs_no_move_of_its_own() {
        let mut gains = row(Fade::ZERO);
        let mut moving = moving(Fade::ZERO, Fade::between(0.0, 1.0, 2));
        gains.change_under(0, &mut moving, |_| 0.0, &at(2), |gains| gains.unlisted.retarget(1.0, 2, &TIMING));
        assert_eq!(gains.entries.len(), 0);
    }

    #[test]
    fn without_room_the_pair_is_counted() {
        let mut gains = Gains { unlisted: Fade::between(0.0, 1.0, 0), ..Gains::default() };
        let mut moving = moving(Fade::resting(1.0), Fade::between(1.0, 0.0, 2));
        assert_eq!(gains.change_under(0, &mut moving, |_| 0.0, &at(2), |_| ()), 1);
        assert_eq!(gains.change_under(1, &mut moving, |_| 0.0, &at(2), |_| ()), 0, "its own voice is no pair");
    }
}
