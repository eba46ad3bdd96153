//! The second step of a tick: what the sources sent, and which of them are to be heard.

use std::sync::atomic::Ordering;

use super::{Arena, Clock, overlap::Shift, source::Standing};
use crate::{id::ParticipantKey, meter::MixerMeters};

impl Arena {
    /// Takes each source's frame, or its absence; lists the audible; lets those go who have left and faded out.
    pub fn gather(&mut self, clock: &Clock<'_>) {
        self.audible.clear();
        self.shifts.clear();
        self.shifted = false;
        self.shifts_left_out = 0;
        for index in 0..self.used {
            match self.sources[index].standing {
                Standing::Vacant => {}
                Standing::Leaving if self.sources[index].is_gone(clock) => self.vacate(index),
                _ if self.sources[index].sends => self.gather_one(index, clock),
                _ => {}
            }
        }
    }

    fn gather_one(&mut self, index: usize, clock: &Clock<'_>) {
        let source = &mut self.sources[index];
        source.tick(&mut self.frames[index], clock);
        if source.audible {
            source.position = self.audible.len() as u32;
            self.audible.push(index as u32);
        }
        source.input = None;
        // A source that is at rest leaves its meters alone.
        if let (Some(readings), Some(home)) = (source.show(), &self.homes[index]) {
            home.memory.meters.write_source(readings);
        }
        if clock.begun && clock.timing.moves_overlap() {
            self.note_shift(index, clock);
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

    /// Steers the rows that were published, and has rows that were moving follow the sources whose presence changed.
    pub fn follow(&mut self, clock: &Clock<'_>, meters: &MixerMeters) {
        let Self { sources, listeners, shifts, shifted, shifts_left_out, .. } = self;
        let presence = |key: ParticipantKey| {
            let source = sources.get(key.slot as usize).filter(|source| source.key == key);
            source.map(|source| Shift { before: source.before, after: source.presence }).unwrap_or_default()
        };
        let hearing = listeners[..self.used].iter_mut().filter(|listener| listener.hears);
        let without_room =
            hearing.map(|listener| listener.follow(shifts, *shifted, presence, clock)).sum::<u64>() + *shifts_left_out;
        if without_room > 0 {
            meters.approximated.fetch_add(without_room, Ordering::Relaxed);
        }
    }
}
