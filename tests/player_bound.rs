//! What does not fit, or cannot be played, is refused whole and with its figures, and nothing else changes.
#![cfg(feature = "stream")]

mod players;

use mixminus::{
    Frame, JoinOptions,
    stream::{Clip, JoinError, PlayerError, PlayerOptions, PlayerOptionsError, Repeat},
};
use players::{Stage, clip, config, noise};

fn bounded(bound_ms: f64) -> Stage {
    Stage::with(config(10), PlayerOptions { bound_ms, ..PlayerOptions::default() })
}

#[test]
fn what_does_not_fit_is_refused_whole() {
    let mut stage = bounded(300.0);
    stage.player.append(&clip(&noise(1, 200))).unwrap();
    let error = stage.player.append(&clip(&noise(2, 101))).unwrap_err();
    assert_eq!(error, PlayerError::Full { clip_ms: 101.0, queued_ms: 200.0, bound_ms: 300.0 });
    assert_eq!(error.to_string(), "a clip of 101 ms does not fit: 200 ms are queued, and the bound is 300 ms");
    stage.player.append(&clip(&noise(2, 100))).unwrap();
    assert_eq!(stage.player.left_ms(), 300.0);
    assert_eq!(stage.listen(300), [noise(1, 200), noise(2, 100)].concat());
    stage.player.append(&clip(&noise(3, 300))).unwrap();
}

#[test]
fn what_is_flushed_makes_room_at_once() {
    let mut stage = bounded(300.0);
    stage.player.append(&clip(&noise(1, 300))).unwrap();
    stage.ticks(5);
    stage.player.play(&clip(&noise(2, 300)), 0.0).unwrap();
    assert_eq!(stage.player.left_ms(), 300.0);
    stage.player.flush(0.0).unwrap();
    assert_eq!(stage.player.left_ms(), 0.0);
    stage.player.append(&clip(&noise(3, 300))).unwrap();
    assert_eq!(stage.ticks(30), noise(3, 300));
    let error = stage.player.play(&clip(&noise(3, 301)), 0.0).unwrap_err();
    assert_eq!(error, PlayerError::Full { clip_ms: 301.0, queued_ms: 0.0, bound_ms: 300.0 });
}

#[test]
fn all_of_a_queue_that_repeats_counts() {
    let mut stage = bounded(300.0);
    stage.player.set_repeat(Repeat::Queue).unwrap();
    stage.player.append(&clip(&noise(1, 200))).unwrap();
    stage.ticks(20);
    assert_eq!(stage.player.left_ms(), 10.0);
    let error = stage.player.append(&clip(&noise(2, 150))).unwrap_err();
    assert_eq!(error, PlayerError::Full { clip_ms: 150.0, queued_ms: 200.0, bound_ms: 300.0 });
}

#[test]
fn what_is_out_of_range_is_named() {
    let stage = bounded(300.0);
    let other = Clip::new(Frame::mono(&[0.5_f32]), 2000, 2000).unwrap();
    let error = stage.player.append(&other).unwrap_err();
    assert_eq!(error.to_string(), "the clip is for mixers of 2000 Hz, and this one has 1000 Hz: make a clip for that");
    assert_eq!(stage.player.flush(10_001.0), Err(PlayerError::Fade { ms: 10_001.0 }));
    assert!(stage.player.play(&clip(&[0.5]), f64::NAN).is_err());
    assert_eq!(stage.player.left_ms(), 0.0);
    let options = PlayerOptions { events: 0, ..PlayerOptions::default() };
    let error = stage.controller.join_player("other", JoinOptions::default(), options).unwrap_err();
    assert_eq!(error, JoinError::Player(PlayerOptionsError::Events { events: 0 }));
    assert!(stage.controller.join_player("player", JoinOptions::default(), PlayerOptions::default()).is_err());
    assert!(stage.controller.participant("other").is_err());
}

#[test]
fn a_mixer_that_does_not_tick_takes_a_bounded_number_of_calls() {
    let mut stage = bounded(300.0);
    (0..64).for_each(|_| stage.player.pause().unwrap());
    assert_eq!(stage.player.resume(), Err(PlayerError::Busy { waiting: 64 }));
    assert_eq!(stage.player.play(&clip(&[0.5]), 0.0), Err(PlayerError::Busy { waiting: 64 }));
    stage.ticks(1);
    stage.player.resume().unwrap();
}
