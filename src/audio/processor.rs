//! The audio half: [`Processor`], [`AudioThread`] and [`Tick`]; and one tick on several threads: [`Prepared`] and
//! [`Part`].

use std::{any::Any, marker::PhantomData, sync::Arc};

use super::{engine::Engine, link::Link, mix::Task, mixes::Mixes};
use crate::{
    data::{
        channels::Channels,
        frame::{Frame, FrameError},
        id::{Generation, ParticipantKey},
        shedding::Shedding,
        sync::Ordering,
        timing::Elapsed,
    },
    dsp::InstructionSet,
};

/// The half that mixes. It belongs to one thread at a time: `Send`, but neither `Sync` nor `Clone`.
///
/// It has no clock, thread, socket or file. Dropping it, on any thread, hands its memory to the controllers and frees
/// nothing; only when no controller is left does the drop free what both halves had.
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
    engine: Engine,
    link: Arc<Link>,
    elapsed: Elapsed,
    /// The generation that was applied last.
    applied: u64,
    /// Whether a tick was begun that is not mixed.
    open: bool,
    /// Keeps what the control side still owns of this half's memory until this half is gone. Never looked into.
    _owner: Arc<dyn Any + Send + Sync>,
    not_sync: PhantomData<std::cell::Cell<()>>,
}

impl Processor {
    pub(crate) fn new(engine: Engine, link: Arc<Link>, owner: Arc<dyn Any + Send + Sync>) -> Self {
        Self {
            engine,
            link,
            elapsed: Elapsed::default(),
            applied: 0,
            open: false,
            _owner: owner,
            not_sync: PhantomData,
        }
    }

    /// Gets ready to tick on the thread that calls this. On a thread's first call one small node is allocated for it,
    /// so make that before the audio starts. Further calls on the same thread, in every callback of a host, say, cost
    /// nanoseconds and are real time. What it returns cannot leave the thread.
    pub fn enter(&mut self) -> AudioThread<'_> {
        drop(self.link.newest());
        AudioThread { processor: self, not_send: PhantomData }
    }

    /// Samples a second of each channel.
    pub fn sample_rate(&self) -> u32 {
        self.link.timing.rate
    }

    /// Samples in a tick.
    pub fn tick_samples(&self) -> usize {
        self.link.timing.tick
    }

    /// The number of the mixer, which is in all of its keys.
    #[cfg(feature = "stream")]
    pub(crate) fn mixer(&self) -> u32 {
        self.link.meters.mixer()
    }

    /// The channels of every mix.
    pub fn channels(&self) -> Channels {
        if self.engine.channels() > 1 { Channels::Stereo } else { Channels::Mono }
    }

    /// The instruction set that the mixes are computed with: the one of
    /// [`MixerConfig`](crate::MixerConfig::instruction_set), or the fastest that this machine has.
    pub fn instruction_set(&self) -> InstructionSet {
        self.link.kernel.instruction_set()
    }

    fn begin(&mut self) {
        if std::mem::replace(&mut self.open, true) {
            // A tick was begun and dropped: what was sent in it is not heard.
            self.engine.forget_frames();
        }
        let newest = self.link.newest();
        if newest.generation > self.applied {
            if newest.capacity > self.engine.slots()
                && let Some(mut larger) = newest.engine.take()
            {
                self.engine.move_into(&mut larger);
                newest.engine.put(larger);
            }
            let clock = self.link.tools(self.elapsed).clock;
            self.engine.apply(&newest.slots, self.applied, newest.loudest, &clock);
            self.engine.apply_taps(&newest.taps, self.applied);
            self.applied = newest.generation;
        }
    }

    /// The parts that are still to be mixed.
    fn tasks(&mut self) -> impl Iterator<Item = Task<'_>> {
        self.engine.tasks(self.link.tools(self.elapsed))
    }

    /// Mixes what nobody has mixed yet, and ends the tick.
    fn finish(&mut self) -> Mixes<'_> {
        self.tasks().for_each(Task::work);
        let Self { engine, link, elapsed, applied, open, .. } = self;
        let tools = link.tools(*elapsed);
        engine.finish(&tools);
        elapsed.mix(link.timing.tick);
        link.taps.advance(elapsed.position);
        *open = false;
        if engine.shedding() != Shedding::NONE {
            link.meters.shed_ticks.fetch_add(1, Ordering::Relaxed);
        }
        link.set_mixed(*applied);
        Mixes::new(engine, tools)
    }
}

impl Drop for Processor {
    fn drop(&mut self) {
        self.link.leave(&mut self.engine);
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
    /// Begins a tick: applies everything that the controllers have published. Real time: never locks, allocates,
    /// frees or blocks.
    ///
    /// A tick that is dropped instead of mixed takes no time, and what was sent in it is not heard.
    pub fn tick(&mut self) -> Tick<'_> {
        self.processor.begin();
        Tick { processor: self.processor }
    }

    /// Lets time go on by so many ticks without a mix, for a host that was too late to make them. Nothing but the
    /// [position](Mixes::position) moves: what is heard, fades, ramps, detectors, the ids of mixes and the counters go
    /// on with the next tick as if it came at once. Real time.
    ///
    /// ```
    /// # use mixminus::MixerConfig;
    /// let (_controller, mut processor) = MixerConfig { tick_samples: 960, ..MixerConfig::default() }.build()?;
    /// let mut audio = processor.enter();
    /// assert_eq!(audio.tick().mix().position(), 0);
    /// audio.skip(3);
    /// assert_eq!(audio.tick().mix().position(), 4 * 960);
    /// # Ok::<(), mixminus::BuildError>(())
    /// ```
    pub fn skip(&mut self, ticks: u64) {
        let Processor { elapsed, link, .. } = &mut *self.processor;
        elapsed.skip(ticks, link.timing.tick);
    }

    /// Leaves this out of the mixes from the next tick on, so that they take less time; [`Shedding::NONE`] brings
    /// everything back. What comes and goes by it fades over the smoothing time. Real time.
    ///
    /// ```
    /// # use mixminus::{Frame, JoinOptions, MixerConfig, Shedding};
    /// let (controller, mut processor) = MixerConfig { smoothing_ms: 0.0, ..MixerConfig::default() }.build()?;
    /// let [anna, ben, carla] = ["anna", "ben", "carla"].map(|id| controller.join(id, JoinOptions::default()));
    /// let (anna, ben, carla) = (anna?, ben?, carla?);
    /// let mut audio = processor.enter();
    /// audio.shed(Shedding { loudest: Some(1), ..Shedding::NONE });
    /// let mut tick = audio.tick();
    /// tick.send(ben, Frame::from(&[0.25_f32; 480][..]))?;
    /// tick.send(carla, Frame::from(&[0.5_f32; 480][..]))?;
    /// assert_eq!(tick.mix().get(anna).map(|mix| mix.peak()), Some(0.5)); // Carla alone
    /// assert_eq!(controller.mixer_readings().shed_ticks, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn shed(&mut self, shedding: Shedding) {
        if self.shedding() != shedding {
            self.processor.engine.shed(shedding);
        }
    }

    /// What is left out of the mixes.
    pub fn shedding(&self) -> Shedding {
        self.processor.engine.shedding()
    }

    /// Samples in a tick.
    pub fn tick_samples(&self) -> usize {
        self.processor.tick_samples()
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
        let Processor { engine, link, elapsed, .. } = &mut *self.processor;
        engine.send(source, &frame, &link.tools(*elapsed))
    }

    /// Gives the frame of one source for this tick, which is zeros: `frame` has all but its samples. Real time.
    #[cfg(feature = "cluster")]
    pub(crate) fn send_silence(&mut self, source: ParticipantKey, frame: &Frame<'_>) -> Result<(), FrameError> {
        self.processor.engine.send_silence(source, frame)
    }

    /// The samples of the mixer's timeline before this tick, as [`Mixes::position`] will tell.
    pub fn position(&self) -> u64 {
        self.processor.elapsed.position
    }

    /// The generation that this tick is mixed with.
    pub fn generation(&self) -> Generation {
        Generation(self.processor.applied)
    }

    /// Mixes. Real time. The work is that of the distinct mixes and the sources heard in them, of the rows that are
    /// moving or list something of their own, and a few nanoseconds for everybody else.
    pub fn mix(self) -> Mixes<'a> {
        self.prepare().finish()
    }

    /// Gets a mix ready to be made by several threads at the same time: everything up to the sums. Real time.
    pub fn prepare(self) -> Prepared<'a> {
        let Processor { engine, link, elapsed, .. } = &mut *self.processor;
        engine.prepare(&link.tools(*elapsed));
        Prepared { processor: self.processor, not_send: PhantomData }
    }
}

/// A tick of which only the sums are still to be made: the mixes with their limiters and levels, which is most of the
/// work of a large room.
///
/// They are cut into as many [`Part`]s as the mixer has [`workers`](crate::MixerConfig::workers), of about the same
/// work. Each is made once, on any thread, and gives the same samples on any. If it is dropped instead of finished,
/// the tick is not heard, but its frames are counted. What nobody has made [`finish`](Self::finish) makes.
///
/// ```
/// # use mixminus::{Frame, JoinOptions, MixerConfig};
/// let (controller, mut processor) = MixerConfig { workers: 2, ..MixerConfig::default() }.build()?;
/// let anna = controller.join("anna", JoinOptions::default())?;
/// let ben = controller.join("ben", JoinOptions::default())?;
///
/// let mut audio = processor.enter();
/// let mut tick = audio.tick();
/// tick.send(anna, Frame::from(&[0.25_f32; 480][..]))?;
/// tick.send(ben, Frame::from(&[0.5_f32; 480][..]))?;
/// let mut prepared = tick.prepare();
/// // A host keeps its threads; these are made for the example.
/// std::thread::scope(|scope| {
///     for part in prepared.parts() {
///         scope.spawn(move || part.mix());
///     }
/// });
/// let mixes = prepared.finish();
/// assert_eq!(mixes.get(anna).map(|mix| mix.samples()[479]), Some(0.5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "a tick takes place when it is finished"]
pub struct Prepared<'a> {
    processor: &'a mut Processor,
    not_send: PhantomData<*const ()>,
}

impl<'a> Prepared<'a> {
    /// The parts that are still to be made; fewer than there are workers if there is little to do. Real time.
    pub fn parts(&mut self) -> impl Iterator<Item = Part<'_>> {
        self.processor.tasks().map(Part)
    }

    /// Ends the tick, after making what nobody has made. Real time.
    pub fn finish(self) -> Mixes<'a> {
        self.processor.finish()
    }

    /// Has rayon's threads, those of the pool that this runs in, make the parts, and ends the tick. The bits are
    /// those of [`finish`](Self::finish). Call it on one of the pool's own threads (`pool.install`): on another,
    /// rayon allocates now and then to hand the work over. Its threads sleep, are woken by the system, and take turns
    /// with their other work: its worst case is rayon's, not the mixer's.
    #[cfg(feature = "rayon")]
    pub fn finish_with_rayon(mut self) -> Mixes<'a> {
        share_out(&mut self.parts());
        self.finish()
    }
}

#[cfg(feature = "rayon")]
fn share_out<'p>(parts: &mut (impl Iterator<Item = Part<'p>> + Send)) {
    if let Some(part) = parts.next() {
        rayon::join(|| part.mix(), || share_out(parts));
    }
}

/// A part of a tick's sums, which nobody else has. It may go to any thread.
///
/// ```
/// fn needs_send<T: Send>() {}
/// needs_send::<mixminus::Part<'static>>();
/// ```
#[derive(Debug)]
#[must_use = "a part is made by mixing it"]
pub struct Part<'a>(Task<'a>);

impl Part<'_> {
    /// Makes the mixes of this part. Real time.
    pub fn mix(self) {
        self.0.work();
    }
}
