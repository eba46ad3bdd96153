//! The audio half: [`Processor`], [`AudioThread`] and [`Tick`].

use std::{
    marker::PhantomData,
    sync::{Arc, atomic::Ordering},
};

use super::{Clock, Mixes, Prepared, Stage, render::Task};
use crate::{
    data::id::Generation,
    data::{
        frame::{Frame, FrameError},
        id::ParticipantKey,
    },
    kernel::InstructionSet,
    ship::Shared,
};

/// The half that mixes. It belongs to one thread at a time: `Send`, but neither `Sync` nor `Clone`.
///
/// It has no clock, thread, socket or file. Dropping it, on any thread, hands its memory to the controllers and frees nothing; only
/// when no controller is left does the drop free what both halves had.
///
/// ```compile_fail
/// fn needs_sync<T: Sync>() {}
/// needs_sync::<mixminus::Processor>();
/// ```
/// ```compile_fail
/// fn needs_clone<T: Clone>() {}
/// needs_clone::<mixminus::Processor>();
/// ```
#[derive(Debug)]
pub struct Processor {
    stage: Stage,
    shared: Arc<Shared>,
    /// Samples mixed so far.
    now: u64,
    /// The generation that was taken up last.
    taken: u64,
    /// Whether frames came in since the last mix.
    open: bool,
    not_sync: PhantomData<std::cell::Cell<()>>,
}

impl Processor {
    pub(crate) fn new(stage: Stage, shared: Arc<Shared>) -> Self {
        Self { stage, shared, now: 0, taken: 0, open: false, not_sync: PhantomData }
    }

    /// Gets ready to tick on the thread that calls this. On a thread's first call one small node is allocated for it, so make that before the
    /// audio starts. Further calls on the same thread, in every callback of a host, say, cost nanoseconds and are real time. What it
    /// returns cannot leave the thread.
    pub fn enter(&mut self) -> AudioThread<'_> {
        drop(self.shared.newest());
        AudioThread { processor: self, not_send: PhantomData }
    }

    /// Samples a second of each channel.
    pub fn sample_rate(&self) -> u32 {
        self.shared.timing.rate
    }

    /// Samples in a tick.
    pub fn tick_samples(&self) -> usize {
        self.shared.timing.tick
    }

    /// The instruction set that the mixes are computed with: the one of [`MixerConfig`](crate::MixerConfig::instruction_set), or the
    /// fastest that this machine has.
    pub fn instruction_set(&self) -> InstructionSet {
        self.shared.kernel.instruction_set()
    }

    fn begin(&mut self) {
        if std::mem::replace(&mut self.open, true) {
            // A tick was begun and dropped: what was sent in it is not heard.
            self.stage.forget_input();
        }
        let newest = self.shared.newest();
        if newest.generation > self.taken {
            let clock = clock(self.now, &self.shared);
            self.stage.take_up(&newest, self.taken, &clock);
            self.taken = newest.generation;
        }
    }

    /// Plans the tick, up to the sums.
    fn prepare(&mut self) {
        let Self { stage, shared, now, .. } = self;
        let clock = clock(*now, shared);
        stage.prepare(&clock, shared);
    }

    /// The sums that are still to be made.
    pub(super) fn tasks(&mut self) -> impl Iterator<Item = Task<'_>> {
        let Self { stage, shared, now, .. } = self;
        let clock = clock(*now, shared);
        stage.tasks(clock, shared)
    }

    /// Makes what nobody has made yet, and ends the tick.
    pub(super) fn finish(&mut self) -> Mixes<'_> {
        self.tasks().for_each(Task::work);
        let Self { stage, shared, now, taken, open, .. } = self;
        let clock = clock(*now, shared);
        stage.finish(&clock, shared);
        *now += shared.timing.tick as u64;
        *open = false;
        shared.meters.ticks.fetch_add(1, Ordering::Relaxed);
        shared.set_mixed(*taken);
        Mixes::new(stage, clock, shared.kernel)
    }
}

/// The time of the tick that begins after so many samples.
fn clock(now: u64, shared: &Shared) -> Clock<'_> {
    Clock { now, begun: now > 0, timing: &shared.timing }
}

impl Drop for Processor {
    fn drop(&mut self) {
        self.shared.bequeath(&mut self.stage);
    }
}

/// A [`Processor`] at work on one thread.
///
/// ```compile_fail
/// fn needs_send<T: Send>() {}
/// needs_send::<mixminus::AudioThread<'static>>();
/// ```
#[derive(Debug)]
pub struct AudioThread<'a> {
    processor: &'a mut Processor,
    not_send: PhantomData<*const ()>,
}

impl AudioThread<'_> {
    /// Begins a tick: takes up everything that the controllers have published. Real time: never locks, allocates, frees or blocks.
    ///
    /// A tick that is dropped instead of mixed takes no time, and what was sent in it is not heard.
    pub fn tick(&mut self) -> Tick<'_> {
        self.processor.begin();
        Tick { processor: self.processor }
    }

    /// Samples in a tick.
    pub fn tick_samples(&self) -> usize {
        self.processor.shared.timing.tick
    }
}

/// A tick that has begun: send the frames, then mix.
#[derive(Debug)]
#[must_use = "a tick takes place when it is mixed"]
pub struct Tick<'a> {
    processor: &'a mut Processor,
}

impl<'a> Tick<'a> {
    /// Gives the frame of one source for this tick. A source that is given none is missing in it. Real time.
    ///
    /// # Errors
    /// [`FrameError`]: the frame is refused, and counted; the tick goes on.
    pub fn send(&mut self, source: ParticipantKey, frame: Frame<'_>) -> Result<(), FrameError> {
        let Processor { stage, shared, .. } = &mut *self.processor;
        stage.send(source, &frame, shared)
    }

    /// The generation that this tick is mixed with.
    pub fn generation(&self) -> Generation {
        Generation(self.processor.taken)
    }

    /// Mixes. Real time. The work is that of the distinct mixes and the sources heard in them, of the rows that are moving or list something of
    /// their own, and a few nanoseconds for everybody else.
    pub fn mix(self) -> Mixes<'a> {
        self.prepare().finish()
    }

    /// Gets a mix ready to be made by several threads at the same time: everything up to the sums. Real time.
    pub fn prepare(self) -> Prepared<'a> {
        self.processor.prepare();
        Prepared::new(self.processor)
    }
}
