//! A tick that is dropped, whether begun, prepared or half mixed, is not heard: everything goes on from
//! the last sample that was heard.

mod rig;

use mixminus::{Frame, MixerConfig, config::Ducking};
use rig::{Rig, small, steps};

/// How far a tick gets before it is dropped.
#[derive(Debug, Clone, Copy)]
enum Dropped {
    Begun,
    Prepared,
    PartlyMixed,
}

const ALL: [Dropped; 3] = [Dropped::Begun, Dropped::Prepared, Dropped::PartlyMixed];

/// `anna` sends to several listeners, so that two threads find something to do.
fn call() -> Rig {
    Rig::with(MixerConfig { workers: 2, ..small() }, &["anna", "ben", "cleo", "dora", "emil"])
}

/// A tick in which these send a constant, and which is dropped.
fn drop_tick(rig: &mut Rig, sent: &[(&str, f32)], dropped: Dropped) {
    let Rig { processor, keys, .. } = rig;
    let mut audio = processor.enter();
    let mut tick = audio.tick();
    for (id, level) in sent {
        tick.send(keys[id], Frame::from(&[*level; 10][..])).unwrap();
    }
    match dropped {
        Dropped::Begun => drop(tick),
        Dropped::Prepared => drop(tick.prepare()),
        Dropped::PartlyMixed => tick.prepare().parts().take(1).for_each(|part| part.mix()),
    }
}

#[test]
fn the_tail_of_a_missing_frame_goes_on_from_the_last_sample_that_was_heard() {
    for dropped in ALL {
        let mut rig = call();
        assert_eq!(rig.level(&[("anna", 0.8)])["ben"][9], 0.8);
        drop_tick(&mut rig, &[("anna", -0.4)], dropped);
        let tail = rig.level(&[])["ben"].clone();
        let expected = (1..=10).map(|k| 0.8 - 0.08 * k as f32);
        assert!(tail.iter().zip(expected).all(|(is, want)| (is - want).abs() < 1e-6), "{dropped:?}: {tail:?}");
    }
}

#[test]
fn a_tail_on_its_way_goes_on() {
    for dropped in ALL {
        let mut rig = Rig::with(MixerConfig { smoothing_ms: 40.0, ..small() }, &["anna", "ben"]);
        rig.level(&[("anna", 0.8)]);
        let mut heard = rig.level(&[])["ben"].clone();
        drop_tick(&mut rig, &[], dropped);
        drop_tick(&mut rig, &[("anna", 0.1)], dropped);
        (0..3).for_each(|_| heard.extend(&rig.level(&[])["ben"]));
        let (sum, most) = steps(0.8, &heard);
        assert!((sum - 0.8).abs() < 1e-6 && most <= 0.02 + 1e-6 && heard[39] == 0.0, "{dropped:?}: {heard:?}");
    }
}

#[test]
fn a_move_begins_with_the_first_tick_that_is_heard() {
    for dropped in ALL {
        for change in ["mute", "deafen", "level", "leave"] {
            let mut rig = call();
            rig.level(&[("anna", 1.0)]);
            match change {
                "mute" => rig.mute("anna", true),
                "deafen" => rig.deafen("ben", true),
                "level" => rig.configure("ben", true, None, &[]),
                _ => rig.leave("anna"),
            }
            let sent: &[_] = if change == "leave" { &[] } else { &[("anna", 1.0)] };
            drop_tick(&mut rig, sent, dropped);
            let heard = rig.level(sent)["ben"].clone();
            let (sum, most) = steps(1.0, &heard);
            let there = (sum - 1.0).abs() < 1e-6 && most <= 0.1 + 1e-6 && heard[9] == 0.0;
            assert!(there, "{change}, {dropped:?}: {heard:?}");
        }
    }
}

#[test]
fn an_envelope_begins_with_the_first_tick_that_is_heard() {
    for dropped in ALL {
        let mut rig = call();
        let ducking = Ducking { ramp_active: 10, ramp_inactive: 10, lower_level: 0, upper_level: 100 };
        rig.configure("ben", false, Some(ducking), &[("cleo", 0, true)]);
        let (passive, active) = ([("anna", 1.0), ("cleo", 0.0)], [("anna", 1.0), ("cleo", 1.0)]);
        assert_eq!(rig.level(&passive)["ben"][9], 1.0);
        drop_tick(&mut rig, &active, dropped);
        let heard = rig.level(&active)["ben"].clone();
        let expected = (1..=10).map(|k| 1.0 - 0.1 * k as f32);
        assert!(heard.iter().zip(expected).all(|(is, want)| (is - want).abs() < 1e-6), "{dropped:?}: {heard:?}");
    }
}

#[test]
fn dropped_frames_are_counted() {
    for dropped in ALL {
        let mut rig = call();
        drop_tick(&mut rig, &[("anna", 1.0)], dropped);
        rig.level(&[("anna", 1.0)]);
        let (source, mixer) = (rig.controller.readings("anna").unwrap().source, rig.controller.mixer_readings());
        assert!(mixer.ticks == 2 && source.missing == 0, "{dropped:?}: {source:?}");
        assert!(source.frames >= 2, "{dropped:?}: {source:?}");
    }
}
