//! What is played of another node's ticks, for all of its sources at once: [`Steering`]. It knows positions and no samples,
//! but for those that say where the sound may be moved.
//!
//! It is to ticks what the playout of a port is to packets, by the same target, regulator and mover, and in the same words.
//! What is different: ticks are of one length and one of them is due in every tick; the head is kept at the beginning of a
//! tick, so that at equal clocks each tick is played as a whole; and what is done is written down in a script, which every
//! lane plays.

mod gaps;
mod intake;
mod least;
mod moves;
mod play;

use super::{
    convert::SlipDirection,
    counts::LanesCounts,
    figures::Figures,
    frame::TickFrame,
    port::{Arrivals, Mover, Regulator, Store, TargetDelay, TargetFigures},
    script::{Crossfade, Script},
    shelf::Shelf,
};
use crate::data::{channels::Channels, memory::filled};
use least::Least;

/// How long a piece is judged and played at once, at most.
const PIECE_MS: f64 = 10.0;
/// Of a target delay this much, but no more than half a tick, is not made up to the next whole tick.
const ROUNDED_DOWN_MS: f64 = 5.0;
/// Over how long is looked back for how little was there.
const LEAST_OVER_MS: f64 = 1000.0;
/// Parts of a script for each piece: a gap, what sets in behind it, a crossfade, and a slip, each begun and ended.
const PARTS_A_PIECE: usize = 8;

/// What the samples are taken from at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Voice {
    /// Nothing is heard.
    Silence,
    /// The ticks, as they are.
    Frames,
    /// The ticks with a sample more or less: from where on, and which sample is next.
    Slip { direction: SlipDirection, start: u64, at: usize },
    /// What goes on from what was heard last.
    Concealment,
}

#[derive(Debug)]
pub(super) struct Steering {
    figures: Figures,
    /// Samples played so far: the time.
    now: u64,
    /// The position that is played next.
    head: u64,
    /// What was played from here to the head is still there.
    since: u64,
    /// Where the stream began.
    began: u64,
    /// How long nothing has been there, since there was something.
    dry: u64,
    /// For how many samples something has stood in for what is missing.
    concealed: u64,
    /// Whether a tick came that is far ahead of all others: the numbers leapt, if nothing comes in between.
    leapt: bool,
    /// Until when a tick that is missing is more likely lost than late.
    lossy_until: u64,
    /// How much was there when the last ticks were played, at least.
    least_there: Least,
    /// Whether the sound breaks off before the next part.
    breaks: bool,
    voice: Voice,
    fade: Option<Crossfade>,
    arrivals: Arrivals,
    target: TargetDelay,
    regulator: Regulator,
    mover: Mover,
    /// The sum of all sources around the head, and memory to make it in.
    sum: Store,
    piece: Vec<f32>,
    shelf: Shelf,
    script: Script,
    pub counts: LanesCounts,
}

impl Steering {
    /// Control side: allocates.
    pub fn new(figures: Figures, ticks: usize) -> Self {
        let Figures { rate_hz, ms, .. } = figures;
        let mover = Mover::new(rate_hz);
        let around = 2 * mover.reach();
        let pieces = figures.tick.div_ceil(((PIECE_MS * ms) as usize).max(1)) + 1;
        Self {
            figures,
            now: 0,
            head: 0,
            since: 0,
            began: 0,
            dry: 0,
            concealed: 0,
            leapt: false,
            lossy_until: 0,
            least_there: Least::new((LEAST_OVER_MS * ms) as u64),
            breaks: false,
            voice: Voice::Silence,
            fade: None,
            arrivals: Arrivals::new(ms),
            target: TargetDelay::new(TargetFigures { least: figures.least as i64, most: figures.most as i64, ms }),
            regulator: Regulator::new(ms),
            mover,
            sum: Store::new(around, Channels::Mono),
            piece: filled(around, 0.0),
            shelf: Shelf::new(ticks),
            script: Script::new(PARTS_A_PIECE * pieces),
            counts: LanesCounts::default(),
        }
    }

    /// What is to be played in the tick that was decided on last.
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// The ticks of the other node.
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// A tick that will not be played any more.
    pub fn pop_used(&mut self) -> Option<Box<TickFrame>> {
        self.shelf.pop_used()
    }

    /// The number of the tick that a position is in.
    fn number(&self, position: u64) -> u64 {
        position / self.figures.tick as u64
    }

    /// The position of the first sample of a tick.
    fn position(&self, number: u64) -> u64 {
        number * self.figures.tick as u64
    }

    /// The time less the position of the head.
    fn lag(&self) -> i64 {
        self.now.wrapping_sub(self.head) as i64
    }

    /// The lag that is wanted: a whole number of ticks.
    fn wanted(&self) -> i64 {
        let tick = self.figures.tick as i64;
        let down = ((ROUNDED_DOWN_MS * self.figures.ms) as i64).min(tick / 2);
        (self.target.lag() - down + tick - 1).div_euclid(tick) * tick
    }

    fn samples(&self, ms: f64) -> u64 {
        (ms * self.figures.ms) as u64
    }

    fn measure(&mut self) {
        let ms = |samples: i64| samples as f64 / self.figures.ms;
        let slipping = if let Voice::Slip { at, .. } = self.voice { SLIPPED - at as i64 } else { 0 };
        // While nothing is there the head stands still.
        let lag = self.lag() + slipping - self.dry as i64;
        let waits = [lag, self.wanted()].map(|lag| if self.target.knows() { lag - self.target.least() } else { 0 });
        let newest = self.position(self.shelf.end());
        self.counts.wait_ms = ms(waits[0]);
        self.counts.target_ms = ms(waits[1]);
        self.counts.fill_ms = ms(newest.saturating_sub(self.head) as i64 + slipping);
        self.counts.drift_ppm = -1e6 * self.target.drift();
    }
}

/// Samples that a slip gives.
const SLIPPED: i64 = super::convert::Slip::LENGTH as i64;
