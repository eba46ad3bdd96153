//! What another node of a cluster sends, as it is played: [`Lanes`] take its ticks as they come, and give the frames of all of
//! its sources, a tick at a time. All of them are played by one [steering](steering): what is done to one sound is done to all
//! at the same sample, so the sources of a node never drift apart. A port for each of them would have each drift by itself.
//!
//! A [`TickFrame`] is filled on a network thread, played on the audio thread straight from where it lies, and handed back.
//!
//! - At equal clocks, over a network that is steady, what is played is what was sent, bit for bit, a whole number of ticks later.
//! - A source that is not in a tick is not sent to the mixer in the tick that plays it. Where a tick of the mixer lies in two of
//!   the node's, a source is sent if it is in both.
//! - Where a tick is missing, each source that was sent before goes on by the [lane](lane) that it has, as active as it was, for
//!   80 ms, and goes over into what comes then within 5 ms. A source without a lane is not sent in the meantime.
//!
//! The words are those of the ports, where a port's *packet* is a tick here. A *part* is what a run of samples is taken from.
//! A lane that was sent in the last tick is *live*.

mod counts;
mod figures;
mod frame;
mod lane;
mod render;
mod script;
mod shelf;
mod steering;
#[cfg(test)]
mod tests;

use super::{convert, port};
pub(crate) use counts::LanesCounts;
pub(crate) use figures::LanesFigures;
pub(crate) use frame::{TickFrame, Told};

use crate::data::{channels::Planes, frame::Frame, id::ParticipantKey, memory::filled};
use figures::Figures;
use lane::Pool;
use render::Render;
use script::{Part, What};
use steering::Steering;

/// The sources of another node. Made and freed on the control side; all else is for the audio thread, and never waits,
/// allocates or frees.
#[derive(Debug)]
pub(crate) struct Lanes {
    steering: Steering,
    pool: Pool,
    render: Render,
    /// A tick of silence.
    zeros: Vec<f32>,
}

impl Lanes {
    /// Control side: allocates.
    pub fn new(figures: &LanesFigures) -> Self {
        let LanesFigures { rate_hz, channels, lanes, .. } = *figures;
        let of = Figures::of(figures);
        Self {
            steering: Steering::new(of, figures.ticks_held()),
            pool: Pool::new(lanes, rate_hz, channels),
            render: Render::new(&of),
            zeros: filled(of.tick, 0.0),
        }
    }

    /// Takes a tick that has come; or hands it back at once, if it is of no use: it is late, has come before, is too far ahead,
    /// or has frames of another length. For each that is taken one comes from [`pop_used`](Self::pop_used), some time.
    pub fn insert(&mut self, frame: Box<TickFrame>) -> Option<Box<TickFrame>> {
        self.steering.insert(frame)
    }

    /// Plays the next tick: calls `send` once for each source that has a frame in it; without samples if they are all zeros.
    pub fn play(&mut self, mut send: impl FnMut(&Told, Option<Frame<'_>>)) {
        self.steering.steer();
        let tick = self.pool.next_tick();
        match *self.steering.script().parts() {
            [Part { what: What::Frames { position }, fade: None, .. }]
                if position.is_multiple_of(self.zeros.len() as u64) =>
            {
                self.play_whole(position / self.zeros.len() as u64, tick, &mut send);
            }
            _ => self.play_parts(tick, &mut send),
        }
        self.steering.release();
    }

    /// A tick of the node, as it is.
    fn play_whole(&mut self, number: u64, tick: u64, send: &mut impl FnMut(&Told, Option<Frame<'_>>)) {
        let Some(frame) = self.steering.shelf().get(number) else { return };
        let zeros = Planes { left: &self.zeros, right: None };
        for source in frame.sources() {
            let planes = frame.planes(source);
            send(&source.told, planes.map(as_frame));
            let Some(lane) = self.pool.lane(source.told.key) else { continue };
            lane.mend();
            match planes {
                Some(planes) => lane.hear(self.render.folded(planes)),
                None => lane.hear_silence(zeros),
            }
            lane.send(source.told, source.is_stereo(), tick);
        }
    }

    /// A tick that is put together.
    fn play_parts(&mut self, tick: u64, send: &mut impl FnMut(&Told, Option<Frame<'_>>)) {
        let first = self.steering.script().parts().iter().find_map(|part| part.positions());
        let (mut at, mut sends) = (0, false);
        while let Some(key) = self.candidate(at, first.as_ref().map(|positions| positions.start)) {
            at += 1;
            let Some(key) = key else { continue };
            let (shelf, parts) = (self.steering.shelf(), self.steering.script().parts());
            let Some(outline) = self.render.outline(key, at - 1, parts, shelf, self.pool.live(key).as_deref()) else {
                continue;
            };
            let mut lane = self.pool.lane(key);
            let planes = self.render.render(&outline, parts, shelf, lane.as_deref_mut());
            send(&outline.told, Some(as_frame(planes)));
            lane.into_iter().for_each(|lane| lane.send(outline.told, outline.stereo, tick));
            sends = true;
        }
        let conceals = |part: &Part| matches!(part.what, What::Gap { over: false });
        let conceals = self.steering.script().parts().iter().any(conceals);
        self.steering.counts.concealed += u64::from(sends && conceals);
    }

    /// Those who may be sent, one after the other: the sources at the first position that is played, or if there is none those
    /// who were sent last. `None` behind the last.
    fn candidate(&self, at: usize, first: Option<u64>) -> Option<Option<ParticipantKey>> {
        let Some(position) = first else { return self.pool.live_key(at) };
        let frame = self.steering.shelf().get(position / self.zeros.len() as u64)?;
        frame.sources().get(at).map(|source| Some(source.told.key))
    }

    /// A tick that will not be played any more, to be filled again. To be called until there is none: what waits here takes
    /// the room of what comes.
    pub fn pop_used(&mut self) -> Option<Box<TickFrame>> {
        self.steering.pop_used()
    }

    /// The tick of the node that is played next, or is being played; 0 before the first.
    pub fn next_tick(&self) -> u64 {
        self.steering.next_tick()
    }

    /// What was counted, and measured in the last tick.
    pub fn counts(&self) -> LanesCounts {
        self.steering.counts
    }
}

fn as_frame(planes: Planes<'_>) -> Frame<'_> {
    match planes.right {
        Some(right) => Frame::planar(planes.left, right),
        None => Frame::mono(planes.left),
    }
}
