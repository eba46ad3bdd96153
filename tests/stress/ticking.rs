//! The thread that ticks: it sends, listens to the judges, measures the time that each tick takes, and is watched by the
//! allocator. In real time where the system lets it, so that it breaks in on the others at any place.
#![allow(dead_code, reason = "each test file uses its part")]

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use mixminus::{AudioThread, Frame, Mixes, ParticipantKey, Processor};
use thread_priority::{
    RealtimeThreadSchedulePolicy::Fifo, ThreadPriority, ThreadSchedulePolicy::Realtime, set_thread_priority_and_policy,
    thread_native_id,
};

use super::{
    alloc::watch,
    call::{Call, SENT, TICK},
};

/// How much of what a judge hears may be rounding.
const ROUNDING: f32 = 2e-6;
/// How often it ticks: faster than the call, which has 5 ms a tick.
const EACH: Duration = Duration::from_millis(2);
/// The times of ticks are told apart to the microsecond, up to this many.
const LONGEST_US: usize = 100_000;

/// What came of it.
pub struct Ticked {
    pub ticks: u64,
    /// How many ticks took so many microseconds.
    us: Vec<u32>,
    worst: Duration,
    /// The greatest fault that a judge has heard, and in how many ticks any was.
    fault: f32,
    torn: u64,
    /// What was allocated and freed.
    pub counts: (u64, u64),
    pub real_time: bool,
}

impl Ticked {
    pub fn new() -> Self {
        let us = vec![1; LONGEST_US].into_iter().map(|_| 0).collect();
        Self { ticks: 0, us, worst: Duration::ZERO, fault: 0.0, torn: 0, counts: (0, 0), real_time: false }
    }

    /// The time in microseconds that so many of 1000 ticks have kept to.
    pub fn us(&self, of_thousand: u64) -> usize {
        let wanted = (self.ticks * of_thousand).div_ceil(1000);
        let mut sum = 0;
        let reached = |count: &u32| {
            sum += u64::from(*count);
            sum >= wanted
        };
        self.us.iter().position(reached).unwrap_or(LONGEST_US) + 1
    }

    pub fn worst_us(&self) -> u128 {
        self.worst.as_micros()
    }

    pub fn check(&self) {
        assert_eq!(self.torn, 0, "ticks in which a request was heard in part, by {} at worst", self.fault);
        assert_eq!(self.counts, (0, 0), "allocated and freed in ticks");
    }

    fn took(&mut self, time: Duration) {
        self.ticks += 1;
        self.us[(time.as_micros() as usize).min(LONGEST_US - 1)] += 1;
        self.worst = self.worst.max(time);
    }

    /// What should be the same in all samples may not be.
    fn judge(&mut self, samples: impl Iterator<Item = f32>) {
        let fault = samples.map(|sample| (sample - SENT).abs()).fold(0.0, f32::max);
        self.fault = self.fault.max(fault);
        self.torn += u64::from(fault > ROUNDING);
    }

    fn listen(&mut self, mixes: &Mixes<'_>, judges: &[ParticipantKey; 4]) {
        let [request, change, one, two] = judges.map(|key| mixes.get(key).map_or(&[][..], |mix| mix.samples()));
        self.judge(request.iter().copied());
        self.judge(change.iter().copied());
        self.judge(one.iter().zip(two).map(|(one, two)| one + two));
        self.torn += u64::from([request, change, one, two].iter().any(|mix| mix.len() != TICK));
    }
}

/// Ticks until it is told to stop. Gives the processor back.
pub fn run(mut processor: Processor, call: &Call, stop: &AtomicBool) -> (Processor, Ticked) {
    let mut ticked = Ticked::new();
    let fifo = ThreadPriority::Crossplatform(20_u8.try_into().expect("a priority"));
    ticked.real_time = set_thread_priority_and_policy(thread_native_id(), fifo, Realtime(Fifo)).is_ok();
    let mut audio = processor.enter();
    let before = watch(true);
    let mut due = Instant::now();
    while !stop.load(Relaxed) {
        let begin = Instant::now();
        tick(&mut audio, call, &mut ticked);
        ticked.took(begin.elapsed());
        due += EACH;
        thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    let after = watch(false);
    ticked.counts = (after.0 - before.0, after.1 - before.1);
    (processor, ticked)
}

/// The two sources always send; of the crowd each now and then, for a while.
pub fn tick(audio: &mut AudioThread<'_>, call: &Call, ticked: &mut Ticked) {
    let mut tick = audio.tick();
    for key in &call.sources {
        let _ = tick.send(*key, Frame::mono(&[SENT; TICK]));
    }
    for (n, key) in call.crowd.iter().enumerate() {
        let turn = ticked.ticks / 40 + n as u64;
        if !turn.is_multiple_of(3) {
            let level = 0.02 + 0.01 * n as f32;
            let _ = tick.send(*key, Frame::mono(&[level; TICK]).active(turn.is_multiple_of(4)));
        }
    }
    ticked.listen(&tick.mix(), &call.judges);
}
