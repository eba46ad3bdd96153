//! A stream as it is played: [`Playout`] takes packets as they come and gives samples without end. Where the delay is
//! to be changed it moves or slips, where samples are missing it conceals, and otherwise what is given is what was sent,
//! bit for bit. No threads; it knows time only as the samples that are read from it.

mod intake;
mod moves;
mod play;

use super::{
    arrivals::{self, Arrivals, Fate},
    concealment::Concealment,
    convert::{self, Slip},
    coverage::{self, Coverage},
    mover::{self, Mover},
    packet::{self, Packet},
    regulator::{self, Regulator},
    splice::Splice,
    store::Store,
    target::{TargetDelay, TargetFigures},
    voice::{self, Fade, Slipped, Voice},
};
use crate::data::{
    channels::{Channels, PlanesMut},
    ports::InputCounts,
};

/// The result of a read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Got {
    /// Whether anything was heard but silence: real samples, or what goes on from some.
    pub heard: bool,
    /// Whether samples of the sender were among them, and not only what stands in for some: else it is as active as it
    /// was.
    pub real: bool,
    /// Whether any came with the activity flag.
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

/// Packets that come so much earlier than all others are from another time, if nothing comes in between.
const LEAP_MS: f64 = 250.0;
/// How long a piece is judged and played at once, at most.
const PIECE_MS: f64 = 10.0;

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
    /// packet has come that says so, since something was heard.
    unsure: u64,
    paused: bool,
    /// Whether a packet came that is far ahead of all others: the sender leapt, if nothing comes in between.
    leapt: bool,
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
            leapt: false,
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
            // It tells nothing of the network: its arrival was judged when it was noted, or it stands in for another.
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
        let early = self.target.least() - self.now.wrapping_sub(packet.start) as i64;
        self.leapt |= fate == Fate::Used && self.target.knows() && early as f64 > LEAP_MS * self.ms;
        if fate != Fate::Stray {
            self.target.wait_at_least(i64::from(packet.least_wait));
            self.target.see(self.now.wrapping_sub(packet.start) as i64);
        }
        if matches!(fate, Fate::Used | Fate::Begins) {
            self.leave_behind(packet);
            self.keep(packet, samples);
        }
    }

    /// Drops everything that has come. The stream begins with the next packet, and goes on from nothing that was heard.
    pub fn discard(&mut self) {
        self.counts.discarded_samples += self.coverage.clear();
        self.arrivals = Arrivals::new(self.ms);
        self.target.restart();
        self.regulator.restart();
        self.concealment.forget();
        self.splice = Splice::new(self.figures.smoothing);
        (self.voice, self.fade, self.head, self.since) = (Voice::Silence, None, 0, 0);
        (self.dry, self.unsure, self.lossy_until, self.paused, self.leapt) = (0, 0, 0, false, false);
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

    /// From the sample that is played next to the newest.
    pub fn fill(&self) -> u64 {
        self.coverage.end().map_or(0, |end| end.saturating_sub(self.head)) + self.slipping()
    }

    /// How long the quickest packets wait, in samples; and how long they should.
    pub fn waits(&self) -> [i64; 2] {
        // While nothing is there the head stands still.
        [self.lag() + self.slipping() as i64 - self.dry as i64, self.target.lag()]
            .map(|lag| if self.target.knows() { lag - self.target.least() } else { 0 })
    }

    /// By how much the sender's clock is faster, in parts of one.
    pub fn drift(&self) -> f64 {
        -self.target.drift()
    }

    /// The position that is played next; and whether the stream has begun.
    pub fn head(&self) -> Option<u64> {
        self.arrivals.has_begun().then_some(self.head)
    }

    /// How many samples of a slip are to be played before those at the head.
    fn slipping(&self) -> u64 {
        if self.voice == Voice::Slip { self.slipped.left() as u64 } else { 0 }
    }

    /// The time less the position of the head.
    fn lag(&self) -> i64 {
        self.now.wrapping_sub(self.head) as i64
    }
}
