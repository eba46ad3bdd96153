//! Frames that are wrong, late or absent are refused and counted, and leave no click.

mod rig;

use mixminus::{Direction, Frame, FrameError};
use rig::{Rig, small, steps};

#[test]
fn a_wrong_length_is_refused_with_both_lengths() {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    let key = rig.keys["anna"];
    for actual in [0, 9, 11, 100_000] {
        let refused = rig.try_send(key, Frame::from(&vec![0.5_f32; actual][..])).unwrap_err();
        assert_eq!(refused, FrameError::WrongLength { key, expected: 10, actual });
        assert!(refused.to_string().contains(&format!("{actual} samples")) && refused.to_string().ends_with("has 10"));
    }
    let readings = rig.controller.readings("anna").unwrap().source;
    assert_eq!((readings.refused, readings.missing), (4, 4));
}

#[test]
fn a_good_frame_after_a_refused_one_is_taken() {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    let (anna, ben) = (rig.keys["anna"], rig.keys["ben"]);
    let mut audio = rig.processor.enter();
    let mut tick = audio.tick();
    tick.send(anna, Frame::from(&[f32::NAN; 10][..])).unwrap_err();
    tick.send(anna, Frame::from(&[1.0_f32; 10][..])).unwrap();
    assert_eq!(tick.send(anna, Frame::from(&[0.0_f32; 10][..])), Err(FrameError::Repeated { key: anna }));
    assert_eq!(tick.mix().get(ben).unwrap().samples(), [1.0; 10]);
}

#[test]
fn strangers_and_listeners_send_nothing() {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    rig.join("cleo", Direction::Listener);
    let (ben, cleo) = (rig.keys["ben"], rig.keys["cleo"]);
    rig.leave("ben");
    let frame = [0.5_f32; 10];
    assert_eq!(rig.try_send(ben, Frame::from(&frame[..])), Err(FrameError::Unknown { key: ben }));
    assert_eq!(rig.try_send(cleo, Frame::from(&frame[..])), Err(FrameError::NotASource { key: cleo }));
    assert_eq!(rig.controller.mixer_readings().unknown_frames, 2);
}

#[test]
fn nan_and_infinity_reach_nobody_and_are_counted() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX] {
        let mut rig = Rig::with(small(), &["anna", "ben"]);
        let anna = rig.keys["anna"];
        rig.level(&[("anna", 0.5)]);
        let mut frame = [0.5_f32; 10];
        frame[7] = bad;
        let refused = rig.try_send(anna, Frame::from(&frame[..]));
        assert_eq!(refused, Err(FrameError::NotFinite { key: anna, index: 7 }));
        let heard = rig.level(&[])["ben"].clone();
        assert_eq!(heard, [0.0; 10], "the tail of the last good frame is over");
        let source = rig.controller.readings("anna").unwrap().source;
        assert_eq!((source.not_finite, source.missing, source.frames), (1, 2, 2));
    }
}

#[test]
fn the_tail_of_a_missing_frame_is_its_last_sample_fading() {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    rig.level(&[("anna", 0.2)]);
    let mut frame = [0.2_f32; 10];
    frame[9] = 0.8;
    rig.frames(&[("anna", &frame)]);
    let tail = rig.level(&[])["ben"].clone();
    let (sum, most) = steps(0.8, &tail);
    assert!((sum - 0.8).abs() < 1e-6 && most <= 0.08 + 1e-6 && tail[9] == 0.0, "{tail:?}");
    assert!(tail.windows(2).all(|pair| pair[1] < pair[0]), "undecayed audio is never replayed");
    let back = rig.level(&[("anna", 1.0)])["ben"].clone();
    assert!((back[0] - 0.1).abs() < 1e-6 && back[9] == 1.0, "it fades in: {back:?}");
    let source = rig.controller.readings("anna").unwrap().source;
    assert_eq!((source.frames, source.missing, source.returns), (4, 1, 1));
}

#[test]
fn a_gap_of_one_tick_in_the_middle_of_its_own_tail() {
    let mut rig = Rig::with(mixminus::MixerConfig { tick_samples: 5, ..small() }, &["anna", "ben"]);
    for _ in 0..3 {
        rig.level(&[("anna", 1.0)]);
    }
    let mut heard = rig.level(&[])["ben"].clone();
    heard.extend(rig.level(&[("anna", 1.0)])["ben"].clone());
    heard.extend(rig.level(&[("anna", 1.0)])["ben"].clone());
    let (sum, most) = steps(1.0, &heard);
    assert!((sum - 1.0).abs() < 1e-6 && most <= 0.1 + 1e-6 && heard[14] == 1.0, "{heard:?}");
}

#[test]
fn what_is_published_in_a_dropped_tick_is_heard_like_any_other() {
    let half =
        |upper_level| mixminus::config::Ducking { ramp_active: 0, ramp_inactive: 0, lower_level: 0, upper_level };
    let mut rig = Rig::new(small());
    ["anna", "ben"].iter().for_each(|id| rig.join(id, Direction::Both));
    rig.configure("anna", false, Some(half(50)), &[]);
    drop(rig.processor.enter().tick());
    rig.configure("anna", false, Some(half(100)), &[]);
    assert_eq!(rig.level(&[("ben", 1.0)])["anna"], [1.0; 10], "nothing has been heard of the 50");
}

#[test]
fn a_tick_that_is_dropped_is_no_tick() {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    let (anna, ben) = (rig.keys["anna"], rig.keys["ben"]);
    let mut audio = rig.processor.enter();
    audio.tick().send(anna, Frame::from(&[0.5_f32; 10][..])).unwrap();
    let mut tick = audio.tick();
    tick.send(anna, Frame::from(&[0.25_f32; 10][..])).unwrap();
    assert_eq!(tick.mix().get(ben).unwrap().samples(), [0.25; 10]);
    assert_eq!(rig.controller.readings("anna").unwrap().source.frames, 2);
}
