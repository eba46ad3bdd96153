//! What taps cost the audio thread: a tick of 10 ms at 48 kHz with so many taps beside one with none. The taps are read
//! between the ticks, which is not measured, but for the reads on their own.

mod room;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime};
use mixminus::stream::{StreamFormat, Tap, TapOptions, Tapped};
use room::{Room, TICK};

/// A room with taps.
struct Tapping {
    room: Room,
    taps: Vec<Tap>,
    out: Vec<f32>,
}

impl Tapping {
    fn new(room: Room, taps: usize, tapped: impl Fn(usize) -> Tapped) -> Self {
        let holds = TapOptions { holds_ms: 100.0, ..TapOptions::default() };
        let taps = (0..taps).map(|n| room.controller.tap(tapped(n), holds).expect("they are here")).collect();
        let mut tapping = Self { room, taps, out: vec![0.0; 4 * TICK] };
        for _ in 0..20 {
            tapping.tick();
        }
        tapping
    }

    /// The time of a tick; what it has put into the taps is read then.
    fn tick(&mut self) -> Duration {
        let started = Instant::now();
        self.room.tick();
        let time = started.elapsed();
        let Self { taps, out, .. } = self;
        taps.iter_mut().for_each(|tap| while black_box(tap.read(out)).is_some() {});
        time
    }
}

/// So many taps of as many participants of a room.
fn ticks(
    group: &mut BenchmarkGroup<'_, WallTime>,
    what: &str,
    room: impl Fn() -> Room,
    taps: &[usize],
    tapped: impl Fn(usize) -> Tapped,
) {
    for taps in taps {
        let mut tapping = Tapping::new(room(), *taps, &tapped);
        group.bench_function(format!("{taps} taps of {what}"), |b| {
            b.iter_custom(|rounds| (0..rounds).map(|_| tapping.tick()).sum());
        });
    }
}

fn source(n: usize) -> Tapped {
    Tapped::source(n.to_string())
}

fn mix(before_limiter: bool) -> impl Fn(usize) -> Tapped {
    move |n| Tapped::Mix { id: n.to_string().into(), before_limiter }
}

fn four_talk(c: &mut Criterion) {
    let mut group = c.benchmark_group("taps, 1000 participants, 4 talk");
    let room = || Room::new(1000, 4);
    ticks(&mut group, "sources", room, &[0, 1, 100, 1000], source);
    ticks(&mut group, "mixes", room, &[1, 100, 1000], mix(false));
    group.finish();
}

fn all_talk(c: &mut Criterion) {
    let mut group = c.benchmark_group("taps, 1000 participants, all talk");
    group.sample_size(20);
    let room = || Room::new(1000, 1000);
    ticks(&mut group, "sources", room, &[0, 1, 100, 1000], source);
    group.finish();
    let mut group = c.benchmark_group("taps, 100 participants, all talk, limiters act");
    let room = || Room::new(100, 100).loud(40.0);
    ticks(&mut group, "sources", room, &[0, 100], source);
    ticks(&mut group, "mixes", room, &[100], mix(false));
    ticks(&mut group, "mixes before their limiters", room, &[1, 100], mix(true));
    group.finish();
}

/// What a reader takes for 10 ms of sound.
fn reads(c: &mut Criterion) {
    let mut group = c.benchmark_group("a tap is read, 10 ms");
    for rate_hz in [48_000, 16_000, 44_100, 8000] {
        let mut room = Room::new(4, 4);
        let options = TapOptions::new(StreamFormat::mono(rate_hz));
        let mut tap = room.controller.tap(source(0), options).expect("they are here");
        let mut out = [0_i16; TICK];
        group.bench_function(format!("{rate_hz} Hz"), |b| {
            b.iter_custom(|rounds| {
                let mut time = Duration::ZERO;
                for _ in 0..rounds {
                    room.tick();
                    let started = Instant::now();
                    while black_box(tap.read(&mut out)).is_some() {}
                    time += started.elapsed();
                }
                time
            });
        });
    }
    group.finish();
}

criterion_group!(benches, four_talk, all_talk, reads);
criterion_main!(benches);
