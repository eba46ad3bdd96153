//! A pause keeps the place to the sample, a level moves along a line, and both are bit for bit once they rest.
#![cfg(feature = "stream")]

mod players;

use mixminus::{Gain, stream::PlayerOptions};
use players::{Stage, clip, config, noise};

#[test]
fn a_pause_fades_out_and_goes_on_where_it_stopped() {
    let sound = noise(1, 400);
    for tick in [1, 5, 10, 20] {
        for smoothing in [0, 10, 30] {
            let options = PlayerOptions { smoothing_ms: smoothing as f64, ..PlayerOptions::default() };
            let mut stage = Stage::with(config(tick), options);
            stage.player.append(&clip(&sound)).unwrap();
            assert_eq!(stage.ticks(100 / tick)[10..], sound[..90]);
            stage.player.pause().unwrap();
            let stopped = stage.ticks(100 / tick);
            for (heard, at) in stopped.iter().zip(0..) {
                let gain = if at < smoothing { 1.0 - (at + 1) as f64 / smoothing as f64 } else { 0.0 };
                assert!(
                    (f64::from(*heard) - gain * f64::from(sound[90 + at])).abs() < 1e-7,
                    "{tick}, {smoothing}, {at}"
                );
            }
            let left = 400 - 90 - smoothing;
            assert_eq!(stage.player.left_ms(), left as f64);
            // A short pause, and one in which it sends nothing any more.
            for pause in [0, 500] {
                stage.ticks(pause / tick);
                assert_eq!(stage.player.left_ms(), left as f64);
            }
            stage.player.resume().unwrap();
            let heard = stage.ticks(400_usize.div_ceil(tick));
            for (heard, at) in heard[10..].iter().zip(0..left) {
                let gain = if at < smoothing { (at + 1) as f64 / smoothing as f64 } else { 1.0 };
                let expected = gain * f64::from(sound[90 + smoothing + at]);
                assert!((f64::from(*heard) - expected).abs() < 1e-7, "{tick}, {smoothing}, {at}");
            }
        }
    }
}

#[test]
fn what_is_queued_while_it_is_paused_begins_bit_for_bit() {
    let mut stage = Stage::new(10);
    stage.player.pause().unwrap();
    stage.player.append(&clip(&noise(1, 100))).unwrap();
    assert!(stage.ticks(30).iter().all(|sample| *sample == 0.0));
    stage.player.resume().unwrap();
    assert_eq!(stage.listen(100), noise(1, 100));
}

#[test]
fn a_level_moves_and_is_at_once_where_nothing_is_heard() {
    let sound = noise(1, 200);
    let mut stage = Stage::new(10);
    stage.player.set_level(Gain::new(0.5).unwrap()).unwrap();
    stage.player.append(&clip(&sound)).unwrap();
    assert!(stage.listen(50).iter().zip(&sound).all(|(heard, sample)| *heard == 0.5 * sample));
    stage.player.set_level(Gain::new(2.0).unwrap()).unwrap();
    for (heard, at) in stage.ticks(15).iter().zip(0..) {
        let gain = 0.5 + 1.5 * ((at + 1) as f64 / 10.0).min(1.0);
        assert!((f64::from(*heard) - gain * f64::from(sound[50 + at])).abs() < 1e-6, "{at}");
    }
}

#[test]
fn what_was_flushed_does_not_come_back_after_a_pause() {
    let mut stage = Stage::new(10);
    stage.player.append(&clip(&noise(1, 1000))).unwrap();
    stage.ticks(5);
    stage.player.flush(500.0).unwrap();
    stage.ticks(2);
    stage.player.pause().unwrap();
    stage.ticks(3);
    stage.player.resume().unwrap();
    assert!(stage.ticks(50).iter().all(|sample| *sample == 0.0));
}
