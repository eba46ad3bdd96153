//! A flush fades out along a line, under what is played instead, to the sample; and tells what was heard.
#![cfg(feature = "stream")]

mod players;

use mixminus::{
    JoinOptions,
    stream::{PlayerEventKind::*, PlayerOptions},
};
use players::{Stage, clip, noise};

/// The old sound fades over so many samples from the first one on, and the new one is there at once.
fn expected(old: &[f32], new: &[f32], fade: usize, at: usize) -> f64 {
    let gain = if at < fade { 1.0 - (at + 1) as f64 / fade as f64 } else { 0.0 };
    let of = |sound: &[f32]| sound.get(at).copied().map_or(0.0, f64::from);
    of(new) + gain * of(old)
}

#[test]
fn a_flush_is_a_line_to_nothing_under_what_follows() {
    let (old, new) = (noise(1, 400), noise(2, 100));
    for tick in [1, 5, 10, 20, 60] {
        for fade in [0, 1, 30, 77, 200] {
            for plays in [false, true] {
                let mut stage = Stage::new(tick);
                let first = stage.player.append(&clip(&old)).unwrap();
                stage.player.append_mark(7).unwrap();
                let unheard = stage.player.append(&clip(&new)).unwrap();
                let before = stage.ticks(120 / tick);
                assert_eq!(before[10..], old[..110]);
                if plays {
                    stage.player.play(&clip(&new), fade as f64).unwrap();
                } else {
                    stage.player.flush(fade as f64).unwrap();
                }
                let heard = stage.ticks(360_usize.div_ceil(tick));
                let new = if plays { &new[..] } else { &[] };
                for (heard, at) in heard.iter().zip(0..) {
                    let expected = expected(&old[110..], new, fade, at);
                    assert!(
                        (f64::from(*heard) - expected).abs() < 1e-7,
                        "{tick}, {fade}: {heard} for {expected} at {at}"
                    );
                }
                let told = stage.told();
                let flushed = [
                    (Started { clip: first }, 10),
                    (Flushed { clip: first, heard_samples: 110 }, 120),
                    (Dropped { mark: 7 }, 120),
                    (Flushed { clip: unheard, heard_samples: 0 }, 120),
                ];
                assert_eq!(told[..4], flushed);
                assert_eq!(told.len(), if plays { 6 } else { 4 });
            }
        }
    }
}

#[test]
fn with_a_fade_of_0_the_clip_begins_bit_for_bit() {
    let mut stage = Stage::new(10);
    stage.player.append(&clip(&noise(1, 400))).unwrap();
    stage.ticks(10);
    stage.player.play(&clip(&noise(2, 100)), 0.0).unwrap();
    assert_eq!(stage.ticks(10), noise(2, 100));
}

#[test]
fn what_fades_out_goes_on_into_the_clip_that_followed() {
    let (first, second) = (noise(1, 105), noise(2, 100));
    let mut stage = Stage::new(10);
    stage.player.append(&clip(&first)).unwrap();
    stage.player.append(&clip(&second)).unwrap();
    stage.ticks(10);
    stage.player.flush(40.0).unwrap();
    let old = [&first[90..], &second[..]].concat();
    for (heard, at) in stage.ticks(5).iter().zip(0..) {
        assert!((f64::from(*heard) - expected(&old, &[], 40, at)).abs() < 1e-7, "{at}");
    }
}

#[test]
fn the_fifth_of_five_fades_waits_for_the_end_of_the_first() {
    let sounds: Vec<_> = (0..6).map(|seed| noise(seed, 500)).collect();
    let mut stage = Stage::new(10);
    stage.player.append(&clip(&sounds[0])).unwrap();
    stage.ticks(10);
    for sound in &sounds[1..] {
        stage.player.play(&clip(sound), 100.0).unwrap();
        stage.ticks(1);
    }
    let starts = |stage: &mut Stage| {
        stage
            .told()
            .into_iter()
            .filter(|(kind, _)| matches!(kind, Started { .. }))
            .map(|told| told.1)
            .collect::<Vec<_>>()
    };
    assert_eq!(starts(&mut stage), [10, 100, 110, 120, 130]);
    stage.ticks(10);
    assert_eq!(starts(&mut stage), [200], "the first fade ended there");
}

#[test]
fn nothing_that_was_not_heard_fades_out() {
    let mut stage = Stage::new(10);
    // Not present yet.
    stage.player.append(&clip(&noise(1, 400))).unwrap();
    stage.ticks(1);
    stage.player.flush(50.0).unwrap();
    assert!(stage.ticks(10).iter().all(|sample| *sample == 0.0));
    // Stopped.
    stage.player.append(&clip(&noise(1, 400))).unwrap();
    stage.ticks(5);
    stage.player.pause().unwrap();
    stage.ticks(2);
    stage.player.flush(50.0).unwrap();
    stage.player.resume().unwrap();
    assert!(stage.ticks(10).iter().all(|sample| *sample == 0.0));
}

#[test]
fn marks_are_told_for_each_flush_and_each_player() {
    let mut stage = Stage::new(10);
    let other = stage.controller.join_player("other", JoinOptions::default(), PlayerOptions::default()).unwrap();
    let mut events = other.events().unwrap();
    for mark in 0..3 {
        stage.player.append(&clip(&noise(1, 50))).unwrap();
        stage.player.append_mark(mark).unwrap();
        stage.player.flush(0.0).unwrap();
    }
    other.append_mark(9).unwrap();
    stage.ticks(1);
    let dropped: Vec<_> = stage.told().into_iter().filter(|(kind, _)| matches!(kind, Dropped { .. })).collect();
    assert_eq!(dropped, [0, 1, 2].map(|mark| (Dropped { mark }, 0)));
    let event = events.try_next().unwrap();
    assert_eq!((event.key, event.kind, event.at_sample), (other.key(), Reached { mark: 9 }, 0));
}
