//! Streams whose clocks really are off, in and out: one by 50 ppm, beside one whose clock is the mixer's; a hundred of
//! different rates by up to 300 ppm.

use std::hint::black_box;

use criterion::{Criterion, criterion_group};
use mixminus::{
    Frame,
    stream::{Clock, Stamp},
};

use super::{Call, Stream};

/// A call whose streams have clocks of their own. Time passes in ticks of 10 ms, by the mixer's clock.
struct Drifting {
    call: Call,
    /// Packets that each has sent and pulled by its own clock, with those that are under way; and how many in a tick.
    clocks: Vec<(f64, f64)>,
}

impl Drifting {
    /// Streams with their rates and ppm, after so many ticks.
    fn new(streams: &[(u32, f64)], ticks: usize) -> Self {
        let call = Call::new(streams.iter().map(|(rate_hz, _)| (*rate_hz, Clock::FreeRunning)));
        let clocks = streams.iter().map(|(_, ppm)| (0.5, 1.0 + ppm * 1e-6)).collect();
        let mut drifting = Self { call, clocks };
        (0..ticks).for_each(|_| drifting.pass());
        drifting
    }

    fn pass(&mut self) {
        for (due, a_tick) in &mut self.clocks {
            *due += *a_tick;
        }
        for (Stream { input, sent, .. }, (due, _)) in self.call.streams.iter_mut().zip(&self.clocks) {
            for _ in 0..*due as usize {
                input.push(Frame::mono(sent), Stamp::None).unwrap();
            }
        }
        self.call.tick();
        for (Stream { output, heard, .. }, (due, _)) in self.call.streams.iter_mut().zip(&mut self.clocks) {
            for _ in 0..*due as usize {
                black_box(output.pull(heard));
            }
            *due = due.fract();
        }
    }
}

fn one_stream(c: &mut Criterion) {
    let mut group = c.benchmark_group("a stream, 10 ms in and out");
    for rate_hz in [48_000, 8000] {
        for ppm in [50.0, -300.0] {
            let mut drifting = Drifting::new(&[(rate_hz, ppm)], 6000);
            let name = format!("{} kHz, a clock that is off by {ppm} ppm", rate_hz / 1000);
            group.bench_function(name, |b| b.iter(|| drifting.pass()));
        }
    }
    group.finish();
}

fn a_hundred_streams(c: &mut Criterion) {
    let mut group = c.benchmark_group("a tick of 100 streams, 8 to 48 kHz, all talk");
    let stream = |n: usize| ([8000, 16_000, 44_100, 48_000][n % 4], (n * 37 % 101) as f64 * 6.0 - 300.0);
    let streams: Vec<_> = (0..100).map(stream).collect();
    let mut drifting = Drifting::new(&streams, 1500);
    group.bench_function("clocks that are off by up to 300 ppm", |b| b.iter(|| drifting.pass()));
    group.finish();
}

criterion_group!(benches, one_stream, a_hundred_streams);
