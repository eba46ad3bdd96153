//! A thread that ticks, for hosts without a clock of their own: [`Runner`]. It sleeps until a
//! deadline, ticks, and begins again; [`Pace`] holds the deadlines.

mod decode;
mod error;
mod histogram;
mod pace;
mod priority;
mod readings;

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, TryRecvError, bounded};
pub use decode::DecodeReadings;
use decode::{Beat, DecodeThread};
pub use error::RunnerError;
use pace::{Pace, Step};
pub use priority::{ObtainedPriority, Priority};
use readings::Gauges;
pub use readings::{RunnerReadings, SpreadUs};

use super::Decoding;
use crate::{
    audio::{Mixes, Processor, Tick},
    data::{load_shedder::LoadShedder, overload_policy::OverloadPolicy, shedding::Shedding},
};

/// How a [`Runner`] runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunnerOptions {
    /// The name of the thread, which debuggers and `top` show; Linux cuts it to 15 bytes. One with
    /// a NUL is refused.
    pub name: String,
    /// The priority of the thread.
    pub priority: Priority,
    /// How many ticks that are late by a whole tick or more are made in a row, without waiting.
    /// Those that are still late by then are skipped, but for the last one: the mix goes on with a
    /// gap instead of ever later. 0 or more.
    pub catch_up: u32,
    /// When less is mixed because ticks take too long, and what is left out; `None` never leaves anything out. How far it
    /// has come is in [`RunnerReadings::overload_step`]. A processor that a runner gives back leaves nothing out.
    pub overload: Option<OverloadPolicy>,
    /// How many threads decode what is given to [`Runner::decode`]: 1 or more. None starts before the first call.
    pub decode_threads: usize,
}

impl Default for RunnerOptions {
    /// A thread `mixminus` of real-time priority, which catches up with 5 ticks and has less mixed when ticks take too
    /// long, and one that decodes.
    fn default() -> Self {
        Self {
            name: "mixminus".into(),
            priority: Priority::default(),
            catch_up: 5,
            overload: Some(OverloadPolicy::default()),
            decode_threads: 1,
        }
    }
}

/// A thread that ticks a [`Processor`] by the system's clock, until it is stopped or dropped.
///
/// Tick `n` is due `n · tick_samples / sample_rate` seconds after the first, to the nanosecond, for
/// as long as the runner lives. The thread sleeps until then by [`std::thread::sleep`], which is
/// never early. On a shared Linux machine of two cores, busy compiling, half of the ticks were late
/// by up to 100 µs and 1 in 100 by more than 1 to 4 ms at normal priority; with
/// [`Priority::RealTime`] by up to 50 µs, and by more than 0.1 to 1 ms.
/// [`readings`](Self::readings) tells the figures of the machine at hand.
///
/// ```
/// use mixminus::{JoinOptions, MixerConfig, stream::{Feed, Runner, RunnerOptions}};
/// use std::time::Duration;
///
/// let (controller, processor) = MixerConfig::default().build()?;
/// let anna = controller.join("anna", JoinOptions::default())?;
/// // Values of the closure go through a feed: the closure may not wake a thread that waits.
/// let (mut peaks, heard) = Feed::new(100, Duration::from_millis(5))?;
/// let runner = Runner::start(processor, RunnerOptions::default(), move |mixes| {
///     let _ = mixes.get(anna).map(|mix| peaks.send(mix.peak()));
/// })?;
/// assert_eq!(heard.receiver().recv_timeout(Duration::from_secs(10))?, 0.0); // nobody else is here
/// assert!(!runner.wait_until_ended(Duration::from_millis(20)) && runner.readings().ticks > 0);
/// let processor = runner.stop()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Runner {
    /// `None` once it was joined.
    thread: Option<JoinHandle<Processor>>,
    /// Disconnected once the thread has ended.
    life: Receiver<ObtainedPriority>,
    priority: ObtainedPriority,
    shared: Arc<Shared>,
    /// For threads that decode, when they are needed.
    options: RunnerOptions,
    beat: Beat,
    decoding: Mutex<Vec<DecodeThread>>,
}

/// What the thread and its handle share while it ticks. Atomics only: to take an order from a
/// channel the audio thread might have to wait for the thread that is writing it.
#[derive(Debug)]
struct Shared {
    stop: AtomicBool,
    gauges: Gauges,
}

impl Runner {
    /// Starts a thread that makes the first tick at once. `each_tick` is given the mixes of each
    /// tick, on that thread. It has less than a tick's time, and must keep the real-time contract
    /// itself; `|_| {}` will do where everything that is sent and heard goes through ports.
    ///
    /// From any thread. Returns when the new thread has its priority; allocates its memory, 30 KiB
    /// for the readings.
    ///
    /// # Errors
    /// [`RunnerError::Thread`]. A priority that is refused is no error: see
    /// [`RunnerReadings::priority`].
    pub fn start(
        processor: Processor,
        options: RunnerOptions,
        each_tick: impl FnMut(&Mixes<'_>) + Send + 'static,
    ) -> Result<Self, RunnerError> {
        Self::start_with(processor, options, |_| {}, each_tick)
    }

    /// The same with a closure that is given each tick `before` it is mixed, as `after` is given its mixes. A host
    /// with jitter buffers of its own sends their frames there. Both closures together have less than a tick's time.
    ///
    /// A tick that is skipped is given to neither, but its samples count in [`Mixes::position`], which so stays with
    /// the clock. What the frames of skipped ticks are good for is for the host to say: to keep its delay, it drops
    /// them when the position has leapt.
    ///
    /// ```
    /// use mixminus::{Frame, JoinOptions, MixerConfig, stream::{Feed, Runner, RunnerOptions}};
    /// use std::time::Duration;
    ///
    /// let (controller, processor) = MixerConfig::default().build()?;
    /// let anna = controller.join("anna", JoinOptions::default())?;
    /// let ben = controller.join("ben", JoinOptions::default())?;
    /// let (mut peaks, heard) = Feed::new(100, Duration::from_millis(5))?;
    /// let mut frame = [0.0_f32; 480]; // which a jitter buffer writes to, without a lock or an allocation
    /// let runner = Runner::start_with(
    ///     processor,
    ///     RunnerOptions::default(),
    ///     move |tick| {
    ///         frame.fill(if tick.position() >= 960 { 0.25 } else { 0.0 });
    ///         let _ = tick.send(anna, Frame::from(&frame[..])); // what is refused is counted
    ///     },
    ///     move |mixes| {
    ///         let _ = mixes.get(ben).map(|mix| peaks.send((mixes.position(), mix.peak())));
    ///     },
    /// )?;
    /// let next = || heard.receiver().recv_timeout(Duration::from_secs(10));
    /// assert_eq!(next()?, (0, 0.0));
    /// while next()?.1 != 0.25 {}
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_with(
        processor: Processor,
        options: RunnerOptions,
        before: impl FnMut(&mut Tick<'_>) + Send + 'static,
        after: impl FnMut(&Mixes<'_>) + Send + 'static,
    ) -> Result<Self, RunnerError> {
        let shared = Arc::new(Shared { stop: AtomicBool::new(false), gauges: Gauges::new() });
        let own = Arc::clone(&shared);
        let RunnerOptions { name, priority, catch_up, overload, .. } = options.clone();
        if name.contains('\0') {
            return Err(io::Error::from(io::ErrorKind::InvalidInput).into());
        }
        let pace = Pace::new(processor.sample_rate(), processor.tick_samples(), catch_up);
        let shedder = overload.map(|policy| LoadShedder::new(policy, Duration::from_nanos(pace.tick_ns())));
        let beat = Beat { begin: Instant::now(), pace };
        let own_beat = beat.clone();
        // The thread sends once, before the first tick. It drops its end after the processor, when
        // it ends.
        let (born, life) = bounded(1);
        let thread = thread::Builder::new().name(name).spawn(move || {
            let _ = born.send(priority.obtain());
            run(processor, own_beat, shedder, &own, before, after)
        })?;
        let priority = life.recv().map_err(io::Error::other)?;
        Ok(Self { thread: Some(thread), life, priority, shared, options, beat, decoding: Mutex::default() })
    }

    /// Decodes a stream from now on, a pass shortly before each tick, on the one of the
    /// [`decode_threads`](RunnerOptions::decode_threads) that has the fewest streams. Each of the first calls starts
    /// one of these threads. From any thread but the audio thread; may wait for another that calls it.
    ///
    /// # Errors
    /// [`RunnerError::Thread`]: the stream is dropped.
    pub fn decode(&self, stream: Decoding) -> Result<(), RunnerError> {
        let mut threads = self.decoding.lock().unwrap_or_else(PoisonError::into_inner);
        if threads.len() < self.options.decode_threads.max(1) {
            let name = format!("{} decode {}", self.options.name, threads.len() + 1);
            threads.push(DecodeThread::start(name, self.options.priority, self.beat.clone())?);
        }
        if let Some(thread) = threads.iter().min_by_key(|thread| thread.streams()) {
            thread.add(stream);
        }
        Ok(())
    }

    /// How the threads that decode keep time. From any thread but the audio thread.
    pub fn decode_readings(&self) -> DecodeReadings {
        DecodeThread::read(&self.decoding.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How well it keeps time. From any thread; allocates 15 KiB meanwhile.
    pub fn readings(&self) -> RunnerReadings {
        self.shared.gauges.read(self.priority.clone())
    }

    /// The priority that the thread has got.
    pub fn priority(&self) -> &ObtainedPriority {
        &self.priority
    }

    /// Whether it still ticks: not if a closure has panicked. From any thread.
    pub fn is_running(&self) -> bool {
        self.life.try_recv() != Err(TryRecvError::Disconnected)
    }

    /// Waits until it has stopped ticking, which it does by itself only if a closure panics;
    /// `false` if it still ticks when the limit passes. For a thread that watches over it: blocks
    /// the calling thread, which may be any but the runner's own.
    pub fn wait_until_ended(&self, limit: Duration) -> bool {
        self.life.recv_timeout(limit) == Err(RecvTimeoutError::Disconnected)
    }

    /// Stops after the tick in hand and gives the processor back, which goes on where it was: so does its position,
    /// unless the host [skips](crate::AudioThread::skip) the ticks until the next one.
    /// Blocks until then, up to a tick's time and what the closures take. These must not call it:
    /// they would wait for their own end.
    ///
    /// # Errors
    /// [`RunnerError::Panicked`].
    pub fn stop(mut self) -> Result<Processor, RunnerError> {
        match self.join() {
            Some(Ok(processor)) => Ok(processor),
            Some(Err(panic)) => Err(RunnerError::panicked(&*panic)),
            None => unreachable!("only this and the drop join, and both are the last"),
        }
    }

    fn join(&mut self) -> Option<thread::Result<Processor>> {
        self.shared.stop.store(true, Ordering::Release);
        self.thread.take().map(JoinHandle::join)
    }
}

impl Drop for Runner {
    /// Stops, and drops the processor. Blocks as [`stop`](Runner::stop) does.
    fn drop(&mut self) {
        drop(self.join());
    }
}

/// The work of the thread.
fn run(
    mut processor: Processor,
    beat: Beat,
    mut shedder: Option<LoadShedder>,
    shared: &Shared,
    mut before: impl FnMut(&mut Tick<'_>),
    mut after: impl FnMut(&Mixes<'_>),
) -> Processor {
    let Beat { begin, mut pace } = beat;
    let tick_ns = pace.tick_ns();
    let mut audio = processor.enter();
    while !shared.stop.load(Ordering::Acquire) {
        let now_ns = ns_since(begin);
        match pace.step(now_ns) {
            Step::Wait { ns } => thread::sleep(Duration::from_nanos(ns)),
            Step::Skip { ticks } => {
                audio.skip(ticks);
                shared.gauges.skip(ticks);
            }
            Step::Tick { late_ns } => {
                let mut tick = audio.tick();
                before(&mut tick);
                after(&tick.mix());
                let took_ns = ns_since(begin).saturating_sub(now_ns);
                shared.gauges.tick(late_ns, took_ns, tick_ns);
                if let Some(shedder) = &mut shedder {
                    audio.shed(shedder.after_tick(Duration::from_nanos(took_ns)));
                    shared.gauges.overload(shedder.step(), shedder.steps_taken());
                }
            }
        }
    }
    // Whoever ticks next begins with everything.
    if shedder.is_some() {
        audio.shed(Shedding::NONE);
    }
    processor
}

fn ns_since(begin: Instant) -> u64 {
    u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX)
}
