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
/// A packet of 20 ms that waits for 15 ms: with the half tick that a packet waits for its tick, on the average, 20 ms.
const DELAY_MS: f64 = 35.0;

/// The voice at a time, in samples: no piece of it is like another.
pub(crate) fn voice(at: u64) -> f32 {
    let phase = |hz: f64| (at as f64 * hz * std::f64::consts::TAU / f64::from(RATE_HZ)).sin();
    (0.3 * phase(200.0) + 0.2 * phase(31.7)) as f32
}

/// The greatest step from one sample of the voice to the next, and that of a crossfade over 4 ms
/// beside it.
pub(crate) const STEP: f32 = 0.0522;
pub(crate) const FADE_STEP: f32 = 2.0 * 0.5 / (4 * MS) as f32;

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
    /// The greatest fill of the buffer after a tick.
    most_fill_ms: f64,
}

fn options() -> InputOptions {
    InputOptions::new(StreamFormat::mono(RATE_HZ))
}

/// Sends, and hears until `until_ms`; without resampling.
fn hear(mut sent: Vec<Sent>, until_ms: u64) -> Heard {
    sent.sort_by(|a, b| a.arrives_ms.total_cmp(&b.arrives_ms));
    let (mut port, mut inlet) = input(&options(), TICK_MS as f64).unwrap();
    let (mut samples, mut most_fill_ms, mut sent) = (Vec::new(), 0.0_f64, sent.into_iter().peekable());
    for now_ms in (0..until_ms).step_by(TICK_MS as usize) {
        while let Some(packet) = sent.next_if(|packet| packet.arrives_ms <= now_ms as f64) {
            push(&mut port, &packet);
        }
        tick(&mut inlet, &mut samples);
        most_fill_ms = most_fill_ms.max(port.readings().fill_ms);
    }
    Heard { samples, readings: port.readings(), most_fill_ms }
}

fn push(port: &mut InputPort, packet: &Sent) {
    let samples: Vec<f32> = (packet.from..packet.from + packet.frames).map(voice).collect();
    port.push(Frame::mono(&samples), packet.stamp).unwrap();
}

fn tick(inlet: &mut Inlet, samples: &mut Vec<f32>) {
    let mut out = [f32::NAN; (TICK_MS * MS) as usize];
    inlet.read(out.len(), PlanesMut { left: &mut out, right: None }, 0);
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
        // The greatest depth and what may wait beyond it, and a packet.
        assert!(self.most_fill_ms <= 500.0 + 250.0 + 20.0, "{} ms in the buffer", self.most_fill_ms);
    }

    /// The counters are exact, where nothing is said of them they are 0; and the delay is what it should be.
    #[track_caller]
    fn is(&self, delay_ms: std::ops::RangeInclusive<f64>, expected: InputReadings) {
        self.is_sound();
        assert!(delay_ms.contains(&self.delay_ms()), "{} ms: {:?}", self.delay_ms(), self.readings);
        let readings = self.readings;
        let InputReadings { concealment_events, concealed_samples, .. } = readings;
        let InputReadings { inserted_samples, removed_samples, .. } = readings;
        let counted = InputReadings { late: readings.late, lost_samples: readings.lost_samples, ..expected };
        let exact = |of: &InputReadings| {
            [of.late, of.lost_samples, of.duplicates, of.reordered, of.strays, of.underruns, of.overruns, of.resyncs]
        };
        assert_eq!(exact(&readings), exact(&expected), "{readings:?} {counted:?}");
        let heard_otherwise = [concealment_events, concealed_samples, inserted_samples, removed_samples];
        if exact(&expected) == [0; 8] {
            assert_eq!(heard_otherwise, [0; 4], "{readings:?}");
        }
    }
}

const NOTHING: fn() -> InputReadings = InputReadings::default;
/// The delay of a steady network.
const STEADY: std::ops::RangeInclusive<f64> = DELAY_MS..=DELAY_MS;
/// And when it has been changed and is as near to it as it is brought.
const NEARLY_STEADY: std::ops::RangeInclusive<f64> = DELAY_MS - 3.0..=DELAY_MS + 10.0;

#[test]
fn an_even_stream_is_heard_bit_for_bit() {
    let heard = hear(packets(100, 20), 2000);
    heard.is(STEADY, NOTHING());
    let begins = (DELAY_MS * MS as f64) as usize;
    assert!(heard.samples[..begins].iter().all(|sample| *sample == 0.0));
    let risen = begins + 10 * MS as usize;
    assert!((risen..heard.samples.len()).all(|at| heard.samples[at] == voice((at - begins) as u64)));
    let readings = heard.readings;
    assert_eq!((readings.received_packets, readings.received_samples), (99, 99 * 160));
    assert!((readings.wait_ms - 15.0).abs() < 1.0 && readings.target_ms == 15.0, "{readings:?}");
}

#[test]
fn a_loss_is_concealed_for_as_long_as_it_is() {
    let mut sent = packets(100, 20);
    sent.retain(|packet| ![10, 20, 21].contains(&(packet.from / 160)));
    let heard = hear(sent, 2000);
    let readings = heard.readings;
    heard.is(NEARLY_STEADY, InputReadings { lost_samples: 480, underruns: readings.underruns, ..NOTHING() });
    assert!((300..=500).contains(&readings.concealed_samples), "{readings:?}");
}

#[test]
fn a_stall_is_waited_for_and_its_delay_goes_again() {
    let mut sent = packets(500, 20);
    let arrives_ms = sent[30].arrives_ms;
    sent[20..30].iter_mut().for_each(|packet| packet.arrives_ms = arrives_ms);
    let heard = hear(sent, 10_000);
    heard.is(NEARLY_STEADY, InputReadings { underruns: 1, ..NOTHING() });
    let missing_ms = heard.readings.concealed_samples / MS;
    assert!((60..=200).contains(&missing_ms), "of 200 ms that were late {missing_ms} were not heard");
}

#[test]
fn packets_in_another_order() {
    let mut sent = packets(200, 20);
    for pair in sent.chunks_exact_mut(2) {
        pair[0].arrives_ms += 21.0;
    }
    let heard = hear(sent, 4000);
    heard.is_sound();
    let readings = heard.readings;
    assert!(readings.reordered >= 98 && readings.late <= 1 && readings.concealed_samples <= 40 * MS, "{readings:?}");
    assert!((DELAY_MS..=DELAY_MS + 40.0).contains(&heard.delay_ms()), "{}", heard.delay_ms());
}

#[test]
fn packets_that_come_twice() {
    let mut sent = packets(100, 20);
    let (soon, late) = (sent[10], sent[20]);
    sent.push(Sent { arrives_ms: soon.arrives_ms + 10.0, ..soon });
    sent.push(Sent { arrives_ms: late.arrives_ms + 80.0, ..late });
    let heard = hear(sent, 2000);
    heard.is_sound();
    let readings = heard.readings;
    assert_eq!((readings.duplicates, readings.late, readings.concealed_samples), (1, 1, 0), "{readings:?}");
}

#[test]
fn a_path_that_becomes_slower_has_one_gap() {
    for slower_ms in [10.0, 40.0, 55.0, 65.0, 100.0, 300.0] {
        let mut sent = packets(1000, 20);
        sent[250..].iter_mut().for_each(|packet| packet.arrives_ms += slower_ms);
        let heard = hear(sent, 20_000);
        let slower = DELAY_MS + slower_ms - 3.0..=DELAY_MS + slower_ms + 12.0;
        heard.is_sound();
        assert!(slower.contains(&heard.delay_ms()), "{slower_ms}: {} ms", heard.delay_ms());
        let InputReadings { underruns, late, lost_samples, .. } = heard.readings;
        assert!(underruns <= 1 && late + lost_samples == 0, "{:?}", heard.readings);
        assert!(heard.readings.concealed_samples <= slower_ms as u64 * MS, "{:?}", heard.readings);
    }
}

#[test]
fn a_path_that_becomes_faster_is_followed_in_seconds() {
    for faster_ms in [100.0, 400.0] {
        let mut sent = packets(500, 20);
        sent[..50].iter_mut().for_each(|packet| packet.arrives_ms += faster_ms);
        let heard = hear(sent, 10_000);
        assert!(NEARLY_STEADY.contains(&heard.delay_ms()), "{}", heard.delay_ms());
        let readings = heard.readings;
        assert_eq!((readings.late, readings.lost_samples, readings.resyncs, readings.underruns), (0, 0, 0, 0));
    }
}

#[test]
fn a_sender_that_starts_again() {
    for leap in [100_000_000_u32, 40_000, 0_u32.wrapping_sub(40_000), 3_000_000_000] {
        let mut sent = packets(100, 20);
        for packet in &mut sent[50..] {
            packet.stamp = Stamp::Rtp(leap.wrapping_add(packet.from as u32));
        }
        let heard = hear(sent, 2000);
        let readings = heard.readings;
        assert_eq!((readings.resyncs, readings.strays <= 1), (1, true), "{leap}: {readings:?}");
        assert!(NEARLY_STEADY.contains(&heard.delay_ms()), "{leap}: {}", heard.delay_ms());
        assert!(readings.concealed_samples <= 80 * MS, "{readings:?}");
    }
}

#[test]
fn a_packet_with_a_wrong_stamp_is_dropped() {
    let mut sent = packets(100, 20);
    sent[50].stamp = Stamp::Rtp(77_000_000);
    let heard = hear(sent, 2000);
    let expected = InputReadings { strays: 1, lost_samples: 160, underruns: heard.readings.underruns, ..NOTHING() };
    heard.is(NEARLY_STEADY, expected);
}

#[test]
fn a_pause_of_the_sender_is_no_fault() {
    let mut sent = packets(600, 20);
    sent.drain(50..550);
    let heard = hear(sent.clone(), 12_000);
    assert!(STEADY.contains(&heard.delay_ms()), "{}", heard.delay_ms());
    assert_eq!((heard.readings.late, heard.readings.concealed_samples), (0, 0), "{:?}", heard.readings);
    sent.iter_mut().for_each(|packet| packet.stamp = Stamp::None);
    let heard = hear(sent, 12_000);
    assert!(NEARLY_STEADY.contains(&heard.delay_ms()), "{}", heard.delay_ms());
}

#[test]
fn packets_of_any_length() {
    hear(packets(20, 100), 2000).is(115.0..=115.0, NOTHING());
    let single =
        |at: u64| Sent { arrives_ms: (at + 1) as f64 / 8.0, stamp: Stamp::Rtp(at as u32), from: at, frames: 1 };
    let heard = hear((0..16_000).map(single).collect(), 2000);
    assert!((15.0..=40.0).contains(&heard.delay_ms()) && heard.readings.concealed_samples == 0);
}

#[test]
fn stamps_wrap() {
    let mut sent = packets(100, 20);
    for packet in &mut sent {
        packet.stamp = Stamp::Rtp((packet.from as u32).wrapping_sub(8000));
    }
    hear(sent.clone(), 2000).is(STEADY, NOTHING());
    for packet in &mut sent {
        packet.stamp = Stamp::Sequence(((packet.from / 160) as u16).wrapping_sub(50));
    }
    hear(sent, 2000).is(STEADY, NOTHING());
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
