//! The second step of a tick: what the sources sent, and which of them are to be heard.

use std::sync::atomic::Ordering;

use super::{Arena, Clock, overlap::Moving, source::Standing};
use crate::{fade::Fade, id::ParticipantKey, meter::MixerMeters};

impl Arena {
    /// Takes each source's frame, or its absence; lists the audible; lets those go who have left and faded out.
    pub fn gather(&mut self, clock: &Clock<'_>, meters: &MixerMeters) {
        self.audible.clear();
        self.moving.clear();
        self.changed.clear();
        for index in 0..self.used {
            match self.sources[index].standing {
                Standing::Vacant => {}
                Standing::Leaving if self.sources[index].is_gone(clock) => self.vacate(index),
                _ if self.sources[index].sends => self.gather_one(index, clock),
                _ => {}
            }
        }
        if !self.changed.is_empty() {
            self.presence_changed(clock, meters);
        }
    }

    fn gather_one(&mut self, index: usize, clock: &Clock<'_>) {
        let source = &mut self.sources[index];
        let sent = source.input.is_some();
        let before = source.tick(&mut self.frames[index], clock);
        if source.audible {
            self.audible.push(index as u32);
        }
        if clock.timing.moves_overlap() && source.presence.moving(clock.now, clock.timing) {
            let moving = Moving {
                source: ParticipantKey { slot: index as u32, stay: source.stay },
                before: before.unwrap_or(source.presence),
                presence: source.presence,
                pair: (Fade::ZERO, None),
            };
            self.moving.push(moving);
            if before.is_some() && clock.begun {
                self.changed.push(moving);
            }
        }
        source.input = None;
        // A source that is at rest leaves its meters alone.
        if let (Some((loudness, active, counts)), Some(home)) = (source.show(sent), &self.homes[index]) {
            home.memory.meters.write_source(loudness, active, counts);
        }
    }

    /// Rows in which a factor was moving when a presence changed.
    fn presence_changed(&mut self, clock: &Clock<'_>, meters: &MixerMeters) {
        for index in 0..self.used {
            let listener = &mut self.listeners[index];
            if listener.hears && listener.is_unsettled() {
                let without_room = listener.gains.presence_changed(index as u32, &self.changed, clock);
                listener.unsettle();
                meters.approximated.fetch_add(without_room, Ordering::Relaxed);
                self.report_entries(index);
            }
        }
    }
}
