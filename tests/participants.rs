//! Participants join, leave and come back; and which of them are active.

mod rig;

use std::time::Duration;

use mixminus::{
    ControlError, Decibels, Detector, Direction, Frame, Gain, JoinOptions, MixerConfig, WaitError, config::Ducking,
};
use rig::{Rig, small};

#[test]
fn who_comes_back_is_somebody_new() {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    rig.configure("anna", false, None, &[("ben", 50, false)]);
    rig.configure("ben", true, None, &[]);
    let first = rig.keys["ben"];
    rig.leave("ben");
    rig.join("ben", Direction::Both);
    assert_ne!(rig.keys["ben"], first);
    assert!(rig.try_send(first, Frame::from(&[1.0_f32; 10][..])).is_err());
    for _ in 0..3 {
        rig.level(&[("ben", 0.5), ("anna", 0.25)]);
    }
    let heard = rig.level(&[("ben", 0.5), ("anna", 0.25)]);
    assert_eq!((heard["anna"][0], heard["ben"][0]), (0.5, 0.25), "no configuration knows the newcomer");
    assert!(rig.controller.configuration("anna").unwrap().sources.is_empty());
    assert!(!rig.controller.configuration("ben").unwrap().exclusive);
    let readings = rig.controller.readings("ben").unwrap().source;
    assert_eq!((readings.frames, readings.refused), (4, 0), "its counters begin again");
}

#[test]
fn a_place_is_given_again_once_it_has_faded_out() {
    let mut rig = Rig::with(small(), &["anna", "ben", "cleo"]);
    for _ in 0..100 {
        rig.leave("cleo");
        rig.join("cleo", Direction::Both);
        for _ in 0..3 {
            rig.level(&[("cleo", 0.5)]);
        }
    }
    let key = rig.keys["cleo"];
    assert!(key.index() < 6, "a few places do for a hundred stays: {key}");
}

#[test]
fn a_room_grows_from_one_to_ten_thousand_while_it_sounds() {
    let (controller, mut processor) = MixerConfig { participants: 1, ..small() }.build().unwrap();
    let [anna, ben] = ["anna", "ben"].map(|id| controller.join(id, JoinOptions::default()).unwrap());
    let mut audio = processor.enter();
    for n in 0..10_000 {
        controller.join(n.to_string(), JoinOptions::default()).unwrap();
        if n % 100 == 0 {
            let mut tick = audio.tick();
            tick.send(anna, Frame::from(&[0.5_f32; 10][..])).unwrap();
            assert_eq!(tick.mix().get(ben).unwrap().samples(), [0.5; 10], "no gap with {n} here");
        }
    }
    let mut tick = audio.tick();
    tick.send(anna, Frame::from(&[0.5_f32; 10][..])).unwrap();
    let listeners: usize = tick.mix().distinct().map(|mix| mix.listeners().count()).sum();
    assert_eq!(listeners, 10_002);
}

#[test]
fn sources_have_no_mix_and_listeners_no_voice() {
    let mut rig = Rig::with(small(), &["anna"]);
    rig.join("ben", Direction::Source);
    rig.join("cleo", Direction::Listener);
    rig.level(&[("ben", 0.5)]);
    let heard = rig.level(&[("anna", 0.25), ("ben", 0.5)]);
    assert_eq!(heard.keys().copied().collect::<Vec<_>>(), ["anna", "cleo"]);
    assert!((heard["cleo"][9] - 0.75).abs() < 1e-6);
}

#[test]
fn what_a_controller_cannot_do_it_says() {
    let rig = Rig::with(small(), &["anna", "ben"]);
    let controller = &rig.controller;
    let unknown = ControlError::Unknown { id: "zoe".into() };
    assert_eq!(controller.leave("zoe"), Err(unknown.clone()));
    assert_eq!(controller.set_muted("zoe", true), Err(unknown.clone()));
    assert_eq!(controller.set_gain("anna", "zoe", Gain::UNITY), Err(unknown));
    assert_eq!(controller.set_gain("anna", "anna", Gain::UNITY), Err(ControlError::OwnVoice { id: "anna".into() }));
    let again = controller.join("anna", JoinOptions::default());
    assert_eq!(again, Err(ControlError::AlreadyHere { id: "anna".into() }));
    for detector in [
        Detector::Energy { threshold: Decibels(f64::NAN), hangover_ms: 0.0 },
        Detector::Energy { threshold: Decibels(-50.0), hangover_ms: -1.0 },
        Detector::Energy { threshold: Decibels(-50.0), hangover_ms: f64::INFINITY },
    ] {
        let joined = controller.join("zoe", JoinOptions { detector, ..JoinOptions::default() });
        assert!(matches!(joined, Err(ControlError::Detector { .. })));
    }
    assert_eq!(controller.participants().len(), 2, "nothing has changed");
}

#[test]
fn a_ducker_is_active_by_energy_hangover_and_host() {
    let ducking = Some(Ducking { ramp_active: 0, ramp_inactive: 0, lower_level: 0, upper_level: 100 });
    let mut rig = Rig::with(MixerConfig { smoothing_ms: 0.0, ..small() }, &["anna", "ben", "cleo"]);
    rig.configure("anna", false, ducking, &[("cleo", 0, true)]);
    let threshold = 10_f32.powf(-50.0 / 20.0);
    let hear = |rig: &mut Rig, cleo: f32| rig.level(&[("ben", 1.0), ("cleo", cleo)])["anna"][9];
    assert_eq!(hear(&mut rig, threshold * 0.99), 1.0, "under the threshold");
    assert_eq!(hear(&mut rig, threshold * 1.01), 0.0, "over it");
    let hangover: Vec<f32> = (0..21).map(|_| hear(&mut rig, 0.0)).collect();
    assert_eq!((&hangover[..20], hangover[20]), (&[0.0; 20][..], 1.0), "200 ms of hangover are 20 ticks of 10 ms");
    hear(&mut rig, 1.0);
    rig.mute("cleo", true);
    assert_eq!(hear(&mut rig, 1.0), 1.0, "a muted source is never active");
    rig.mute("cleo", false);
    assert_eq!(hear(&mut rig, 1.0), 0.0);
    assert_eq!(rig.level(&[("ben", 1.0)])["anna"][9], 1.0, "nor is one without its input");
    assert_eq!(hear(&mut rig, 1.0), 0.0);
    rig.leave("cleo");
    assert_eq!(rig.level(&[("ben", 1.0)])["anna"][9], 1.0, "nor one that left");
}

#[test]
fn whoever_joins_while_ducking_is_on_is_ducked_from_the_first_sample() {
    let ducking = Some(Ducking { ramp_active: 0, ramp_inactive: 0, lower_level: 0, upper_level: 100 });
    let mut rig = Rig::with(small(), &["anna", "cleo"]);
    rig.configure("anna", false, ducking, &[("cleo", 0, true)]);
    for _ in 0..3 {
        rig.level(&[("cleo", 1.0)]);
    }
    rig.join("ben", Direction::Both);
    assert_eq!(rig.level(&[("cleo", 1.0), ("ben", 1.0)])["anna"], [0.0; 10]);
}

#[test]
fn a_generation_is_mixed_when_a_tick_was_mixed_with_it() {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    let generation = rig.controller.set_muted("anna", true).unwrap();
    assert!(rig.controller.mixed() < generation);
    let limit = Duration::from_millis(2);
    let waited = rig.controller.wait_until_mixed(generation, limit);
    assert!(matches!(waited, Err(WaitError::TimedOut { wanted, .. }) if wanted == generation));
    assert!(rig.processor.enter().tick().generation() == generation && rig.controller.mixed() < generation);
    std::thread::scope(|scope| {
        let controller = rig.controller.clone();
        let waiting = scope.spawn(move || controller.wait_until_mixed(generation, Duration::from_secs(60)));
        rig.level(&[]);
        assert_eq!(waiting.join().unwrap(), Ok(()));
    });
    drop(rig.processor);
    let never = rig.controller.set_muted("anna", false).unwrap();
    let gone = rig.controller.wait_until_mixed(never, Duration::from_secs(60));
    assert_eq!(gone, Err(WaitError::ProcessorGone { wanted: never, mixed: generation }));
    assert_eq!(rig.controller.wait_until_mixed(generation, limit), Ok(()), "what was mixed stays mixed");
}

#[test]
fn changes_made_together_are_heard_together() {
    let mut rig = Rig::with(MixerConfig { smoothing_ms: 0.0, ..small() }, &["anna", "ben", "cleo"]);
    let controller = rig.controller.clone();
    let (stop, stopped) = (std::sync::atomic::AtomicBool::new(false), std::sync::atomic::Ordering::Relaxed);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // In every publication exactly one of the two is muted.
            for round in 0..20_000 {
                let (made, _) = controller.change(|changes| {
                    changes.set_muted("ben", round % 2 == 0)?;
                    changes.set_muted("cleo", round % 2 == 1)
                });
                made.unwrap();
            }
            stop.store(true, stopped);
        });
        rig.level(&[]);
        while rig.controller.mixed().number() < 6 {
            rig.level(&[]);
        }
        let mut heard_some = false;
        while !stop.load(stopped) || !heard_some {
            heard_some = true;
            let heard = rig.level(&[("ben", 0.25), ("cleo", 0.5)])["anna"][0];
            assert!(heard == 0.25 || heard == 0.5, "{heard}");
        }
    });
}

#[test]
fn a_change_that_panics_is_heard_with_the_next_one() {
    let mut rig = Rig::with(MixerConfig { smoothing_ms: 0.0, ..small() }, &["anna", "ben"]);
    let before = rig.controller.published();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        rig.controller.change(|changes| {
            changes.set_muted("ben", true).unwrap();
            panic!("the host's");
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(rig.controller.published(), before, "asking publishes nothing");
    assert_eq!(rig.level(&[("ben", 1.0)])["anna"], [1.0; 10]);
    rig.deafen("ben", true);
    assert_eq!(rig.level(&[("ben", 1.0)])["anna"], [0.0; 10]);
}

#[test]
fn a_limited_tick_is_counted_every_time() {
    let mut rig = Rig::with(rig::usual(Some(Default::default())), &["anna", "ben"]);
    for _ in 0..10 {
        rig.level(&[("ben", 1.5)]);
    }
    let listener = rig.controller.readings("anna").unwrap().listener;
    assert_eq!(listener.limited_ticks, 10);
    assert!((listener.reduction.0 + 3.5).abs() < 0.2 && listener.peak <= 1.0, "{listener:?}");
}

#[test]
fn a_request_that_breaks_a_rule_changes_nothing() {
    use mixminus::config::{ParticipantMixerLevel, SourceLevel};
    let rig = Rig::with(small(), &["anna", "ben"]);
    let good = ParticipantMixerLevel { exclusive: true, ..ParticipantMixerLevel::new("anna") };
    let mut bad = ParticipantMixerLevel::new("ben");
    bad.source_levels.push(SourceLevel::new("zoe"));
    let before = rig.controller.published();
    let faults = rig.controller.configure(&[good.clone(), bad]).unwrap_err();
    assert_eq!(faults.first().path(), "participantMixerLevels[1].sourceLevels[0].participant");
    assert_eq!((rig.controller.published(), rig.controller.configuration("anna").unwrap().exclusive), (before, false));
    rig.controller.configure(&[good]).unwrap();
    assert!(rig.controller.configuration("anna").unwrap().exclusive);
}

#[test]
fn a_key_is_good_in_its_own_mixer_only() {
    let mut here = Rig::with(small(), &["anna", "ben"]);
    let elsewhere = Rig::with(small(), &["anna", "ben"]);
    let foreign = elsewhere.keys["anna"];
    assert_eq!(foreign.index(), here.keys["anna"].index());
    assert!(here.try_send(foreign, Frame::from(&[1.0_f32; 10][..])).is_err());
    assert!(here.processor.enter().tick().mix().get(foreign).is_none());
}
