//! How a row leaves its rest: most do it as a whole. A request replaces a row, all gains of which begin to move in the same tick, and to be told so once is enough for all of
//! them: beside its list a row that moves as a whole has where each gain comes from, and nothing else for each source.
//!
//! What happens to single gains on the way, or to all of them before they have arrived, spreads it out: from then on each has an [`Entry`].

use std::hash::Hasher;

use super::{
    Clock,
    entry::{AtRest, Entry, ForMoves, RowMemory},
    row::Gains,
};
use crate::data::fade::Fade;

impl Gains {
    /// Whether it moves as a whole.
    pub fn departs(&self) -> bool {
        !self.from.is_empty()
    }

    /// How many samples of its moves are over, if it moves as a whole.
    pub fn departed_for(&self, clock: &Clock<'_>) -> Option<u32> {
        self.began.filter(|_| self.departs()).map(|began| (clock.now - began) as u32)
    }

    /// Whether a row that rests can take a new list as a whole: one that lists at least the same sources, and none that has become a ducker or is no more. Notes
    /// in its memory where each gain comes from; nothing if all are there already.
    pub fn find_departure(&self, memory: &mut RowMemory) -> bool {
        if !self.entries.is_empty() || !self.classes.is_empty() || self.departs() || self.deafened {
            return false;
        }
        let RowMemory { listed, moves: ForMoves { from, .. }, .. } = memory;
        from.clear();
        let same = |(before, listed): (&AtRest, &AtRest)| before.is_like(listed);
        if self.at_rest.len() == listed.len() && self.at_rest.iter().zip(&*listed).all(same) {
            // Most rows that are large.
            from.extend(self.at_rest.iter().take(from.capacity()).map(|before| before.gain));
        } else if !self.come_from(from, listed) {
            return false;
        }
        let stay = from.iter().zip(&*listed).all(|(from, listed)| *from == listed.gain);
        let (fits, rest_stays) = (from.len() == listed.len(), self.unlisted.target() == self.unlisted_gain);
        if stay && rest_stays {
            from.clear();
        }
        fits
    }

    /// Notes where the gains of a new list come from. Whether that is all there is to it.
    fn come_from(&self, from: &mut Vec<f32>, listed: &[AtRest]) -> bool {
        let (unlisted, mut known) = (self.unlisted.target() as f32, self.at_rest.iter().peekable());
        for listed in listed {
            let known = known.next_if(|known| (known.slot, known.stay) == (listed.slot, listed.stay));
            if known.map_or(listed.ducks_others, |known| !known.is_like(listed)) || from.len() == from.capacity() {
                return false;
            }
            from.push(known.map_or(unlisted, |known| known.gain));
        }
        known.next().is_none()
    }

    /// A row that is only published begins to move, as a whole if it `may`. Anything else that happens to one that moves as a whole spreads it out.
    pub fn depart(&mut self, may: bool, clock: &Clock<'_>) {
        if !self.departs() {
            return;
        }
        if !clock.begun {
            self.from.clear();
        } else if may && self.began.is_none() && !self.deafened {
            self.began = Some(clock.now);
        } else {
            self.spread_out();
        }
    }

    /// The factor of one of those that are at rest, or move with the whole row.
    pub fn departed(&self, n: usize, rest: &AtRest) -> Fade {
        match (self.from.get(n), self.began) {
            (None, _) => Fade::resting(f64::from(rest.gain)),
            (Some(from), None) => Fade::resting(f64::from(*from)),
            (Some(from), Some(began)) => Fade::between(f64::from(*from), f64::from(rest.gain), began),
        }
    }

    /// Has each gain move by itself.
    pub fn spread_out(&mut self) {
        if !self.departs() {
            return;
        }
        let mut entries = std::mem::take(&mut self.entries);
        let room = entries.capacity();
        debug_assert!(room >= self.at_rest.len(), "the control side makes room for every entry");
        entries.clear();
        let listed = self.at_rest.iter().take(room).zip(0..);
        entries.extend(listed.filter_map(|(rest, n)| {
            let listed = Some(f64::from(rest.gain));
            self.entry(n).map(|entry| Entry { listed, ducks_others: rest.ducks_others, ..entry })
        }));
        self.entries = entries;
        self.at_rest.clear();
        self.from.clear();
        self.began = None;
    }

    /// Whether it moved as a whole, and rests from now on: its new row may be published before the tick in which it would be told so.
    pub fn has_arrived(&mut self, clock: &Clock<'_>) -> bool {
        let departed = self.departs();
        self.arrive(clock);
        departed && !self.unsettled(clock)
    }

    /// Rests, if it moved as a whole and has arrived.
    pub fn arrive(&mut self, clock: &Clock<'_>) {
        let over = self.departed_for(clock);
        if over.is_some_and(|over| over >= clock.timing.smoothing) {
            self.from.clear();
            self.began = None;
        }
    }

    /// Of what moves as a whole.
    pub fn hash_departure(&self, hasher: &mut impl Hasher) {
        for (from, rest) in self.from.iter().zip(&self.at_rest) {
            hasher.write_u32(rest.slot);
            hasher.write_u64(u64::from(from.to_bits()) << 32 | u64::from({ rest.gain }.to_bits()));
        }
        hasher.write_u64(self.began.unwrap_or_default());
    }

    /// Whether all of them are the same as those of another row, which moves, too.
    pub fn moves_like(&self, other: &Self) -> bool {
        let alike = self.entries == other.entries && self.classes == other.classes;
        alike && self.from == other.from && self.began == other.began && self.at_rest == other.at_rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        data::{id::ParticipantKey, timing::Timing},
        matrix::{Listed, Row},
    };

    const TIMING: Timing = Timing { rate: 1000, tick: 2, smoothing: 4 };

    fn at(now: u64) -> Clock<'static> {
        Clock { now, begun: now > 0, timing: &TIMING }
    }

    /// A row that has come to rest with these (place, gain, whether it ducks others).
    fn at_rest(listed: &[(u32, f64, bool)]) -> Gains {
        let mut gains = Gains { mixer: 1, unlisted: Fade::resting(1.0), ..Gains::default() };
        publish(&mut gains, listed, &at(0));
        assert!(!gains.departs() && gains.entries.is_empty());
        gains
    }

    /// Publishes a row, and has it steered to.
    fn publish(gains: &mut Gains, listed: &[(u32, f64, bool)], clock: &Clock<'_>) {
        let key = |slot| ParticipantKey { mixer: 1, slot, stay: 1 };
        let listed = listed.iter().map(|(slot, gain, ducks_others)| Listed {
            source: key(*slot),
            gain: *gain,
            ducks_others: *ducks_others,
        });
        let mut memory = RowMemory::new(&listed.collect::<Vec<_>>(), 9);
        let rests = !gains.unsettled(clock);
        gains.adopt(&Row::plain(), Some(&mut memory), rests);
        gains.follow(true, &[], |_| crate::audio::overlap::Shift::default(), clock);
        gains.settle(clock, |_| Some(Fade::resting(1.0)));
        if !gains.unsettled(clock) {
            gains.come_to_rest();
        }
    }

    fn factors(gains: &Gains, now: u64) -> Vec<f64> {
        let entries = (0..gains.count()).filter_map(|n| gains.entry(n));
        entries.map(|entry| entry.factor.value(now, &TIMING)).collect()
    }

    #[test]
    fn a_row_leaves_its_rest_and_arrives_as_a_whole() {
        let mut gains = at_rest(&[(1, 0.5, false), (4, 0.25, true)]);
        publish(&mut gains, &[(1, 1.0, false), (3, 0.5, false), (4, 0.75, true)], &at(10));
        assert!(gains.departs() && gains.entries.is_empty() && gains.unsettled(&at(10)));
        assert_eq!(factors(&gains, 10), [0.5, 1.0, 0.25]);
        assert_eq!(factors(&gains, 12), [0.75, 0.75, 0.5]);
        assert_eq!([at(10), at(13)].map(|clock| gains.departed_for(&clock)), [Some(0), Some(3)]);
        gains.arrive(&at(13));
        assert!(gains.departs());
        gains.arrive(&at(14));
        assert!(!gains.unsettled(&at(14)));
        assert_eq!(factors(&gains, 14), [1.0, 0.5, 0.75]);
    }

    #[test]
    fn a_row_that_is_replaced_as_it_arrives_leaves_as_a_whole_again() {
        let mut gains = at_rest(&[(1, 0.5, false)]);
        publish(&mut gains, &[(1, 1.0, false)], &at(10));
        assert!(!gains.has_arrived(&at(13)) && gains.has_arrived(&at(14)));
        publish(&mut gains, &[(1, 0.0, false)], &at(14));
        assert!(gains.departs());
        assert_eq!(factors(&gains, 16), [0.5]);
    }

    #[test]
    fn a_row_that_says_the_same_stays_at_rest() {
        let mut gains = at_rest(&[(1, 0.3, true)]);
        publish(&mut gains, &[(1, 0.3, true)], &at(10));
        assert!(!gains.departs() && !gains.unsettled(&at(10)));
        assert_eq!(gains.count(), 1);
    }

    #[test]
    fn before_anything_is_heard_it_is_there_at_once() {
        let mut gains = at_rest(&[(1, 0.5, false)]);
        publish(&mut gains, &[(1, 0.25, false)], &at(0));
        assert_eq!((gains.departs(), factors(&gains, 0)), (false, vec![0.25]));
    }

    #[test]
    fn who_is_listed_no_more_or_becomes_a_ducker_moves_by_itself() {
        for listed in [&[(1, 0.25, true)][..], &[(2, 0.25, false)], &[]] {
            let mut gains = at_rest(&[(1, 0.5, false)]);
            publish(&mut gains, listed, &at(10));
            assert!(!gains.departs() && gains.at_rest.is_empty() && !gains.entries.is_empty(), "{listed:?}");
        }
    }

    #[test]
    fn a_row_that_is_replaced_on_its_way_goes_on_from_where_it_is() {
        let mut gains = at_rest(&[(1, 0.5, false)]);
        publish(&mut gains, &[(1, 1.0, false)], &at(10));
        publish(&mut gains, &[(1, 0.25, false), (2, 0.0, false)], &at(12));
        assert!(!gains.departs() && gains.at_rest.is_empty());
        assert_eq!(factors(&gains, 12), [0.75, 1.0]);
        assert_eq!(factors(&gains, 14), [0.5, 0.5]);
    }

    #[test]
    fn what_happens_on_the_way_spreads_it_out() {
        let mut gains = at_rest(&[(1, 0.5, false), (2, 1.0, true)]);
        publish(&mut gains, &[(1, 1.0, false), (2, 0.0, true)], &at(10));
        let before = factors(&gains, 11);
        gains.follow(false, &[], |_| crate::audio::overlap::Shift::default(), &at(12));
        assert!(!gains.departs() && gains.at_rest.is_empty() && gains.unsettled(&at(12)));
        assert_eq!(factors(&gains, 11), before);
        assert_eq!(gains.entries.iter().map(|entry| entry.listed).collect::<Vec<_>>(), [Some(1.0), Some(0.0)]);
        assert_eq!(gains.entries.iter().map(|entry| entry.ducks_others).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn the_rest_moves_with_those_that_are_listed() {
        let mut gains = at_rest(&[(1, 1.0, false)]);
        let exclusive = Row { unlisted: 0.0, ..Row::plain() };
        let listed = [Listed { source: ParticipantKey { mixer: 1, slot: 1, stay: 1 }, gain: 1.0, ducks_others: false }];
        gains.adopt(&exclusive, Some(&mut RowMemory::new(&listed, 1)), true);
        gains.follow(true, &[], |_| crate::audio::overlap::Shift::default(), &at(10));
        assert!(gains.departs());
        assert_eq!((factors(&gains, 12), gains.unlisted.value(12, &TIMING)), (vec![1.0], 0.5));
    }
}
