//! The first step of a tick: taking up what the control side has published.

use std::sync::{Arc, atomic::Ordering};

use super::{Arena, Clock, arena::Home, asleep::Rest, source::Standing};
use crate::matrix::{Matrix, Place};

impl Arena {
    /// Takes everything that changed after generation `since`.
    pub fn take_up(&mut self, matrix: &Matrix, since: u64, clock: &Clock<'_>) {
        self.loudest.set_limit(matrix.loudest, &mut self.seats);
        matrix.places.each_since(since, |slot, place| {
            self.still.changed = true;
            match place {
                Some(place) => self.update(slot, place, clock),
                None => self.leave(slot),
            }
        });
    }

    fn update(&mut self, slot: u32, place: &Place, clock: &Clock<'_>) {
        let index = slot as usize;
        if index >= self.places() {
            debug_assert!(false, "the control side makes room for every place");
            return;
        }
        if self.homes[index].is_none() {
            self.admit(index, place);
        }
        self.wake(index);
        self.sources[index].muted = place.muted;
        self.seats[index].listed = place.listed;
        if self.listeners[index].hears {
            self.listeners[index].update(place, self.side, clock);
        }
    }

    fn admit(&mut self, index: usize, place: &Place) {
        let berth = place.memory.of(self.side);
        let Some(mut memory) = berth.take() else { return };
        let listener = &mut self.listeners[index];
        listener.hears = place.role.hears();
        listener.gains.mixer = place.key.mixer;
        listener.gains.swap_memory(&mut memory.row);
        std::mem::swap(&mut memory.classes, &mut listener.gains.classes);
        self.rests[index] = Rest::Awake;
        self.sources[index].admit(place);
        std::mem::swap(&mut memory.ear, &mut self.sources[index].ear);
        if memory.line.is_some() {
            self.lines.push(index as u32);
        }
        self.homes[index] = Some(Home { meters: Arc::clone(&memory.meters), memory, berth: Arc::clone(berth) });
        self.used = self.used.max(index + 1);
    }

    fn leave(&mut self, slot: u32) {
        let index = slot as usize;
        if self.sources.get(index).is_some_and(|source| source.standing == Standing::Here) {
            self.wake(index);
            self.sources[index].leave();
            self.listeners[index].hears = false;
        }
    }

    /// Tells the control side how much room the row takes; and once nothing of it moves any more, gives back the memory for moves. Whether that is
    /// still to be done.
    pub fn report_entries(&mut self, index: usize) -> bool {
        let (Some(home), listener) = (&self.homes[index], &mut self.listeners[index]) else { return false };
        let meters = &home.meters;
        meters.entries.store(listener.gains.count() as u32, Ordering::Relaxed);
        let Some(row_since) = listener.settled() else { return false };
        // One box goes to and fro: it is not here only while the control side is emptying it.
        let Some(mut spare) = meters.spare.take() else { return true };
        listener.gains.swap_moves(&mut spare);
        meters.spare.put(spare);
        meters.settled.store(row_since, Ordering::Release);
        false
    }
}
