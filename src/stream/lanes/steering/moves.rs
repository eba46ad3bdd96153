//! How the delay is changed while something is played.

use super::{SLIPPED, Steering, Voice};
use crate::stream::lanes::{
    convert::{Slip, SlipDirection},
    port::{Act, Around, Jump, Need, Stand},
    script::{Crossfade, Old},
};

/// A regulator shortens the lag of what has so much content.
const ENOUGH_MS: f64 = 25.0;

impl Steering {
    /// Changes the delay, if that is due and possible.
    pub(super) fn regulate(&mut self, frames: usize, first: bool) {
        if self.fade.is_some() || self.voice != Voice::Frames || self.shelf.get(self.number(self.head)).is_none() {
            return;
        }
        self.move_in_silence();
        let whole = self.shelf.whole_until(self.number(self.head));
        let until = self.position(whole);
        let stand = Stand {
            lag: self.lag(),
            wanted: self.wanted(),
            spread: self.target.spread(),
            content: self.content(until, frames),
            stalled: first && self.has_stalled(whole),
        };
        match self.regulator.judge(stand, frames) {
            Act::Move { by, need } if self.move_by(by, need, stand, until) => {}
            // Where the sound is nowhere like itself it is slipped for as long.
            Act::Move { by, .. } => self.slip(if by < 0 { Act::Shorten } else { Act::Lengthen }, until),
            Act::Nothing => self.slip(self.to_whole_ticks(stand), until),
            act => self.slip(act, until),
        }
    }

    /// How much is there. Where a tick more than the one that is due was always there, as much as the regulator asks for to
    /// shorten the lag: it does not know that no more can come at once.
    fn content(&mut self, until: u64, frames: usize) -> i64 {
        let content = (until - self.head) as i64;
        self.least_there.see(content, frames as u64);
        let spare = self.least_there.get() >= 2 * self.figures.tick as i64;
        if spare { content.max((ENOUGH_MS * self.figures.ms).ceil() as i64) } else { content }
    }

    /// Whether the tick that is due next is later than all of its time. One that is lost is found out a tick later, by the one
    /// behind it.
    fn has_stalled(&self, due: u64) -> bool {
        let waited = self.now.wrapping_sub(self.position(due)) as i64;
        let late = waited >= self.target.recent() + self.figures.tick as i64;
        self.figures.is_adaptive() && self.now >= self.lossy_until && due >= self.shelf.end() && late
    }

    /// The head goes back to the beginning of a tick, if a move has left it elsewhere.
    fn to_whole_ticks(&self, stand: Stand) -> Act {
        match stand.lag - stand.wanted {
            off if off % self.figures.tick as i64 == 0 => Act::Nothing,
            1.. => Act::Shorten,
            _ => Act::Lengthen,
        }
    }

    /// Where nothing is heard the head goes where it should.
    fn move_in_silence(&mut self) {
        let off = self.lag() - self.wanted();
        if off == 0 || self.since == self.head || !self.is_silent(self.number(self.head - 1)) {
            return;
        }
        let to = if off > 0 { self.silent_ahead(off.unsigned_abs()) } else { self.silent_back(off.unsigned_abs()) };
        if to > self.head {
            self.counts.removed_samples += to - self.head;
            self.since = to;
        } else {
            self.counts.inserted_samples += self.head - to;
        }
        self.head = to;
    }

    /// Up to so far from the head on nothing is heard, and a tick more is there.
    fn silent_ahead(&mut self, most: u64) -> u64 {
        let first = self.number(self.head);
        let silent =
            (first..=self.number(self.head + most)).take_while(|number| self.is_silent(*number)).count() as u64;
        let whole = self.shelf.whole_until(first);
        let last = (first + silent).min(whole - 1);
        (self.head + most).min(self.position(last)).max(self.head)
    }

    /// Back to there, but no further than so much, nothing was heard.
    fn silent_back(&self, most: u64) -> u64 {
        let least = self.since.max(self.head.saturating_sub(most));
        let played = self.number(least)..self.number(self.head - 1);
        let silent = played.rev().take_while(|number| self.is_silent(*number)).count() as u64;
        self.position(self.number(self.head - 1) - silent).max(least)
    }

    /// Whether a tick is there in which nothing is heard.
    fn is_silent(&self, number: u64) -> bool {
        self.shelf.get(number).is_some_and(|frame| !frame.is_audible())
    }

    /// `false` if nowhere the sound is like enough.
    fn move_by(&mut self, by: i64, need: Need, stand: Stand, until: u64) -> bool {
        let around = Around { head: self.head, since: self.since, until };
        self.add_up(around);
        let Some(Jump { to, fade, quiet }) = self.mover.find(around, by, need, &self.sum) else { return false };
        let moved = self.head as i64 - to as i64;
        self.fade = Some(Crossfade { old: Old::Frames { position: self.head }, done: 0, length: fade });
        self.head = to;
        self.since = self.since.max(to.saturating_sub(self.mover.reach() as u64)).min(to);
        self.regulator.moved(moved, stand, quiet);
        let count = if moved > 0 { &mut self.counts.inserted_samples } else { &mut self.counts.removed_samples };
        *count += moved.unsigned_abs();
        true
    }

    /// Adds up all sources around the head, as far as a move may reach.
    fn add_up(&mut self, around: Around) {
        let reach = self.mover.reach() as u64;
        let (from, to) = (around.since.max(around.head.saturating_sub(reach)), around.until.min(around.head + reach));
        let sum = &mut self.piece[..(to - from) as usize];
        sum.fill(0.0);
        let tick = self.figures.tick as u64;
        let mut at = from;
        while at < to {
            let (number, skipped) = (at / tick, (at % tick) as usize);
            let run = (tick - at % tick).min(to - at);
            let sum = &mut sum[(at - from) as usize..][..run as usize];
            if let Some(frame) = self.shelf.get(number) {
                for planes in frame.sources().iter().filter_map(|source| frame.planes(source)) {
                    add(&planes.left[skipped..], planes.right.map(|right| &right[skipped..]), sum);
                }
            }
            at += run;
        }
        self.sum.write(from, [sum, &[]], 0, (to - from) as usize);
    }

    /// A sample more or less, from the head on, if what it needs is there.
    fn slip(&mut self, act: Act, until: u64) {
        let (direction, taken) = match act {
            Act::Shorten => (SlipDirection::Shorter, SLIPPED + 1),
            Act::Lengthen => (SlipDirection::Longer, SLIPPED - 1),
            Act::Nothing | Act::Move { .. } => return,
        };
        let around = Slip::AROUND as u64;
        if self.head - self.since < around || self.head + taken as u64 + around > until {
            return;
        }
        self.voice = Voice::Slip { direction, start: self.head, at: 0 };
        self.go_on(taken as usize);
        let count =
            if act == Act::Shorten { &mut self.counts.removed_samples } else { &mut self.counts.inserted_samples };
        *count += 1;
    }
}

/// Adds the mean of the channels.
fn add(left: &[f32], right: Option<&[f32]>, sum: &mut [f32]) {
    match right {
        Some(right) => {
            sum.iter_mut().zip(left.iter().zip(right)).for_each(|(sum, (left, right))| *sum += 0.5 * (left + right));
        }
        None => sum.iter_mut().zip(left).for_each(|(sum, sample)| *sum += sample),
    }
}
