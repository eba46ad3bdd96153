//! The time of a stream for every 10 ms: a packet in, a tick, a packet out, beside the resampler
//! alone; the time of a call of a hundred streams of different rates; and that of a push and a pull; of streams whose
//! clocks are off, of streams that are in no mix, of encoded packets, and of players. With the features of the codecs, the time to
//! decode a packet of 20 ms.

#[cfg(all(feature = "g711", feature = "g722", feature = "opus"))]
#[path = "stream/decode.rs"]
mod decode;
#[path = "stream/drift.rs"]
mod drift;
#[path = "stream/idle.rs"]
mod idle;
#[path = "stream/players.rs"]
mod players;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use criterion::{Criterion, criterion_group, criterion_main};
use mixminus::{
    Controller, Frame, JoinOptions, MixerConfig, Processor,
    stream::{Clock, InputOptions, InputPort, OutputOptions, OutputPort, PortOptions, Stamp, StreamFormat},
};
use rubato::{Fft, FixedSync, Resampler, WindowFunction, audioadapter_buffers::direct::InterleavedSlice};

/// A participant with packets of 10 ms, and the samples that it sends.
struct Stream {
    input: InputPort,
    output: OutputPort,
    sent: Vec<i16>,
    heard: Vec<i16>,
}

impl Stream {
    fn join(controller: &Controller, id: usize, rate_hz: u32, clock: Clock) -> Self {
        let format = StreamFormat::mono(rate_hz);
        let ports = PortOptions {
            input: Some(InputOptions { clock, ..InputOptions::new(format) }),
            output: Some(OutputOptions { clock, depth_ms: 20.0, ..OutputOptions::new(format) }),
        };
        let ports = controller.join_with_ports(id.to_string(), JoinOptions::default(), ports).unwrap();
        let frames = rate_hz as usize / 100;
        let sent = (0..frames).map(|n| ((n * (id + 3)) as f32 * 0.1).sin() * 4000.0).map(|sample| sample as i16);
        Self {
            input: ports.input.unwrap(),
            output: ports.output.unwrap(),
            sent: sent.collect(),
            heard: vec![0; frames],
        }
    }
}

/// A call of streams, which passes in steps of 10 ms.
struct Call {
    processor: Processor,
    streams: Vec<Stream>,
    _controller: Controller,
}

impl Call {
    fn new(streams: impl Iterator<Item = (u32, Clock)>) -> Self {
        let (controller, processor) = MixerConfig { participants: 128, ..MixerConfig::default() }.build().unwrap();
        let join = |(id, (rate_hz, clock))| Stream::join(&controller, id, rate_hz, clock);
        let streams = streams.enumerate().map(join).collect();
        let mut call = Self { processor, streams, _controller: controller };
        (0..50).for_each(|_| call.pass());
        call
    }

    fn pass(&mut self) {
        for stream in &mut self.streams {
            stream.input.push(Frame::mono(&stream.sent), Stamp::None).unwrap();
        }
        self.tick();
        for stream in &mut self.streams {
            black_box(stream.output.pull(&mut stream.heard));
        }
    }

    /// The time of a push or of a pull of 20 ms by the only stream.
    fn pass_timed(&mut self, pushes: bool) -> Duration {
        let Stream { input, sent, .. } = &mut self.streams[0];
        let started = Instant::now();
        input.push(Frame::mono(sent), Stamp::None).unwrap();
        let pushed = started.elapsed();
        (0..2).for_each(|_| self.tick());
        let Stream { output, heard, .. } = &mut self.streams[0];
        let started = Instant::now();
        black_box(output.pull(heard));
        if pushes { pushed } else { started.elapsed() }
    }

    fn tick(&mut self) {
        black_box(self.processor.enter().tick().mix().distinct().len());
    }
}

fn one_stream(c: &mut Criterion) {
    let mut group = c.benchmark_group("a stream, 10 ms in and out");
    for (rate_hz, clock, name) in [
        (48_000, Clock::Locked, "48 kHz, the mixer's clock"),
        (8000, Clock::Locked, "8 kHz, the mixer's clock"),
        (48_000, Clock::FreeRunning, "48 kHz, its own clock"),
        (8000, Clock::FreeRunning, "8 kHz, its own clock"),
    ] {
        let mut call = Call::new([(rate_hz, clock)].into_iter());
        group.bench_function(name, |b| b.iter(|| call.pass()));
    }
    let mut ways = [(8000, 48_000), (48_000, 8000)].map(|(from, to): (usize, usize)| {
        let fft =
            Fft::<f32>::new_custom(from, to, from / 100, 1, 1, WindowFunction::Blackman, FixedSync::Both).unwrap();
        (fft, vec![0.1_f32; from / 100], vec![0.0_f32; to / 100])
    });
    group.bench_function("rubato alone: FFT from 8 kHz and back", |b| {
        b.iter(|| {
            for (fft, sent, heard) in &mut ways {
                let (from, to) = (sent.len(), heard.len());
                let sent = InterleavedSlice::new(sent, 1, from).unwrap();
                let mut heard = InterleavedSlice::new_mut(heard, 1, to).unwrap();
                black_box(fft.process_into_buffer(&sent, &mut heard, None).unwrap());
            }
        });
    });
    group.finish();
}

fn a_hundred_streams(c: &mut Criterion) {
    let mut group = c.benchmark_group("a tick of 100 streams, 8 to 48 kHz, all talk");
    for (clock, name) in [(Clock::Locked, "the mixer's clock"), (Clock::FreeRunning, "their own clocks")] {
        let mut call = Call::new((0..100).map(|n| ([8000, 16_000, 44_100, 48_000][n % 4], clock)));
        group.bench_function(name, |b| b.iter(|| call.pass()));
    }
    group.finish();
}

/// The ports alone, between ticks.
fn a_packet(c: &mut Criterion) {
    let mut group = c.benchmark_group("20 ms at 48 kHz");
    for (pushes, name) in [(true, "push"), (false, "pull")] {
        let mut call = Call::new([(48_000, Clock::Locked)].into_iter());
        let Stream { sent, heard, .. } = &mut call.streams[0];
        (*sent, *heard) = (vec![1000; 960], vec![0; 960]);
        group.bench_function(name, |b| b.iter_custom(|rounds| (0..rounds).map(|_| call.pass_timed(pushes)).sum()));
    }
    group.finish();
}

criterion_group!(benches, one_stream, a_hundred_streams, a_packet);
#[cfg(all(feature = "g711", feature = "g722", feature = "opus"))]
criterion_main!(benches, drift::benches, idle::benches, players::benches, decode::benches);
#[cfg(not(all(feature = "g711", feature = "g722", feature = "opus")))]
criterion_main!(benches, drift::benches, idle::benches, players::benches);
