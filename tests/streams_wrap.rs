//! Timestamps and numbers that wrap while packets change places, at a clock that is not the rate: as without a wrap, bit
//! for bit; in simulated time.
#![cfg(feature = "stream")]

mod streams;

use mixminus::stream::{Clock, InputOptions, InputReadings, StreamFormat};
use streams::path::{Path, Sent, WAYS, Way, packets};

/// 20 ms of the clock of the timestamps, 8 kHz.
const TICKS: u32 = 160;

/// Packets of 20 ms of which the sixth has the stamps 0, if that is `wrap`. It comes before the fifth.
fn swapped(wrap: bool) -> Vec<Sent> {
    let stamped = |(n, packet): (u32, Sent)| Sent {
        at_ms: match n {
            4 => 120.0,
            5 => 110.0,
            _ => packet.at_ms,
        },
        timestamp: if wrap { (n * TICKS).wrapping_sub(5 * TICKS) } else { n * TICKS },
        sequence: if wrap { (n as u16).wrapping_sub(5) } else { n as u16 },
        ..packet
    };
    (0..).zip(packets(16_000, 20, 1000)).map(stamped).collect()
}

fn heard(way: Way, clock: Clock, wrap: bool) -> (Vec<f32>, InputReadings) {
    let options = InputOptions { rtp_clock_hz: Some(8000), ..InputOptions::new(StreamFormat::mono(16_000)) };
    let mut path = Path::new(way, InputOptions { clock, ..options }).send(swapped(wrap));
    let readings = path.run(1000);
    (path.heard, readings)
}

#[test]
fn a_wrap_of_both_stamps_between_packets_that_change_places_is_nothing() {
    for way in WAYS {
        for clock in [Clock::Locked, Clock::FreeRunning] {
            let [without, with] = [false, true].map(|wrap| heard(way, clock, wrap));
            assert!(with.0 == without.0, "{way:?}, {clock:?}: another sound: {:?}, {:?}", without.1, with.1);
            assert_eq!(with.1, without.1, "{way:?}, {clock:?}");
            let InputReadings { reordered, late, lost_samples, duplicates, strays, resyncs, .. } = with.1;
            let counts = (reordered, late, lost_samples, duplicates, strays, resyncs);
            assert_eq!(counts, (1, 0, 0, 0, 0, 0), "{way:?}, {clock:?}: {:?}", with.1);
            assert!(with.0.iter().any(|sample| sample.abs() > 0.2));
        }
    }
}
