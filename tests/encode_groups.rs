//! Encode groups: every listener is given packets of just what it hears, whatever the lengths of ticks and packets, whoever
//! comes, goes and talks; and its decoder hears on without an edge.
#![cfg(feature = "stream")]

mod cases;
mod encode;

use cases::cases;
use encode::{Call, OPTIONS, assert_all_was_given, assert_decoders_hear_on, assert_packets_are_what_was_heard};
use mixminus::stream::{EncodeOptions, Silence};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Step {
    Join(usize),
    Leave(usize),
    Talk(Vec<usize>, usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        1 => (1..4_usize).prop_map(Step::Join),
        1 => (0..20_usize).prop_map(Step::Leave),
        6 => (prop::collection::btree_set(0..8_usize, 0..4), 1..12_usize).prop_map(|(talkers, ticks)| Step::Talk(talkers.into_iter().collect(), ticks)),
    ];
    prop::collection::vec(step, 1..25)
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn every_listener_gets_what_it_hears(
        steps in steps(),
        tick in prop::sample::select(vec![80, 160, 240, 120, 7, 480]),
        packet_ms in prop::sample::select(vec![10_u32, 20, 40, 60]),
    ) {
        let mut call = Call::new(tick, EncodeOptions { packet_ms, ..OPTIONS });
        call.join(4);
        for step in steps {
            match step {
                Step::Join(people) => call.join(people),
                Step::Leave(number) => call.leave(number),
                Step::Talk(talkers, ticks) => (0..ticks * 160 / tick + 1).for_each(|_| call.tick(&talkers)),
            }
        }
        let packet = 8 * packet_ms as usize;
        assert_all_was_given(&call, packet);
        assert_packets_are_what_was_heard(&call, packet);
        // Of longer packets fewer are in common.
        if packet_ms <= 20 {
            assert_decoders_hear_on(&call);
        }
    }
}

#[test]
fn a_split_forks_and_a_merge_lingers_for_five_packets() {
    let mut call = Call::new(80, OPTIONS);
    call.join(5);
    let encoders = |call: &Call| {
        let readings = call.control.readings();
        (readings.encoders, readings.lingering)
    };
    (0..20).for_each(|_| call.tick(&[0]));
    assert_eq!(encoders(&call), (2, 0), "the talker's, and that of all others");
    (0..20).for_each(|_| call.tick(&[0, 1]));
    assert_eq!(encoders(&call), (3, 0));
    assert_eq!(call.control.readings().splits, 1);
    // The second talker falls silent: after its voice has faded out it hears what the listeners hear.
    let counts: Vec<_> = (0..24)
        .map(|_| {
            call.tick(&[0]);
            encoders(&call)
        })
        .collect();
    let lingered = counts.iter().filter(|(_, lingering)| *lingering == 1).count();
    assert_eq!(lingered, 10, "five packets of two ticks: {counts:?}");
    assert_eq!((counts.last(), call.control.readings().merges), (Some(&(2, 0)), 1));
    assert_packets_are_what_was_heard(&call, 160);
    assert_decoders_hear_on(&call);
}

#[test]
fn silence_pauses_and_is_refreshed() {
    let pause = Silence::Pause { after_ms: 60, refresh_ms: 200 };
    let mut call = Call::new(160, EncodeOptions { silence: pause, ..OPTIONS });
    call.join(3);
    (0..5).for_each(|_| call.tick(&[0]));
    (0..30).for_each(|_| call.tick(&[]));
    (0..3).for_each(|_| call.tick(&[0]));
    let got = &call.got[&call.here[1]];
    let sent: Vec<u64> = got.iter().map(|one| one.position / 160).collect();
    // The voice fades out in the fifth packet; three packets of silence are sent, then one in 200 ms.
    assert_eq!(sent, [0, 1, 2, 3, 4, 5, 6, 7, 8, 18, 28, 35, 36, 37]);
    let resumed: Vec<u64> = got.iter().filter(|one| one.resumes).map(|one| one.position / 160).collect();
    assert_eq!(resumed, [0, 35], "what refreshes a pause does not end it");
    assert!(got.iter().all(|one| one.lost_before == 0));
}
