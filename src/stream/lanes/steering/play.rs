//! How a tick is written down: what is there, what stands in for what is not, and silence.

use super::{PIECE_MS, Steering, Voice};
use crate::stream::lanes::{
    convert::Slip,
    port::CONCEALED_MS,
    script::{Crossfade, Old, Part, What},
};

/// The crossfade from what stood in to what is there again.
const MERGE_MS: f64 = 5.0;
/// With less room in the script nothing is changed any more.
const LEAST_ROOM: usize = 4;

impl Steering {
    /// Decides what is played in the next tick.
    pub fn steer(&mut self) {
        self.script.clear();
        self.settle();
        let (tick, piece) = (self.figures.tick, (self.samples(PIECE_MS) as usize).max(1));
        let mut at = 0;
        while at < tick {
            let to = tick.min(at + piece);
            if self.script.room() > LEAST_ROOM {
                self.regulate(to - at, at == 0);
            }
            self.play(at, to);
            at = to;
        }
        self.measure();
    }

    /// What lies far enough behind the head goes back.
    pub fn release(&mut self) {
        let kept = self.head.saturating_sub(self.figures.kept as u64);
        self.shelf.begin_with(self.number(kept));
    }

    fn play(&mut self, from: usize, to: usize) {
        let mut at = from;
        while at < to {
            let is_there = self.shelf.get(self.number(self.head)).is_some();
            let sets_in = matches!(self.voice, Voice::Concealment | Voice::Silence);
            let waits = is_there && sets_in && self.is_scarce();
            let run = match self.voice {
                Voice::Slip { .. } => self.play_slip(at, to),
                _ if waits => self.stand_in(at, to),
                _ if is_there => self.play_frames(at, to),
                _ => self.play_gap(at, to),
            };
            self.now += run as u64;
            self.target.pass(run as u64);
            at += run;
        }
    }

    fn play_slip(&mut self, at: usize, to: usize) -> usize {
        let Voice::Slip { direction, start, at: done } = self.voice else { return 0 };
        let run = (to - at).min(Slip::LENGTH - done);
        self.write(at, at + run, What::Slip { direction, start, at: done });
        let done = done + run;
        self.voice = if done < Slip::LENGTH { Voice::Slip { direction, start, at: done } } else { Voice::Frames };
        run
    }

    fn play_frames(&mut self, at: usize, to: usize) -> usize {
        self.set_in();
        let number = self.number(self.head);
        let end = self.shelf.whole_until(number);
        let there = (self.position(end) - self.head) as usize;
        let run = (to - at).min(there).min(self.fade.map_or(usize::MAX, |fade| fade.left()));
        self.write(at, at + run, What::Frames { position: self.head });
        self.fade = self.fade.and_then(|fade| fade.after(run));
        let square = self.shelf.get(number).map_or(0.0, |frame| frame.square());
        self.mover.hear(square, run);
        self.go_on(run);
        run
    }

    /// What is there sets in, if it has not.
    fn set_in(&mut self) {
        if self.voice == Voice::Frames {
            return;
        }
        if self.voice == Voice::Concealment && self.concealed < self.samples(CONCEALED_MS) {
            let length = (self.samples(MERGE_MS) as usize).max(1);
            self.fade = Some(Crossfade { old: Old::Concealment, done: 0, length });
        }
        (self.voice, self.since) = (Voice::Frames, self.head);
    }

    /// The head goes on by so much of what is there.
    pub(super) fn go_on(&mut self, run: usize) {
        self.head += run as u64;
        self.since = self.since.max(self.head.saturating_sub(self.mover.reach() as u64));
    }

    /// Writes down what the samples `from..to` are taken from.
    pub(super) fn write(&mut self, from: usize, to: usize, what: What) {
        if std::mem::take(&mut self.breaks) {
            self.script.push(Part { from, to: from, what: What::Break, fade: None });
        }
        if to > from {
            self.script.push(Part { from, to, what, fade: self.fade });
        }
    }
}
