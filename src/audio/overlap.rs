//! Gains that move for two reasons at once.
//!
//! A base gain is one move, but it is kept as the product of the row's factor and the source's presence, which is the same
//! as long as only one of the two moves, or both began together from rest. Where the smoothing time is longer than a tick,
//! one can change while the other is still moving: then the pair gets a move of its own, which goes on from the one that it was
//! in, until both have arrived. Where the smoothing time is not longer, nothing in this file ever runs.

use super::{
    Clock,
    row::{Entry, Gains},
};
use crate::{fade::Fade, id::ParticipantKey};

/// Room for so many moves of their own in every row, besides those of its listed sources.
pub(crate) const SPARE_MOVES: usize = 8;

/// A source whose presence moves, in an event that concerns it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moving {
    pub source: ParticipantKey,
    /// Its presence before the event.
    pub before: Fade,
    /// Its presence after it.
    pub presence: Fade,
    /// The row's factor and the pair's whole move, before the event; the move is `None` if it had found no room.
    pub pair: (Fade, Option<Fade>),
}

impl Gains {
    /// The row's factor of a source, and the move of its own that the pair may have.
    pub fn factor(&self, source: ParticipantKey) -> (Fade, Option<Fade>) {
        match self.find(source.slot).ok().map(|at| &self.entries[at]).filter(|entry| entry.source == source) {
            Some(entry) => (entry.factor, entry.own),
            None => (self.unlisted, None),
        }
    }

    /// Before the row changes: notes the moves that moving sources are in.
    pub fn note(&self, moving: &mut [Moving], clock: &Clock<'_>) {
        for source in moving {
            let (factor, own) = self.factor(source.source);
            source.pair = (factor, own.or_else(|| factor.product(source.presence, clock.now, clock.timing)));
        }
    }

    /// After the row has changed: sends the pairs whose factor changed under a moving presence on their way. How many found no room.
    pub fn row_changed(&mut self, own_slot: u32, moving: &[Moving], clock: &Clock<'_>) -> u64 {
        let mut without_room = 0;
        for source in moving.iter().filter(|source| source.source.slot != own_slot) {
            let (factor, own) = self.factor(source.source);
            if own.is_some() || (factor != source.pair.0 && source.presence.moving(clock.now, clock.timing)) {
                without_room += self.go_on(source, factor, source.pair.1, clock);
            }
        }
        without_room
    }

    /// After the presence of sources has changed: sends those pairs whose factor was moving on their way. How many found no room.
    pub fn presence_changed(&mut self, own_slot: u32, changed: &[Moving], clock: &Clock<'_>) -> u64 {
        let mut without_room = 0;
        for source in changed.iter().filter(|source| source.source.slot != own_slot) {
            let (factor, own) = self.factor(source.source);
            let together = factor.began_at(clock.now) && !source.before.moving(clock.now, clock.timing);
            if own.is_some() || (factor.moving(clock.now, clock.timing) && !together) {
                let pair = factor.product(source.before, clock.now, clock.timing);
                without_room += self.go_on(source, factor, pair, clock);
            }
        }
        without_room
    }

    /// Steers the pair's own move, which goes on from `pair`, to where both factors head.
    fn go_on(&mut self, source: &Moving, factor: Fade, pair: Option<Fade>, clock: &Clock<'_>) -> u64 {
        let target = factor.target() * source.presence.target();
        let Some(entry) = self.entry_for(source.source, factor) else { return 1 };
        // A pair without a whole move had found no room: it goes on as the product.
        if let Some(mut own) = entry.own.or(pair) {
            clock.steer(&mut own, target);
            entry.own = Some(own);
        }
        0
    }

    /// The entry of a source; a new one if there is room for it.
    fn entry_for(&mut self, source: ParticipantKey, factor: Fade) -> Option<&mut Entry> {
        match self.find(source.slot) {
            Ok(at) => self.entries.get_mut(at).filter(|entry| entry.source == source),
            Err(at) => {
                let spare = self.entries.iter().filter(|entry| entry.listed.is_none() && entry.own.is_some()).count();
                if spare >= SPARE_MOVES || self.entries.len() == self.entries.capacity() {
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
    use crate::timing::Timing;

    const TIMING: Timing = Timing { rate: 1000, tick: 1, smoothing: 4 };
    const SOURCE: ParticipantKey = ParticipantKey { slot: 1, stay: 1 };

    fn at(now: u64) -> Clock<'static> {
        Clock { now, begun: true, timing: &TIMING }
    }

    #[test]
    fn a_change_on_the_way_goes_on_from_where_the_pair_stood() {
        // Row and presence rise together from rest: one move, at 0.5 after two samples, where the product would be 0.25.
        let rising = Fade::between(0.0, 1.0, 0);
        let mut gains = Gains { unlisted: rising, entries: Vec::with_capacity(1), ..Gains::default() };
        let mut moving = [Moving { source: SOURCE, before: rising, presence: rising, pair: (Fade::ZERO, None) }];
        gains.note(&mut moving, &at(2));
        gains.unlisted.retarget(0.0, 2, &TIMING);
        assert_eq!(gains.row_changed(0, &moving, &at(2)), 0);
        let (_, own) = gains.factor(SOURCE);
        assert_eq!(own, Some(Fade::between(0.5, 0.0, 2)));
    }

    #[test]
    fn a_row_change_that_names_the_same_end_changes_nothing() {
        // The source is on its way out; the row's change ends at nothing too.
        let falling = Fade::between(1.0, 0.0, 0);
        let mut gains = Gains { unlisted: Fade::resting(1.0), entries: Vec::with_capacity(1), ..Gains::default() };
        let mut moving = [Moving { source: SOURCE, before: falling, presence: falling, pair: (Fade::ZERO, None) }];
        gains.note(&mut moving, &at(2));
        gains.unlisted.retarget(0.5, 2, &TIMING);
        gains.row_changed(0, &moving, &at(2));
        assert_eq!(gains.factor(SOURCE).1, Some(falling));
    }

    #[test]
    fn without_room_the_pair_is_counted() {
        let falling = Fade::between(1.0, 0.0, 2);
        let mut gains = Gains { unlisted: Fade::between(0.0, 1.0, 0), ..Gains::default() };
        let changed =
            [Moving { source: SOURCE, before: Fade::resting(1.0), presence: falling, pair: (Fade::ZERO, None) }];
        assert_eq!(gains.presence_changed(0, &changed, &at(2)), 1);
        assert_eq!(gains.presence_changed(1, &changed, &at(2)), 0, "its own voice is no pair");
    }
}
