//! Ticks that are lost, late, twice, out of order, or have other numbers.

use super::network::{Mixer, Source, TICK, delay, figures, hear, run, steady};
use crate::stream::{
    lanes::{LanesCounts, LanesFigures},
    port::Depth,
};

/// What is counted of faults: lost, late, twice, strays, dropped, resyncs.
fn faults(counts: &LanesCounts) -> [u64; 6] {
    [counts.lost, counts.late, counts.duplicates, counts.strays, counts.dropped, counts.resyncs]
}

/// One of twenty, and never two in a row.
fn is_lost(tick: u64) -> bool {
    tick % 20 == 11
}

#[test]
fn of_a_tick_that_is_lost_as_much_is_made_up_and_all_else_is_exact() {
    for (depth, later) in [(Depth::fixed(0.0), 1), (Depth::fixed(25.0), 3), (Depth::default(), 3)] {
        let mut mixer = Mixer::new(&figures(depth));
        let mut coming = steady(1000);
        coming.retain(|(_, tick)| !is_lost(*tick));
        let mut last = 0.0_f32;
        run(&mut mixer, coming, 10_000.0, |now_ms, heard, _| {
            let Some(tick) = ((now_ms / 10.0) as u64).checked_sub(later) else { return };
            assert_eq!(heard.len(), 2, "{depth:?} at {now_ms} ms");
            assert!(heard[0].planes == heard[1].planes && heard[0].active);
            let (sent, heard) = (&Source::voice(1, tick, TICK).planes[0], &heard[0].planes[0]);
            let exact = if is_lost(tick) {
                TICK..TICK
            } else if tick > 0 && is_lost(tick - 1) {
                TICK / 2..TICK
            } else {
                0..TICK
            };
            assert!(sent[exact.clone()] == heard[exact], "{depth:?} at {now_ms} ms");
            let joint = (heard[0] - last).abs();
            assert!(tick == 0 || joint < 0.1, "{depth:?}: a step of {joint} at {now_ms} ms");
            last = heard[TICK - 1];
        });
        let counts = mixer.counts();
        assert_eq!(faults(&counts), [50, 0, 0, 0, 0, 0], "{depth:?}: {counts:?}");
        assert_eq!((counts.concealed, counts.inserted_samples, counts.removed_samples), (50, 0, 0));
    }
}

#[test]
fn what_stands_in_is_over_after_80_ms_and_what_comes_then_is_exact() {
    let mut mixer = Mixer::new(&figures(Depth::fixed(0.0)));
    let mut coming = steady(200);
    coming.retain(|(_, tick)| !(50..70).contains(tick));
    run(&mut mixer, coming, 2000.0, |now_ms, heard, _| {
        let tick = ((now_ms / 10.0) as u64).wrapping_sub(1);
        match tick {
            50..58 => assert_eq!(heard.len(), 2, "at {now_ms} ms"),
            58..70 => assert_eq!(heard, [], "at {now_ms} ms"),
            0..50 | 70..200 => assert_eq!(heard, [1, 2].map(|slot| Source::voice(slot, tick, TICK)), "at {now_ms} ms"),
            _ => assert_eq!(heard, []),
        }
    });
    let counts = mixer.counts();
    assert_eq!((faults(&counts), counts.concealed, counts.underruns), ([20, 0, 0, 0, 0, 0], 8, 1), "{counts:?}");
}

#[test]
fn without_a_lane_a_source_is_not_sent_in_the_meantime() {
    let mut mixer = Mixer::new(&LanesFigures { lanes: 2, ..figures(Depth::fixed(0.0)) });
    let sources = |tick| [1, 2, 3].map(|slot| Source::voice(slot, tick, TICK));
    let slots = |heard: &[Source]| heard.iter().map(|source| source.slot).collect::<Vec<_>>();
    for now in 1..20 {
        if now != 11 {
            assert!(mixer.insert(now - 1, &sources(now - 1)));
        }
        let expected: &[u32] = if now == 11 { &[1, 2] } else { &[1, 2, 3] };
        assert_eq!(slots(&mixer.play()), expected, "tick {now}");
    }
}

#[test]
fn ticks_that_come_twice_late_or_in_another_order() {
    let mut coming = steady(300);
    coming.extend([(1010.0, 99), (1015.0, 100), (1200.0, 100), (1500.0, 148)]);
    for pair in coming[200..240].chunks_exact_mut(2) {
        pair[0].0 += 11.0;
    }
    let (samples, counts) = hear(Depth::fixed(35.0), coming, 3000.0);
    assert_eq!(faults(&counts), [0, 1, 3, 0, 0, 0], "{counts:?}");
    assert_eq!((delay(&samples), counts.concealed, counts.received), (Some(4 * TICK), 0, 303));
}

#[test]
fn what_has_no_number_or_another_length_is_not_taken() {
    let mut mixer = Mixer::new(&figures(Depth::default()));
    assert!(!mixer.insert(u64::MAX, &[]) && !mixer.insert(1 << 60, &[]));
    let other = Box::new(crate::stream::lanes::TickFrame::new(0, 0, TICK + 1));
    assert!(mixer.lanes.insert(other).is_some());
    assert_eq!(faults(&mixer.counts()), [0, 0, 0, 3, 0, 0]);
}

#[test]
fn one_tick_with_a_wrong_number_does_no_harm() {
    for wrong in [0, 1_000_000] {
        let mut coming = steady(500);
        coming.iter_mut().for_each(|(_, tick)| *tick += 10_000);
        coming.push((2505.0, wrong));
        let mut mixer = Mixer::new(&figures(Depth::default()));
        run(&mut mixer, coming, 5000.0, |_, _, _| {});
        let counts = mixer.counts();
        assert_eq!((faults(&counts), counts.concealed), ([0, 0, 0, 1, 0, 0], 0), "{counts:?}");
    }
}

#[test]
fn when_the_numbers_leap_everything_begins_anew() {
    for leap in [30, 100, 100_000, 1 << 40] {
        for depth in [Depth::fixed(0.0), Depth::default()] {
            let mut coming = steady(1500);
            coming.iter_mut().skip(200).for_each(|(_, tick)| *tick += leap);
            let mut mixer = Mixer::new(&figures(depth));
            let (mut last, mut silent) = (Vec::new(), 0);
            run(&mut mixer, coming, 15_000.0, |now_ms, heard, _| {
                silent += u32::from(now_ms > 100.0 && heard.is_empty());
                last = heard;
            });
            let counts = mixer.counts();
            assert!(
                counts.resyncs <= 1 && counts.strays <= 1 && silent <= 40,
                "{leap}, {depth:?}: {silent}, {counts:?}"
            );
            let later = (counts.wait_ms / 10.0) as u64 + 1;
            assert_eq!(last, [1, 2].map(|slot| Source::voice(slot, 1499 - later + leap, TICK)), "{leap}, {depth:?}");
            assert_eq!(counts.wait_ms, if depth == Depth::fixed(0.0) { 0.0 } else { 20.0 }, "{leap}");
        }
    }
}

#[test]
fn a_node_that_begins_again_from_its_first_tick() {
    let mut coming = steady(1000);
    coming.iter_mut().skip(400).for_each(|(_, tick)| *tick -= 400);
    let mut mixer = Mixer::new(&figures(Depth::default()));
    run(&mut mixer, coming, 10_000.0, |_, _, _| {});
    let counts = mixer.counts();
    assert_eq!((counts.resyncs, counts.wait_ms, counts.target_ms), (1, 20.0, 20.0), "{counts:?}");
}
