//! No gain ever steps. For every kind of change, the steps of the gain add up to the distance that it
//! moves, and no step is greater than the slope. Sources send 1.0, so that a mix is its gain.

mod rig;

use mixminus::{Direction, Gain, config::Ducking};
use rig::{Rig, small, steps};

const DUCKING: Ducking = Ducking { ramp_active: 40, ramp_inactive: 80, lower_level: 20, upper_level: 100 };

/// Anna hears Ben, who sends 1.0. Cleo is there and silent. After the change Ben's gain moves to
/// `target` in 10 samples.
fn moves(change: impl FnOnce(&mut Rig), sent: &[(&str, f32)], target: f32) {
    let mut rig = Rig::with(small(), &["anna", "ben", "cleo"]);
    rig.level(&[("ben", 1.0), ("cleo", 0.0)]);
    let before = rig.level(&[("ben", 1.0), ("cleo", 0.0)])["anna"][9];
    assert_eq!(before, 1.0);
    change(&mut rig);
    let mut heard = rig.level(sent)["anna"].clone();
    heard.extend(&rig.level(sent)["anna"]);
    let (sum, most) = steps(before, &heard);
    let distance = f64::from((target - before).abs());
    assert!((sum - distance).abs() < 1e-6, "steps of {sum} over a distance of {distance}");
    assert!(most <= distance / 10.0 + 1e-6, "a step of {most} over {distance} in 10 samples");
    assert_eq!(heard[9..], [target; 11], "there after 10 samples, and not before");
    assert_ne!(heard[0], before, "the first sample has moved");
}

const STILL_SENDING: &[(&str, f32)] = &[("ben", 1.0), ("cleo", 0.0)];

#[test]
fn a_level() {
    moves(|rig| rig.configure("anna", false, None, &[("ben", 30, false)]), STILL_SENDING, 0.3);
}

#[test]
fn a_pair_gain() {
    let gain = Gain::new(4.0).unwrap();
    moves(|rig| rig.set_gain("anna", "ben", gain), STILL_SENDING, 4.0);
}

#[test]
fn exclusive_mode() {
    moves(|rig| rig.configure("anna", true, None, &[]), STILL_SENDING, 0.0);
}

#[test]
fn a_mute() {
    moves(|rig| rig.mute("ben", true), STILL_SENDING, 0.0);
}

#[test]
fn a_deafening() {
    moves(|rig| rig.deafen("anna", true), STILL_SENDING, 0.0);
}

#[test]
fn a_leave() {
    moves(|rig| rig.leave("ben"), &[("cleo", 0.0)], 0.0);
}

#[test]
fn a_missing_frame() {
    moves(|_| (), &[("cleo", 0.0)], 0.0);
}

#[test]
fn a_range_below() {
    let ducking = Ducking { lower_level: 10, upper_level: 60, ..DUCKING };
    moves(|rig| rig.configure("anna", false, Some(ducking), &[]), STILL_SENDING, 0.6);
}

#[test]
fn an_unmute_and_a_return() {
    for back in ["unmute", "return", "undeafen"] {
        let mut rig = Rig::with(small(), &["anna", "ben"]);
        let flags = |rig: &Rig, on: bool| match back {
            "unmute" => rig.mute("ben", on),
            "undeafen" => rig.deafen("anna", on),
            _ => (),
        };
        rig.level(&[("ben", 1.0)]);
        flags(&rig, true);
        for _ in 0..2 {
            rig.level(if back == "return" { &[] } else { &[("ben", 1.0)] });
        }
        flags(&rig, false);
        let heard = rig.level(&[("ben", 1.0)])["anna"].clone();
        let expected: Vec<f32> = (1..=10).map(|k| k as f32 / 10.0).collect();
        assert!(heard.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-6), "{back}: {heard:?}");
    }
}

#[test]
fn a_join() {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    rig.level(&[("ben", 1.0)]);
    rig.join("cleo", Direction::Both);
    let heard = rig.level(&[("ben", 1.0), ("cleo", 1.0)]);
    for listener in ["anna", "cleo"] {
        let (sum, most) = steps(if listener == "anna" { 1.0 } else { 0.0 }, &heard[listener]);
        assert!((sum - 1.0).abs() < 1e-6 && most <= 0.1 + 1e-6, "{listener} hears {:?}", heard[listener]);
    }
}

#[test]
fn ducking_goes_at_its_slopes_and_turns_around() {
    let mut rig = Rig::with(small(), &["anna", "ben", "cleo"]);
    rig.configure("anna", false, Some(DUCKING), &[("cleo", 0, true)]);
    for _ in 0..3 {
        rig.level(&[("ben", 1.0), ("cleo", 0.0)]);
    }
    let mut heard = Vec::new();
    for cleo in [1.0, 1.0, 1.0, 1.0, 1.0] {
        heard.extend(rig.level(&[("ben", 1.0), ("cleo", cleo)])["anna"].clone());
    }
    let (sum, most) = steps(1.0, &heard);
    assert!((sum - 0.8).abs() < 1e-6 && most <= 0.02 + 1e-6, "{sum} {most}");
    assert!((heard[19] - 0.6).abs() < 1e-6 && heard[39] == 0.2 && heard[38] > 0.2, "40 ms down, to the sample");
    // The hangover of 200 ms, then 80 ms up.
    let mut up = Vec::new();
    for _ in 0..30 {
        up.extend(rig.level(&[("ben", 1.0), ("cleo", 0.0)])["anna"].clone());
    }
    let (sum, most) = steps(0.2, &up);
    assert!((sum - 0.8).abs() < 1e-6 && most <= 0.01 + 1e-6, "{sum} {most}");
    assert_eq!((up[199], up[279]), (0.2, 1.0));
    assert!(up[200] > 0.2 && up[278] < 1.0);
}

#[test]
fn a_change_in_the_middle_of_a_move_goes_on_from_there() {
    let mut rig = Rig::with(mixminus::MixerConfig { tick_samples: 5, ..small() }, &["anna", "ben"]);
    for _ in 0..3 {
        rig.level(&[("ben", 1.0)]);
    }
    rig.mute("ben", true);
    assert_eq!(rig.level(&[("ben", 1.0)])["anna"][4], 0.5);
    rig.mute("ben", false);
    let heard: Vec<f32> = (0..2).flat_map(|_| rig.level(&[("ben", 1.0)])["anna"].clone()).collect();
    let (sum, most) = steps(0.5, &heard);
    assert!((sum - 0.5).abs() < 1e-6 && most <= 0.05 + 1e-6 && heard[9] == 1.0);
}

#[test]
fn a_ducker_that_becomes_one_on_the_way() {
    let mut rig = Rig::with(small(), &["anna", "ben", "cleo"]);
    rig.configure("anna", false, Some(Ducking { lower_level: 20, upper_level: 50, ..DUCKING }), &[]);
    for _ in 0..3 {
        rig.level(&[("ben", 1.0), ("cleo", 0.0)]);
    }
    rig.configure("anna", false, Some(Ducking { lower_level: 20, upper_level: 50, ..DUCKING }), &[("ben", 100, true)]);
    let mut heard = rig.level(&[("ben", 1.0), ("cleo", 0.0)])["anna"].clone();
    heard.extend(&rig.level(&[("ben", 1.0), ("cleo", 0.0)])["anna"]);
    // The envelope falls while the source passes from ducked to open; the sum of both is continuous.
    let (_, most) = steps(0.5, &heard);
    assert!(most <= 0.06, "{most}");
    assert_eq!(heard[19], 1.0);
}

#[test]
fn sixty_who_came_one_by_one_go_at_once_in_a_row_that_moves() {
    let names: Vec<&'static str> = (0..60).map(|n| &*Box::leak(format!("source {n}").into_boxed_str())).collect();
    let mut rig = Rig::new(mixminus::MixerConfig { tick_samples: 1, smoothing_ms: 5.0, ..small() });
    rig.join("anna", Direction::Listener);
    for n in 0..60 {
        rig.join(names[n], Direction::Source);
        let sent: Vec<_> = names[..=n].iter().map(|id| (*id, 1.0 / 60.0)).collect();
        rig.level(&sent);
    }
    let sent: Vec<_> = names.iter().map(|id| (*id, 1.0 / 60.0)).collect();
    (0..100).for_each(|_| drop(rig.level(&sent)));
    rig.deafen("anna", true);
    let mut heard = rig.level(&sent)["anna"].clone();
    names.iter().for_each(|id| rig.mute(id, true));
    (0..6).for_each(|_| heard.extend(&rig.level(&sent)["anna"]));
    // Moves multiply: the listener is deafened from 1 to 0 over 5 samples, the sources are muted one sample later.
    let expected = [0.8, 0.6 * 0.8, 0.4 * 0.6, 0.2 * 0.4, 0.0, 0.0, 0.0];
    assert!(heard.iter().zip(&expected).all(|(is, want)| (is - want).abs() < 1e-6), "{heard:?}");
}

#[test]
fn a_level_that_is_named_again_while_its_source_fades_in_changes_nothing() {
    let mut rig = Rig::with(mixminus::MixerConfig { tick_samples: 5, ..small() }, &["anna", "ben", "cleo"]);
    rig.configure("anna", false, None, &[("ben", 30, false)]);
    rig.mute("ben", true);
    (0..4).for_each(|_| drop(rig.level(&[("ben", 1.0)])));
    rig.mute("ben", false);
    rig.level(&[("ben", 1.0)]);
    rig.configure("anna", false, None, &[("ben", 30, false), ("cleo", 50, false)]);
    let heard = rig.level(&[("ben", 1.0)])["anna"].clone();
    assert!((heard[4] - 0.3).abs() < 1e-6, "it has arrived: {heard:?}");
}
