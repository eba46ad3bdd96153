//! What a stream costs that is in no mix, and a packet on its way through [`PacketPort`] and [`Decoding`]: the time of
//! 20 ms, of one of [`ROOM`] streams.
//!
//! [`Decoding`]: mixminus::stream::Decoding

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use criterion::{Criterion, criterion_group};
use mixminus::{
    Controller, Frame, JoinOptions, MixerConfig, Processor,
    stream::{
        AudioLevel, Clock, DecodeError, Decoder, Decoders, InputOptions, InputPort, PacketPort, PortOptions, RtpPacket,
        Stamp, StreamFormat,
    },
};

/// Streams whose time is taken together.
const ROOM: u32 = 50;

/// G.711 without its work: as many samples as bytes, at 8 kHz, and always the same.
#[derive(Debug)]
struct Nothing;

impl Decoder for Nothing {
    fn format(&self) -> StreamFormat {
        StreamFormat::mono(8000)
    }

    fn frames(&self, payload: &[u8]) -> Option<usize> {
        Some(payload.len())
    }

    fn decode(&mut self, payload: &[u8], out: &mut [f32]) -> Result<usize, DecodeError> {
        let frames = self.frames_in_room(payload, out)?;
        out[..frames].fill(0.1);
        Ok(frames)
    }

    fn conceal(&mut self, _: &mut [f32]) -> bool {
        false
    }

    fn recover(&mut self, _: &[u8], _: &mut [f32]) -> bool {
        false
    }

    fn reset(&mut self) {}
}

/// A mixer with a talker at the mixer's rate, a listener, and streams.
struct Room {
    processor: Processor,
    talker: InputPort,
    streams: Vec<InputPort>,
    _controller: Controller,
    sent: u32,
}

impl Room {
    fn new(rate_hz: u32, clock: Clock, streams: u32, loudest: Option<usize>) -> Self {
        let (controller, processor) = MixerConfig { loudest, ..MixerConfig::default() }.build().unwrap();
        let join = |name: String, rate_hz| {
            let input = InputOptions { clock, ..InputOptions::new(StreamFormat::mono(rate_hz)) };
            let ports = PortOptions { input: Some(input), output: None };
            controller.join_with_ports(name, JoinOptions::default(), ports).unwrap().input.unwrap()
        };
        let talker = join("talker".into(), 48_000);
        let streams = (0..streams).map(|at| join(at.to_string(), rate_hz)).collect();
        controller.join("listener", JoinOptions::default()).unwrap();
        Self { processor, talker, streams, _controller: controller, sent: 0 }
    }

    /// 20 ms of the talker's and of every stream's; the time of the streams' pushes, and that of two ticks.
    fn pass(&mut self, samples: &[i16]) -> [Duration; 2] {
        let loud: Vec<i16> = (0..960).map(|at| ((at as f32 * 0.05).sin() * 8000.0) as i16).collect();
        self.talker.push(Frame::mono(&loud), Stamp::Rtp(self.sent * 960)).unwrap();
        let stamp = Stamp::Rtp(self.sent * samples.len() as u32);
        let started = Instant::now();
        for stream in &mut self.streams {
            stream.push(Frame::mono(samples), stamp).unwrap();
        }
        let pushed = started.elapsed();
        self.sent += 1;
        [pushed, self.two_ticks()]
    }

    fn two_ticks(&mut self) -> Duration {
        let started = Instant::now();
        for _ in 0..2 {
            black_box(self.processor.enter().tick().mix().distinct().len());
        }
        started.elapsed()
    }
}

fn idle(c: &mut Criterion) {
    let mut group = c.benchmark_group("a stream in no mix, 20 ms");
    for (rate_hz, clock, own) in [
        (48_000, Clock::Locked, "the mixer's clock"),
        (48_000, Clock::FreeRunning, "its own clock"),
        (8000, Clock::FreeRunning, "its own clock"),
    ] {
        for (loudest, amplitude, kind) in [(None, 0.9, "quiet"), (Some(1), 2000.0, "not chosen")] {
            let wave = |at: u32| ((at as f32 * 0.05).sin() * amplitude).round() as i16;
            let samples: Vec<i16> = (0..rate_hz / 50).map(wave).collect();
            let [mut room, mut empty] = [ROOM, 0].map(|streams| Room::new(rate_hz, clock, streams, loudest));
            for _ in 0..200 {
                room.pass(&samples);
                empty.pass(&samples);
            }
            for (at, part) in ["push", "two ticks"].into_iter().enumerate() {
                group.bench_function(format!("{kind}, {} kHz, {own}: {part}", rate_hz / 1000), |b| {
                    b.iter_custom(|rounds| {
                        let times =
                            (0..rounds).map(|_| room.pass(&samples)[at].saturating_sub(empty.pass(&samples)[at]));
                        times.sum::<Duration>() / ROOM
                    });
                });
            }
        }
    }
    group.finish();
}

/// A room whose streams are packets.
struct Encoded {
    room: Room,
    ports: Vec<PacketPort>,
    decoders: Decoders,
    level: Option<AudioLevel>,
}

impl Encoded {
    fn new(level: Option<AudioLevel>, loudest: Option<usize>) -> Self {
        let mut room = Room::new(8000, Clock::FreeRunning, ROOM, loudest);
        let mut decoders = Decoders::default();
        let packets = |port: InputPort| {
            let (port, decoding) = port.decode_with(Nothing).unwrap();
            decoders.add(decoding);
            port
        };
        let ports = room.streams.drain(..).map(packets).collect();
        let mut encoded = Self { room, ports, decoders, level };
        for _ in 0..200 {
            encoded.pass();
        }
        encoded
    }

    /// 20 ms: the time of the pushes, that of two passes of the thread that decodes, and that of two ticks.
    fn pass(&mut self) -> [Duration; 3] {
        let sent = self.room.sent;
        let packet =
            RtpPacket { payload: &[0x55; 160], sequence: sent as u16, timestamp: sent * 160, level: self.level };
        let started = Instant::now();
        self.ports.iter_mut().for_each(|port| port.push(packet).unwrap());
        let pushed = started.elapsed();
        let mut passed = Duration::ZERO;
        let loud: Vec<i16> = (0..960).map(|at| ((at as f32 * 0.05).sin() * 8000.0) as i16).collect();
        self.room.talker.push(Frame::mono(&loud), Stamp::Rtp(sent * 960)).unwrap();
        self.room.sent += 1;
        let mut ticked = Duration::ZERO;
        for _ in 0..2 {
            let started = Instant::now();
            self.decoders.pass();
            passed += started.elapsed();
            let started = Instant::now();
            black_box(self.room.processor.enter().tick().mix().distinct().len());
            ticked += started.elapsed();
        }
        [pushed, passed, ticked]
    }
}

fn packets(c: &mut Criterion) {
    let mut group = c.benchmark_group("a packet without a codec, 8 kHz, 20 ms");
    let told = AudioLevel { dbov: 40, voice: true };
    for (level, loudest, kind) in [(None, None, "heard"), (Some(told), Some(1), "not chosen, its level told")] {
        let mut encoded = Encoded::new(level, loudest);
        for (at, part) in ["push", "two passes", "two ticks of its share"].into_iter().enumerate() {
            group.bench_function(format!("{kind}: {part}"), |b| {
                b.iter_custom(|rounds| (0..rounds).map(|_| encoded.pass()[at]).sum::<Duration>() / ROOM);
            });
        }
    }
    group.finish();
}

criterion_group!(benches, idle, packets);
