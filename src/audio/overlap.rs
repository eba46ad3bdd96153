//! Gains that move for two reasons at once.
//!
//! A base gain is one move, but it is kept as the product of the row's factor and the source's presence, which is the same
//! as long as only one of the two moves, or both began together from rest. Where the smoothing time is longer than a tick,
//! one can change while the other is still moving: then the base gain is kept itself, as an `own` move, which goes on from the one
//! that the pair was in. Where the smoothing time is not longer, there never is one.
//!
//! Sources that a row does not list differ in their presence only, so that all those with the same presence share one own move in it
//! ([`Class`]): a thousand sources that go at once are one class.

use super::{Clock, entry::Entry, row::Gains};
use crate::data::{fade::Fade, timing::Timing};

/// For how many smoothing times a presence rests before the way that it came is forgotten.
const RESTED: u64 = 16;

/// A source's presence: 1 while it is to be heard, 0 while it is muted, missing or gone.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Presence {
    pub fade: Fade,
    /// A number for the way that it came: sources that came the same way are the same to every row. 0 once it has rested.
    way: u64,
}

impl Presence {
    #[inline]
    pub fn steer(&mut self, target: f64, clock: &Clock<'_>) {
        if target == self.fade.target() {
            return;
        }
        clock.steer(&mut self.fade, target);
        let turn = (clock.now << 1) ^ target.to_bits();
        self.way =
            if clock.begun { (self.way ^ turn).rotate_left(23).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 } else { 0 };
    }

    /// Whether it rests at 0, and for so long that nothing is to be forgotten any more.
    pub fn is_gone(&self, clock: &Clock<'_>) -> bool {
        self.way == 0 && self.fade.target() == 0.0 && !self.fade.moving(clock.now, clock.timing)
    }

    /// Forgets the way once it has rested for long: by then no row is on its way because of it, unless it was turned around again and again.
    #[inline]
    pub fn forget(&mut self, clock: &Clock<'_>) {
        if self.way != 0 && clock.now >= self.fade.end(clock.timing) + RESTED * u64::from(clock.timing.smoothing) {
            *self = Self { fade: Fade::resting(self.fade.target()), way: 0 };
        }
    }
}

/// The presence of some sources before and after this tick's events. It moves, or has changed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Shift {
    pub before: Presence,
    pub after: Presence,
}

/// How many different shifts a tick tells apart.
pub(crate) const SHIFTS: usize = 64;

/// The own move, in one row, of all sources that it does not list and that have this presence.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Class {
    pub presence: Presence,
    pub own: Fade,
}

/// For how many classes a row has room.
pub(crate) fn classes(timing: &Timing) -> usize {
    if timing.moves_overlap() { 32 } else { 0 }
}

/// The own move of a pair after its factors have changed; `None` if their product is it. `pair` is the move that it was in.
fn go_on(mut pair: Fade, factor: Fade, presence: Fade, clock: &Clock<'_>) -> Option<Fade> {
    clock.steer(&mut pair, factor.target() * presence.target());
    unless_product(pair, factor, presence, clock)
}

/// An own move, unless the product is the same by now.
fn unless_product(own: Fade, factor: Fade, presence: Fade, clock: &Clock<'_>) -> Option<Fade> {
    let product = factor.product(presence, clock.now, clock.timing);
    let is_product = product.is_some_and(|product| product.is_nearly(&own, clock.now, clock.timing));
    (!is_product).then_some(own)
}

impl Entry {
    /// Goes on after an event: `factor` is the row's before it.
    pub fn follow(&mut self, factor: Fade, shift: &Shift, clock: &Clock<'_>) {
        let pair = self.own.or_else(|| factor.product(shift.before.fade, clock.now, clock.timing));
        self.own = pair.and_then(|pair| go_on(pair, self.factor, shift.after.fade, clock));
    }

    /// Forgets a move of its own that the product has caught up with.
    pub fn settle(&mut self, presence: Fade, clock: &Clock<'_>) {
        // Most have none, and are not written to: the entries of all rows are far away.
        if let Some(own) = self.own {
            self.own = unless_product(own, self.factor, presence, clock);
        }
    }
}

impl Gains {
    /// The own move of the sources that are not listed and have this presence.
    pub fn class(&self, presence: &Presence) -> Option<Fade> {
        self.classes.iter().find(|class| class.presence == *presence).map(|class| class.own)
    }

    /// Has the sources that are not listed go on after an event: `unlisted` is their factor before it. How many shifts found no room: those
    /// go on by the product, from where they stood.
    pub fn follow_shifts(&mut self, unlisted: Fade, shifts: &[Shift], clock: &Clock<'_>) -> u64 {
        let known = self.classes.len();
        let mut without_room = 0;
        // Those first whose product is not where they stand: they have an own move, or both factors began together.
        for urgent in [true, false] {
            for shift in shifts {
                let together = unlisted.moves_with(&shift.before.fade, clock.now, clock.timing);
                let has_own = self.classes[..known].iter().any(|class| class.presence == shift.before);
                if (together || has_own) != urgent {
                    continue;
                }
                without_room += self.shift(unlisted, shift, known, clock);
            }
        }
        for class in &mut self.classes[..known] {
            clock.steer(&mut class.own, self.unlisted.target() * class.presence.fade.target());
        }
        without_room
    }

    fn shift(&mut self, unlisted: Fade, shift: &Shift, known: usize, clock: &Clock<'_>) -> u64 {
        let mut old = self.classes[..known].iter();
        let known = old.find(|class| class.presence == shift.before).map(|class| class.own);
        if known.is_some() && shift.before == shift.after {
            return 0;
        }
        let pair = known.or_else(|| unlisted.product(shift.before.fade, clock.now, clock.timing));
        let Some(own) = pair.and_then(|pair| go_on(pair, self.unlisted, shift.after.fade, clock)) else { return 0 };
        if self.classes.len() == self.classes.capacity() {
            return 1;
        }
        self.classes.push(Class { presence: shift.after, own });
        0
    }

    /// Forgets the classes of presences that have rested, as the sources do. How many were still on their way: the row has been turned around
    /// all the while, and their gains go on by the product.
    pub fn forget_ways(&mut self, clock: &Clock<'_>) -> u64 {
        let (unlisted, mut unfinished) = (self.unlisted, 0);
        self.classes.retain_mut(|class| {
            class.presence.forget(clock);
            let forgotten = class.presence.way == 0;
            let own = unless_product(class.own, unlisted, class.presence.fade, clock);
            unfinished += u64::from(forgotten && own.is_some());
            !forgotten
        });
        unfinished
    }

    /// Forgets the classes that the product has caught up with.
    pub fn settle_classes(&mut self, clock: &Clock<'_>) {
        let unlisted = self.unlisted;
        self.classes.retain(|class| unless_product(class.own, unlisted, class.presence.fade, clock).is_some());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing { rate: 1000, tick: 1, smoothing: 4 };

    fn at(now: u64) -> Clock<'static> {
        Clock { now, begun: true, timing: &TIMING }
    }

    fn row(unlisted: Fade) -> Gains {
        Gains { unlisted, classes: Vec::with_capacity(1), ..Gains::default() }
    }

    fn shift(before: Fade, after: Fade) -> Shift {
        let presence = |fade| Presence { fade, way: 1 };
        Shift { before: presence(before), after: presence(after) }
    }

    /// The classes after the row's factor has gone from `before` to `after`.
    fn follow(before: Fade, after: Fade, shift: Shift, now: u64) -> Vec<Fade> {
        let mut gains = row(after);
        assert_eq!(gains.follow_shifts(before, &[shift], &at(now)), 0);
        gains.classes.iter().map(|class| class.own).collect()
    }

    #[test]
    fn a_change_on_the_way_goes_on_from_where_the_pair_stood() {
        // Row and presence rise together from rest: one move, at 0.5 after two samples, where the product would be 0.25.
        let rising = Fade::between(0.0, 1.0, 0);
        let turned = Fade::between(0.5, 0.0, 2);
        assert_eq!(follow(rising, turned, shift(rising, rising), 2), [turned]);
    }

    #[test]
    fn a_change_that_names_the_same_end_changes_nothing() {
        // The row was on its way to nothing; it turns around just as the source goes.
        let (falling, turned) = (Fade::between(1.0, 0.0, 0), Fade::between(0.5, 1.0, 2));
        let going = shift(Fade::resting(1.0), Fade::between(1.0, 0.0, 2));
        assert_eq!(follow(falling, turned, going, 2), [falling]);
    }

    #[test]
    fn what_begins_together_needs_no_move_of_its_own() {
        let rising = Fade::between(0.0, 1.0, 2);
        assert_eq!(follow(Fade::ZERO, rising, shift(Fade::ZERO, rising), 2), []);
    }

    #[test]
    fn a_class_goes_once_the_product_has_unless_product() {
        // The source goes while the row falls: the product is a curve until the row has arrived.
        let (falling, going) = (Fade::between(1.0, 0.5, 0), Fade::between(1.0, 0.0, 2));
        let mut gains = row(falling);
        gains.follow_shifts(falling, &[shift(Fade::resting(1.0), going)], &at(2));
        assert_eq!(gains.classes[0].own, Fade::between(0.75, 0.0, 2));
        gains.settle_classes(&at(5));
        assert_eq!(gains.classes.len(), 1);
        gains.settle_classes(&at(6));
        assert_eq!(gains.classes.len(), 0);
    }

    #[test]
    fn without_room_a_shift_is_counted() {
        let mut gains = Gains { unlisted: Fade::between(0.0, 1.0, 0), ..Gains::default() };
        let going = shift(Fade::resting(1.0), Fade::between(1.0, 0.0, 2));
        assert_eq!(gains.follow_shifts(gains.unlisted, &[going], &at(2)), 1);
    }
}
