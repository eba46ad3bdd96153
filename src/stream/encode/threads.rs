//! Threads that encode: [`EncodeThreads`]. The first reads the relay and arranges; all of them encode. A lane goes to
//! a thread and comes back by value, so nothing is shared while it works.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::{control::EncodeControl, groups::EncodeGroups, lane::Lane, packet::EncodedPacket};

/// What takes the packets.
type Sink = dyn Fn(&EncodedPacket<'_>) + Send + Sync;

/// How [`EncodeThreads`] run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodeThreadsOptions {
    /// The name of the threads, which get a number behind it.
    pub name: String,
    /// How many encode: 1 or more.
    pub threads: usize,
}

impl Default for EncodeThreadsOptions {
    /// One thread, `mixminus encode`.
    fn default() -> Self {
        Self { name: "mixminus encode".into(), threads: 1 }
    }
}

/// Threads that encode what [`EncodeGroups`] have, until they are stopped or dropped, or the audio thread's end of the
/// relay is gone.
///
/// The first thread sleeps until about a tick after the last one, then looks for the next each half millisecond.
#[derive(Debug)]
pub struct EncodeThreads {
    stop: Arc<AtomicBool>,
    /// `None` once it was joined.
    first: Option<JoinHandle<EncodeGroups>>,
    control: EncodeControl,
}

impl EncodeThreads {
    /// Starts the threads. `sink` is given each packet, on the thread that has encoded it: several at a time, of
    /// different mixes; those of one listener one after the other. What it takes is time that encoding lacks.
    ///
    /// # Errors
    /// The system gave no thread.
    pub fn start(
        groups: EncodeGroups,
        options: EncodeThreadsOptions,
        sink: impl Fn(&EncodedPacket<'_>) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let EncodeThreadsOptions { name, threads } = options;
        let (stop, control) = (Arc::new(AtomicBool::new(false)), groups.control());
        let sink: Arc<Sink> = Arc::new(sink);
        let (jobs, to_do) = unbounded();
        let (done, finished) = unbounded();
        // They end when the first drops its end of the jobs.
        for number in 2..=threads {
            let (to_do, done, sink) = (Receiver::clone(&to_do), Sender::clone(&done), Arc::clone(&sink));
            thread::Builder::new().name(format!("{name} {number}")).spawn(move || help(&to_do, &done, &*sink))?;
        }
        let own_stop = Arc::clone(&stop);
        let crew = Crew { helpers: threads.saturating_sub(1), jobs, to_do, finished, sink };
        let first = thread::Builder::new().name(format!("{name} 1")).spawn(move || run(groups, &crew, &own_stop))?;
        Ok(Self { stop, first: Some(first), control })
    }

    /// A handle on the encode groups.
    pub fn control(&self) -> EncodeControl {
        self.control.clone()
    }

    /// Whether they still run: not once the audio thread's end of the relay is gone.
    pub fn is_running(&self) -> bool {
        self.first.as_ref().is_some_and(|first| !first.is_finished())
    }

    fn join(&mut self) -> Option<thread::Result<EncodeGroups>> {
        self.stop.store(true, Ordering::Release);
        self.first.take().map(JoinHandle::join)
    }

    /// Stops after the packet in hand, and gives the encode groups back; `None` if the first thread has panicked.
    /// Blocks until then.
    pub fn stop(mut self) -> Option<EncodeGroups> {
        self.join()?.ok()
    }
}

impl Drop for EncodeThreads {
    /// Stops as [`stop`](EncodeThreads::stop) does.
    fn drop(&mut self) {
        drop(self.join());
    }
}

/// How the first thread reaches the others.
struct Crew {
    helpers: usize,
    jobs: Sender<Lane>,
    to_do: Receiver<Lane>,
    finished: Receiver<Lane>,
    sink: Arc<Sink>,
}

/// The work of the first thread.
fn run(mut groups: EncodeGroups, crew: &Crew, stop: &AtomicBool) -> EncodeGroups {
    /// How often it looks for a tick that is due, and how early it begins to.
    const LOOK: Duration = Duration::from_micros(500);
    let tick = groups.tick_time();
    let (mut ticks, mut next) = (0, Instant::now());
    while !stop.load(Ordering::Acquire) {
        let is_ready = groups.prepare();
        if groups.ticks() > ticks {
            (ticks, next) = (groups.ticks(), Instant::now() + tick);
        }
        if is_ready {
            crew.work(groups.lanes());
        } else if groups.is_over() {
            break;
        } else {
            // Until shortly before the next tick is due, but never for longer than a tick.
            let rest = next.saturating_duration_since(Instant::now()).saturating_sub(LOOK);
            thread::sleep(rest.min(tick).max(LOOK));
        }
    }
    groups
}

impl Crew {
    /// Has all lanes work, here and on the other threads.
    fn work(&self, lanes: &mut Vec<Lane>) {
        if self.helpers == 0 || lanes.len() < 2 {
            return lanes.iter_mut().for_each(|lane| lane.work(&mut |packet| (self.sink)(packet)));
        }
        let count = lanes.len();
        // This thread has both ends of the channel: nothing is lost.
        lanes.drain(..).for_each(|lane| drop(self.jobs.send(lane)));
        while let Ok(mut lane) = self.to_do.try_recv() {
            lane.work(&mut |packet| (self.sink)(packet));
            lanes.push(lane);
        }
        lanes.extend(self.finished.iter().take(count - lanes.len()));
        lanes.sort_unstable_by_key(|lane| lane.number);
    }
}

/// The work of every other thread.
fn help(to_do: &Receiver<Lane>, done: &Sender<Lane>, sink: &Sink) {
    for mut lane in to_do {
        lane.work(&mut |packet| sink(packet));
        if done.send(lane).is_err() {
            return;
        }
    }
}
