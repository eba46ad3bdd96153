//! A path that becomes slower once and stays so: one gap, and then every sample; in simulated time.
#![cfg(feature = "stream")]

mod streams;

use mixminus::stream::{Clock, InputOptions, StreamFormat};
use streams::path::{Path, Sent, WAYS, Way, packets, rms, voice_rms};

const RATE_HZ: u32 = 8000;

/// Packets of this length, which from second 5 on take so much longer.
fn slower(length_ms: u64, by_ms: u64) -> Vec<Sent> {
    let later = |packet: Sent| {
        let by_ms = if packet.at_ms > 5000.0 { by_ms as f64 } else { 0.0 };
        Sent { at_ms: packet.at_ms + by_ms, ..packet }
    };
    packets(RATE_HZ, length_ms, 60_000).into_iter().map(later).collect()
}

fn is_one_gap(way: Way, clock: Clock, length_ms: u64, by_ms: u64) {
    let case = format!("{way:?}, {clock:?}, packets of {length_ms} ms, {by_ms} ms slower");
    let options = InputOptions { clock, ..InputOptions::new(StreamFormat::mono(RATE_HZ)) };
    let mut path = Path::new(way, options).send(slower(length_ms, by_ms));
    let before = path.run(50_000);
    let after = path.run(60_000);
    let missing = (after.late, after.resyncs, after.overruns, after.dropped_samples, after.undecoded_samples);
    assert_eq!(missing, (0, 0, 0, 0, 0), "{case}: {after:?}");
    assert_eq!(after.lost_samples, 0, "{case}: all of them came: {after:?}");
    assert!(after.concealment_events <= 1, "{case}: {after:?}");
    let begun = after.concealed_samples as f64 / 8.0;
    assert!(begun <= (by_ms + length_ms) as f64, "{case}: concealed {begun} ms: {after:?}");
    assert_eq!((after.concealed_samples, after.underruns), (before.concealed_samples, before.underruns), "{case}");
    let level = 20.0 * (rms(path.between(50_000, 60_000)) / voice_rms()).log10();
    assert!(level.abs() < 0.1, "{case}: {level} dB");
    let delay_ms = path.delay_ms(59_900, 1000, 0);
    let most = (by_ms + length_ms + 40) as f64;
    assert!(delay_ms.is_some_and(|ms| ms <= most), "{case}: a delay of {delay_ms:?} ms, {after:?}");
}

fn of_all_ways(length_ms: u64, by_ms: u64) {
    for way in WAYS {
        for clock in [Clock::Locked, Clock::FreeRunning] {
            is_one_gap(way, clock, length_ms, by_ms);
        }
    }
}

#[test]
fn a_path_that_becomes_65_ms_slower_is_one_gap() {
    of_all_ways(20, 65);
}

#[test]
fn a_path_that_becomes_slower_by_other_times_is_one_gap() {
    [40, 55, 60, 62, 70, 75, 90].into_iter().for_each(|by_ms| of_all_ways(20, by_ms));
}

/// Longer than the greatest depth: the quickest packets of before are no measure any more.
#[test]
fn a_path_that_becomes_slower_than_the_greatest_depth_is_one_gap() {
    for way in WAYS {
        for clock in [Clock::Locked, Clock::FreeRunning] {
            let options = InputOptions { clock, ..InputOptions::new(StreamFormat::mono(RATE_HZ)) };
            let mut path = Path::new(way, options).send(slower(20, 600));
            let before = path.run(7000);
            let after = path.run(15_000);
            let case = format!("{way:?}, {clock:?}: {before:?}, {after:?}");
            assert_eq!(
                (after.concealed_samples, after.underruns),
                (before.concealed_samples, before.underruns),
                "{case}"
            );
        }
    }
}

#[test]
fn a_path_of_long_packets_that_becomes_slower_is_one_gap() {
    [100, 115].into_iter().for_each(|by_ms| of_all_ways(60, by_ms));
}
