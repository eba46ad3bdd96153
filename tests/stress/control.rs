//! The threads that change who hears what, and the one that reads.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::Duration,
};

use mixminus::{
    Controller, Gain, ParticipantSnapshot, PrivateGroup, RoleTable, Routing,
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
};

use super::{
    PATIENCE,
    call::{CROWD, Call, JUDGES, SENT},
};

/// Does something again and again: how often.
pub fn repeat(stop: &AtomicBool, mut work: impl FnMut(usize)) -> u64 {
    (0..).take_while(|_| !stop.load(Relaxed)).map(&mut work).count() as u64
}

/// One of the crowd.
pub fn nth(n: usize) -> String {
    (n % CROWD).to_string()
}

/// Requests: for judges, and for the crowd, with ducking and long lists.
pub fn configure(call: &Call, stop: &AtomicBool) -> u64 {
    repeat(stop, |round| {
        call.judge_requests((round * 37 % 99 + 1) as i64);
        let ducking = Ducking { ramp_active: 30, ramp_inactive: 110, lower_level: 10, upper_level: 90 };
        let listed = (1..1 + round % 7).map(|k| SourceLevel {
            level: ((round * 13 + k * 29) % 101) as i64,
            duck_others: k % 3 == 1,
            ..SourceLevel::new(nth(round + k))
        });
        let row = ParticipantMixerLevel {
            exclusive: round.is_multiple_of(5),
            ducking: Some(ducking),
            source_levels: listed.collect(),
            ..ParticipantMixerLevel::new(nth(round))
        };
        call.controller.configure(&[row]).unwrap();
    })
}

/// Changes that are published together, mutes; and now and then it waits until a gain is heard.
pub fn mute(call: &Call, stop: &AtomicBool) -> u64 {
    let controller = call.controller.clone();
    repeat(stop, |round| {
        call.judge_change((round * 41 % 99 + 1) as i64);
        controller.set_muted(&nth(round * 5), round.is_multiple_of(3)).unwrap();
        controller.set_deafened(&nth(round * 7), round.is_multiple_of(4)).unwrap();
        let exempt = controller.set_exempt(&nth(round), &nth(round + 1), round.is_multiple_of(2));
        exempt.unwrap();
        if round.is_multiple_of(64) {
            controller.clone().set_loudest((!round.is_multiple_of(128)).then_some(1 + round % 20)).unwrap();
            hear_a_gain(&controller, (round / 64 * 7 % 99 + 1) as f64);
        }
    })
}

/// A judge of its own: a gain that was accepted is what is heard once its generation is mixed and the move is over.
fn hear_a_gain(controller: &Controller, percent: f64) {
    const JUDGE: &str = "guest who judges";
    let options = mixminus::JoinOptions { direction: mixminus::Direction::Listener, ..Default::default() };
    let (done, generation) = controller.change(|changes| {
        changes.join(JUDGE, options)?;
        changes.configure(&[ParticipantMixerLevel { exclusive: true, ..ParticipantMixerLevel::new(JUDGE) }]).unwrap();
        changes.set_gain(JUDGE, "plus", Gain::from_percent(percent).unwrap())
    });
    done.unwrap();
    controller.wait_until_mixed(generation, PATIENCE).unwrap();
    let mixed = controller.mixer_readings().ticks;
    while controller.mixer_readings().ticks < mixed + 8 {
        thread::sleep(Duration::from_millis(1));
    }
    let heard = controller.readings(JUDGE).unwrap().listener.peak;
    assert!((heard - SENT * percent as f32 / 100.0).abs() < 1e-4, "{heard} at {percent} %");
    controller.leave(JUDGE).unwrap();
}

pub fn route(call: &Call, stop: &AtomicBool) -> u64 {
    let role = |n: usize| ["a", "b", "c", "d"][n % 4];
    repeat(stop, |round| {
        let routing = match round % 5 {
            0 | 1 => Routing::DefaultGroup,
            2 => Routing::Apart,
            _ => Routing::Role(role(round / 5).into()),
        };
        call.controller.set_routing(&nth(round * 3), routing).unwrap();
        let pairs = (0..round % 9).map(|n| (role(n), role(n * round)));
        let table = pairs.fold(RoleTable::new(), |table, (listener, source)| table.hears(listener, [source]));
        call.controller.set_role_table(table);
    })
}

pub fn hold(call: &Call, stop: &AtomicBool) -> u64 {
    repeat(stop, |round| {
        let group = PrivateGroup::new((0..round % 4).map(|n| nth(n * round)), (0..round % 5).map(|n| nth(n + round)));
        let id = ["x", "y", "z"][round % 3];
        call.controller.set_private_group(id, group).unwrap();
        if round.is_multiple_of(7) {
            call.controller.remove_private_group(id).unwrap();
        }
        let who = nth(round / 2);
        if round.is_multiple_of(2) {
            call.controller.hold(&who, &[&nth(round / 2 + 3)]).unwrap();
        } else {
            call.controller.resume(&who).unwrap();
        }
    })
}

/// Reads all that can be read. What counts never goes back.
pub fn read(call: &Call, stop: &AtomicBool) -> u64 {
    let controller = call.controller.clone();
    let mut events = controller.talk_events().expect("nobody has taken them");
    let (mut mixed, mut ticks, mut position) = (controller.mixed(), 0, 0);
    let mut before: Vec<ParticipantSnapshot> = Vec::new();
    repeat(stop, |round| {
        let snapshot = controller.snapshot();
        assert!(snapshot.mixed <= snapshot.published && snapshot.mixed >= mixed && snapshot.mixer.ticks >= ticks);
        (mixed, ticks) = (snapshot.mixed, snapshot.mixer.ticks);
        snapshot.participants.iter().for_each(|now| {
            before.iter().filter(|before| before.key == now.key).for_each(|before| compare(before, now));
        });
        before = snapshot.participants;
        for event in events.by_ref() {
            assert!(event.at_sample >= position, "{event:?}");
            position = event.at_sample;
        }
        let id = nth(round);
        assert!(controller.configuration(&id).unwrap().sources.len() <= 64 && controller.is_here(JUDGES[round % 4]));
        let _ = (controller.readings(&id).unwrap(), controller.dominant(), controller.private_groups());
        if round.is_multiple_of(16) {
            controller.reclaim();
        }
    })
}

fn compare(before: &ParticipantSnapshot, now: &ParticipantSnapshot) {
    let counts = |it: &ParticipantSnapshot| {
        let source = &it.source;
        [source.frames, source.active_ticks, source.missing, source.returns, source.refused, it.listener.limited_ticks]
    };
    let (was, is) = (counts(before), counts(now));
    assert!(was.iter().zip(&is).all(|(was, is)| was <= is), "{}: {is:?} after {was:?}", now.id);
}
