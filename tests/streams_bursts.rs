//! A network that holds packets back, and lets them go at once, again and again: after the first second nothing is
//! missing; in simulated time.
#![cfg(feature = "stream")]

mod streams;

use mixminus::stream::{Clock, InputOptions, StreamFormat};
use streams::path::{Path, Sent, WAYS, packets, rms, voice_rms};

const RATE_HZ: u32 = 16_000;

/// Packets of 20 ms. Those of the end of each period come together when it is over.
fn bursts(stall_ms: f64, period_ms: f64) -> Vec<Sent> {
    let held = |packet: Sent| {
        let end = (packet.at_ms / period_ms).ceil() * period_ms;
        Sent { at_ms: if end - packet.at_ms < stall_ms { end } else { packet.at_ms }, ..packet }
    };
    packets(RATE_HZ, 20, 20_000).into_iter().map(held).collect()
}

#[test]
fn after_the_first_second_of_bursts_nothing_is_missing() {
    for (stall_ms, period_ms) in [(200.0, 1000.0), (300.0, 1000.0), (200.0, 500.0), (300.0, 500.0), (200.0, 200.0)] {
        for way in WAYS {
            for clock in [Clock::Locked, Clock::FreeRunning] {
                let case = format!("{way:?}, {clock:?}, {stall_ms} ms of each {period_ms} ms");
                let options = InputOptions { clock, ..InputOptions::new(StreamFormat::mono(RATE_HZ)) };
                let mut path = Path::new(way, options).send(bursts(stall_ms, period_ms));
                let before = path.run(1100);
                let after = path.run(20_000);
                assert_eq!(after.concealed_samples, before.concealed_samples, "{case}: {before:?}, {after:?}");
                let lost = (after.late, after.lost_samples, after.resyncs, after.dropped_samples, after.overruns);
                assert_eq!(lost, (0, 0, 0, 0, 0), "{case}: {after:?}");
                let level = 20.0 * (rms(path.between(10_000, 20_000)) / voice_rms()).log10();
                assert!(level.abs() < 0.2, "{case}: {level} dB");
            }
        }
    }
}
