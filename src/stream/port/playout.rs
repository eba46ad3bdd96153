//! A stream as it is played: [`Playout`] takes packets as they come and gives samples without end. Where the delay is
//! to be changed it moves or slips, where samples are missing it conceals, and otherwise what is given is what was sent,
//! bit for bit. No threads; it knows time only as the samples that are read from it.

use super::{
    arrivals::{Arrivals, Fate, Standing},
    concealment::Concealment,
    convert::Slip,
    coverage::{Coverage, Span},
    mover::{Around, Jump, Mover, mean_square},
    packet::{Kind, Packet},
    regulator::{Act, Need, Regulator, Stand},
    splice::Splice,
    store::Store,
    target::{TargetDelay, TargetFigures},
    voice::{Fade, Slipped, Voice},
};
use crate::data::{
    channels::{Channels, Planes, PlanesMut},
    ports::InputCounts,
};

/// The result of a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Got {
    /// Whether anything was heard but silence: real samples, or what goes on from some.
    pub heard: bool,
    /// Whether a real sample came with the activity flag.
    pub active: bool,
    /// The level that the sender told of the last sample.
    pub level: Option<u8>,
}

/// All in samples but the rate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlayoutFigures {
    pub rate_hz: u32,
    pub channels: Channels,
    /// The least and the greatest wait of the quickest packets.
    pub least: usize,
    pub most: usize,
    /// How much may wait at most.
    pub bound: usize,
    pub longest_packet: usize,
    pub smoothing: u32,
    /// Whether the clock of the sender is followed by slips.
    pub slips: bool,
}

/// How long a piece is judged and played at once, at most.
const PIECE_MS: f64 = 10.0;
/// The crossfade from a concealment to what is there again.
const MERGE_MS: f64 = 5.0;

/// The delay may be shorter than wanted by so much for a time.
const HARDLY_MS: f64 = 5.0;
/// A gap that is longer is a pause of the sender, if its packets do not tell.
const PAUSE_MS: f64 = 200.0;
/// How long a network is believed to lose packets after it lost one.
const LOSSY_MS: f64 = 5000.0;

#[derive(Debug)]
pub(crate) struct Playout {
    figures: PlayoutFigures,
    ms: f64,
    /// Samples read so far: the time.
    now: u64,
    /// The position that is played next.
    head: u64,
    /// What was played from here to the head is still in the store.
    since: u64,
    /// How long nothing has been there, since there was something.
    dry: u64,
    /// How many samples were played meanwhile that will count as concealed, unless the sender paused; and whether a
    /// packet has come that says so.
    unsure: u64,
    paused: bool,
    /// Until when a packet that is missing is more likely lost than late.
    lossy_until: u64,
    voice: Voice,
    fade: Option<Fade>,
    arrivals: Arrivals,
    target: TargetDelay,
    regulator: Regulator,
    coverage: Coverage,
    store: Store,
    mover: Mover,
    concealment: Concealment,
    splice: Splice,
    slipped: Slipped,
    /// Whether what is noted is passed over: nobody hears the stream, and it is not decoded.
    passing: bool,
    pub counts: InputCounts,
}

impl Playout {
    /// Control side: allocates.
    pub fn new(figures: PlayoutFigures) -> Self {
        let ms = f64::from(figures.rate_hz) / 1000.0;
        let of = |ms_long: f64| (ms_long * ms).round() as usize;
        let mover = Mover::new(figures.rate_hz);
        let kept = mover.reach().max(Slip::AROUND) + of(PIECE_MS);
        let frames = figures.bound + figures.longest_packet + kept;
        let target = TargetFigures { least: figures.least as i64, most: figures.most as i64, ms };
        Self {
            figures,
            ms,
            now: 0,
            head: 0,
            since: 0,
            dry: 0,
            unsure: 0,
            paused: false,
            lossy_until: 0,
            voice: Voice::Silence,
            fade: None,
            arrivals: Arrivals::new(ms),
            target: TargetDelay::new(target),
            regulator: Regulator::new(ms),
            // Gaps never outnumber the spans that there is room for, unless every other one of packets of less than
            // 2.5 ms is lost.
            coverage: Coverage::new(32 + frames * 400 / figures.rate_hz as usize),
            store: Store::new(frames, figures.channels),
            mover,
            concealment: Concealment::new(figures.rate_hz, figures.channels),
            splice: Splice::new(figures.smoothing),
            slipped: Slipped::new(figures.channels),
            passing: false,
            counts: InputCounts::default(),
        }
    }

    /// Takes a packet; its samples, the channels of a frame side by side, lie in two pieces.
    pub fn insert(&mut self, packet: &Packet, samples: [&[f32]; 2]) {
        if !packet.arrives {
            // Its arrival was judged when it was noted. Now it is decoded.
            if packet.end() > self.head && self.is_within(packet) {
                self.keep(packet, samples);
            }
            return;
        }
        let fate = self.arrivals.place(packet, self.standing(packet));
        match fate {
            Fate::Begins => self.begin(packet),
            Fate::Stray => self.counts.strays += 1,
            Fate::Late => self.counts.late += 1,
            Fate::Used => {}
        }
        if fate != Fate::Stray {
            self.target.spare(i64::from(packet.spare));
            self.target.see(self.now.wrapping_sub(packet.start) as i64);
        }
        if matches!(fate, Fate::Used | Fate::Begins) {
            self.leave_behind(packet);
            self.keep(packet, samples);
        }
    }

    /// Plays the next `frames` frames, at the beginning of `out`. `passing`: nobody hears them, and what is not decoded
    /// counts as played.
    pub fn read(&mut self, frames: usize, out: &mut PlanesMut<'_>, passing: bool) -> Got {
        self.passing = passing;
        self.settle();
        let (mut got, mut at) = (Got::default(), 0);
        let piece = ((PIECE_MS * self.ms) as usize).max(1);
        while at < frames {
            let to = frames.min(at + piece);
            self.regulate(to - at, at == 0);
            self.play(out, at, to, &mut got);
            at = to;
        }
        got
    }

    /// From the play head to the newest sample, in samples.
    pub fn fill(&self) -> u64 {
        self.coverage.end().map_or(0, |end| end.saturating_sub(self.head))
    }

    /// How long the quickest packets wait, in samples; and how long they should.
    pub fn waits(&self) -> [i64; 2] {
        [self.lag(), self.target.lag()].map(|lag| if self.target.knows() { lag - self.target.least() } else { 0 })
    }

    /// By how much the sender's clock is faster, in parts of one.
    pub fn drift(&self) -> f64 {
        -self.target.drift()
    }

    /// The position that is played next; and whether the stream has begun.
    pub fn head(&self) -> Option<u64> {
        self.arrivals.has_begun().then_some(self.head)
    }

    /// The time less the position of the head.
    fn lag(&self) -> i64 {
        self.now.wrapping_sub(self.head) as i64
    }

    /// By how much a gap may be shorter than what is missing, once `dry` samples have been played in its place: by up to
    /// half if the delay is longer than wanted, and by a tenth as long as it is hardly shorter.
    fn spare(&self, gap: u64, dry: u64) -> u64 {
        let over = self.lag() - dry as i64 - self.target.lag();
        let hardly = (HARDLY_MS * self.ms) as i64;
        let at_most = |part: u64, over: i64| part.min(u64::try_from(over).unwrap_or(0));
        at_most(gap / 2, over).max(at_most(gap / 10, over + hardly))
    }

    fn standing(&self, packet: &Packet) -> Standing {
        let dry = self.dry > 0 && self.coverage.first().is_none();
        let most = self.figures.bound as i64;
        let least = if self.target.knows() { self.target.least() } else { self.now.wrapping_sub(packet.start) as i64 };
        Standing { now: self.now, head: self.head, least, most, dry }
    }

    /// The stream begins with this packet, or begins anew.
    fn begin(&mut self, packet: &Packet) {
        if self.target.knows() {
            self.counts.resyncs += 1;
            self.counts.dropped_samples += self.coverage.clear();
        }
        self.target.restart();
        self.regulator.restart();
        self.go_to(packet.start - self.figures.least as u64);
    }

    /// The head goes elsewhere, without a crossfade.
    fn go_to(&mut self, position: u64) {
        if matches!(self.voice, Voice::Store | Voice::Slip) {
            let audible = self.concealment.begin();
            self.voice = if audible { Voice::Concealment } else { Voice::Silence };
        }
        (self.head, self.since, self.fade) = (position, position, None);
        (self.dry, self.unsure, self.paused) = (0, 0, false);
    }

    /// Whether there is room for a packet.
    fn is_within(&self, packet: &Packet) -> bool {
        packet.end() <= self.head + (self.figures.bound + self.figures.longest_packet) as u64
    }

    /// If a packet waited longer than the bound, the oldest samples are dropped until the delay is what is wanted.
    fn leave_behind(&mut self, packet: &Packet) {
        if packet.start <= self.head + self.figures.bound as u64 {
            return;
        }
        let transit = self.now.wrapping_sub(packet.start) as i64;
        let lag = self.target.lag().clamp(transit + self.figures.least as i64, transit + self.figures.most as i64);
        let head = self.now.wrapping_sub(lag as u64).min(packet.start).max(self.head);
        // After a pause nothing is there to be dropped.
        let dropped = self.coverage.forget(head);
        self.counts.overruns += u64::from(dropped > 0);
        self.counts.dropped_samples += dropped;
        self.go_to(head);
        self.regulator.restart();
    }

    /// Keeps the samples that the head has not passed and of which less is known.
    fn keep(&mut self, packet: &Packet, samples: [&[f32]; 2]) {
        let Packet { start, active, kind, level, .. } = *packet;
        let older = self.arrivals.is_older(packet);
        if packet.arrives {
            self.guess(packet, older);
            self.paused |= packet.paused;
        }
        let span = Span { start: start.max(self.head), end: packet.end(), kind, active, level };
        let known = self.coverage.known(span.start);
        let store = &mut self.store;
        let brought = self.coverage.cover(span, |from, to| {
            if kind != Kind::Noted {
                let [first, last] = [from, to].map(|position| (position - start) as usize);
                store.write(from, samples, first, last);
            }
        });
        self.counts.dropped_samples += brought.dropped;
        if packet.arrives {
            let twice = known.is_some_and(|known| known == Kind::Noted || known >= Kind::Real);
            self.counts.duplicates += u64::from(brought.new == 0 && twice);
            self.counts.reordered += u64::from(brought.new > 0 && older);
        }
    }

    /// Whether the next packet that is missing will be lost, or late, as the last one was.
    fn guess(&mut self, packet: &Packet, older: bool) {
        let end = self.coverage.end().unwrap_or(self.head);
        if older {
            self.lossy_until = 0;
        } else if packet.start > end {
            self.lossy_until = self.now + (LOSSY_MS * self.ms) as u64;
        }
    }

    /// All packets since the last read are in. If samples were missing, what came tells whether they were lost, or late.
    fn settle(&mut self) {
        let Some(next) = self.coverage.first_sent().filter(|_| self.dry > 0) else { return };
        let gap = next.saturating_sub(self.head);
        if gap > 0 {
            // They were lost, or not sent: what was played instead of them counts.
            let passed = gap.min(self.dry + self.spare(gap, self.dry).min(self.dry));
            self.head += passed;
            self.since = self.head;
            self.coverage.forget(self.head);
            self.counts.lost_samples += passed;
        }
        let paused = gap > 0 && (self.paused || self.dry as f64 > PAUSE_MS * self.ms);
        self.counts.concealed_samples += if paused { 0 } else { self.unsure };
        (self.dry, self.unsure, self.paused) = (0, 0, false);
    }

    /// Changes the delay, if that is due and possible.
    fn regulate(&mut self, frames: usize, first: bool) {
        self.target.pass(0);
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
            Act::Move { by, need } => self.move_by(by, need, stand, until),
            act @ (Act::Shorten | Act::Lengthen) if self.figures.slips => self.slip(act == Act::Shorten, until),
            _ => {}
        }
    }

    fn move_by(&mut self, by: i64, need: Need, stand: Stand, until: u64) {
        let around = Around { head: self.head, since: self.since, until };
        let Some(Jump { to, fade, quiet }) = self.mover.find(around, by, need, &self.store) else { return };
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
        self.slipped.make(&self.store, self.head, shorten);
        self.head += taken as u64;
        self.coverage.forget(self.head);
        self.voice = Voice::Slip;
        let count = if shorten { &mut self.counts.removed_samples } else { &mut self.counts.inserted_samples };
        *count += 1;
    }

    /// Plays the frames `from..to` of `out`.
    fn play(&mut self, out: &mut PlanesMut<'_>, from: usize, to: usize, got: &mut Got) {
        let mut at = from;
        while at < to {
            let run = match (self.voice, self.coverage.first()) {
                (Voice::Slip, _) => self.play_slip(out, at, to, got),
                (_, Some(span)) if span.start <= self.head => self.play_span(span, out, at, to, got),
                (_, next) => self.play_gap(next, out, at, to, got),
            };
            self.heard(out, at, at + run);
            self.now += run as u64;
            self.target.pass(run as u64);
            at += run;
        }
    }

    fn play_slip(&mut self, out: &mut PlanesMut<'_>, at: usize, to: usize, got: &mut Got) -> usize {
        let run = self.slipped.give(out, at, to);
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
                self.voice = Voice::Silence;
                self.silence(out, at, at + run);
                self.advance(run);
                (got.heard, got.active) = (true, got.active | span.active);
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
            Kind::Noted | Kind::Real => {}
        }
        (got.heard, got.active) = (true, got.active | span.active);
        self.advance(run);
        run
    }

    /// Real samples set in, if they have not.
    fn set_in(&mut self) {
        if self.voice == Voice::Concealment && !self.concealment.is_silent() {
            self.fade = Some(Fade::new(Voice::Concealment, 0, ((MERGE_MS * self.ms) as usize).max(1)));
        }
        if self.voice != Voice::Store {
            (self.voice, self.since) = (Voice::Store, self.head);
        }
    }

    fn play_gap(&mut self, next: Option<Span>, out: &mut PlanesMut<'_>, at: usize, to: usize, got: &mut Got) -> usize {
        if self.voice == Voice::Store {
            self.break_off(next.is_none());
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
            self.counts.lost_samples += if self.voice == Voice::Silence { 0 } else { passed };
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

    fn heard(&mut self, out: &PlanesMut<'_>, from: usize, to: usize) {
        let played = Planes { left: &out.left[from..to], right: out.right.as_deref().map(|right| &right[from..to]) };
        if self.voice != Voice::Silence {
            let square = mean_square(played.left).max(played.right.map_or(0.0, mean_square));
            self.mover.hear(square, to - from);
        }
        self.concealment.hear(played);
    }
}
