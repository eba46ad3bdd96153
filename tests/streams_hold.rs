//! A stream that is held for seconds and resumed: what is heard then is new; in simulated time.
#![cfg(feature = "stream")]

mod streams;

use mixminus::stream::{Clock, InputOptions, StreamFormat};
use streams::path::{Path, Sent, WAYS, packets};

const RATE_HZ: u32 = 8000;

/// 200 ms of sound, in time or at once, five seconds without packets, and three of sound. The stamps go on with the
/// time, or where they stopped.
fn held(at_once: bool, with_time: bool) -> Vec<Sent> {
    let after = packets(RATE_HZ, 20, 9000).into_iter().skip(260);
    let resumed = after.enumerate().map(|(n, packet)| Sent {
        timestamp: if with_time { packet.timestamp } else { 160 * (10 + n as u32) },
        sequence: 10 + n as u16,
        ..packet
    });
    let before = packets(RATE_HZ, 20, 200).into_iter();
    before.map(|packet| Sent { at_ms: if at_once { 20.0 } else { packet.at_ms }, ..packet }).chain(resumed).collect()
}

#[test]
fn after_a_hold_nothing_old_is_played() {
    resume(true);
}

#[test]
fn after_a_hold_nothing_old_is_played_though_the_stamps_have_stopped() {
    resume(false);
}

fn resume(with_time: bool) {
    for way in WAYS {
        for clock in [Clock::Locked, Clock::FreeRunning] {
            for at_once in [false, true] {
                let case = format!("{way:?}, {clock:?}, at once: {at_once}, stamps with time: {with_time}");
                let options = InputOptions { clock, ..InputOptions::new(StreamFormat::mono(RATE_HZ)) };
                let mut path = Path::new(way, options).send(held(at_once, with_time));
                let readings = path.run(9000);
                let silent = path.between(600, 5200).iter().all(|sample| *sample == 0.0);
                assert!(silent, "{case}: nothing came, and something was heard: {readings:?}");
                // The first packet after the hold is complete at 5220 ms.
                let first = path.heard.iter().skip(path.samples(600)).position(|sample| *sample != 0.0);
                let first_ms = 600 + first.unwrap() as u64 / 8;
                assert!((5220..5320).contains(&first_ms), "{case}: heard again at {first_ms} ms");
                // 10 ms of fading in.
                for at_ms in (5360..8990).step_by(10) {
                    let delay_ms = path.delay_ms(at_ms, 4000, 0);
                    assert!(delay_ms.is_none_or(|ms| ms <= 140.0), "{case}: {delay_ms:?} at {at_ms} ms");
                }
                let delay_ms = path.delay_ms(8900, 4000, 0);
                assert!(delay_ms.is_some_and(|ms| (35.0..=60.0).contains(&ms)), "{case}: {delay_ms:?}: {readings:?}");
                assert_eq!((readings.lost_samples, readings.late), (0, 0), "{case}: {readings:?}");
            }
        }
    }
}
