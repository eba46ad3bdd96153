//! The second step of a tick: what the sources sent, and which of them are to be heard.

use std::sync::atomic::Ordering;

use super::{Arena, Clock, overlap::Moving, source::Standing};
use crate::{id::ParticipantKey, meter::MixerMeters};

impl Arena {
    /// Takes each source's frame, or its absence; lists the audible; lets those go who have left and faded out.
    pub fn gather(&mut self, clock: &Clock<'_>) {
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
    }

    fn gather_one(&mut self, index: usize, clock: &Clock<'_>) {
        let source = &mut self.sources[index];
        let before = source.tick(&mut self.frames[index], clock);
        if source.audible {
            source.position = self.audible.len() as u32;
            self.audible.push(index as u32);
        }
        let moves = before.is_some() || source.presence.moving(clock.now, clock.timing);
        if moves && clock.begun && clock.timing.moves_overlap() {
            let key = ParticipantKey { slot: index as u32, stay: source.stay };
            let (presence, changed) = (source.presence, before.is_some());
            let moving = Moving { source: key, before: before.unwrap_or(presence), presence, pair: None };
            self.moving.push(moving);
            if changed {
                self.changed.push(moving);
            }
        }
        source.input = None;
        // A source that is at rest leaves its meters alone.
        if let (Some(readings), Some(home)) = (source.show(), &self.homes[index]) {
            home.memory.meters.write_source(readings);
        }
    }

    /// Steers the rows that were published, and has rows that were moving follow the sources whose presence changed.
    pub fn follow(&mut self, clock: &Clock<'_>, meters: &MixerMeters) {
        let Self { sources, listeners, moving, changed, .. } = self;
        let heading = |key: ParticipantKey| {
            let source = sources.get(key.slot as usize).filter(|source| source.stay == key.stay);
            source.map_or(0.0, |source| source.presence.target())
        };
        let mut without_room = 0;
        for (slot, listener) in (0..).zip(&mut listeners[..self.used]).filter(|(_, listener)| listener.hears) {
            without_room += listener.follow(slot, [moving, changed], heading, clock);
        }
        meters.approximated.fetch_add(without_room, Ordering::Relaxed);
    }
}
