//! What is played where ticks are missing, and where it goes on.

use super::{Steering, Voice};
use crate::stream::lanes::{port::CONCEALED_MS, script::What};

/// A node that sends nothing for so long has held, and its ticks with it, if no more than the other comes then.
const REST_MS: f64 = 1000.0;
const REST_CONTENT_MS: f64 = 120.0;
/// A gap is made up for the faster if the delay is longer than wanted by more than this.
const LONG_MS: f64 = 4.0;
/// Less than the longest crossfade of a move.
const SCARCE_MS: f64 = 8.0;
/// How long a network is believed to lose ticks after it lost one.
const LOSSY_MS: f64 = 5000.0;

impl Steering {
    /// All ticks since the last one that was played are in. If some were missing, what came tells whether they were lost, or late.
    pub(super) fn settle(&mut self) {
        let Some(next) = self.next_there().filter(|_| self.dry > 0) else { return };
        let gap = next.saturating_sub(self.head);
        if gap == 0 && self.has_rested(next) {
            return self.begin_anew(next, self.now.wrapping_sub(next) as i64);
        }
        if gap > 0 {
            // They were lost: what was played instead of them counts.
            let passed = gap.min(self.dry + self.spare(gap, self.dry).min(self.dry));
            self.pass_to(self.head + passed);
        }
        self.dry = 0;
    }

    /// The position of the first tick that is there, of those that the head has not passed.
    fn next_there(&self) -> Option<u64> {
        self.shelf.next(self.number(self.head)).map(|number| self.position(number))
    }

    /// Whether the node held for long, and its ticks with it: then the stream begins anew where it goes on. After a stall of
    /// the network more would have come at once.
    fn has_rested(&self, next: u64) -> bool {
        let content = self.position(self.shelf.end()).saturating_sub(next);
        self.dry > self.samples(REST_MS) && content <= self.samples(REST_CONTENT_MS)
    }

    /// By how much less than a gap is played in its place, once `dry` samples have been.
    fn spare(&self, gap: u64, dry: u64) -> u64 {
        let over = self.lag() - dry as i64 - self.wanted();
        let is_long = over as f64 > LONG_MS * self.figures.ms;
        if is_long { (gap / 2).min(over.unsigned_abs()) } else { 0 }
    }

    /// Plays up to the samples `at..to` of a gap; returns how many.
    pub(super) fn play_gap(&mut self, at: usize, to: usize) -> usize {
        let next = self.next_there();
        if self.voice == Voice::Frames {
            self.counts.underruns += u64::from(next.is_none());
            self.break_off();
        }
        if let Some(start) = next.filter(|_| self.leapt) {
            // The numbers leapt ahead.
            self.begin_anew(start, self.target.least());
        }
        if self.voice == Voice::Silence || self.concealed >= self.samples(CONCEALED_MS) {
            return self.play_pause(next, at, to);
        }
        let Some(next) = next else {
            self.dry += (to - at) as u64;
            return self.stand_in(at, to);
        };
        let gap = next.saturating_sub(self.head);
        let spare = self.spare(gap, 0);
        let run = (gap - spare).min((to - at) as u64);
        self.pass_to(self.head + (run + spare.min(run)).min(gap));
        self.stand_in(at, at + run as usize)
    }

    /// Silence: the head may be where it should.
    fn play_pause(&mut self, next: Option<u64>, at: usize, to: usize) -> usize {
        self.voice = Voice::Silence;
        let Some(next) = next else {
            self.dry += (to - at) as u64;
            return self.stand_in(at, to);
        };
        let due = self.now.wrapping_sub(self.wanted() as u64).min(next);
        let wait = self.head.saturating_sub(due);
        if wait > 0 {
            // Before the head are ticks that were played.
            return self.stand_in(at, to.min(at + wait as usize));
        }
        self.pass_to(due);
        let run = ((next - due) as usize).min(to - at);
        self.pass_to(due + run as u64);
        self.stand_in(at, at + run)
    }

    /// Whether so little has come since the sound broke off that it could not be stretched. With ticks that are shorter the delay
    /// could not grow to what a slower path needs.
    pub(super) fn is_scarce(&mut self) -> bool {
        let whole = self.shelf.whole_until(self.number(self.head));
        let content = self.position(whole) - self.head;
        self.figures.is_adaptive() && whole == self.shelf.end() && content < self.samples(SCARCE_MS)
    }

    /// The head passes what is not there.
    fn pass_to(&mut self, position: u64) {
        let lost = self.number(position).saturating_sub(self.number(self.head.max(self.began)));
        if lost > 0 {
            self.counts.lost += lost;
            self.lossy_until = self.now + self.samples(LOSSY_MS);
        }
        (self.head, self.since) = (position, position);
    }

    /// Something stands in for the samples `at..to`.
    pub(super) fn stand_in(&mut self, at: usize, to: usize) -> usize {
        if self.concealed >= self.samples(CONCEALED_MS) {
            self.voice = Voice::Silence;
        }
        let over = self.voice == Voice::Silence;
        self.concealed += (to - at) as u64;
        self.write(at, to, What::Gap { over });
        to - at
    }

    /// The sound breaks off.
    pub(super) fn break_off(&mut self) {
        (self.voice, self.fade, self.concealed, self.breaks) = (Voice::Concealment, None, 0, true);
    }
}
