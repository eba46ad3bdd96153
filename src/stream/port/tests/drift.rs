//! A day of a sender whose clock drifts, over a path with jitter: positions only, so that it takes
//! seconds.

use crate::data::{channels::PlanesMut, frame::Frame};
use crate::stream::{
    Clock, StreamFormat,
    port::{
        InputOptions, Stamp,
        head::{Head, HeadFigures},
        input::input,
        packet::{Fate, Packet},
        steering::Steering,
        tests::scenarios::Random,
    },
};

const DEPTH_MS: f64 = 60.0;
const PACKET_MS: f64 = 20.0;
const JITTER_MS: f64 = 30.0;
const HOUR_S: f64 = 3600.0;

/// The observations after the first ten minutes.
#[derive(Debug)]
struct Seen {
    least_wait_ms: f64,
    most_wait_ms: f64,
    /// Packets that came too late, jumps of the head.
    faults: u32,
    mean_ppm: f64,
    deviation_ppm: f64,
    drift_ppm: f64,
    /// When the drift was first known to 50 ppm.
    settled_s: f64,
}

/// Sends `seconds` of packets of 20 ms, with up to 30 ms of jitter, by a clock that is faster by
/// `drift_ppm`, to a buffer that is read in ticks at 48 kHz.
fn run(drift_ppm: f64, tick_ms: f64, seconds: f64) -> Seen {
    const RATE: f64 = 48.0;
    let figures = HeadFigures::new(48_000, (DEPTH_MS * RATE) as u64, (200.0 * RATE) as u64);
    let (mut head, mut steering) = (Head::new(figures), Steering::new(DEPTH_MS));
    let (mut random, mut underway) = (Random(1), [f64::MAX; 3]);
    let (mut sent, mut end, mut wait_ms, mut rest) = (0_u64, 0, DEPTH_MS, 0.0);
    let mut seen = Seen {
        least_wait_ms: f64::MAX,
        most_wait_ms: 0.0,
        faults: 0,
        mean_ppm: 0.0,
        deviation_ppm: 0.0,
        drift_ppm: 0.0,
        settled_s: 0.0,
    };
    let (mut sum, mut squares, mut ticks) = (0.0, 0.0, 0.0);
    let step_ms = PACKET_MS / (1.0 + drift_ppm * 1e-6);
    for tick in 0..(seconds * 1000.0 / tick_ms) as u64 {
        let now_ms = tick as f64 * tick_ms;
        let settled = now_ms > 600_000.0;
        while sent as f64 * step_ms <= now_ms {
            underway[(sent % 3) as usize] = sent as f64 * step_ms + JITTER_MS * random.next();
            sent += 1;
        }
        for number in sent.saturating_sub(3)..sent {
            let arrival_ms = &mut underway[(number % 3) as usize];
            if *arrival_ms <= now_ms {
                *arrival_ms = f64::MAX;
                let start = (1 << 40) + number * (PACKET_MS * RATE) as u64;
                let packet = Packet { start, frames: (PACKET_MS * RATE) as u32, active: false, stamped: true };
                let (fate, moved) = head.place(&packet, end <= head.at());
                let wait_ms = packet.start.wrapping_sub(head.at()) as i64 as f64 / RATE;
                end = packet.end().max(end);
                if settled {
                    seen.faults += u32::from(fate != Fate::Used) + u32::from(moved.is_some());
                    seen.least_wait_ms = seen.least_wait_ms.min(wait_ms);
                    seen.most_wait_ms = seen.most_wait_ms.max(wait_ms);
                }
            }
        }
        seen.faults += u32::from(settled && (head.settle() || head.tighten(true).is_some()));
        // As much as a resampler would take.
        rest += tick_ms * RATE * (1.0 + steering.ppm() * 1e-6);
        head.advance(rest as u64, end <= head.at());
        rest = rest.fract();
        wait_ms = head.take_wait().map_or(wait_ms, |wait| wait as f64 / RATE);
        steering.steer(wait_ms, tick_ms);
        if (steering.drift_ppm() - drift_ppm).abs() > 50.0 {
            seen.settled_s = now_ms / 1000.0;
        }
        if settled {
            let off = steering.ppm() - drift_ppm;
            (sum, squares, ticks) = (sum + off, squares + off * off, ticks + 1.0);
        }
    }
    seen.mean_ppm = drift_ppm + sum / ticks;
    seen.deviation_ppm = (squares / ticks - (sum / ticks).powi(2)).sqrt();
    seen.drift_ppm = steering.drift_ppm();
    seen
}

fn assert_steady(drift_ppm: f64, tick_ms: f64, hours: f64, deviation_ppm: f64) {
    let seen = run(drift_ppm, tick_ms, hours * HOUR_S);
    assert_eq!(seen.faults, 0, "{seen:?}");
    // The jitter is 15 ms to either side; a sample that waits for its tick does not wait in the
    // buffer.
    let most_off_ms = 19.0 + 0.6 * tick_ms;
    let (least_ms, most_ms) = (DEPTH_MS - most_off_ms, DEPTH_MS + most_off_ms);
    assert!(seen.least_wait_ms > least_ms && seen.most_wait_ms < most_ms, "{seen:?}");
    assert!((seen.mean_ppm - drift_ppm).abs() < 1.0 && (seen.drift_ppm - drift_ppm).abs() < 40.0, "{seen:?}");
    assert!(seen.deviation_ppm < deviation_ppm && seen.settled_s < 300.0, "{seen:?}");
}

#[test]
fn a_day_with_a_slow_clock() {
    assert_steady(-300.0, 20.0, 24.0, 35.0);
}

#[test]
fn a_day_with_the_same_clock() {
    assert_steady(0.0, 20.0, 24.0, 35.0);
}

#[test]
fn a_day_with_a_fast_clock() {
    assert_steady(300.0, 20.0, 24.0, 35.0);
}

#[test]
fn the_length_of_the_tick_does_not_matter() {
    assert_steady(100.0, 10.0, 1.0, 22.0);
    assert_steady(100.0, 2.5, 0.5, 18.0);
    assert_steady(-100.0, 60.0, 1.0, 90.0);
}

#[test]
fn the_ports_steer_a_sender_with_a_clock_of_its_own() {
    for (clock, drift_ppm) in [(Clock::FreeRunning, 300.0), (Clock::FreeRunning, -300.0), (Clock::Locked, 0.0)] {
        let options = InputOptions { clock, ..InputOptions::new(StreamFormat::mono(1000)) };
        let (mut port, mut inlet) = input(&options).unwrap();
        let (mut random, mut sent, mut rest, mut next_ms) = (Random(3), 0_u32, 0.0, 0.0);
        for tick in 0..60_000_u32 {
            while next_ms <= f64::from(tick) * 10.0 {
                port.push(Frame::mono(&[0.5_f32; 20]), Stamp::Rtp(20 * sent)).unwrap();
                sent += 1;
                next_ms = f64::from(sent) * 20.0 / (1.0 + drift_ppm * 1e-6) + JITTER_MS * random.next();
            }
            rest += 10.0 * (1.0 + inlet.steering_ppm() * 1e-6);
            let mut out = [0.0; 11];
            inlet.read(rest as usize, PlanesMut { left: &mut out, right: None });
            rest = rest.fract();
            assert!(clock == Clock::FreeRunning || inlet.steering_ppm() == 0.0);
        }
        let readings = port.readings();
        assert_eq!((readings.lost_samples, readings.underruns, readings.late, readings.cuts), (0, 0, 0, 0));
        // Without steering it stays where the first packet came.
        let most_off_ms = if clock == Clock::FreeRunning { 12.0 } else { 25.0 };
        assert!((readings.wait_ms - DEPTH_MS).abs() < most_off_ms, "{readings:?}");
        let most_off_ppm = if clock == Clock::FreeRunning { 40.0 } else { 0.0 };
        assert!((readings.drift_ppm - drift_ppm).abs() <= most_off_ppm, "{readings:?}");
    }
}
