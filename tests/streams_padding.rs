//! What is no loss: packets without a payload take a number, and pauses take time; in simulated time.
#![cfg(feature = "stream")]

mod streams;

use mixminus::stream::{Clock, InputOptions, RtpPacket, StreamFormat};
use streams::path::{Path, Sent, WAYS, Way, packets};

const RATE_HZ: u32 = 8000;

fn options(clock: Clock) -> InputOptions {
    InputOptions { clock, ..InputOptions::new(StreamFormat::mono(RATE_HZ)) }
}

/// A sender probes the network with two packets without a payload before each packet that comes at a time of these.
fn padded(clock: Clock, before: impl Fn(u64) -> bool) -> Path {
    let mut number = 0;
    let sent = packets(RATE_HZ, 20, 4000).into_iter().map(|packet| {
        number += if before(packet.at_ms as u64) { 3 } else { 1 };
        Sent { sequence: number, ..packet }
    });
    let sent: Vec<Sent> = sent.collect();
    let mut path = Path::new(Way::Packets, options(clock)).send(sent.clone());
    for packet in sent {
        path.run(packet.at_ms as u64 - 10);
        if before(packet.at_ms as u64) {
            for earlier in [2, 1] {
                let sequence = packet.sequence - earlier;
                path.packets()
                    .push(RtpPacket { sequence, timestamp: packet.timestamp, ..RtpPacket::default() })
                    .unwrap();
            }
        }
    }
    path.run(4000);
    path
}

#[test]
fn packets_without_a_payload_are_no_loss() {
    for clock in [Clock::Locked, Clock::FreeRunning] {
        let path = padded(clock, |at_ms| at_ms % 100 == 0);
        let readings = path.readings();
        let counts = (readings.lost_samples, readings.concealed_samples, readings.late, readings.refused);
        assert_eq!(counts, (0, 0, 0, 0), "{clock:?}: {readings:?}");
        let whole = padded(clock, |_| false);
        assert!(path.heard == whole.heard, "{clock:?}: the same is heard: {readings:?}, {:?}", whole.readings());
    }
}

#[test]
fn a_pause_loses_no_more_than_it_lasts_and_the_delay_stays() {
    for way in WAYS {
        for clock in [Clock::Locked, Clock::FreeRunning] {
            for pause_ms in [100, 200, 500, 1500] {
                let case = format!("{way:?}, {clock:?}, {pause_ms} ms");
                let mut sent = packets(RATE_HZ, 20, 5000);
                sent.retain(|packet| !(2000..2000 + pause_ms).contains(&(packet.from / 8)));
                (0..).zip(&mut sent).for_each(|(number, packet)| packet.sequence = number);
                let mut path = Path::new(way, options(clock)).send(sent);
                let readings = path.run(5000);
                let counts = (readings.late, readings.dropped_samples, readings.resyncs);
                assert_eq!(counts, (0, 0, 0), "{case}: {readings:?}");
                // Without numbers nobody can tell a pause from a loss. With them: tests/streams_dtx.rs.
                assert!(readings.lost_samples <= 8 * pause_ms, "{case}: {readings:?}");
                let [before, after] = [1990, 4900].map(|at_ms| path.delay_ms(at_ms, 300, 0));
                assert!(before.is_some() && after.is_some(), "{case}: {before:?}, {after:?}: {readings:?}");
                // The start after a pause is stretched where the pause seemed to be a stall.
                assert!(after.unwrap() - before.unwrap() <= 15.0, "{case}: {before:?}, {after:?}: {readings:?}");
            }
        }
    }
}
