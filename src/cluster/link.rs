//! The network thread's ends of what goes to and from the audio thread: [`Outgoing`], the ticks of this node, and [`Incoming`],
//! those of another one. All memory is made and freed here.

use std::sync::Arc;

use rtrb::{Consumer, Producer, RingBuffer};

use super::{
    NodeOptions,
    audio::AudioLink,
    codec::LinkDecoders,
    entry::Place,
    meters::LinkMeters,
    tick::{LeftOut, Tick},
};
use crate::{
    ParticipantKey,
    data::{channels::MAX_CHANNELS, figures::Figures},
    stream::lanes::{Lanes, LanesFigures, TickFrame},
};

/// How many ticks of this node may be on their way to the network.
const OUTGOING: usize = 16;
/// How many ticks of another node there may be at most, beside those that wait in its lanes.
const ON_THE_WAY: usize = 32;

/// Room for sources is made for so many at once.
const STEP: usize = 8;

/// The ticks of this node, on their way from the audio thread to the network.
#[derive(Debug)]
pub(super) struct Outgoing {
    free: Producer<Box<TickFrame>>,
    written: Consumer<Box<TickFrame>>,
}

impl Outgoing {
    /// With the audio thread's ends: where it gets memory, and where it puts what is written.
    pub fn new(figures: &Figures, most_sources: usize) -> (Self, Consumer<Box<TickFrame>>, Producer<Box<TickFrame>>) {
        let (mut free, from_free) = RingBuffer::new(OUTGOING);
        let (to_written, written) = RingBuffer::new(OUTGOING);
        for _ in 0..OUTGOING {
            let planes = most_sources * figures.channels.count();
            // There is room for all of them.
            let _ = free.push(Box::new(TickFrame::new(most_sources, planes, figures.timing.tick)));
        }
        (Self { free, written }, from_free, to_written)
    }

    /// Gives each tick that was written to `send`.
    pub fn each(&mut self, mut send: impl FnMut(&TickFrame)) {
        while let Ok(frame) = self.written.pop() {
            send(&frame);
            // There is room for as many as there are.
            let _ = self.free.push(frame);
        }
    }
}

/// The ticks of another node, on their way from the network to the audio thread.
#[derive(Debug)]
pub(super) struct Incoming {
    pub number: u64,
    pub incarnation: u64,
    frames: Producer<Box<TickFrame>>,
    used: Consumer<Box<TickFrame>>,
    #[allow(clippy::vec_box, reason = "they go to the audio thread and come back in their boxes")]
    spare: Vec<Box<TickFrame>>,
    decoders: LinkDecoders,
    /// How many there are, and may be.
    made: usize,
    most: usize,
    most_sources: usize,
    samples: usize,
}

impl Incoming {
    /// With the audio thread's end.
    pub fn new(
        (number, incarnation): (u64, u64),
        figures: &Figures,
        options: &NodeOptions,
        meters: Arc<LinkMeters>,
    ) -> (Self, Box<AudioLink>) {
        let Figures { channels, timing, .. } = *figures;
        let (depth, lanes) = (options.depth, options.most_sources);
        let lanes = LanesFigures { rate_hz: timing.rate, channels, tick: timing.tick, depth, lanes };
        let most = lanes.ticks_held() + ON_THE_WAY;
        let (frames, to_audio) = RingBuffer::new(most);
        let (from_audio, used) = RingBuffer::new(most);
        let link = AudioLink { number, lanes: Lanes::new(&lanes), frames: to_audio, used: from_audio, meters };
        let own = Self {
            number,
            incarnation,
            frames,
            used,
            spare: Vec::with_capacity(most),
            decoders: LinkDecoders::new(),
            made: 0,
            most,
            most_sources: options.most_sources,
            samples: timing.tick,
        };
        (own, Box::new(link))
    }

    /// Gives a tick to the audio thread; `None` if there are as many already as may be. What is not heard of it.
    pub fn take(&mut self, tick: &Tick<'_>, key: impl Fn(Place) -> Option<ParticipantKey>) -> Option<LeftOut> {
        while let Ok(frame) = self.used.pop() {
            self.spare.push(frame);
        }
        let (sources, planes) = tick.room();
        // In steps, so that one source more is no reason to make all anew; and no more than there may be.
        let sources = sources.next_multiple_of(STEP).min(self.most_sources);
        let planes = planes.next_multiple_of(STEP).min(self.most_sources * MAX_CHANNELS);
        let mut frame = self.frame(sources, planes)?;
        let left_out = tick.fill(&mut frame, &mut self.decoders, key);
        // There is room for as many as there are.
        let _ = self.frames.push(frame);
        Some(left_out)
    }

    /// Memory for a tick with so many sources and planes.
    fn frame(&mut self, sources: usize, planes: usize) -> Option<Box<TickFrame>> {
        match self.spare.pop() {
            Some(frame) if frame.has_room(sources, planes) => Some(frame),
            // It is freed here, and made anew.
            Some(_) => Some(Box::new(TickFrame::new(sources, planes, self.samples))),
            None if self.made < self.most => {
                self.made += 1;
                Some(Box::new(TickFrame::new(sources, planes, self.samples)))
            }
            None => None,
        }
    }
}
