//! The threads of a runner that decode: [`DecodeThread`] makes a pass before each tick.

use std::{
    io,
    sync::{
        Arc,
        atomic::{
            AtomicBool, AtomicU64, AtomicUsize,
            Ordering::{Acquire, Relaxed, Release},
        },
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender, unbounded};
use serde::Serialize;

use super::{
    SpreadUs,
    histogram::Histogram,
    pace::{Pace, Step},
    priority::Priority,
};
use crate::stream::{Decoders, Decoding};

/// How long before a tick a pass begins: this, or a third of a tick if that is shorter.
const LEAD_NS: u64 = 3_000_000;

/// How the threads that decode have kept time. Each figure is whole; together they are not a snapshot of one pass.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DecodeReadings {
    /// Streams that are decoded.
    pub streams: usize,
    /// Packets that were decoded, or concealed.
    pub packets: u64,
    /// Passes over all streams of a thread: one for each tick.
    pub passes: u64,
    /// Passes that ended after their tick had begun: packets that came for it may have missed it.
    pub late_passes: u64,
    /// Passes that were left out, as those before took too long.
    pub skipped_passes: u64,
    /// Streams that were let go because their decoders panicked.
    pub panicked: u64,
    /// How long a pass took, in microseconds; of the first thread.
    pub duration_us: SpreadUs,
}

/// What a thread counts.
#[derive(Debug)]
struct Gauges {
    streams: AtomicUsize,
    packets: AtomicU64,
    passes: AtomicU64,
    late: AtomicU64,
    skipped: AtomicU64,
    panicked: AtomicU64,
    duration_ns: Histogram,
    stop: AtomicBool,
}

/// When the mixer ticks.
#[derive(Debug, Clone)]
pub(super) struct Beat {
    pub begin: Instant,
    pub pace: Pace,
}

/// A thread that decodes.
#[derive(Debug)]
pub(super) struct DecodeThread {
    new: Sender<Decoding>,
    gauges: Arc<Gauges>,
    thread: Option<JoinHandle<()>>,
}

impl DecodeThread {
    /// Of the same priority as the thread that ticks, or as near as the system lets it.
    pub fn start(name: String, priority: Priority, beat: Beat) -> io::Result<Self> {
        let (new, coming) = unbounded();
        let gauges = Arc::new(Gauges {
            streams: AtomicUsize::new(0),
            packets: AtomicU64::new(0),
            passes: AtomicU64::new(0),
            late: AtomicU64::new(0),
            skipped: AtomicU64::new(0),
            panicked: AtomicU64::new(0),
            duration_ns: Histogram::new(),
            stop: AtomicBool::new(false),
        });
        let own = Arc::clone(&gauges);
        let thread = thread::Builder::new().name(name).spawn(move || {
            priority.obtain();
            run(&coming, &own, beat);
        })?;
        Ok(Self { new, gauges, thread: Some(thread) })
    }

    pub fn add(&self, stream: Decoding) {
        // The thread ends with this handle, not before it.
        let _ = self.new.send(stream);
    }

    /// Those that it decodes, and those that it is still to take.
    pub fn streams(&self) -> usize {
        self.gauges.streams.load(Relaxed) + self.new.len()
    }

    /// Adds the counts of all threads up.
    pub fn read(threads: &[Self]) -> DecodeReadings {
        let sum = |of: fn(&Gauges) -> &AtomicU64| threads.iter().map(|thread| of(&thread.gauges).load(Relaxed)).sum();
        DecodeReadings {
            streams: threads.iter().map(Self::streams).sum(),
            packets: sum(|gauges| &gauges.packets),
            passes: sum(|gauges| &gauges.passes),
            late_passes: sum(|gauges| &gauges.late),
            skipped_passes: sum(|gauges| &gauges.skipped),
            panicked: sum(|gauges| &gauges.panicked),
            duration_us: threads.first().map_or_else(SpreadUs::default, |first| first.gauges.duration_ns.read().into()),
        }
    }
}

impl Drop for DecodeThread {
    /// Stops after the pass in hand, and waits for that.
    fn drop(&mut self) {
        self.gauges.stop.store(true, Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(coming: &Receiver<Decoding>, gauges: &Gauges, Beat { begin, mut pace }: Beat) {
    let tick_ns = pace.tick_ns();
    let lead_ns = LEAD_NS.min(tick_ns / 3);
    let mut decoders = Decoders::default();
    let now_ns = || u64::try_from(begin.elapsed().as_nanos()).unwrap_or(u64::MAX) + lead_ns;
    while !gauges.stop.load(Acquire) {
        let began_ns = now_ns();
        match pace.step(began_ns) {
            Step::Wait { ns } => thread::sleep(Duration::from_nanos(ns)),
            Step::Skip { ticks } => _ = gauges.skipped.fetch_add(ticks, Relaxed),
            Step::Tick { late_ns } => {
                coming.try_iter().for_each(|stream| decoders.add(stream));
                let packets = decoders.pass();
                let took_ns = now_ns() - began_ns;
                gauges.count(&decoders, packets, took_ns, late_ns + took_ns > lead_ns);
            }
        }
    }
}

impl Gauges {
    fn count(&self, decoders: &Decoders, packets: usize, took_ns: u64, late: bool) {
        self.streams.store(decoders.len(), Relaxed);
        self.packets.fetch_add(packets as u64, Relaxed);
        self.passes.fetch_add(1, Relaxed);
        self.late.fetch_add(u64::from(late && !decoders.is_empty()), Relaxed);
        self.panicked.store(decoders.panicked(), Relaxed);
        self.duration_ns.record(took_ns);
    }
}
