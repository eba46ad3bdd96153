//! The delay follows the network, and comes back.

use super::network::{Arrivals, Mixer, Source, TICK, VOICE_FRAMES, delay, figures, hear, run, steady};
use crate::stream::{
    lanes::{LanesCounts, LanesFigures},
    port::{Depth, tests::scenarios::Random},
};

/// What is missing, or is not what was sent.
pub(super) fn missing(counts: &LanesCounts) -> [u64; 6] {
    [counts.lost, counts.late, counts.concealed, counts.underruns, counts.resyncs, counts.dropped]
}

#[test]
fn jitter_is_waited_for() {
    let mut random = Random(5);
    let coming = steady(3000).into_iter().map(|(ms, tick)| (ms + 30.0 * random.next(), tick)).collect();
    let mut mixer = Mixer::new(&figures(Depth::default()));
    let mut settled = None;
    run(&mut mixer, coming, 30_000.0, |now_ms, _, counts| {
        if now_ms >= 2000.0 {
            assert_eq!(*settled.get_or_insert(missing(counts)), missing(counts), "at {now_ms} ms");
        }
    });
    let counts = mixer.counts();
    assert!((20.0..=60.0).contains(&counts.wait_ms), "{counts:?}");
}

/// Nothing comes for so long, and then everything at once.
fn stall(from: usize, ticks: usize) -> Arrivals {
    let mut coming = steady(3000);
    let end = coming[from + ticks].0;
    coming[from..from + ticks].iter_mut().for_each(|(ms, _)| *ms = end);
    coming
}

#[test]
fn after_a_stall_the_delay_comes_back() {
    for depth in [Depth::default(), Depth::fixed(25.0), Depth::fixed(5.0)] {
        let waits = if depth == Depth::fixed(5.0) { 0 } else { 2 };
        // At a fixed depth 250 ms more may wait.
        let length = if depth == Depth::default() { 30 } else { 24 };
        let (samples, counts) = hear(depth, stall(300, length), 3000.0 + 10.0 * length as f64 + 10_000.0);
        assert_eq!(delay(&samples), Some((1 + waits) * TICK), "{depth:?}: {counts:?}");
        assert_eq!(counts.wait_ms, 10.0 * waits as f64, "{depth:?}: {counts:?}");
        assert_eq!((counts.lost, counts.late, counts.underruns), (0, 0, 1), "{depth:?}: {counts:?}");
    }
}

#[test]
fn a_stall_that_is_longer_than_what_may_wait_leaves_the_rest_out() {
    let mut mixer = Mixer::new(&figures(Depth::default()));
    run(&mut mixer, stall(300, 200), 20_000.0, |_, _, _| {});
    let counts = mixer.counts();
    assert!(counts.dropped > 100 && counts.wait_ms == 20.0, "{counts:?}");
}

#[test]
fn a_node_that_holds_goes_on_where_it_held() {
    let mut coming = steady(1000);
    coming.iter_mut().skip(300).for_each(|(ms, _)| *ms += 2000.0);
    let (samples, counts) = hear(Depth::default(), coming, 12_000.0);
    assert_eq!(
        (delay(&samples), counts.lost, counts.resyncs),
        (Some(203 * TICK - VOICE_FRAMES as usize), 0, 1),
        "{counts:?}"
    );
}

#[test]
fn where_nothing_is_heard_the_head_goes_where_it_should_at_once() {
    let mut mixer = Mixer::new(&figures(Depth::fixed(0.0)));
    let silent = |slot: u32| Source { planes: Vec::new(), ..Source::mono(slot, Vec::new()) };
    for tick in 0..100 {
        if tick != 50 {
            mixer.insert(tick, &[silent(1)]);
        }
        // It comes a tick late.
        if tick == 51 {
            mixer.insert(50, &[silent(1)]);
        }
        mixer.play();
        if tick == 53 {
            assert_eq!(mixer.counts().wait_ms, 0.0, "{:?}", mixer.counts());
        }
    }
    let counts = mixer.counts();
    assert_eq!((counts.removed_samples, counts.inserted_samples), (TICK as u64, 0), "{counts:?}");
}

/// Ten minutes of a node whose clock is off by so many ppm, at 8 kHz.
fn drift(ppm: f64, tick: usize) {
    let figures = &LanesFigures { rate_hz: 8000, tick, ..figures(Depth::default()) };
    let length_ms = tick as f64 / 8.0;
    let of = |tick: u64| ((tick + 1) as f64 * length_ms * (1.0 - 1e-6 * ppm) + 3.0, tick);
    let mut mixer = Mixer::new(figures);
    let (mut heard_last, mut waits) = (0, (f64::MAX, f64::MIN));
    run(&mut mixer, (0..(600_000.0 / length_ms) as u64).map(of).collect(), 599_000.0, |now_ms, heard, counts| {
        if now_ms > 100.0 {
            assert!(heard.len() == 2 && heard[0].planes == heard[1].planes, "at {now_ms} ms: {counts:?}");
            waits = (waits.0.min(counts.wait_ms), waits.1.max(counts.wait_ms));
            heard_last += 1;
        }
    });
    let counts = mixer.counts();
    assert_eq!(missing(&counts), [0; 6], "{ppm} ppm: {counts:?}");
    assert!(heard_last > 0 && waits.0 >= 0.0 && waits.1 <= 20.0 + 2.0 * length_ms, "{ppm} ppm: {waits:?}");
    let moved_ms = (counts.removed_samples as f64 - counts.inserted_samples as f64) / 8.0;
    assert!((moved_ms - 0.6 * ppm).abs() <= length_ms + 1.0, "{ppm} ppm: {moved_ms} ms");
}

#[test]
fn a_clock_that_is_off_is_followed_and_the_sources_stay_together() {
    for (ppm, tick) in [(-100.0, 80), (100.0, 160)] {
        drift(ppm, tick);
    }
}
