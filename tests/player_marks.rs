//! Marks, starts and ends are told with the position of their sample, whatever the tick.
#![cfg(feature = "stream")]

mod players;

use std::time::Duration;

use mixminus::stream::{Feed, PlayerError, PlayerEvent, PlayerEventKind::*, PlayerOptions};
use players::{PRESENT, Stage, clip, config, noise};

#[test]
fn each_is_told_with_its_sample() {
    for tick in [1, 7, 10, 60] {
        let mut stage = Stage::new(tick);
        stage.player.append_mark(1).unwrap();
        let first = stage.player.append(&clip(&noise(1, 123))).unwrap();
        stage.player.append_mark(2).unwrap();
        stage.player.append_mark(3).unwrap();
        let second = stage.player.append(&clip(&noise(2, 1))).unwrap();
        stage.player.append_mark(4).unwrap();
        stage.ticks(300 / tick);
        let begin = PRESENT as u64;
        let expected = [
            (Reached { mark: 1 }, 0),
            (Started { clip: first }, begin),
            (Finished { clip: first }, begin + 123),
            (Reached { mark: 2 }, begin + 123),
            (Reached { mark: 3 }, begin + 123),
            (Started { clip: second }, begin + 123),
            (Finished { clip: second }, begin + 124),
            (Reached { mark: 4 }, begin + 124),
        ];
        assert_eq!(stage.told(), expected, "{tick}");
    }
}

#[test]
fn a_mark_at_the_end_of_a_tick_is_told_in_that_tick() {
    let mut stage = Stage::new(10);
    stage.player.append(&clip(&noise(1, 20))).unwrap();
    stage.player.append_mark(5).unwrap();
    stage.ticks(2);
    assert_eq!(stage.told().len(), 1);
    stage.ticks(1);
    assert_eq!(stage.told().last(), Some(&(Reached { mark: 5 }, 30)));
}

#[test]
fn skipped_ticks_are_in_the_position() {
    let mut stage = Stage::new(10);
    stage.ticks(1);
    stage.processor.enter().skip(100);
    stage.player.append(&clip(&noise(1, 10))).unwrap();
    stage.ticks(2);
    assert_eq!(stage.told().last().map(|told| told.1), Some(1030));
}

#[test]
fn a_clip_without_samples_is_over_at_once() {
    let mut stage = Stage::new(10);
    let empty = stage.player.append(&clip(&[])).unwrap();
    stage.ticks(1);
    assert_eq!(stage.told(), [(Started { clip: empty }, 0), (Finished { clip: empty }, 0)]);
}

#[test]
fn marks_in_one_place_are_bounded() {
    let mut stage = Stage::new(10);
    (0..256).for_each(|mark| stage.player.append_mark(mark).unwrap());
    let error = stage.player.append_mark(256).unwrap_err();
    assert_eq!(error, PlayerError::Hollow { most: 256 });
    stage.player.append(&clip(&noise(1, 10))).unwrap();
    stage.player.append_mark(256).unwrap();
    stage.ticks(3);
    assert_eq!(stage.told().len(), 256 + 3);
}

#[test]
fn who_reads_too_late_loses_events_and_they_are_counted() {
    let mut stage = Stage::with(config(10), PlayerOptions { events: 4, ..PlayerOptions::default() });
    (0..3).for_each(|seed| assert!(stage.player.append(&clip(&noise(seed, 5))).is_ok()));
    stage.ticks(3);
    assert_eq!((stage.told().len(), stage.player.readings().lost_events), (4, 2));
}

#[test]
fn a_thread_waits_for_events() {
    let mut stage = Stage::new(10);
    let other = stage.controller.join_player("other", Default::default(), PlayerOptions::default()).unwrap();
    let feed = Feed::player(other.events().unwrap(), Duration::from_millis(1)).unwrap();
    assert!(other.events().is_none(), "they are handed out once");
    other.append_mark(42).unwrap();
    other.append(&clip(&noise(1, 1000))).unwrap();
    other.append_mark(43).unwrap();
    let waiting =
        std::thread::spawn(move || feed.receiver().iter().map(|PlayerEvent { kind, .. }| kind).collect::<Vec<_>>());
    stage.ticks(5);
    other.flush(0.0).unwrap();
    stage.ticks(1);
    stage.controller.leave("other").unwrap();
    stage.ticks(5);
    assert_eq!(stage.controller.reclaim(), 0);
    // The feed ends with the player.
    let told = waiting.join().unwrap();
    assert_eq!((told[0], told.last(), told.len()), (Reached { mark: 42 }, Some(&Dropped { mark: 43 }), 4));
}
