//! Streams over networks of all kinds, in simulated time: after each the delay is what it should
//! be, the counters are exact, and nothing clicked.

use crate::data::{channels::PlanesMut, frame::Frame, ports::InputReadings};
use crate::stream::{
    StreamFormat,
    port::{
        InputOptions, Stamp,
        inlet::Inlet,
        input::{InputPort, input},
    },
};

/// xorshift64*.
pub(crate) struct Random(pub u64);

impl Random {
    /// 0 to 1.
    pub fn next(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

const RATE_HZ: u32 = 8000;
/// Samples of a ms.
const MS: u64 = 8;
const TICK_MS: u64 = 10;
/// A packet of 20 ms with this much before it in the buffer is heard 60 ms after it was spoken.
const DELAY_MS: u64 = 80;

/// The voice at a time, in samples: no piece of it is like another.
pub(crate) fn voice(at: u64) -> f32 {
    let phase = |hz: f64| (at as f64 * hz * std::f64::consts::TAU / f64::from(RATE_HZ)).sin();
    (0.3 * phase(200.0) + 0.2 * phase(31.7)) as f32
}

/// The greatest step from one sample of the voice to the next, and that of a crossfade over 10 ms
/// beside it.
pub(crate) const STEP: f32 = 0.0522;
pub(crate) const FADE_STEP: f32 = 2.0 * 0.5 / (10 * MS) as f32;

/// A packet on its way.
#[derive(Debug, Clone, Copy)]
struct Sent {
    arrives_ms: f64,
    stamp: Stamp,
    /// Its content.
    from: u64,
    frames: u64,
}

/// Packets of so many ms, with timestamps, that arrive as soon as they are complete.
fn packets(count: u64, length_ms: u64) -> Vec<Sent> {
    let packet = |number: u64| Sent {
        arrives_ms: ((number + 1) * length_ms) as f64,
        stamp: Stamp::Rtp((number * length_ms * MS) as u32),
        from: number * length_ms * MS,
        frames: length_ms * MS,
    };
    (0..count).map(packet).collect()
}

/// The output, tick by tick.
struct Heard {
    samples: Vec<f32>,
    readings: InputReadings,
    /// The greatest fill of the buffer after a tick, and the greatest that is allowed: the bound,
    /// and a packet that waits for it.
    most_fill_ms: f64,
    bound_ms: f64,
}

fn options() -> InputOptions {
    InputOptions::new(StreamFormat::mono(RATE_HZ))
}

/// Sends, and hears until `until_ms`; without resampling.
fn hear(mut sent: Vec<Sent>, until_ms: u64) -> Heard {
    sent.sort_by(|a, b| a.arrives_ms.total_cmp(&b.arrives_ms));
    let (mut port, mut inlet) = input(&options()).unwrap();
    let longest = sent.iter().map(|packet| packet.frames).max().unwrap_or_default();
    let (mut samples, mut most_fill_ms, mut sent) = (Vec::new(), 0.0_f64, sent.into_iter().peekable());
    for now_ms in (0..until_ms).step_by(TICK_MS as usize) {
        while let Some(packet) = sent.next_if(|packet| packet.arrives_ms <= now_ms as f64) {
            push(&mut port, &packet);
        }
        tick(&mut inlet, &mut samples);
        most_fill_ms = most_fill_ms.max(port.readings().fill_ms);
    }
    let bound_ms = options().bound_ms + (longest / MS) as f64;
    Heard { samples, readings: port.readings(), most_fill_ms, bound_ms }
}

fn push(port: &mut InputPort, packet: &Sent) {
    let samples: Vec<f32> = (packet.from..packet.from + packet.frames).map(voice).collect();
    port.push(Frame::mono(&samples), packet.stamp).unwrap();
}

fn tick(inlet: &mut Inlet, samples: &mut Vec<f32>) {
    let mut out = [f32::NAN; (TICK_MS * MS) as usize];
    inlet.read(out.len(), PlanesMut { left: &mut out, right: None });
    samples.extend(out);
}

impl Heard {
    /// How long after it was spoken the last sample was heard; the last 20 ms must be the voice bit
    /// for bit.
    fn delay_ms(&self) -> f64 {
        let heard = self.samples.len() as u64 - 20 * MS;
        let is = |delay: &u64| (heard..heard + 20 * MS).all(|at| self.samples[at as usize] == voice(at - delay));
        (0..600 * MS).find(is).map_or(f64::NAN, |delay| delay as f64 / MS as f64)
    }

    /// Nothing clicked, and the delay kept its bound.
    #[track_caller]
    fn is_sound(&self) {
        let step = |pair: &[f32]| (pair[1] - pair[0]).abs();
        let most = self.samples.windows(2).map(step).fold(0.0, f32::max);
        assert!(most <= STEP + FADE_STEP, "a step of {most}");
        assert!(self.most_fill_ms <= self.bound_ms, "{} ms in the buffer", self.most_fill_ms);
    }

    /// The output is as it should be, and so are the delay and the counters.
    #[track_caller]
    fn is(&self, delay_ms: u64, expected: InputReadings) {
        self.is_sound();
        assert_eq!(self.delay_ms(), delay_ms as f64);
        let InputReadings { received_packets, received_samples, fill_ms, wait_ms, drift_ppm, .. } = self.readings;
        let measured = InputReadings { received_packets, received_samples, fill_ms, wait_ms, drift_ppm, ..expected };
        assert_eq!(self.readings, measured);
    }
}

const NOTHING: fn() -> InputReadings = InputReadings::default;

#[test]
fn an_even_stream_is_heard_bit_for_bit() {
    let heard = hear(packets(100, 20), 2000);
    heard.is(DELAY_MS, NOTHING());
    let begins = (DELAY_MS * MS) as usize;
    assert!(heard.samples[..begins].iter().all(|sample| *sample == 0.0));
    let risen = begins + 10 * MS as usize;
    assert!((risen..heard.samples.len()).all(|at| heard.samples[at] == voice((at - begins) as u64)));
    let readings = heard.readings;
    assert_eq!((readings.received_packets, readings.received_samples), (99, 99 * 160));
    assert_eq!((readings.fill_ms, readings.wait_ms), (60.0, 60.0));
}

#[test]
fn loss() {
    let mut sent = packets(100, 20);
    sent.retain(|packet| ![10, 20, 21].contains(&(packet.from / 160)));
    hear(sent, 2000).is(DELAY_MS, InputReadings { lost_samples: 480, ..NOTHING() });
}

#[test]
fn a_burst_after_a_stall() {
    // Late samples are dropped, the others are heard at their time.
    for (last, late) in [(16, 3), (34, 21)] {
        let mut sent = packets(100, 20);
        let arrives_ms = sent[last].arrives_ms;
        sent[10..last].iter_mut().for_each(|packet| packet.arrives_ms = arrives_ms);
        hear(sent, 2000).is(DELAY_MS, InputReadings { underruns: 1, late, ..NOTHING() });
    }
}

#[test]
fn a_burst_at_the_beginning() {
    // The first packets were held up: the delay that this makes is cut after some seconds.
    let mut sent = packets(400, 20);
    sent[..7].iter_mut().for_each(|packet| packet.arrives_ms = 160.0);
    let expected = InputReadings { cuts: 1, dropped_samples: 140 * MS, ..NOTHING() };
    hear(sent.clone(), 8000).is(DELAY_MS, expected);
    // More than the bound is dropped at once.
    sent[..17].iter_mut().for_each(|packet| packet.arrives_ms = 360.0);
    hear(sent, 8000).is(DELAY_MS, InputReadings { overruns: 1, dropped_samples: 280 * MS, ..NOTHING() });
}

#[test]
fn packets_in_another_order() {
    let mut sent = packets(100, 20);
    for pair in sent.chunks_exact_mut(2) {
        pair[0].arrives_ms += 21.0;
    }
    // The stream begins with the second packet; the first comes in time all the same.
    hear(sent, 2000).is(DELAY_MS, InputReadings { reordered: 49, ..NOTHING() });
}

#[test]
fn packets_that_come_twice() {
    let mut sent = packets(100, 20);
    let (soon, late) = (sent[10], sent[20]);
    sent.push(Sent { arrives_ms: soon.arrives_ms + 30.0, ..soon });
    sent.push(Sent { arrives_ms: late.arrives_ms + 80.0, ..late });
    hear(sent, 2000).is(DELAY_MS, InputReadings { duplicates: 1, late: 1, ..NOTHING() });
}

#[test]
fn a_path_that_becomes_slower() {
    for (slower_ms, delay_ms, late, resyncs, underruns) in
        [(40.0, DELAY_MS, 0, 0, 0), (100.0, DELAY_MS + 100, 10, 1, 1)]
    {
        let mut sent = packets(200, 20);
        sent[50..].iter_mut().for_each(|packet| packet.arrives_ms += slower_ms);
        let expected = InputReadings { late, resyncs, underruns, ..NOTHING() };
        hear(sent, 4000).is(delay_ms, expected);
    }
}

#[test]
fn a_path_that_becomes_faster() {
    let mut sent = packets(500, 20);
    sent[..50].iter_mut().for_each(|packet| packet.arrives_ms += 100.0);
    let expected = InputReadings { cuts: 1, dropped_samples: 100 * MS, reordered: 4, ..NOTHING() };
    hear(sent.clone(), 10_000).is(DELAY_MS, expected);
    let just_faster = sent[..100].to_vec();
    hear(just_faster, 2000).is(DELAY_MS + 100, InputReadings { reordered: 4, ..NOTHING() });
}

#[test]
fn a_sender_that_starts_again() {
    for leap in [100_000_000_u32, 40_000, 0_u32.wrapping_sub(40_000), 3_000_000_000] {
        let mut sent = packets(100, 20);
        for packet in &mut sent[50..] {
            packet.stamp = Stamp::Rtp(leap.wrapping_add(packet.from as u32));
        }
        // One packet of the new time is not believed. The rest of the old time is dropped.
        let expected = InputReadings { strays: 1, resyncs: 1, dropped_samples: 40 * MS, ..NOTHING() };
        hear(sent, 2000).is(DELAY_MS, expected);
    }
}

#[test]
fn a_packet_with_a_wrong_stamp_is_dropped() {
    let mut sent = packets(100, 20);
    sent[50].stamp = Stamp::Rtp(77_000_000);
    hear(sent, 2000).is(DELAY_MS, InputReadings { strays: 1, lost_samples: 160, ..NOTHING() });
}

#[test]
fn a_pause_of_the_sender() {
    let mut sent = packets(600, 20);
    sent.drain(50..550);
    hear(sent.clone(), 12_000).is(DELAY_MS, InputReadings { underruns: 1, ..NOTHING() });
    sent.iter_mut().for_each(|packet| packet.stamp = Stamp::None);
    hear(sent, 12_000).is(DELAY_MS, InputReadings { underruns: 1, ..NOTHING() });
}

#[test]
fn packets_of_any_length() {
    hear(packets(20, 100), 2000).is(160, NOTHING());
    let single =
        |at: u64| Sent { arrives_ms: (at + 1) as f64 / 8.0, stamp: Stamp::Rtp(at as u32), from: at, frames: 1 };
    hear((0..16_000).map(single).collect(), 2000).is(70, NOTHING());
}

#[test]
fn stamps_wrap() {
    let mut sent = packets(100, 20);
    for packet in &mut sent {
        packet.stamp = Stamp::Rtp((packet.from as u32).wrapping_sub(8000));
    }
    hear(sent.clone(), 2000).is(DELAY_MS, NOTHING());
    for packet in &mut sent {
        packet.stamp = Stamp::Sequence(((packet.from / 160) as u16).wrapping_sub(50));
    }
    sent.retain(|packet| packet.from / 160 != 52);
    hear(sent, 2000).is(DELAY_MS, InputReadings { lost_samples: 160, ..NOTHING() });
}

#[test]
fn whatever_happens_the_delay_has_its_bound_and_nothing_clicks() {
    for seed in 1..=20 {
        let mut random = Random(seed);
        let mut sent = packets(500, 20);
        for packet in &mut sent {
            packet.arrives_ms += 300.0 * random.next().powi(4);
        }
        sent.retain(|_| random.next() > 0.1);
        let repeated: Vec<Sent> = sent.iter().filter(|_| random.next() > 0.9).copied().collect();
        sent.extend(repeated);
        hear(sent, 10_000).is_sound();
    }
}
