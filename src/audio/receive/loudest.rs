//! Who is heard where only the loudest few are: membership that does not flap. Pure logic.
//!
//! A source that some configuration lists is always heard and takes no seat. Of the others, as many as there are seats have one:
//!
//! - a free seat goes to the best of those who are present and have none: active before passive, louder before quieter;
//! - who is muted, missing or gone gives the seat up at once;
//! - an active source takes the seat of the quietest passive one at once. Otherwise it has to be active if the other one is, and 3 dB louder, and the other one
//!   has to have had the seat for [`STAY_MS`], or to be silent.

use std::cmp::Ordering;

use super::speaker_level::{LOUDER, SpeakerLevel};
use crate::data::timing::Clock;

/// For how long a seat is safe from those who are only louder.
const STAY_MS: f64 = 500.0;
/// -100 dBFS: who is not louder is silent.
const SILENT: f64 = 1e-10;
/// How many seats change hands in a tick at most, beside those that are free.
const TAKEN_IN_A_TICK: usize = 4;

/// How many are heard; `None`: all are.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Loudest {
    pub limit: Option<usize>,
}

/// Those who have a seat, and those who want one: scratch with room for all, whatever is in it.
#[derive(Debug)]
pub(crate) struct Lists<'a> {
    pub seated: &'a mut Vec<u32>,
    pub standing: &'a mut Vec<u32>,
}

impl Loudest {
    /// From now on only so many are heard, or all.
    pub fn set_limit(&mut self, limit: Option<usize>, places: &mut [SpeakerLevel]) {
        if limit.is_none() && self.limit.is_some() {
            places.iter_mut().for_each(|place| place.chosen = false);
        }
        self.limit = limit;
    }

    /// Whether a source is to be heard.
    pub fn lets(&self, seat: &SpeakerLevel) -> bool {
        seat.present && (self.limit.is_none() || seat.listed || seat.chosen)
    }

    /// Gives the seats of a tick. The work is that of a few looks at every place.
    pub fn choose(&self, places: &mut [SpeakerLevel], mut lists: Lists<'_>, clock: &Clock<'_>) {
        let Some(seats) = self.limit else { return };
        lists.sort(places);
        let Lists { seated, standing } = &mut lists;
        if seated.len() > seats {
            seated.select_nth_unstable_by(seats, |a, b| best_first(places, *a, *b));
            return seated.drain(seats..).for_each(|left_out| places[left_out as usize].chosen = false);
        }
        let free = (seats - seated.len()).min(standing.len());
        if free > 0 && free < standing.len() {
            standing.select_nth_unstable_by(free, |a, b| best_first(places, *a, *b));
        }
        standing.drain(..free).for_each(|admitted| places[admitted as usize].sit_down(clock));
        for _ in 0..TAKEN_IN_A_TICK {
            if !lists.take_one(places, clock) {
                return;
            }
        }
    }
}

impl Lists<'_> {
    /// Lists who has a seat and who wants one.
    fn sort(&mut self, places: &mut [SpeakerLevel]) {
        self.seated.clear();
        self.standing.clear();
        for (place, slot) in places.iter_mut().zip(0..) {
            let competes = place.present && !place.listed;
            place.chosen &= competes;
            let list = if place.chosen { &mut *self.seated } else { &mut *self.standing };
            if competes && list.len() < list.capacity() {
                list.push(slot);
            }
        }
    }

    /// Has the best of those without a seat take one, if it may. Whether it did.
    fn take_one(&mut self, places: &mut [SpeakerLevel], clock: &Clock<'_>) -> bool {
        let without = |slot: &&u32| !places[**slot as usize].chosen;
        let Some(best) = self.standing.iter().filter(without).min_by(|a, b| best_first(places, **a, **b)) else {
            return false;
        };
        let may_take = |slot: &&u32| places[*best as usize].may_take(&places[**slot as usize], clock);
        let Some(worst) = self.seated.iter().filter(may_take).max_by(|a, b| best_first(places, **a, **b)) else {
            return false;
        };
        places[*worst as usize].chosen = false;
        places[*best as usize].sit_down(clock);
        true
    }
}

impl SpeakerLevel {
    fn sit_down(&mut self, clock: &Clock<'_>) {
        (self.chosen, self.since) = (true, clock.now);
    }

    /// Whether it may take the seat that another one has had since before this tick.
    fn may_take(&self, other: &Self, clock: &Clock<'_>) -> bool {
        let outranks = self.active && !other.active;
        let stayed = (clock.now - other.since) as f64 >= clock.timing.samples(STAY_MS) || other.level <= SILENT;
        let louder = self.active >= other.active && self.level > other.level * LOUDER;
        other.chosen && (outranks || louder && stayed)
    }
}

/// Active before passive, louder before quieter, and those of the same by their places.
fn best_first(places: &[SpeakerLevel], a: u32, b: u32) -> Ordering {
    let rank = |slot: u32| (places[slot as usize].active, places[slot as usize].level);
    let ((a_active, a_level), (b_active, b_level)) = (rank(a), rank(b));
    b_active.cmp(&a_active).then(b_level.total_cmp(&a_level)).then(a.cmp(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{memory::room, timing::Timing};

    /// Ticks of 100 ms.
    const TIMING: Timing = Timing { rate: 1000, tick: 100, smoothing: 10 };

    /// An active one for a level over 0, else a passive one.
    fn seat(level: f64) -> SpeakerLevel {
        SpeakerLevel { level: level.abs(), present: true, active: level > 0.0, ..SpeakerLevel::default() }
    }

    struct Room {
        loudest: Loudest,
        places: Vec<SpeakerLevel>,
        now: u64,
    }

    impl Room {
        fn new(limit: usize, levels: &[f64]) -> Self {
            Self {
                loudest: Loudest { limit: Some(limit) },
                places: levels.iter().map(|level| seat(*level)).collect(),
                now: 0,
            }
        }

        /// Who is heard after a tick with these levels.
        fn tick(&mut self, levels: &[f64]) -> Vec<usize> {
            for (place, level) in self.places.iter_mut().zip(levels) {
                (place.level, place.active) = (level.abs(), *level > 0.0);
            }
            self.choose()
        }

        fn choose(&mut self) -> Vec<usize> {
            let (seated, standing) = (&mut room(self.places.len(), 0), &mut room(self.places.len(), 0));
            let clock = Clock { now: self.now, begun: self.now > 0, timing: &TIMING };
            self.loudest.choose(&mut self.places, Lists { seated, standing }, &clock);
            self.now += 100;
            (0..self.places.len()).filter(|slot| self.loudest.lets(&self.places[*slot])).collect()
        }
    }

    #[test]
    fn the_loudest_of_the_active_are_heard_and_passive_ones_in_what_is_left() {
        assert_eq!(Room::new(2, &[0.1, 0.3, -0.9, 0.2]).choose(), [1, 3]);
        assert_eq!(Room::new(3, &[-0.1, 0.3, -0.9, 0.2]).choose(), [1, 2, 3]);
        assert_eq!(Room::new(9, &[0.1, 0.3, -0.9, 0.2]).choose(), [0, 1, 2, 3]);
        assert_eq!(Room::new(1, &[0.5, 0.5]).choose(), [0], "among equals the first place");
    }

    #[test]
    fn a_seat_is_taken_after_half_a_second_by_who_is_3_db_louder() {
        let mut room = Room::new(1, &[1.0, 0.5]);
        let heard: Vec<_> = (0..6).map(|_| room.tick(&[1.0, 2.0])[0]).collect();
        assert_eq!(heard, [1, 1, 1, 1, 1, 1], "louder from the start");
        assert_eq!(room.tick(&[3.9, 2.0]), [1], "not 3 dB");
        assert_eq!(room.tick(&[4.0, 2.0]), [0]);
        let heard: Vec<_> = (0..6).map(|_| room.tick(&[1.0, 2.0])[0]).collect();
        assert_eq!(heard, [0, 0, 0, 0, 1, 1], "it has had the seat for 500 ms");
    }

    #[test]
    fn an_active_one_takes_the_seat_of_the_quietest_passive_one_at_once() {
        let mut room = Room::new(2, &[-0.9, -0.8, -0.7]);
        assert_eq!(room.choose(), [0, 1]);
        assert_eq!(room.tick(&[-0.9, -0.8, 0.1]), [0, 2]);
        assert_eq!(room.tick(&[-0.9, -8.0, 0.1]), [0, 2], "a passive one waits");
    }

    #[test]
    fn who_is_silent_has_to_give_way_at_once() {
        let mut room = Room::new(1, &[-0.0, -0.0]);
        assert_eq!(room.choose(), [0]);
        assert_eq!(room.tick(&[-0.0, -0.1]), [1]);
    }

    #[test]
    fn who_is_not_present_gives_its_seat_up() {
        let mut room = Room::new(1, &[0.9, 0.1]);
        assert_eq!(room.choose(), [0]);
        room.places[0].present = false;
        assert_eq!(room.choose(), [1]);
        room.places[0].present = true;
        assert_eq!(room.choose(), [1], "back, it has to wait like everybody");
    }

    #[test]
    fn listed_ones_take_no_seat() {
        let mut room = Room::new(1, &[0.9, 0.1, -0.5]);
        room.places[0].listed = true;
        room.places[2].listed = true;
        assert_eq!(room.choose(), [0, 1, 2]);
        room.places[0].listed = false;
        assert_eq!(room.choose(), [1, 2], "the seat is given");
    }

    #[test]
    fn fewer_seats_leave_the_quietest_out() {
        let mut room = Room::new(4, &[0.4, 0.1, 0.3, 0.2]);
        assert_eq!(room.choose().len(), 4);
        room.loudest.set_limit(Some(2), &mut room.places);
        assert_eq!(room.choose(), [0, 2]);
        room.loudest.set_limit(None, &mut room.places);
        assert_eq!(room.choose(), [0, 1, 2, 3]);
        assert!(room.places.iter().all(|place| !place.chosen));
    }

    #[test]
    fn a_few_seats_change_hands_in_a_tick_and_none_twice() {
        let mut room = Room::new(6, &[-0.1; 12]);
        assert_eq!(room.choose(), [0, 1, 2, 3, 4, 5]);
        let mut levels = [-0.1; 12];
        levels[6..].fill(0.5);
        assert_eq!(room.tick(&levels).iter().filter(|slot| **slot >= 6).count(), TAKEN_IN_A_TICK);
        assert_eq!(room.tick(&levels), [6, 7, 8, 9, 10, 11]);
    }
}
