//! Twenty minutes of a sender whose clock is off, over a path with jitter: nothing is missing, and the delay does not grow.

use super::scenarios::{Random, voice};
use crate::data::{channels::PlanesMut, frame::Frame};
use crate::stream::{
    StreamFormat,
    port::{InputOptions, Stamp, input::input},
};

const RATE_HZ: u32 = 8000;
const PACKET: usize = 480;
const PACKET_MS: f64 = 60.0;
const TICK_MS: f64 = 20.0;
const RUN_MS: f64 = 1_200_000.0;
const JITTER_MS: f64 = 10.0;

/// The waits in ms after the first minute, in the middle and at the end; and how far the moves and slips went.
fn run(ppm: f64) -> ([f64; 3], f64) {
    let (mut port, mut inlet) = input(&InputOptions::new(StreamFormat::mono(RATE_HZ)), TICK_MS).unwrap();
    let (mut random, mut number, mut waits) = (Random(7), 0_u64, Vec::new());
    let sound: Vec<f32> = (0..PACKET as u64).map(voice).collect();
    let mut out = vec![0.0; (TICK_MS * 8.0) as usize];
    let mut settled = None;
    let mut next_ms = 0.0;
    for tick in 0..(RUN_MS / TICK_MS) as u64 {
        let now_ms = tick as f64 * TICK_MS;
        while next_ms <= now_ms {
            port.push(Frame::mono(&sound), Stamp::Rtp((number * PACKET as u64) as u32)).unwrap();
            number += 1;
            next_ms = number as f64 * PACKET_MS / (1.0 + 1e-6 * ppm) + JITTER_MS * random.next();
        }
        let frames = out.len();
        inlet.read(frames, PlanesMut { left: &mut out, right: None }, 0);
        if [60_000.0, RUN_MS / 2.0, RUN_MS - TICK_MS].contains(&now_ms) {
            waits.push(port.readings().wait_ms);
            let readings = port.readings();
            let faults = [readings.concealed_samples, readings.late, readings.dropped_samples, readings.resyncs];
            assert_eq!(*settled.get_or_insert(faults), faults, "{ppm} ppm: {readings:?}");
        }
    }
    let readings = port.readings();
    let moved_ms = (readings.removed_samples as f64 - readings.inserted_samples as f64) / 8.0;
    ([waits[0], waits[1], waits[2]], moved_ms)
}

#[test]
fn a_clock_that_is_off_is_followed_for_as_long_as_it_is() {
    for ppm in [-3000.0, -300.0, -50.0, 50.0, 300.0, 3000.0] {
        let (waits, moved_ms) = run(ppm);
        // The least wait is 20 ms of a tick; a packet that just misses its tick comes a tick later.
        assert!(waits.iter().all(|ms| (15.0..=75.0).contains(ms)), "{ppm} ppm: {waits:?}");
        let off_ms = RUN_MS * ppm * 1e-6;
        assert!((moved_ms - off_ms).abs() < 80.0, "{ppm} ppm: {moved_ms} ms of {off_ms}");
    }
}
