//! One listener's row on the audio side: the state of its gains, and how it follows what the control side publishes.
//!
//! The row keeps what all unlisted sources share once, and something for each source that differs: listed ones, and ones that are on their way back to the rest. Where
//! gains move one by one that is an [`Entry`]; at rest, and while the row moves as a whole, it is less. A publication replaces targets, never state.

use std::hash::{BuildHasher, Hasher};

use super::{
    Clock,
    entry::{AtRest, Entry, ForMoves, RowMemory},
    overlap::{Class, Shift},
};
use crate::{
    data::{fade::Fade, id::ParticipantKey},
    matrix::Row,
};

/// The base gains of one listener, apart from the presence of the sources.
#[derive(Debug, Default)]
pub(crate) struct Gains {
    /// The factor of the sources that have no entry.
    pub unlisted: Fade,
    /// Where it is heading while the listener hears.
    pub unlisted_gain: f64,
    pub deafened: bool,
    /// While gains move one by one: in the order of the sources' places, one for each.
    pub entries: Vec<Entry>,
    /// The same while none does; or where they are heading for, while the row moves as a whole.
    pub at_rest: Vec<AtRest>,
    /// While the row moves as a whole: where each of those comes from. See [`departure`](super::departure).
    pub from: Vec<f32>,
    /// The sample before which that began; `None` as long as it is only published.
    pub began: Option<u64>,
    /// The gain of every audible source, kept for the kernels while that is worth it: see [`Listener::kept_row`](super::listener::Listener::kept_row);
    /// or at both ends of the moves of this tick: see [`Listener::kept_ends`](super::listener::Listener::kept_ends).
    pub kept: Vec<f32>,
    /// The mixer that all keys are of.
    pub mixer: u32,
    /// The moves of their own of the sources that have no entry.
    pub classes: Vec<Class>,
}

impl Gains {
    /// Takes a published row; `rests` if nothing of the one before is moving. `memory` came with it; it holds the old memory afterwards.
    pub fn adopt(&mut self, row: &Row, memory: Option<&mut RowMemory>, rests: bool) {
        self.unlisted_gain = row.unlisted;
        if let Some(memory) = memory {
            let departs = rests && self.find_departure(memory);
            if !departs {
                self.merge_into(&mut memory.moves.entries, &memory.listed);
            }
            self.swap_memory(memory);
            self.began = None;
            self.kept.clear();
            if !departs {
                self.at_rest.clear();
                self.from.clear();
            }
        }
    }

    /// Takes other memory in exchange for its own.
    pub fn swap_memory(&mut self, memory: &mut RowMemory) {
        std::mem::swap(&mut self.at_rest, &mut memory.listed);
        std::mem::swap(&mut self.kept, &mut memory.kept);
        self.swap_moves(&mut memory.moves);
    }

    /// The same with the memory for moves.
    pub fn swap_moves(&mut self, moves: &mut ForMoves) {
        std::mem::swap(&mut self.entries, &mut moves.entries);
        std::mem::swap(&mut self.from, &mut moves.from);
    }

    /// Writes its entries, if it has any, in short: nothing of them moves. Their memory is needed no more.
    pub fn come_to_rest(&mut self) {
        if self.entries.is_empty() {
            return;
        }
        self.at_rest.clear();
        let room = self.at_rest.capacity();
        debug_assert!(room >= self.entries.len(), "at rest a row has what it lists, for which there is room");
        self.at_rest.extend(self.entries.iter().take(room).map(|entry| AtRest {
            gain: entry.factor.target() as f32,
            slot: entry.source.slot,
            stay: entry.source.stay,
            ducks_others: entry.exempt.target() != 0.0,
        }));
        self.entries.clear();
    }

    /// How many entries it has.
    pub fn count(&self) -> usize {
        self.entries.len().max(self.at_rest.len())
    }

    /// Steers everything to where the configuration wants it, if `steer`; and has what was moving go on from where it stood: `shifts`
    /// are the ways in which presences move, `presence` is that of a source before and after this tick's events. How many
    /// of these ways found no room.
    pub fn follow(
        &mut self,
        steer: bool,
        shifts: &[Shift],
        presence: impl Fn(ParticipantKey) -> Shift,
        clock: &Clock<'_>,
    ) -> u64 {
        let overlaps = clock.begun && clock.timing.moves_overlap();
        self.depart(steer && (shifts.is_empty() || !overlaps), clock);
        let gain = |gain: f64| if self.deafened { 0.0 } else { gain };
        let before = self.unlisted;
        if steer {
            clock.steer(&mut self.unlisted, gain(self.unlisted_gain));
        }
        for entry in &mut self.entries {
            let before = entry.factor;
            if steer {
                clock.steer(&mut entry.factor, gain(entry.listed.unwrap_or(self.unlisted_gain)));
                clock.steer(&mut entry.exempt, if entry.ducks_others { 1.0 } else { 0.0 });
            }
            if overlaps {
                let shift = presence(entry.source);
                if entry.fresh {
                    let mut classes = self.classes.iter();
                    entry.own = classes.find(|class| class.presence == shift.before).map(|class| class.own);
                }
                entry.follow(before, &shift, clock);
            }
            entry.fresh = false;
        }
        if overlaps { self.follow_shifts(before, shifts, clock) } else { 0 }
    }

    /// Equal for those that move alike, and hardly for others. Never 0.
    pub fn hash(&self) -> u64 {
        let mut hasher = rustc_hash::FxBuildHasher.build_hasher();
        self.hash_departure(&mut hasher);
        for entry in &self.entries {
            hasher.write_u32(entry.source.slot);
            let moves = [entry.factor, entry.exempt].into_iter().chain(entry.own);
            moves.flat_map(|fade| fade.bits()).for_each(|bits| hasher.write_u64(bits));
        }
        hasher.finish() | 1
    }

    /// Whether anything is on its way, or an entry is there that may go.
    pub fn unsettled(&self, clock: &Clock<'_>) -> bool {
        let moving = |fade: &Fade| fade.moving(clock.now, clock.timing);
        moving(&self.unlisted)
            || self.departs()
            || !self.classes.is_empty()
            || self.entries.iter().any(|entry| {
                entry.listed.is_none() || entry.own.is_some() || moving(&entry.factor) || moving(&entry.exempt)
            })
    }

    /// Forgets what has arrived: moves of its own, and entries that are no different from the rest any more.
    pub fn settle(&mut self, clock: &Clock<'_>, presence: impl Fn(ParticipantKey) -> Option<Fade>) {
        let moving = |fade: &Fade| fade.moving(clock.now, clock.timing);
        let unlisted_moves = moving(&self.unlisted);
        self.settle_classes(clock);
        self.arrive(clock);
        let classes = !self.classes.is_empty();
        self.entries.retain_mut(|entry| {
            if entry.listed.is_some() && entry.own.is_none() {
                return true;
            }
            let Some(presence) = presence(entry.source) else { return entry.listed.is_some() };
            entry.settle(presence, clock);
            let differs = unlisted_moves || moving(&entry.factor) || moving(&entry.exempt);
            entry.listed.is_some() || entry.own.is_some() || differs || classes
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{data::timing::Timing, matrix::Listed};

    const TIMING: Timing = Timing { rate: 1000, tick: 4, smoothing: 4 };

    fn at(now: u64) -> Clock<'static> {
        Clock { now, begun: true, timing: &TIMING }
    }

    fn key(slot: u32) -> ParticipantKey {
        ParticipantKey { mixer: 1, slot, stay: 1 }
    }

    fn plain() -> Gains {
        Gains { mixer: 1, ..Gains::default() }
    }

    /// Publishes a row that lists these, with room for so many entries.
    fn adopt(gains: &mut Gains, listed: &[(ParticipantKey, f64)], room: usize) -> RowMemory {
        let listed = listed.iter().map(|(source, gain)| Listed { source: *source, gain: *gain, ducks_others: false });
        let mut memory = RowMemory::new(&listed.collect::<Vec<_>>(), room);
        gains.adopt(&Row::plain(), Some(&mut memory), gains.entries.is_empty() && !gains.departs());
        memory
    }

    fn steer(gains: &mut Gains, clock: &Clock<'_>) {
        gains.follow(true, &[], |_| Shift::default(), clock);
    }

    fn factors(gains: &Gains, now: u64) -> Vec<(u32, f64)> {
        let entries = (0..gains.count()).filter_map(|n| gains.entry(n));
        entries.map(|entry| (entry.source.slot, entry.factor.value(now, &TIMING))).collect()
    }

    #[test]
    fn an_entry_starts_where_the_rest_is_and_goes_when_it_is_there_again() {
        let mut gains = plain();
        adopt(&mut gains, &[], 0);
        steer(&mut gains, &Clock { begun: false, ..at(0) });
        adopt(&mut gains, &[(key(3), 0.5)], 2);
        steer(&mut gains, &at(4));
        assert_eq!(factors(&gains, 6), [(3, 0.75)]);
        adopt(&mut gains, &[(key(1), 0.0)], 2);
        steer(&mut gains, &at(8));
        assert_eq!(factors(&gains, 10), [(1, 0.5), (3, 0.75)]);
        let mut settled = |now| {
            gains.settle(&at(now), |_| Some(Fade::resting(1.0)));
            gains.entries.len()
        };
        assert_eq!([settled(10), settled(12)], [2, 1]);
    }

    #[test]
    fn what_has_come_to_rest_goes_on_from_there() {
        let mut gains = plain();
        adopt(&mut gains, &[(key(3), 0.5), (key(5), 0.25)], 2);
        steer(&mut gains, &Clock { begun: false, ..at(0) });
        gains.come_to_rest();
        assert_eq!((gains.entries.len(), gains.at_rest.len(), gains.count()), (0, 2, 2));
        adopt(&mut gains, &[(key(3), 1.0)], 2);
        assert_eq!(factors(&gains, 4), [(3, 0.5), (5, 0.25)]);
        steer(&mut gains, &at(4));
        assert_eq!(factors(&gains, 8), [(3, 1.0), (5, 1.0)]);
    }

    #[test]
    fn what_has_come_to_rest_does_not_move_if_it_is_named_again() {
        let mut gains = plain();
        adopt(&mut gains, &[(key(3), 0.3)], 1);
        steer(&mut gains, &Clock { begun: false, ..at(0) });
        gains.come_to_rest();
        adopt(&mut gains, &[(key(3), 0.3)], 1);
        steer(&mut gains, &at(4));
        assert!(!gains.unsettled(&at(4)));
        assert_eq!(gains.entry(0).map(|entry| entry.factor), Some(Fade::resting(f64::from(0.3_f32))));
    }

    #[test]
    fn a_new_stay_in_an_old_place_is_somebody_new() {
        let mut gains = plain();
        adopt(&mut gains, &[(key(3), 0.5)], 1);
        steer(&mut gains, &Clock { begun: false, ..at(0) });
        gains.come_to_rest();
        adopt(&mut gains, &[(ParticipantKey { stay: 2, ..key(3) }, 0.5)], 1);
        steer(&mut gains, &at(4));
        assert_eq!(factors(&gains, 4), [(3, 1.0)]);
    }

    #[test]
    fn the_old_memory_stays_in_the_room() {
        let mut gains = Gains { entries: Vec::with_capacity(7), ..plain() };
        let memory = adopt(&mut gains, &[], 9);
        assert_eq!((gains.entries.capacity(), memory.moves.entries.capacity()), (9, 7));
    }

    #[test]
    fn deafened_everything_heads_for_nothing() {
        let mut gains = Gains { deafened: true, ..plain() };
        adopt(&mut gains, &[(key(3), 0.5)], 1);
        steer(&mut gains, &at(4));
        assert_eq!((gains.unlisted.target(), gains.entries[0].factor.target()), (0.0, 0.0));
    }
}
