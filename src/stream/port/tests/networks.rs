//! Whatever a network did, five seconds after it is steady nothing is missing, and the delay is what it needs: for
//! networks, clocks and ticks by chance.

use proptest::prelude::*;

use super::scenarios::{Random, voice};
use crate::data::{channels::PlanesMut, frame::Frame};
use crate::stream::{
    Clock, InputReadings, StreamFormat,
    port::{InputOptions, Stamp, input::input},
};

const RATE_HZ: u32 = 8000;
const MS: f64 = 8.0;
const PACKET: u64 = 160;
pub(in crate::stream) const STEADY_MS: f64 = 16_000.0;
/// The longest stall: it may outlast what the network does for some time.
const LONGEST_STALL_MS: f64 = 3000.0;

/// What a network does for some time.
#[derive(Debug, Clone, Copy)]
pub(in crate::stream) enum Regime {
    Steady,
    /// Each packet is late by up to so many ms.
    Jitter(f64),
    /// All packets of so many ms come at once.
    Bursts(f64),
    /// Nothing comes for so long, and then everything at once, in order.
    Stall(f64),
    /// So many of a hundred are lost.
    Loss(f64),
    /// From now on all packets are late by so many ms.
    Path(f64),
}

pub(in crate::stream) fn regime() -> impl Strategy<Value = Regime> {
    prop_oneof![
        Just(Regime::Steady),
        (5.0..300.0).prop_map(Regime::Jitter),
        (40.0..400.0).prop_map(Regime::Bursts),
        (50.0..LONGEST_STALL_MS).prop_map(Regime::Stall),
        (1.0..60.0).prop_map(Regime::Loss),
        (0.0..400.0).prop_map(Regime::Path),
    ]
}

/// When each packet of so many ms of a stream comes, in ms of the mixer's clock, in the order of arrival; and from when on
/// it is steady.
pub(in crate::stream) fn arrivals(
    packet_ms: f64,
    regimes: &[(Regime, f64)],
    ppm: f64,
    seed: u64,
) -> (Vec<(f64, u64)>, f64) {
    let (mut random, mut path_ms, mut begin, mut coming) = (Random(seed), 0.0, 0.0, Vec::new());
    let mut number = 0_u64;
    let all = regimes.iter().copied().chain([(Regime::Steady, LONGEST_STALL_MS + STEADY_MS)]);
    let (mut steady, mut settled) = (0.0, 0.0_f64);
    for (regime, length_ms) in all {
        if let Regime::Path(ms) = regime {
            path_ms = ms;
        }
        steady = begin;
        let end = begin + length_ms;
        loop {
            let sent = packet_ms * number as f64 * (1.0 - 1e-6 * ppm);
            if sent >= end {
                break;
            }
            let late_ms = match regime {
                Regime::Jitter(most) => most * random.next(),
                Regime::Bursts(ms) => (sent / ms).floor() * ms + ms - sent,
                Regime::Stall(ms) => (begin + ms - sent).max(0.0),
                Regime::Steady | Regime::Loss(_) | Regime::Path(_) => 0.0,
            };
            let lost = matches!(regime, Regime::Loss(share) if random.next() * 100.0 < share);
            if late_ms > 0.0 {
                settled = settled.max(sent + path_ms + late_ms);
            }
            if !lost {
                coming.push((sent + path_ms + late_ms, number));
            }
            number += 1;
        }
        begin = end;
    }
    coming.sort_by(|a, b| a.0.total_cmp(&b.0));
    // What is still on its way is of the network before.
    (coming, settled.max(steady + 400.0))
}

struct Seen {
    after_5_s: InputReadings,
    after_12_s: InputReadings,
    end: InputReadings,
}

fn run(regimes: &[(Regime, f64)], clock: Clock, ppm: f64, tick_ms: f64, seed: u64) -> Seen {
    let (coming, steady_ms) = arrivals(20.0, regimes, ppm, seed);
    let options = InputOptions { clock, ..InputOptions::new(StreamFormat::mono(RATE_HZ)) };
    let (mut port, mut inlet) = input(&options, tick_ms).unwrap();
    let mut coming = coming.into_iter().peekable();
    let frames = (tick_ms * MS) as usize;
    let (mut out, mut now_ms, mut seen) = (vec![0.0; frames], 0.0, Vec::new());
    while now_ms < steady_ms + STEADY_MS - 500.0 {
        while let Some((_, number)) = coming.next_if(|(came_ms, _)| *came_ms <= now_ms) {
            let samples: Vec<f32> = (number * PACKET..(number + 1) * PACKET).map(voice).collect();
            // More may come at once than there is room for.
            let _ = port.push(Frame::mono(&samples), Stamp::Rtp((number * PACKET) as u32));
        }
        for after_ms in [5000.0, 12_500.0] {
            if (now_ms - steady_ms - after_ms).abs() < tick_ms / 2.0 {
                seen.push(port.readings());
            }
        }
        inlet.read(frames, PlanesMut { left: &mut out, right: None }, 0);
        assert!(out.iter().all(|sample| sample.abs() <= 1.2));
        now_ms += tick_ms;
    }
    Seen { after_5_s: seen[0], after_12_s: seen[1], end: port.readings() }
}

/// What is not the sender's sound, or was lost of it.
fn faults(readings: &InputReadings) -> [u64; 6] {
    let InputReadings { concealed_samples, lost_samples, late, dropped_samples, resyncs, underruns, .. } = *readings;
    [concealed_samples, lost_samples, late, dropped_samples, resyncs, underruns]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn nothing_lasts(
        regimes in prop::collection::vec((regime(), 500.0..5000.0_f64), 1..6),
        (clock, ppm) in prop_oneof![Just((Clock::Locked, 0.0)), (-3000.0..3000.0_f64).prop_map(|ppm| (Clock::FreeRunning, ppm))],
        tick_ms in prop_oneof![Just(5.0), Just(10.0), Just(20.0)],
        seed in 1_u64..1 << 40,
    ) {
        let Seen { after_5_s, after_12_s, end } = run(&regimes, clock, ppm, tick_ms, seed);
        prop_assert_eq!(faults(&after_5_s), faults(&end), "from {:?} to {:?}", after_5_s, end);
        // What recurred is expected again for 10 s; then the longest wait takes two seconds to be played away.
        // Packets come in time for a tick, or nearly a tick before it, and a clock is followed after it is off.
        let most_ms = 20.0 + tick_ms + 10.0;
        prop_assert!(after_12_s.wait_ms <= most_ms, "after 12.5 s: {:?}", after_12_s);
        prop_assert!(end.wait_ms <= most_ms, "at the end: {:?}", end);
    }
}
