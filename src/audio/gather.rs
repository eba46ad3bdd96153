//! The second step of a tick: what the sources sent, and which of them are to be heard.

use super::{Arena, Clock, NONE, asleep::Rest, loudest::Lists, overlap::Shift, source::Standing};
use crate::kernel::prefetch;

/// The mean square of what is as loud as can be.
const FULL_SCALE: f64 = 1.0;

/// How many sources ahead they are asked for.
const AHEAD: usize = 4;

impl Arena {
    /// Takes each source's frame, or its absence; lists the audible; lets those go who have left and faded out.
    pub fn gather(&mut self, clock: &Clock<'_>) {
        std::mem::swap(&mut self.audible, &mut self.audible_before);
        if self.loudest.limit.is_some() {
            self.choose(clock);
        }
        self.audible.clear();
        self.signals.clear();
        self.shifts.clear();
        self.shifted = false;
        self.shifts_left_out = 0;
        for index in 0..self.used {
            if self.rests[index].is_asleep() {
                continue;
            }
            self.ask_for(index + AHEAD);
            match self.sources[index].standing {
                // Not before it is told that it speaks no more.
                Standing::Leaving if self.sources[index].is_gone(clock) && !self.told[index] => self.vacate(index),
                Standing::Vacant => self.rests[index] = Rest::Asleep(clock.tick()),
                _ if self.sources[index].sends => self.gather_one(index, clock),
                _ => self.rests[index] = Rest::Asleep(clock.tick()),
            }
        }
        if self.audible != self.audible_before {
            self.epoch += 1;
            self.still.changed = true;
        }
    }

    /// Has a source, and its meters, brought nearer.
    #[inline]
    fn ask_for(&self, index: usize) {
        prefetch(self.sources.get(index..).unwrap_or_default());
        if let Some(Some(home)) = self.homes.get(index) {
            prefetch(std::slice::from_ref(&*home.meters));
        }
    }

    /// Takes all frames, and chooses who is heard where only the loudest are.
    fn choose(&mut self, clock: &Clock<'_>) {
        (0..self.used).for_each(|index| self.listen(index, clock));
        // Nothing that is of this tick is in these two yet.
        let lists = Lists { seated: &mut self.audible, standing: &mut self.signals };
        self.loudest.choose(&mut self.seats[..self.used], lists, clock);
    }

    /// Takes a source's frame, or its absence.
    fn listen(&mut self, index: usize, clock: &Clock<'_>) {
        if self.rests[index].is_asleep() || !self.sources[index].sends {
            return;
        }
        self.get_up(index, clock);
        let source = &mut self.sources[index];
        let present = source.listen();
        let (seat, square) = (&mut self.seats[index], source.input.map_or(0.0, |input| input.loudness.square));
        // One wild sample must not keep others out for long.
        seat.level = self.follower.follow(seat.level, square.min(FULL_SCALE));
        (seat.present, seat.active) = (present, source.readings.active);
        self.still.changed |= std::mem::replace(&mut self.active[index], seat.active) != seat.active;
    }

    fn gather_one(&mut self, index: usize, clock: &Clock<'_>) {
        let faded = self.places() + index;
        if self.loudest.limit.is_none() {
            self.listen(index, clock);
        }
        let source = &mut self.sources[index];
        source.fade(self.loudest.lets(&self.seats[index]), clock);
        let audible = source.audible;
        if audible {
            let moves = source.moves(clock);
            if moves || source.input.is_none() {
                source.sound(&mut self.frames, index, faded, clock);
            }
            self.positions[index] = self.audible.len() as u32;
            self.audible.push(index as u32);
            self.signals.push(if moves { faded as u32 } else { index as u32 });
        } else {
            self.positions[index] = NONE;
        }
        source.input = None;
        if clock.begun && clock.timing.moves_overlap() {
            self.note_shift(index, clock);
        }
        let goes_on = if audible { None } else { self.try_to_sleep(index, clock) };
        if let (Some(readings), Some(home)) = (self.sources[index].show(), &self.homes[index]) {
            home.meters.write_source(readings, goes_on);
        }
    }

    /// Notes a presence that moves or has changed, if no other source has the same.
    fn note_shift(&mut self, index: usize, clock: &Clock<'_>) {
        let source = &self.sources[index];
        let shift = Shift { before: source.before, after: source.presence };
        let shifted = shift.before != shift.after;
        self.shifted |= shifted;
        if (shifted || source.moves(clock)) && !self.shifts.contains(&shift) {
            if self.shifts.len() < self.shifts.capacity() {
                self.shifts.push(shift);
            } else {
                self.shifts_left_out += 1;
            }
        }
    }
}
