//! How ticks come in: which are of use, and where the head goes that plays them.

use super::{Steering, Voice};
use crate::stream::lanes::{
    frame::TickFrame,
    port::{Fate, Packet, Standing},
};

/// Added to the numbers of ticks, so that positions before the first one are none below 0.
const FIRST: u64 = 1 << 32;
/// Positions are below this.
const MOST: u64 = 1 << 62;
/// Ticks that come so much earlier than all others are from another time, if nothing comes in between.
const LEAP_MS: f64 = 250.0;

impl Steering {
    /// The tick of the node that is played next, or is being played; 0 before the first.
    pub fn next_tick(&self) -> u64 {
        self.number(self.head).saturating_sub(FIRST)
    }

    /// Takes a tick, or hands it back if it is of no use.
    pub fn insert(&mut self, frame: Box<TickFrame>) -> Option<Box<TickFrame>> {
        self.counts.received += 1;
        let tick = self.figures.tick;
        let number = frame.tick.saturating_add(FIRST);
        let start = number.checked_mul(tick as u64).filter(|start| *start < MOST);
        let Some(start) = start.filter(|_| frame.frames() == tick) else {
            self.counts.strays += 1;
            return Some(frame);
        };
        if self.shelf.get(number).is_some() {
            self.counts.duplicates += 1;
            return Some(frame);
        }
        let packet = Packet { start, frames: tick as u32, arrives: true, ..Packet::default() };
        let older = self.arrivals.is_older(&packet);
        let fate = self.arrivals.place(&packet, self.standing(start));
        self.see(start, fate);
        if !matches!(fate, Fate::Used | Fate::Begins) {
            return Some(frame);
        }
        if older {
            // It was late, or will be played at its turn.
            (self.lossy_until, self.leapt) = (0, false);
        }
        self.leave_behind(start);
        let refused = self.shelf.put(number, frame);
        self.counts.dropped += u64::from(refused.is_some());
        refused
    }

    /// What the arrival of a tick tells.
    fn see(&mut self, start: u64, fate: Fate) {
        let transit = self.now.wrapping_sub(start) as i64;
        match fate {
            Fate::Begins => self.begin(start),
            Fate::Stray => self.counts.strays += 1,
            Fate::Late => self.counts.late += 1,
            Fate::Used => {
                let early = self.target.least() - transit;
                self.leapt |= self.target.knows() && early as f64 > LEAP_MS * self.figures.ms;
            }
        }
        if fate != Fate::Stray {
            self.target.see(transit);
        }
    }

    fn standing(&self, start: u64) -> Standing {
        let dry = self.dry > 0 && self.shelf.next(self.number(self.head)).is_none();
        let least = if self.target.knows() { self.target.least() } else { self.now.wrapping_sub(start) as i64 };
        Standing { now: self.now, head: self.head, least, most: self.figures.bound as i64, dry }
    }

    /// The stream begins with this tick, or begins anew.
    fn begin(&mut self, start: u64) {
        self.counts.resyncs += u64::from(self.target.knows());
        self.target.restart();
        self.regulator.restart();
        let head = start - self.figures.least as u64;
        self.counts.dropped += self.shelf.restart(self.number(head));
        self.began = start;
        self.go_to(head);
    }

    /// The stream begins anew with ticks that are there; `transit` is that of the first one.
    pub(super) fn begin_anew(&mut self, start: u64, transit: i64) {
        self.counts.resyncs += 1;
        self.target.restart();
        self.regulator.restart();
        self.target.see(transit);
        self.shelf.begin_with(self.number(start));
        self.began = start;
        self.go_to(self.now.wrapping_sub(self.wanted() as u64).min(start));
    }

    /// The head goes elsewhere, without a crossfade.
    fn go_to(&mut self, position: u64) {
        if matches!(self.voice, Voice::Frames | Voice::Slip { .. }) {
            self.break_off();
        }
        (self.head, self.since, self.fade) = (position, position, None);
        (self.dry, self.leapt) = (0, false);
    }

    /// If a tick waited for longer than the bound, the oldest are left out until the delay is what is wanted.
    fn leave_behind(&mut self, start: u64) {
        if start <= self.head + self.figures.bound as u64 {
            return;
        }
        let transit = self.now.wrapping_sub(start) as i64;
        let [least, most] = [self.figures.least, self.figures.most].map(|wait| transit + wait as i64);
        let lag = self.wanted().clamp(least, most);
        let head = self.now.wrapping_sub(lag as u64).min(start).max(self.head);
        let passed = self.number(head).saturating_sub(self.number(self.head).max(self.number(self.began)));
        let dropped = self.shelf.begin_with(self.number(head));
        self.counts.dropped += dropped;
        self.counts.lost += passed.saturating_sub(dropped);
        self.go_to(head);
        self.regulator.restart();
    }
}
