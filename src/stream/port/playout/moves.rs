//! How the delay of a [`Playout`] is changed while it plays.

use super::{
    Playout,
    convert::Slip,
    coverage::Span,
    mover::{Around, Jump},
    packet::Kind,
    regulator::{Act, Need, Stand},
    voice::{Fade, Voice},
};

impl Playout {
    /// Changes the delay, if that is due and possible.
    pub(super) fn regulate(&mut self, frames: usize, first: bool) {
        if !self.arrivals.has_begun() || self.fade.is_some() || self.voice != Voice::Store {
            return;
        }
        let noted = self.coverage.whole_until(self.head, Kind::Noted);
        let newest = self.coverage.end().unwrap_or(noted);
        let waited = self.now.wrapping_sub(noted) as i64;
        let stand = Stand {
            lag: self.lag(),
            wanted: self.target.lag(),
            spread: self.target.spread(),
            content: (noted - self.head) as i64,
            stalled: first && self.now >= self.lossy_until && noted >= newest && waited >= self.target.recent(),
        };
        let until = self.coverage.whole_until(self.head, Kind::Concealed);
        match self.regulator.judge(stand, frames) {
            Act::Move { by, need } if self.move_by(by, need, stand, until) => {}
            // Where the sound is nowhere like itself it is slipped for as long.
            Act::Move { by, .. } => self.slip(by < 0, until),
            act @ (Act::Shorten | Act::Lengthen) if self.figures.slips => self.slip(act == Act::Shorten, until),
            Act::Shorten | Act::Lengthen | Act::Nothing => {}
        }
    }

    /// `false` if nowhere the sound is like enough.
    fn move_by(&mut self, by: i64, need: Need, stand: Stand, until: u64) -> bool {
        let around = Around { head: self.head, since: self.since, until };
        let Some(Jump { to, fade, quiet }) = self.mover.find(around, by, need, &self.store) else { return false };
        let moved = self.head as i64 - to as i64;
        self.fade = Some(Fade::new(Voice::Store, self.head, fade));
        self.head = to;
        self.since = self.since.max(to.saturating_sub(self.mover.reach() as u64)).min(to);
        self.coverage.forget(self.head);
        self.regulator.moved(moved, stand, quiet);
        if moved > 0 {
            self.counts.inserted_samples += moved.unsigned_abs();
            self.restore(to, until);
        } else {
            self.counts.removed_samples += moved.unsigned_abs();
        }
        true
    }

    /// The samples from `from` on are to be played again.
    fn restore(&mut self, from: u64, until: u64) {
        let known = self.coverage.first().unwrap_or_default();
        let end = if known.start < until { known.start } else { until };
        self.coverage.cover(Span { start: from, end, kind: Kind::Real, ..known }, |_, _| {});
    }

    fn slip(&mut self, shorten: bool, until: u64) {
        let taken = if shorten { Slip::LENGTH + 1 } else { Slip::LENGTH - 1 };
        let behind = self.head + (taken + Slip::AROUND) as u64;
        if self.head - self.since < Slip::AROUND as u64 || behind > until {
            return;
        }
        let span = self.coverage.first().unwrap_or_default();
        self.slipped.make(&self.store, self.head, span, shorten);
        self.head += taken as u64;
        self.since = self.since.max(self.head.saturating_sub(self.mover.reach() as u64));
        self.coverage.forget(self.head);
        self.voice = Voice::Slip;
        let count = if shorten { &mut self.counts.removed_samples } else { &mut self.counts.inserted_samples };
        *count += 1;
    }
}
