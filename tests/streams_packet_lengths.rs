//! Packets of many lengths in one stream: nothing is missing; in simulated time.
#![cfg(feature = "stream")]

mod streams;

use mixminus::stream::{Clock, Depth, InputOptions, StreamFormat};
use streams::path::{Path, Sent, WAYS};

const RATE_HZ: u32 = 8000;

/// Each packet comes when it is complete.
fn of_lengths(lengths_ms: &[u64], until_ms: u64) -> Vec<Sent> {
    let (mut sent, mut from_ms) = (Vec::new(), 0);
    for (number, length_ms) in lengths_ms.iter().cycle().enumerate() {
        let (from, frames) = (8 * from_ms, 8 * length_ms);
        from_ms += length_ms;
        if from_ms > until_ms {
            break;
        }
        sent.push(Sent { at_ms: from_ms as f64, from, frames, timestamp: from as u32, sequence: number as u16 });
    }
    sent
}

#[test]
fn packets_of_10_to_60_ms_follow_on_each_other() {
    for lengths in [&[10, 20, 40, 60][..], &[60, 40, 20, 10], &[20, 20, 20, 20, 60, 10, 40, 10, 10]] {
        for way in WAYS {
            for clock in [Clock::Locked, Clock::FreeRunning] {
                let case = format!("{way:?}, {clock:?}, {lengths:?}");
                let options = InputOptions { clock, ..InputOptions::new(StreamFormat::mono(RATE_HZ)) };
                let mut path = Path::new(way, options).send(of_lengths(lengths, 10_000));
                let before = path.run(500);
                let after = path.run(10_000);
                let lost = (after.lost_samples, after.late, after.reordered, after.duplicates, after.dropped_samples);
                assert_eq!(lost, (0, 0, 0, 0, 0), "{case}: {after:?}");
                // Until the longest packet is known, each that is longer than those before may come too late.
                assert!(after.concealment_events <= 2 && after.concealed_samples <= 8 * 60, "{case}: {after:?}");
                assert_eq!(after.concealed_samples, before.concealed_samples, "{case}: {after:?}");
                let delay_ms = path.delay_ms(9980, 500, 0);
                assert!(delay_ms.is_some_and(|ms| ms <= 60.0 + 40.0), "{case}: {delay_ms:?} ms: {after:?}");
            }
        }
    }
}

#[test]
fn where_the_least_depth_is_the_longest_packet_nothing_is_ever_missing() {
    for way in WAYS {
        let options =
            InputOptions { depth: Depth::between(70.0, 500.0), ..InputOptions::new(StreamFormat::mono(RATE_HZ)) };
        let mut path = Path::new(way, options).send(of_lengths(&[10, 20, 40, 60], 5000));
        let readings = path.run(4900);
        let counts = (readings.lost_samples, readings.late, readings.dropped_samples, readings.concealed_samples);
        assert_eq!(counts, (0, 0, 0, 0), "{way:?} {readings:?}");
    }
}
