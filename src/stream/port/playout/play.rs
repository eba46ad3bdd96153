//! How a [`Playout`] plays: what is there, what stands in for what is not, and silence.

use super::{
    Got, Playout,
    coverage::Span,
    mover::mean_square,
    packet::Kind,
    voice::{Fade, Voice},
};
use crate::data::channels::{Planes, PlanesMut};

/// The crossfade from a concealment to what is there again.
const MERGE_MS: f64 = 5.0;

impl Playout {
    /// Plays the frames `from..to` of `out`.
    pub(super) fn play(&mut self, out: &mut PlanesMut<'_>, from: usize, to: usize, got: &mut Got) {
        let mut at = from;
        while at < to {
            let was_silent = self.splice.is_silent();
            let run = match (self.voice, self.coverage.first()) {
                (Voice::Slip, _) => self.play_slip(out, at, to, got),
                (_, Some(span)) if span.start <= self.head => self.play_span(span, out, at, to, got),
                (_, next) => self.play_gap(next, out, at, to, got),
            };
            self.heard(out, at, at + run, was_silent);
            self.now += run as u64;
            self.target.pass(run as u64);
            at += run;
        }
    }

    fn play_slip(&mut self, out: &mut PlanesMut<'_>, at: usize, to: usize, got: &mut Got) -> usize {
        let run = self.slipped.give(out, at, to);
        let (active, level) = self.slipped.told();
        (got.real, got.active, got.level) = (true, got.active | active, level);
        if self.slipped.is_over() {
            self.voice = Voice::Store;
        }
        got.heard = true;
        self.join(out, at, at + run);
        run
    }

    fn play_span(&mut self, span: Span, out: &mut PlanesMut<'_>, at: usize, to: usize, got: &mut Got) -> usize {
        got.level = span.level;
        let mut run = (to - at).min((span.end - self.head) as usize);
        if span.kind == Kind::Noted {
            if self.passing || self.voice == Voice::Silence {
                // Nothing was heard before: it sets in where it is decoded.
                self.counts.undecoded_samples += if self.passing { 0 } else { run as u64 };
                self.voice = Voice::Silence;
                self.silence(out, at, at + run);
                self.advance(run);
                (got.heard, got.real, got.active) = (true, true, got.active | span.active);
                return run;
            }
            self.counts.undecoded_samples += run as u64;
            return self.play_gap(None, out, at, at + run, got);
        }
        self.set_in();
        if let Some(fade) = &self.fade {
            run = run.min(fade.left());
        }
        self.store.read(self.head, out, at, at + run);
        if let Some(fade) = &mut self.fade {
            fade.mix(&self.store, &mut self.concealment, out, at, at + run);
        }
        self.fade.take_if(|fade| fade.left() == 0);
        self.join(out, at, at + run);
        match span.kind {
            Kind::Concealed => self.counts.concealed_samples += run as u64,
            Kind::Recovered => self.counts.recovered_samples += run as u64,
            Kind::Noted | Kind::Real => got.real = true,
        }
        (got.heard, got.active) = (true, got.active | span.active);
        self.advance(run);
        run
    }

    /// Real samples set in, if they have not.
    fn set_in(&mut self) {
        match self.voice {
            Voice::Concealment if self.concealment.is_silent() => self.splice.cut(),
            Voice::Concealment => {
                let length = ((MERGE_MS * self.ms) as usize).max(1);
                self.fade = Some(Fade::new(Voice::Concealment, 0, length));
            }
            Voice::Silence | Voice::Store | Voice::Slip => {}
        }
        if self.voice != Voice::Store {
            (self.voice, self.since, self.paused) = (Voice::Store, self.head, false);
        }
    }

    fn play_gap(&mut self, next: Option<Span>, out: &mut PlanesMut<'_>, at: usize, to: usize, got: &mut Got) -> usize {
        if self.voice == Voice::Store {
            self.break_off(next.is_none());
        }
        if let Some(next) = next.filter(|_| self.leapt) {
            self.begin_ahead(next.start);
            if self.head == next.start {
                // It is there at once.
                return 0;
            }
        }
        if self.is_silent() {
            return self.play_pause(next, out, at, to);
        }
        let gap = next.map_or(u64::MAX, |next| next.start - self.head);
        let spare = if next.is_some() { self.spare(gap, 0) } else { 0 };
        let run = (gap - spare).min((to - at) as u64) as usize;
        self.concealment.go_on(out, at, at + run);
        self.join(out, at, at + run);
        got.heard = true;
        self.counts.concealed_samples += if next.is_some() { run as u64 } else { 0 };
        self.pass_gap(next, (run as u64 + spare.min(run as u64)).min(gap), run);
        run
    }

    /// The sound breaks off.
    fn break_off(&mut self, dry: bool) {
        self.fade = None;
        self.counts.underruns += u64::from(dry);
        if self.concealment.begin() {
            self.voice = Voice::Concealment;
            self.counts.concealment_events += 1;
        } else {
            self.voice = Voice::Silence;
        }
    }

    /// Silence: the head may be where it should.
    fn play_pause(&mut self, next: Option<Span>, out: &mut PlanesMut<'_>, at: usize, to: usize) -> usize {
        self.voice = Voice::Silence;
        let mut run = to - at;
        if let Some(next) = next {
            let due = self.now.wrapping_sub(self.target.lag() as u64).min(next.start);
            (self.head, self.since) = (due, due);
            run = run.min(((next.start - due) as usize).max(1));
        }
        self.silence(out, at, at + run);
        self.pass_gap(next, next.map_or(0, |next| (next.start - self.head).min(run as u64)), run);
        run
    }

    /// So much of a gap is passed, in so many samples.
    fn pass_gap(&mut self, next: Option<Span>, passed: u64, run: usize) {
        if next.is_some() {
            self.head += passed;
            self.since = self.head;
            if self.voice != Voice::Silence && !self.paused {
                self.counts.lost_samples += passed;
                self.note_loss();
            }
        } else {
            self.dry += run as u64;
            self.unsure += run as u64;
        }
    }

    fn is_silent(&self) -> bool {
        match self.voice {
            Voice::Silence => true,
            Voice::Concealment => self.concealment.is_silent(),
            Voice::Store | Voice::Slip => false,
        }
    }

    fn silence(&mut self, out: &mut PlanesMut<'_>, from: usize, to: usize) {
        if self.splice.is_silent() {
            out.left[from..to].fill(0.0);
            return out.right.iter_mut().for_each(|right| right[from..to].fill(0.0));
        }
        self.splice.shape(out, from, to, |splice, _| splice.missing());
    }

    /// Makes samples follow on those before.
    fn join(&mut self, out: &mut PlanesMut<'_>, from: usize, to: usize) {
        if self.splice.at_rest() {
            self.splice.follow_planes(out, to - 1);
        } else {
            self.splice.shape(out, from, to, |splice, frame| splice.real(frame));
        }
    }

    fn advance(&mut self, run: usize) {
        self.head += run as u64;
        let reach = self.mover.reach() as u64;
        self.since = self.since.max(self.head.saturating_sub(reach)).min(self.head);
        self.coverage.forget(self.head);
    }

    /// Notes what was played; `was_silent`: whether nothing of a sound before it was left.
    fn heard(&mut self, out: &PlanesMut<'_>, from: usize, to: usize, was_silent: bool) {
        let played = Planes { left: &out.left[from..to], right: out.right.as_deref().map(|right| &right[from..to]) };
        if self.voice == Voice::Silence && was_silent {
            return self.concealment.hear_silence(played);
        }
        if self.voice != Voice::Silence {
            let square = mean_square(played.left).max(played.right.map_or(0.0, mean_square));
            self.mover.hear(square, to - from);
        }
        self.concealment.hear(played);
    }
}
