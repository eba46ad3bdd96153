//! Whichever end of a player is dropped first.
#![cfg(feature = "stream")]

mod players;

use mixminus::stream::{PlayerError, PortOptions, Repeat};
use players::{Stage, clip, noise};

fn assert_gone(stage: &Stage) {
    let player = &stage.player;
    assert!(!player.is_connected());
    let gone = Err(PlayerError::Gone);
    assert_eq!(player.append(&clip(&[0.5])).map(|_| ()), gone);
    assert_eq!(player.play(&clip(&[0.5]), 0.0).map(|_| ()), gone);
    assert_eq!(
        [player.flush(0.0), player.pause(), player.resume(), player.set_repeat(Repeat::Off), player.append_mark(1)],
        [gone; 5]
    );
    player.readings();
}

#[test]
fn without_its_handle_it_plays_to_the_end_and_stays() {
    let mut stage = Stage::new(10);
    let handle = stage.controller.join_player("other", Default::default(), Default::default()).unwrap();
    handle.append(&clip(&noise(1, 100))).unwrap();
    handle.append(&clip(&noise(2, 100))).unwrap();
    drop(handle);
    assert_eq!(stage.listen(200), [noise(1, 100), noise(2, 100)].concat());
    assert!(stage.controller.participant("other").is_ok());
    stage.controller.leave("other").unwrap();
    stage.ticks(3);
    assert_eq!(stage.controller.reclaim(), 0);
}

#[test]
fn who_leaves_fades_out_and_its_handle_is_gone() {
    let mut stage = Stage::new(10);
    stage.player.append(&clip(&noise(1, 1000))).unwrap();
    stage.ticks(5);
    assert!(stage.player.is_connected());
    stage.controller.leave("player").unwrap();
    stage.ticks(5);
    assert_eq!(stage.controller.reclaim(), 0);
    assert_gone(&stage);
    assert!(stage.told().len() == 1 && stage.events.try_next().is_none());
}

#[test]
fn without_a_processor_nothing_is_played() {
    let mut stage = Stage::new(10);
    stage.player.append(&clip(&noise(1, 1000))).unwrap();
    stage.ticks(5);
    drop(std::mem::replace(&mut stage.processor, Stage::new(10).processor));
    stage.controller.reclaim();
    assert_gone(&stage);
}

#[test]
fn who_gets_ports_is_no_player_any_more() {
    let mut stage = Stage::new(10);
    stage.player.append(&clip(&noise(1, 1000))).unwrap();
    stage.ticks(5);
    stage.controller.replace_ports("player", PortOptions::default()).unwrap();
    stage.ticks(3);
    stage.controller.reclaim();
    assert_gone(&stage);
}

#[test]
fn a_long_queue_goes_with_whoever_is_last() {
    for handle_first in [false, true] {
        let mut stage = Stage::new(10);
        let piece = clip(&[0.5]);
        for n in 0..100_000 {
            stage.player.append(&piece).unwrap();
            if n % 100 == 0 {
                stage.player.append_mark(n).unwrap();
            }
        }
        stage.ticks(100);
        let Stage { controller, processor, player, events, .. } = stage;
        if handle_first {
            drop((player, events));
            drop((processor, controller));
        } else {
            drop((processor, controller));
            drop((player, events));
        }
    }
}
