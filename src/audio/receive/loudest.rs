//! [`Loudest`]: which sources are heard where only the loudest few are, chosen so that the choice does not
//! flap. Pure logic.
//!
//! The limit is a number of *seats*: a source with a seat is heard. A source that some row wants, at a gain
//! greater than 0 or as a ducker, is always heard and takes no seat. For the others:
//! - A free seat goes to the best source that is present and has none: active before passive, then louder
//!   before quieter.
//! - A source that is muted, misses a frame or leaves loses its seat at once.
//! - An active source takes the seat of the quietest passive one at once.
//! - Otherwise a source takes a seat if it is 3 dB louder than the one that has it, and active if that one
//!   is; and if that one has had the seat for [`STAY_MS`] or is silent.

use std::cmp::Ordering;

use super::speaker_level::{LOUDER, SpeakerLevel};
use crate::data::timing::Clock;

/// How long a source keeps its seat from one that is only louder.
const STAY_MS: f64 = 500.0;
/// A mean square of -100 dBFS. A source at or under it is silent.
const SILENT: f64 = 1e-10;
/// How many seats are taken from their sources in a tick, at most. Free seats that are given do not count.
const TAKEN_IN_A_TICK: usize = 4;

/// The number of seats; `None` if all sources are heard.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Loudest {
    pub limit: Option<usize>,
    /// Whether sources that some row wants need a seat like all others.
    pub all_compete: bool,
}

/// Scratch with room for all slots: the sources with a seat, and those that want one. Its contents do not last.
#[derive(Debug)]
pub(crate) struct Lists<'a> {
    pub seated: &'a mut Vec<u32>,
    pub standing: &'a mut Vec<u32>,
}

impl Loudest {
    /// Sets the number of seats; `None` lets all be heard.
    pub fn set_limit(&mut self, limit: Option<usize>, speakers: &mut [SpeakerLevel]) {
        if limit.is_none() && self.limit.is_some() {
            speakers.iter_mut().for_each(|speaker| speaker.chosen = false);
        }
        self.limit = limit;
    }

    /// Whether every source needs a seat to be heard.
    pub fn seats_all(&self) -> bool {
        self.limit.is_some() && self.all_compete
    }

    /// Whether a source is heard.
    pub fn lets(&self, speaker: &SpeakerLevel) -> bool {
        let needs_seat = self.seats_all() || self.limit.is_some() && !speaker.wanted;
        speaker.present && (speaker.chosen || !needs_seat)
    }

    /// Gives the seats of a tick. Walks over all slots a few times.
    pub fn choose(&self, speakers: &mut [SpeakerLevel], mut lists: Lists<'_>, clock: &Clock<'_>) {
        let Some(seats) = self.limit else { return };
        lists.sort(speakers, self.all_compete);
        let Lists { seated, standing } = &mut lists;
        if seated.len() > seats {
            seated.select_nth_unstable_by(seats, |a, b| best_first(speakers, *a, *b));
            return seated.drain(seats..).for_each(|left_out| speakers[left_out as usize].chosen = false);
        }
        let free = (seats - seated.len()).min(standing.len());
        if free > 0 && free < standing.len() {
            standing.select_nth_unstable_by(free, |a, b| best_first(speakers, *a, *b));
        }
        standing.drain(..free).for_each(|admitted| speakers[admitted as usize].sit_down(clock));
        for _ in 0..TAKEN_IN_A_TICK {
            if !lists.take_one(speakers, clock) {
                return;
            }
        }
    }
}

impl Lists<'_> {
    /// Fills both lists: with those that no row wants, or with all.
    fn sort(&mut self, speakers: &mut [SpeakerLevel], all_compete: bool) {
        self.seated.clear();
        self.standing.clear();
        for (speaker, slot) in speakers.iter_mut().zip(0..) {
            let competes = speaker.present && (all_compete || !speaker.wanted);
            speaker.chosen &= competes;
            let list = if speaker.chosen { &mut *self.seated } else { &mut *self.standing };
            if competes && list.len() < list.capacity() {
                list.push(slot);
            }
        }
    }

    /// Lets the best source without a seat take one, if it may. Returns whether it did.
    fn take_one(&mut self, speakers: &mut [SpeakerLevel], clock: &Clock<'_>) -> bool {
        let without = |slot: &&u32| !speakers[**slot as usize].chosen;
        let Some(best) = self.standing.iter().filter(without).min_by(|a, b| best_first(speakers, **a, **b)) else {
            return false;
        };
        let may_take = |slot: &&u32| speakers[*best as usize].may_take(&speakers[**slot as usize], clock);
        let Some(worst) = self.seated.iter().filter(may_take).max_by(|a, b| best_first(speakers, **a, **b)) else {
            return false;
        };
        speakers[*worst as usize].chosen = false;
        speakers[*best as usize].sit_down(clock);
        true
    }
}

impl SpeakerLevel {
    fn sit_down(&mut self, clock: &Clock<'_>) {
        (self.chosen, self.since) = (true, clock.now);
    }

    /// Whether this source may take the seat that another one has had since before this tick.
    fn may_take(&self, other: &Self, clock: &Clock<'_>) -> bool {
        let outranks = self.active && !other.active;
        let stayed = (clock.now - other.since) as f64 >= clock.timing.samples(STAY_MS) || other.level <= SILENT;
        let louder = self.active >= other.active && self.level > other.level * LOUDER;
        other.chosen && (outranks || louder && stayed)
    }
}

/// Active before passive, then louder before quieter, then the lower slot first.
fn best_first(speakers: &[SpeakerLevel], a: u32, b: u32) -> Ordering {
    let rank = |slot: u32| (speakers[slot as usize].active, speakers[slot as usize].level);
    let ((a_active, a_level), (b_active, b_level)) = (rank(a), rank(b));
    b_active.cmp(&a_active).then(b_level.total_cmp(&a_level)).then(a.cmp(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{memory::room, timing::Timing};

    /// Ticks of 100 ms.
    const TIMING: Timing = Timing { rate: 1000, tick: 100, smoothing: 10 };

    /// An active source for a positive level, a passive one otherwise.
    fn speaker(level: f64) -> SpeakerLevel {
        SpeakerLevel { level: level.abs(), present: true, active: level > 0.0, ..SpeakerLevel::default() }
    }

    struct Room {
        loudest: Loudest,
        speakers: Vec<SpeakerLevel>,
        now: u64,
    }

    impl Room {
        fn new(limit: usize, levels: &[f64]) -> Self {
            Self {
                loudest: Loudest { limit: Some(limit), all_compete: false },
                speakers: levels.iter().map(|level| speaker(*level)).collect(),
                now: 0,
            }
        }

        /// The slots that are heard after a tick with these levels.
        fn tick(&mut self, levels: &[f64]) -> Vec<usize> {
            for (speaker, level) in self.speakers.iter_mut().zip(levels) {
                (speaker.level, speaker.active) = (level.abs(), *level > 0.0);
            }
            self.choose()
        }

        fn choose(&mut self) -> Vec<usize> {
            let (seated, standing) = (&mut room(self.speakers.len(), 0), &mut room(self.speakers.len(), 0));
            let clock = Clock { now: self.now, begun: self.now > 0, timing: &TIMING };
            self.loudest.choose(&mut self.speakers, Lists { seated, standing }, &clock);
            self.now += 100;
            (0..self.speakers.len()).filter(|slot| self.loudest.lets(&self.speakers[*slot])).collect()
        }
    }

    #[test]
    fn seats_go_to_the_loudest_active_sources_and_then_to_the_loudest_passive_ones() {
        assert_eq!(Room::new(2, &[0.1, 0.3, -0.9, 0.2]).choose(), [1, 3]);
        assert_eq!(Room::new(3, &[-0.1, 0.3, -0.9, 0.2]).choose(), [1, 2, 3]);
        assert_eq!(Room::new(9, &[0.1, 0.3, -0.9, 0.2]).choose(), [0, 1, 2, 3]);
        assert_eq!(Room::new(1, &[0.5, 0.5]).choose(), [0], "among equals the lowest slot");
    }

    #[test]
    fn after_500_ms_a_source_that_is_3_db_louder_takes_the_seat() {
        let mut room = Room::new(1, &[1.0, 0.5]);
        let heard: Vec<_> = (0..6).map(|_| room.tick(&[1.0, 2.0])[0]).collect();
        assert_eq!(heard, [1, 1, 1, 1, 1, 1], "the louder one from the first tick on");
        assert_eq!(room.tick(&[3.9, 2.0]), [1], "less than 3 dB louder");
        assert_eq!(room.tick(&[4.0, 2.0]), [0]);
        let heard: Vec<_> = (0..6).map(|_| room.tick(&[1.0, 2.0])[0]).collect();
        assert_eq!(heard, [0, 0, 0, 0, 1, 1], "the seat is taken after 500 ms");
    }

    #[test]
    fn an_active_source_takes_the_seat_of_the_quietest_passive_one_at_once() {
        let mut room = Room::new(2, &[-0.9, -0.8, -0.7]);
        assert_eq!(room.choose(), [0, 1]);
        assert_eq!(room.tick(&[-0.9, -0.8, 0.1]), [0, 2]);
        assert_eq!(room.tick(&[-0.9, -8.0, 0.1]), [0, 2], "a passive source takes no seat from an active one");
    }

    #[test]
    fn a_silent_source_loses_its_seat_to_a_louder_one_at_once() {
        let mut room = Room::new(1, &[-0.0, -0.0]);
        assert_eq!(room.choose(), [0]);
        assert_eq!(room.tick(&[-0.0, -0.1]), [1]);
    }

    #[test]
    fn a_source_that_is_not_present_loses_its_seat() {
        let mut room = Room::new(1, &[0.9, 0.1]);
        assert_eq!(room.choose(), [0]);
        room.speakers[0].present = false;
        assert_eq!(room.choose(), [1]);
        room.speakers[0].present = true;
        assert_eq!(room.choose(), [1], "a source that comes back has no seat");
    }

    #[test]
    fn wanted_sources_take_no_seat() {
        let mut room = Room::new(1, &[0.9, 0.1, -0.5]);
        room.speakers[0].wanted = true;
        room.speakers[2].wanted = true;
        assert_eq!(room.choose(), [0, 1, 2]);
        room.speakers[0].wanted = false;
        assert_eq!(room.choose(), [1, 2], "a source that nobody wants any more needs a seat");
    }

    #[test]
    fn with_fewer_seats_the_quietest_lose_theirs() {
        let mut room = Room::new(4, &[0.4, 0.1, 0.3, 0.2]);
        assert_eq!(room.choose().len(), 4);
        room.loudest.set_limit(Some(2), &mut room.speakers);
        assert_eq!(room.choose(), [0, 2]);
        room.loudest.set_limit(None, &mut room.speakers);
        assert_eq!(room.choose(), [0, 1, 2, 3]);
        assert!(room.speakers.iter().all(|speaker| !speaker.chosen));
    }

    #[test]
    fn at_most_four_seats_are_taken_in_a_tick_and_none_twice() {
        let mut room = Room::new(6, &[-0.1; 12]);
        assert_eq!(room.choose(), [0, 1, 2, 3, 4, 5]);
        let mut levels = [-0.1; 12];
        levels[6..].fill(0.5);
        assert_eq!(room.tick(&levels).iter().filter(|slot| **slot >= 6).count(), TAKEN_IN_A_TICK);
        assert_eq!(room.tick(&levels), [6, 7, 8, 9, 10, 11]);
    }
}
