//! Where the notes of a player go: [`Log`]. Real time.

use rtrb::Producer;

use super::note::{Heard, Note};

/// Where notes go.
#[derive(Debug)]
pub(super) struct Log {
    notes: Producer<Note>,
    lost: u64,
}

impl Log {
    pub fn new(notes: Producer<Note>) -> Self {
        Self { notes, lost: 0 }
    }

    /// How many notes found no room.
    pub fn lost(&self) -> u64 {
        self.lost
    }

    pub fn tell(&mut self, heard: Heard, number: u64, at_sample: u64) {
        if self.notes.push(Note { heard, number, at_sample }).is_err() && !self.notes.is_abandoned() {
            self.lost += 1;
        }
    }

    /// What tells what happens at a position.
    pub fn at(&mut self, position: u64) -> impl FnMut(Heard, u64) {
        move |heard, number| self.tell(heard, number, position)
    }
}
