//! Whatever a network did, five seconds after it is steady nothing is missing, and the delay is what it needs; and at all times
//! sources that send the same are heard the same: for networks, clocks and ticks by chance.

use proptest::prelude::*;

use super::{
    delay::missing,
    network::{Arrivals, Mixer, Source, figures},
};
use crate::stream::{
    lanes::{LanesCounts, LanesFigures},
    port::{
        Depth,
        tests::networks::{STEADY_MS, arrivals, regime},
    },
};

const RATE_HZ: u32 = 8000;

/// Two that send the same, and one that comes and goes.
fn sent(tick: u64, frames: usize) -> Vec<Source> {
    let all = [1, 2, 3].map(|slot| Source::voice(slot, tick, frames)).into_iter();
    all.filter(|source| source.slot < 3 || !(tick / 7).is_multiple_of(3)).collect()
}

#[track_caller]
fn is_sound(heard: &[Source]) {
    let of = |slot: u32| heard.iter().find(|source| source.slot == slot).map(|source| &source.planes);
    assert_eq!(of(1), of(2));
    let samples = || heard.iter().flat_map(|source| source.planes.iter().flatten());
    assert!(samples().all(|sample| sample.abs() <= 1.2));
}

/// What is counted 5 s after the network is steady, 12.5 s after it, and at the end.
fn run((coming, steady_ms): (Arrivals, f64), depth: Depth, tick_ms: f64) -> [LanesCounts; 3] {
    let frames = (tick_ms * f64::from(RATE_HZ) / 1000.0) as usize;
    let mut mixer = Mixer::new(&LanesFigures { rate_hz: RATE_HZ, tick: frames, ..figures(depth) });
    let mut coming = coming.into_iter().peekable();
    let (mut tick, mut seen) = (0, Vec::new());
    while tick as f64 * tick_ms < steady_ms + STEADY_MS - 500.0 {
        let now_ms = tick as f64 * tick_ms;
        while let Some((_, number)) = coming.next_if(|(came_ms, _)| *came_ms <= now_ms) {
            mixer.insert(number, &sent(number, frames));
        }
        is_sound(&mixer.play());
        if [5000.0, 12_500.0].iter().any(|after_ms| (now_ms - steady_ms - after_ms).abs() < tick_ms / 2.0) {
            seen.push(mixer.counts());
        }
        tick += 1;
    }
    [seen[0], seen[1], mixer.counts()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]
    #[test]
    fn nothing_lasts(
        regimes in prop::collection::vec((regime(), 500.0..5000.0_f64), 1..6),
        ppm in prop_oneof![Just(0.0), -500.0..500.0_f64],
        depth in prop_oneof![Just(Depth::default()), Just(Depth::between(20.0, 100.0))],
        tick_ms in prop_oneof![Just(2.5), Just(10.0), Just(20.0)],
        seed in 1_u64..1 << 40,
    ) {
        let [after_5_s, after_12_s, end] = run(arrivals(tick_ms, &regimes, ppm, seed), depth, tick_ms);
        prop_assert_eq!(missing(&after_5_s), missing(&end), "from {:?} to {:?}", after_5_s, end);
        // A tick comes in time for one of the mixer's, or nearly one before it, and a clock is followed after it is off.
        let most_ms = 20.0 + tick_ms + 10.0;
        prop_assert!(after_12_s.wait_ms <= most_ms, "after 12.5 s: {:?}", after_12_s);
        prop_assert!(end.wait_ms <= most_ms, "at the end: {:?}", end);
    }
}
