//! [`Link`]: what the two halves of one mixer hold in common. The control side publishes and reads figures; the audio
//! side reads what is published and leaves its memory here. Nothing in it locks, and nothing of the control side is
//! in reach.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use arc_swap::{ArcSwap, Guard};

use super::{
    deliver::Limiter,
    engine::{Engine, Tools},
    published::Slot,
    taps::PublishedTaps,
};
use crate::{
    data::{
        id::Generation,
        timing::{Clock, Elapsed, Timing},
        tree::Tree,
    },
    dsp::{Kernel, Remaining},
    link::{mailbox::Mailbox, readings::MixerMeters, tap::TapClock},
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
    matrix: ArcSwap<Matrix>,
    mixed: AtomicU64,
    /// Where a dropped processor leaves its memory.
    leftover: Mailbox<Engine>,
    processor_gone: AtomicBool,
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
            matrix: ArcSwap::new(matrix),
            mixed: AtomicU64::new(0),
            leftover: Mailbox::new(Engine::default()),
            processor_gone: AtomicBool::new(false),
        }
    }

    /// Control: makes `matrix` the newest. The one before it, which the audio thread may still be reading.
    pub fn publish(&self, matrix: Arc<Matrix>) -> Arc<Matrix> {
        self.matrix.swap(matrix)
    }

    /// Audio: the newest matrix. The first call on a thread allocates that thread's node in arc-swap's list.
    pub fn newest(&self) -> Guard<Arc<Matrix>> {
        self.matrix.load()
    }

    /// Audio: what the steps of the tick need that begins after so much time.
    pub fn tools(&self, Elapsed { mixed, position }: Elapsed) -> Tools<'_> {
        let clock = Clock { now: mixed, begun: mixed > 0, timing: &self.timing };
        let Self { kernel, remaining, limiter, meters, .. } = self;
        Tools { clock, position, kernel: *kernel, remaining, limiter: limiter.as_ref(), meters }
    }

    /// Audio: a tick with everything up to `generation` has been mixed.
    pub fn set_mixed(&self, generation: u64) {
        self.mixed.store(generation, Ordering::Release);
    }

    /// The generation that was mixed last.
    pub fn mixed(&self) -> Generation {
        Generation(self.mixed.load(Ordering::Acquire))
    }

    /// Audio: the processor goes; its memory stays here.
    pub fn leave(&self, engine: &mut Engine) {
        if let Some(mut empty) = self.leftover.take() {
            std::mem::swap(&mut *empty, engine);
            self.leftover.put(empty);
        }
        self.taps.stop();
        self.processor_gone.store(true, Ordering::Release);
    }

    pub fn processor_gone(&self) -> bool {
        self.processor_gone.load(Ordering::Acquire)
    }

    /// Control: what a dropped processor left.
    pub fn take_leftover(&self) -> Option<Box<Engine>> {
        if self.processor_gone() { self.leftover.take() } else { None }
    }
}
