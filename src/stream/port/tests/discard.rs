//! What is discarded is not heard, whatever way it comes, and what comes afterwards is heard as from the beginning.

use crate::data::{
    channels::Planes,
    connection::Connection,
    frame::Frame,
    ports::{InputReadings, StreamFormat},
};
use crate::stream::{
    DecodeError, Decoder, Decoding, InputOptions, InputPort, PacketPort, RtpPacket, Stamp,
    port::wire::{Incoming, Wire},
};

const TICK: usize = 480;
const MIXER: StreamFormat = StreamFormat::mono(48_000);
/// Packets of 20 ms, before and after.
const PACKETS: u32 = 10;

fn wire(rate_hz: u32) -> (InputPort, Wire) {
    let (port, incoming, _) = Incoming::new(&InputOptions::new(StreamFormat::mono(rate_hz)), MIXER, TICK).unwrap();
    (port, Wire::new(Some(incoming), None))
}

/// What is heard in so many ticks; nothing in those without a frame.
fn listen(wire: &mut Wire, ticks: usize) -> Vec<f32> {
    let tick = |_| match wire.advance(0) {
        Some(_) => wire.read().left.to_vec(),
        None => vec![0.0; TICK],
    };
    (0..ticks).flat_map(tick).collect()
}

fn push(port: &mut InputPort, rate_hz: u32, numbers: std::ops::Range<u32>, level: f32) {
    let frames = rate_hz / 50;
    let packet = vec![level; frames as usize];
    numbers.for_each(|number| port.push(Frame::mono(&packet), Stamp::Rtp(number * frames)).unwrap());
}

fn is_silent(heard: &[f32]) -> bool {
    heard.iter().all(|sample| *sample == 0.0)
}

/// Nothing but what was discarded counts as gone.
fn assert_nothing_is_missing(readings: &InputReadings, discarded: u64) {
    let InputReadings { lost_samples, dropped_samples, overruns, resyncs, late, concealed_samples, .. } = *readings;
    assert_eq!((lost_samples, dropped_samples, overruns, resyncs, late, concealed_samples), (0, 0, 0, 0, 0, 0));
    assert_eq!(readings.discarded_samples, discarded);
}

#[test]
fn of_what_waits_nothing_is_heard_and_what_follows_is_heard_as_by_a_new_port() {
    for rate_hz in [48_000, 16_000, 47_999] {
        for heard_before in [0, 4] {
            let (mut port, mut wire) = wire(rate_hz);
            push(&mut port, rate_hz, 0..PACKETS, 0.5);
            listen(&mut wire, heard_before);
            wire.discard();
            let readings = port.readings();
            let heard = (heard_before * rate_hz as usize).div_ceil(100) as u64;
            assert!(is_silent(&listen(&mut wire, 50)), "{rate_hz} Hz, {heard_before} ticks");
            let discarded = port.readings().discarded_samples;
            let pushed = u64::from(PACKETS * (rate_hz / 50));
            assert!(discarded <= pushed && discarded + heard + 64 >= pushed, "{discarded} and {heard} of {pushed}");
            assert_eq!(readings.lost_samples, 0);

            let (mut fresh_port, mut fresh) = self::wire(rate_hz);
            for port in [&mut port, &mut fresh_port] {
                push(port, rate_hz, 50..50 + PACKETS, -0.25);
            }
            let (heard, expected) = (listen(&mut wire, 40), listen(&mut fresh, 40));
            // A filter that begins anew takes its first samples at another place of a tick.
            assert!(heard == expected || rate_hz == 47_999, "{rate_hz} Hz, {heard_before} ticks");
            let most = heard.iter().copied().fold(f32::MIN, f32::max);
            assert!(most < 1e-3, "{rate_hz} Hz: {most}, and what was heard before is not there");
            assert!(!is_silent(&heard));
        }
    }
}

#[test]
fn a_frame_that_was_told_of_is_discarded_with_the_rest() {
    let (mut port, mut wire) = wire(16_000);
    push(&mut port, 16_000, 0..PACKETS, 0.5);
    while wire.advance(0).is_none() {}
    wire.discard();
    assert!(is_silent(&listen(&mut wire, 50)));
}

#[test]
fn nothing_that_was_discarded_counts_as_missing() {
    let (mut port, mut wire) = wire(48_000);
    push(&mut port, 48_000, 0..PACKETS, 0.5);
    wire.discard();
    listen(&mut wire, 5);
    assert_nothing_is_missing(&port.readings(), u64::from(PACKETS) * 960);
    push(&mut port, 48_000, 40..40 + PACKETS, 0.5);
    listen(&mut wire, 10);
    assert_nothing_is_missing(&port.readings(), u64::from(PACKETS) * 960);
}

/// A payload of one byte is 20 ms at that many hundredths.
#[derive(Debug)]
struct Constant;

impl Decoder for Constant {
    fn format(&self) -> StreamFormat {
        MIXER
    }

    fn frames(&self, _: &[u8]) -> Option<usize> {
        Some(960)
    }

    fn decode(&mut self, payload: &[u8], out: &mut [f32]) -> Result<usize, DecodeError> {
        out[..960].fill(f32::from(payload[0]) / 100.0);
        Ok(960)
    }

    fn conceal(&mut self, _: &mut [f32]) -> bool {
        false
    }

    fn recover(&mut self, _: &[u8], _: &mut [f32]) -> bool {
        false
    }

    fn reset(&mut self) {}
}

fn packets() -> (PacketPort, Decoding, Wire) {
    let (port, wire) = wire(48_000);
    let (port, decoding) = port.decode_with(Constant).unwrap();
    (port, decoding, wire)
}

fn send(port: &mut PacketPort, numbers: std::ops::Range<u16>, level: u8) {
    for sequence in numbers {
        let timestamp = u32::from(sequence) * 960;
        port.push(RtpPacket { payload: &[level], sequence, timestamp, level: None }).unwrap();
    }
}

fn decode_and_listen(decoding: &mut Decoding, wire: &mut Wire, ticks: usize) -> Vec<f32> {
    let tick = |_| {
        decoding.pass();
        listen(wire, 1)
    };
    (0..ticks).flat_map(tick).collect()
}

/// Whether packets were passed on, and whether some of them were heard, when everything is discarded.
#[test]
fn packets_are_discarded_wherever_they_wait() {
    for (passed, heard) in [(false, 0), (true, 0), (true, 6)] {
        let (mut port, mut decoding, mut wire) = packets();
        send(&mut port, 0..10, 50);
        if passed {
            decoding.pass();
        }
        let before = decode_and_listen(&mut decoding, &mut wire, heard);
        wire.discard();
        assert!(is_silent(&decode_and_listen(&mut decoding, &mut wire, 50)), "passed {passed}, heard {heard}");
        assert_nothing_is_missing(
            &port.readings(),
            9600 - before.iter().filter(|sample| **sample != 0.0).count() as u64,
        );
        send(&mut port, 60..70, 25);
        let heard = decode_and_listen(&mut decoding, &mut wire, 25);
        assert!(heard.iter().filter(|sample| **sample == 0.25).count() >= 9600 - 479, "all but its rise");
        assert!(heard.iter().all(|sample| (0.0..=0.25).contains(sample)));
    }
}

#[test]
fn there_is_nothing_to_discard_on_the_way_out() {
    let mut wire = Wire::new(None, None);
    wire.discard();
    assert!(wire.advance(0).is_none());
    wire.write(Planes { left: &[0.0; TICK], right: None });
}
