//! A stream whose stamps leap, as where another sender goes on with it: it is heard again at once, as late as before;
//! in simulated time.
#![cfg(feature = "stream")]

mod streams;

use mixminus::stream::{Clock, InputOptions, StreamFormat};
use streams::path::{Path, Sent, WAYS, Way, packets};

const LEAP_MS: u64 = 3000;

/// Packets of 20 ms whose timestamps leap after three seconds, and their numbers, too.
fn leaping(rate_hz: u32, by: i64, number: u16) -> Vec<Sent> {
    let leap = |packet: Sent| match packet.at_ms > LEAP_MS as f64 {
        true => Sent {
            timestamp: packet.timestamp.wrapping_add(by as u32),
            sequence: packet.sequence.wrapping_add(number),
            ..packet
        },
        false => packet,
    };
    packets(rate_hz, 20, 9000).into_iter().map(leap).collect()
}

fn is_heard_again(way: Way, clock: Clock, rate_hz: u32, (by, number): (i64, u16), within_ms: u64) {
    let case = format!("{way:?}, {clock:?}, {rate_hz} Hz, timestamps {by:+}, numbers +{number}");
    let options = InputOptions { clock, ..InputOptions::new(StreamFormat::mono(rate_hz)) };
    let mut path = Path::new(way, options).send(leaping(rate_hz, by, number));
    let readings = path.run(9000);
    let before = path.delay_ms(LEAP_MS - 10, 200, 0).unwrap();
    // The first packet after the leap is complete 20 ms after it.
    let new = |at_ms: &u64| {
        let delay_ms = path.delay_ms(*at_ms, 200, 0);
        delay_ms.is_some_and(|ms| *at_ms as f64 - ms >= LEAP_MS as f64)
    };
    let again_ms = (LEAP_MS..5900).step_by(10).find(new);
    let most = LEAP_MS + 20 + within_ms;
    assert!(again_ms.is_some_and(|ms| ms <= most), "{case}: heard again at {again_ms:?} ms: {readings:?}");
    // Not where a sample is slipped.
    let after = (0..29).find_map(|n| path.delay_ms(8980 - 10 * n, 200, 0));
    // By the mixer's clock nothing is slipped: 10 ms too much are left alone.
    let most = if clock == Clock::Locked { 10.0 } else { 5.0 };
    assert!(after.is_some_and(|ms| (ms - before).abs() <= most), "{case}: {before} ms, then {after:?}: {readings:?}");
    assert!(readings.resyncs <= 1, "{case}: {readings:?}");
}

fn of_all_ways(rate_hz: u32, by: i64, numbers: &[u16], within_ms: u64) {
    for way in WAYS {
        for clock in [Clock::Locked, Clock::FreeRunning] {
            // Of samples only the timestamps are told.
            let numbers = if way == Way::Samples { &numbers[..1] } else { numbers };
            numbers.iter().for_each(|number| is_heard_again(way, clock, rate_hz, (by, *number), within_ms));
        }
    }
}

#[test]
fn after_a_leap_ahead_it_is_heard_within_100_ms() {
    of_all_ways(8000, 24_000, &[0, 1, 20_000, 50_000], 100);
    of_all_ways(8000, 1_000_000_000, &[0, 20_000, 50_000], 100);
    of_all_ways(48_000, 1_000_000_000, &[20_000], 100);
}

#[test]
fn after_half_a_second_ahead_it_is_heard_within_100_ms() {
    of_all_ways(48_000, 24_000, &[0, 1, 20_000, 50_000], 100);
}

#[test]
fn after_a_small_leap_back_it_is_heard_within_300_ms() {
    for by in [-24_000, -40_000] {
        [8000, 48_000].into_iter().for_each(|rate_hz| of_all_ways(rate_hz, by, &[0, 20_000, 50_000], 300));
    }
}

#[test]
fn after_a_great_leap_back_it_is_heard_within_200_ms() {
    of_all_ways(8000, -1_000_000_000, &[0, 20_000, 50_000], 200);
    of_all_ways(48_000, -1_000_000_000, &[20_000], 200);
}
