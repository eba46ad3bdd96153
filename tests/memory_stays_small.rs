//! Memory grows with participants and configured pairs, not with their square; and comes back.

mod alloc;

use alloc::{alone, bytes};
use mixminus::{
    Controller, Gain, JoinOptions, MixerConfig, Processor, RoleTable, Routing,
    config::{ParticipantMixerLevel, SourceLevel},
};

/// Bytes of a row without its pairs.
const ROW: f64 = 384.0;

fn room(participants: usize) -> (Controller, Processor) {
    room_for(participants, participants)
}

fn room_for(most: usize, participants: usize) -> (Controller, Processor) {
    let (controller, processor) = MixerConfig { participants: most, ..MixerConfig::default() }.build().unwrap();
    controller.change(|changes| {
        for n in 0..participants {
            changes.join(n.to_string(), JoinOptions::default()).unwrap();
        }
    });
    (controller, processor)
}

fn tick(processor: &mut Processor) {
    let mut audio = processor.enter();
    (0..3).for_each(|_| assert!(audio.tick().mix().distinct().len() < 2));
}

/// Each of `listeners` lists the next `sources`.
fn configure(controller: &Controller, listeners: usize, sources: usize) {
    let row = |n: usize| ParticipantMixerLevel {
        source_levels: (1..=sources).map(|k| SourceLevel::new(((n + k) % listeners).to_string())).collect(),
        ..ParticipantMixerLevel::new(n.to_string())
    };
    controller.configure(&(0..listeners).map(row).collect::<Vec<_>>()).unwrap();
}

#[test]
fn a_participant_takes_no_more_in_a_larger_room() {
    let _alone = alone();
    // Three signals a participant: what it sends, a fading copy of it, and its mix.
    let frames = 3.0 * 480.0 * 4.0;
    let mut each = Vec::new();
    // Memory of the mixer itself, such as the ring of talk events, belongs to no participant.
    let (_alone_in_it, mixer) = bytes(|| room(1));
    for participants in [512, 1024, 4096] {
        let ((controller, mut processor), bytes) = bytes(|| room(participants));
        tick(&mut processor);
        each.push((bytes - mixer) / (participants - 1) as f64 - frames);
        drop((controller, processor));
    }
    assert!(each.iter().all(|bytes| *bytes + ROW < 4352.0), "{each:?} bytes beside the frames");
    assert!(each[2] < each[0] * 1.1, "{each:?}");
}

#[test]
fn a_pair_takes_no_more_among_many() {
    let _alone = alone();
    let (controller, mut processor) = room(128);
    tick(&mut processor);
    let mut per_pair = Vec::new();
    for sources in [8, 32, 96] {
        let ((), bytes) = bytes(|| {
            configure(&controller, 128, sources);
            tick(&mut processor);
            controller.reclaim();
        });
        // Every row takes this much, however short; it counts as memory of the participant.
        per_pair.push((bytes - 128.0 * ROW) / (128 * sources) as f64);
        for n in 0..3 {
            // The spare memory of a row that was long is freed with the row after it.
            configure(&controller, 128, n % 2);
            tick(&mut processor);
        }
        configure(&controller, 128, 0);
        tick(&mut processor);
        controller.reclaim();
    }
    assert!(per_pair.iter().all(|bytes| *bytes <= 96.0), "{per_pair:?} bytes a pair");
}

#[test]
fn nothing_piles_up_while_the_audio_is_paused() {
    let _alone = alone();
    let (controller, mut processor) = room_for(65, 64);
    tick(&mut processor);
    let ((), bytes) = bytes(|| {
        controller.leave("0").unwrap();
        for round in 0..4000 {
            controller.set_muted("1", round % 2 == 0).unwrap();
            controller.set_gain("2", "3", Gain::new(round as f64 / 4000.0).unwrap()).unwrap();
            controller.join("guest", JoinOptions::default()).unwrap();
            controller.leave("guest").unwrap();
        }
    });
    assert!(bytes < 1e6, "{bytes} bytes more after 16,000 changes that nobody mixed");
}

#[test]
fn who_leaves_gives_everything_back() {
    let _alone = alone();
    let (controller, mut processor) = room(1);
    tick(&mut processor);
    let round = |processor: &mut Processor| {
        for n in 0..300 {
            controller.join(format!("guest {n}"), JoinOptions::default()).unwrap();
            controller.set_gain("0", &format!("guest {n}"), Gain::SILENCE).unwrap();
            if n % 100 == 0 {
                tick(processor);
            }
        }
        for n in 0..300 {
            controller.leave(&format!("guest {n}")).unwrap();
        }
        (0..3).for_each(|_| tick(processor));
        assert_eq!(controller.reclaim(), 0);
    };
    round(&mut processor);
    let ((), bytes) = bytes(|| round(&mut processor));
    assert!(bytes.abs() < 1e6, "{bytes} bytes more after the same again");
    drop(controller);
}

#[test]
fn all_memory_for_moves_comes_back_whoever_is_configured() {
    let _alone = alone();
    let (controller, mut processor) = room(8);
    controller
        .join("source", JoinOptions { direction: mixminus::Direction::Source, ..JoinOptions::default() })
        .unwrap();
    for round in 0..5 {
        controller.set_gain("source", "1", Gain::SILENCE).unwrap();
        controller.set_deafened("2", round % 2 == 0).unwrap();
        controller.set_gain("2", "3", Gain::new(f64::from(round) / 8.0).unwrap()).unwrap();
        tick(&mut processor);
    }
    controller.reclaim();
    assert_eq!(controller.reclaim(), 0);
}

#[test]
fn both_halves_dropped_leave_nothing() {
    let _alone = alone();
    for processor_first in [true, false] {
        // The first round also fills what the thread and the standard library keep.
        let mut last = 0.0;
        for _ in 0..2 {
            last = bytes(|| {
                let (controller, mut processor) = room(100);
                configure(&controller, 100, 10);
                tick(&mut processor);
                if processor_first {
                    drop(processor);
                    controller.leave("7").unwrap();
                    drop(controller);
                } else {
                    controller.leave("7").unwrap();
                    drop(controller);
                    tick(&mut processor);
                    drop(processor);
                }
            })
            .1;
        }
        assert!(last < 2048.0, "{last} bytes are left; processor first: {processor_first}");
    }
}

#[test]
fn groups_take_no_more_however_many_there_are() {
    let _alone = alone();
    let each = [64, 512, 2048].map(|groups: usize| {
        let participants = 2 * groups;
        let (controller, mut processor) = room(participants);
        tick(&mut processor);
        let role = |n: usize| (n % groups).to_string();
        let ((), bytes) = bytes(|| {
            let table = (0..groups).fold(RoleTable::new(), |table, n| table.hears(role(n), [role(n)]));
            controller.set_role_table(table);
            let routed = controller.change(|changes| {
                (0..participants).try_for_each(|n| changes.set_routing(&n.to_string(), Routing::Role(role(n).into())))
            });
            routed.0.unwrap();
            tick(&mut processor);
            controller.reclaim();
        });
        bytes / participants as f64
    });
    assert!(each.iter().all(|bytes| *bytes < 2.0 * ROW + 1024.0), "{each:?} bytes a participant");
    assert!(each[2] < each[0] * 1.3, "{each:?} bytes a participant");
}
