//! [`Link`]: what the two halves of one mixer hold in common. The control side publishes and reads figures; the audio
//! side reads what is published and leaves its memory here. Nothing in it locks, and nothing of the control side is
//! in reach.

use std::sync::Arc;

use super::{
    deliver::Limiter,
    engine::{Engine, Tools},
    published::Slot,
    taps::PublishedTaps,
};
use crate::{
    data::{
        id::Generation,
        sync::Guard,
        timing::{Clock, Elapsed, Timing},
        tree::Tree,
    },
    dsp::{Kernel, Remaining},
    link::{
        hand_over::{HandOver, Reached},
        mailbox::Mailbox,
        readings::{MixerMeters, MixerReadings},
        tap::TapClock,
    },
};

/// One publication: everything that the audio side has to know.
#[derive(Debug, Clone)]
pub(crate) struct Matrix {
    pub generation: u64,
    pub slots: Tree<Slot>,
    /// How many slots the audio side must have room for, and an engine with that room. The engine that was outgrown
    /// comes back in the same mailbox.
    pub capacity: usize,
    pub engine: Arc<Mailbox<Engine>>,
    /// How many of the sources that no row wants by name are heard; `None`: all are.
    pub loudest: Option<usize>,
    pub taps: PublishedTaps,
}

/// What both halves hold.
#[derive(Debug)]
pub(crate) struct Link {
    pub timing: Timing,
    pub kernel: Kernel,
    pub meters: MixerMeters,
    /// How far the taps have come. Their readers own it, too.
    pub taps: Arc<TapClock>,
    remaining: Remaining,
    limiter: Option<Limiter>,
    hand_over: HandOver<Matrix, Engine>,
}

impl Link {
    pub fn new(timing: Timing, limiter: Option<Limiter>, kernel: Kernel, matrix: Arc<Matrix>, mixer: u32) -> Self {
        Self {
            timing,
            kernel,
            meters: MixerMeters::of(mixer),
            taps: Arc::default(),
            remaining: Remaining::new(timing.smoothing, timing.tick),
            limiter,
            hand_over: HandOver::new(matrix),
        }
    }

    /// Control: makes `matrix` the newest. The one before it, which the audio thread may still be reading.
    pub fn publish(&self, matrix: Arc<Matrix>) -> Arc<Matrix> {
        self.hand_over.publish(matrix)
    }

    /// Audio: the newest matrix. The first call on a thread allocates that thread's node in arc-swap's list.
    pub fn newest(&self) -> Guard<Arc<Matrix>> {
        self.hand_over.newest()
    }

    /// Audio: what the steps of the tick need that begins after so much time.
    pub fn tools(&self, Elapsed { mixed, position }: Elapsed) -> Tools<'_> {
        let clock = Clock { now: mixed, begun: mixed > 0, timing: &self.timing };
        let Self { kernel, remaining, limiter, meters, .. } = self;
        Tools { clock, position, kernel: *kernel, remaining, limiter: limiter.as_ref(), meters }
    }

    /// Audio: a tick with everything up to `generation` has been mixed.
    pub fn set_mixed(&self, generation: u64) {
        self.hand_over.set_mixed(generation);
    }

    /// The generation that was mixed last.
    pub fn mixed(&self) -> Generation {
        Generation(self.hand_over.mixed())
    }

    /// How many ticks were mixed.
    pub fn ticks(&self) -> u64 {
        self.hand_over.ticks()
    }

    /// How far the audio side is with a generation.
    pub fn reached(&self, generation: Generation) -> Reached {
        self.hand_over.reached(generation.0)
    }

    /// The figures of the whole mixer.
    pub fn readings(&self) -> MixerReadings {
        self.meters.read(self.ticks())
    }

    /// Audio: the processor goes; its memory stays here.
    pub fn leave(&self, engine: &mut Engine) {
        self.taps.stop();
        self.hand_over.leave(engine);
    }

    pub fn processor_gone(&self) -> bool {
        self.hand_over.gone()
    }

    /// Control: what a dropped processor left.
    pub fn take_leftover(&self) -> Option<Box<Engine>> {
        self.hand_over.take_leftover()
    }
}
