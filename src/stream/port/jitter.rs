//! The jitter buffer: [`Jitter`] takes packets in the order in which they come and plays them in
//! the order in which they were made, without clicks. No threads; it knows time only as the samples
//! that are read from it.

use super::{
    coverage::{Coverage, Span},
    head::{Head, HeadFigures},
    packet::{Fate, Move, Packet},
    splice::{Both, Splice},
    store::Store,
};
use crate::data::{
    channels::{Channels, PlanesMut},
    ports::InputCounts,
};

/// The result of a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Got {
    /// Whether anything was heard but the silence of a gap: real samples, or the tail of some.
    pub heard: bool,
    /// Whether a real sample came with the activity flag.
    pub active: bool,
}

/// The measurements of a read, in samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Measured {
    /// The mean wait of the new packets before it.
    pub wait: Option<i64>,
    /// Whether it ended in a gap.
    pub gap: bool,
    /// Whether the head stands anew at the depth.
    pub restarted: bool,
    /// By how much the head moved ahead because of a lasting excess.
    pub tightened: u64,
    /// From the head to the newest sample.
    pub fill: u64,
}

/// Why a sample is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hole {
    /// It is there.
    None,
    /// The stream has not begun, here or after a leap: nothing is missing.
    Start,
    /// It was lost: newer ones are there.
    Lost,
    /// Nothing newer was there when the hole began.
    Dry,
}

#[derive(Debug)]
pub(crate) struct Jitter {
    head: Head,
    coverage: Coverage,
    store: Store,
    splice: Splice,
    /// Why the last played sample was not there, if it was not.
    hole: Hole,
    /// How many samples have been quiet, while that matters; and how many make a quiet moment: 5
    /// ms.
    quiet: usize,
    moment: usize,
    measured: Measured,
    pub counts: InputCounts,
}

/// Below this level a leap of the head is not noticed: -40 dBFS.
const QUIET: f32 = 0.01;

impl Jitter {
    /// Holds packets that begin up to the bound ahead of the head and are no longer than the bound:
    /// twice the bound of samples. Gaps among them never outnumber the spans that there is room
    /// for, unless every other one of packets of less than 2.5 ms is lost.
    pub fn new(rate_hz: u32, figures: HeadFigures, smoothing: u32, channels: Channels) -> Self {
        let frames = 2 * figures.bound;
        let spans = 16 + frames * 400 / u64::from(rate_hz);
        Self {
            head: Head::new(figures),
            coverage: Coverage::new(spans as usize),
            store: Store::new(frames as usize, channels),
            splice: Splice::new(smoothing),
            hole: Hole::Start,
            quiet: 0,
            moment: (rate_hz / 200).max(1) as usize,
            measured: Measured::default(),
            counts: InputCounts::default(),
        }
    }

    /// Takes a packet; its samples, the channels of a frame side by side, lie in two pieces.
    pub fn insert(&mut self, packet: &Packet, samples: [&[f32]; 2]) {
        let dry = self.hole != Hole::None && self.coverage.end().is_none();
        let (fate, moved) = self.head.place(packet, dry);
        match moved {
            None => {}
            Some(Move::Skipped) => self.skip(),
            Some(moved) => {
                self.counts.resyncs += u64::from(moved == Move::Resynced);
                self.counts.dropped_samples += self.coverage.clear();
                self.splice.cut();
                (self.hole, self.measured.restarted) = (Hole::Start, true);
            }
        }
        match fate {
            Fate::Used => self.keep(packet, samples),
            Fate::Late => self.counts.late += 1,
            Fate::Stray => self.counts.strays += 1,
        }
    }

    /// Keeps the samples that the head has not passed and that are not there yet.
    fn keep(&mut self, packet: &Packet, samples: [&[f32]; 2]) {
        let older = self.coverage.end().is_some_and(|end| packet.start < end);
        let (mut at, mut new) = (packet.start.max(self.head.at()), false);
        while let Some((from, to)) = self.coverage.hole(at, packet.end()) {
            if self.coverage.fill(from, to, packet.active) {
                let [first, last] = [from, to].map(|position| (position - packet.start) as usize);
                self.store.write(from, samples, first, last);
            } else {
                self.counts.dropped_samples += to - from;
            }
            (at, new) = (to, true);
        }
        self.counts.duplicates += u64::from(!new);
        self.counts.reordered += u64::from(new && older);
    }

    /// Plays the next `frames` frames, at the beginning of `out`.
    pub fn read(&mut self, frames: usize, out: &mut PlanesMut<'_>) -> Got {
        if self.head.settle() {
            self.counts.overruns += 1;
            self.skip();
        }
        if let Some(over) = self.head.tighten(self.quiet >= self.moment || self.hole != Hole::None) {
            self.counts.cuts += 1;
            self.skip();
            (self.measured.tightened, self.measured.restarted) = (over, false);
        }
        let (mut got, mut at) = (Got::default(), 0);
        while at < frames {
            let next = self.coverage.first();
            at += match next {
                Some(span) if span.start <= self.head.at() => self.play(span, out, at, frames, &mut got),
                _ => self.miss(next, out, at, frames, &mut got),
            };
        }
        if self.head.is_to_be_tightened() {
            let planes = [Some(&*out.left), out.right.as_deref()];
            let quiet = planes.into_iter().flatten().all(|plane| is_quiet(&plane[..frames]));
            self.quiet = if quiet { self.quiet + frames } else { 0 };
        } else {
            self.quiet = 0;
        }
        got
    }

    /// The measurements since this was last asked for.
    pub fn measure(&mut self) -> Measured {
        Measured {
            wait: self.head.take_wait(),
            gap: self.hole != Hole::None,
            fill: self.coverage.end().map_or(0, |end| end - self.head.at()),
            ..std::mem::take(&mut self.measured)
        }
    }

    /// The head has moved on.
    fn skip(&mut self) {
        self.counts.dropped_samples += self.coverage.forget(self.head.at());
        self.splice.cut();
        self.measured.restarted = true;
    }

    fn play(&mut self, span: Span, out: &mut PlanesMut<'_>, from: usize, frames: usize, got: &mut Got) -> usize {
        let position = self.head.at();
        let run = (frames - from).min((span.end - position) as usize);
        self.store.read(position, out, from, from + run);
        if self.splice.at_rest() {
            self.splice.follow(self.store.frame(position + run as u64 - 1));
        } else {
            let splice = &mut self.splice;
            shape(out, from, from + run, |frame| splice.real(frame));
        }
        self.hole = Hole::None;
        got.heard = true;
        got.active |= span.active;
        self.head.advance(run as u64, false);
        self.coverage.forget(self.head.at());
        run
    }

    fn miss(
        &mut self,
        next: Option<Span>,
        out: &mut PlanesMut<'_>,
        from: usize,
        frames: usize,
        got: &mut Got,
    ) -> usize {
        let ahead = next.map_or(u64::MAX, |span| span.start - self.head.at());
        let run = ahead.min((frames - from) as u64);
        if self.hole == Hole::None {
            self.hole = if next.is_some() { Hole::Lost } else { Hole::Dry };
            self.counts.underruns += u64::from(next.is_none());
        }
        if self.hole == Hole::Lost {
            self.counts.lost_samples += run;
        }
        let to = from + run as usize;
        if self.splice.is_silent() {
            shape(out, from, to, |_| [0.0; 2]);
        } else {
            got.heard = true;
            let splice = &mut self.splice;
            shape(out, from, to, |_| splice.missing());
        }
        self.head.advance(run, next.is_none());
        run as usize
    }
}

fn shape(out: &mut PlanesMut<'_>, from: usize, to: usize, mut of: impl FnMut(Both) -> Both) {
    for at in from..to {
        let right = out.right.as_deref().map_or(0.0, |right| right[at]);
        let frame = of([out.left[at], right]);
        out.left[at] = frame[0];
        if let Some(right) = &mut out.right {
            right[at] = frame[1];
        }
    }
}

fn is_quiet(samples: &[f32]) -> bool {
    samples.iter().all(|sample| sample.abs() < QUIET)
}
