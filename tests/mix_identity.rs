//! A mix keeps its id for as long as most of its listeners stay, who goes to another mix is named, and the position
//! counts every tick. Every tick of these calls is compared with a naive model.

#[path = "mix_identity/call.rs"]
mod call;
mod cases;
#[path = "mix_identity/model.rs"]
mod model;

use call::{Call, Seen};
use cases::cases;
use mixminus::{Direction, MoveKind::*};
use proptest::prelude::*;

/// Ticks until everything that fades has arrived.
fn settle(call: &mut Call) {
    (0..10).for_each(|_| drop(call.tick()));
}

#[test]
fn ids_stay_while_the_same_three_talk() {
    let mut call = Call::of(60, 3);
    settle(&mut call);
    let before = call.seen([0, 1, 2, 3, 59]);
    assert_eq!(before[3], before[4], "the listeners share a mix");
    for tick in 0..3000 {
        assert_eq!(call.tick(), [], "tick {tick}");
    }
    assert_eq!(call.seen([0, 1, 2, 3, 59]), before);
}

#[test]
fn who_begins_to_talk_splits_off_and_merges_when_it_stops() {
    let mut call = Call::of(60, 3);
    settle(&mut call);
    let [crowd] = call.seen([9]).map(|mix| mix.id);
    call.here[8].amplitude = Some(0.1);
    let split = call.tick();
    let [(8, from, own, Split)] = split[..] else { panic!("{split:?}") };
    assert_eq!(from, crowd);
    settle(&mut call);
    let rest = Seen { id: own, forked_from: None };
    assert_eq!(call.seen([8, 9]), [rest, Seen { id: crowd, ..rest }], "forked in one tick alone");
    call.here[8].amplitude = None;
    let moves: Vec<_> = (0..20).flat_map(|_| call.tick()).collect();
    assert_eq!(moves, [(8, own, crowd, Merge)]);
}

#[test]
fn a_split_is_named_in_the_first_tick_of_the_mix() {
    let mut call = Call::of(5, 1);
    settle(&mut call);
    let [crowd] = call.seen([4]);
    call.configure(4, 0, 50);
    let [own] = call.seen([4]);
    assert_eq!((crowd.forked_from, own.forked_from), (None, Some(crowd.id)));
    assert_eq!(call.seen([4, 3]), [Seen { forked_from: None, ..own }, crowd]);
}

#[test]
fn listeners_of_one_sum_are_apart_while_their_limiters_differ() {
    let mut call = Call::of(4, 2);
    [0, 1].into_iter().for_each(|talker| call.here[talker].amplitude = Some(0.8));
    call.configure(2, 1, 0);
    settle(&mut call);
    let [ben, cleo, dora] = call.seen([1, 2, 3]).map(|mix| mix.id);
    assert!(ben == cleo && cleo != dora, "both hear 0.8, she 1.6");
    call.here[1].amplitude = None;
    settle(&mut call);
    assert_eq!(call.seen([1, 2, 3]).map(|mix| mix.id), [ben, ben, dora], "hers still holds or falls");
    let moves: Vec<_> = (0..200).flat_map(|_| call.tick()).collect();
    assert_eq!(moves, [(3, dora, ben, Merge)]);
}

#[test]
fn who_takes_the_slot_of_another_one_has_heard_nothing() {
    let mut call = Call::of(4, 0);
    call.configure(1, 0, 50);
    call.here[0].amplitude = Some(0.1);
    settle(&mut call);
    let slot = call.here[1].key.index();
    call.leave(1);
    call.drop_tick(true);
    call.join(Direction::Both);
    let reused = call.here[3].key.index() == slot;
    assert_eq!(call.tick(), [], "it was alone in its mix, and a new one shares that of the others");
    settle(&mut call);
    call.leave(3);
    settle(&mut call);
    call.join(Direction::Both);
    assert!(reused || call.here[3].key.index() == slot);
    assert_eq!(call.tick(), []);
}

#[test]
fn ids_stay_while_the_mixer_grows() {
    let mut call = Call::of(20, 2);
    settle(&mut call);
    let before = call.seen([0, 1, 2]);
    for round in 1..=6_usize {
        (0..15).for_each(|_| call.join(Direction::Both));
        let moves: Vec<_> = (0..10).flat_map(|_| call.tick()).collect();
        // They fade in together, and then hear what all others hear.
        assert!(moves.iter().all(|(slot, _, to, kind)| *slot >= 20 && *to == before[2].id && *kind == Merge));
        assert_eq!((moves.len(), call.seen([0, 1, 2])), (15, before), "round {round}");
    }
}

#[test]
fn a_dropped_tick_is_none_and_a_skipped_one_moves_the_position_alone() {
    let mut call = Call::of(6, 1);
    settle(&mut call);
    let [crowd] = call.seen([5]);
    call.here[3].amplitude = Some(0.1);
    call.drop_tick(true);
    call.here[3].amplitude = None;
    assert_eq!(call.tick(), [], "nobody heard it");
    call.here[3].amplitude = Some(0.1);
    call.drop_tick(false);
    call.skip(1000);
    let moves = call.tick();
    assert!(matches!(moves[..], [(3, from, _, Split)] if from == crowd.id), "{moves:?}");
    call.skip(0);
    assert_eq!(call.tick(), []);
}

#[derive(Debug, Clone)]
enum Event {
    Join(Direction),
    Leave(usize),
    Mute(usize, bool),
    Deafen(usize, bool),
    /// What a participant sends from now on.
    Send(usize, Option<f32>),
    Configure(usize, usize, i64),
    Loudest(Option<usize>),
    Drop(bool),
    Skip(u64),
    /// So many ticks in which nothing else happens.
    Ticks(usize),
}

fn event() -> impl Strategy<Value = Event> {
    let direction =
        prop_oneof![4 => Just(Direction::Both), 1 => Just(Direction::Source), 1 => Just(Direction::Listener)];
    let who = 0..24_usize;
    // Two of the loudest make limiters work.
    let amplitude = prop::sample::select(vec![None, Some(0.1), Some(0.1), Some(0.8)]);
    prop_oneof![
        3 => direction.prop_map(Event::Join),
        2 => who.clone().prop_map(Event::Leave),
        1 => (who.clone(), any::<bool>()).prop_map(|(n, muted)| Event::Mute(n, muted)),
        1 => (who.clone(), any::<bool>()).prop_map(|(n, deafened)| Event::Deafen(n, deafened)),
        6 => (who.clone(), amplitude).prop_map(|(n, amplitude)| Event::Send(n, amplitude)),
        2 => (who.clone(), who, prop::sample::select(vec![0_i64, 50, 100])).prop_map(|(a, b, level)| Event::Configure(a, b, level)),
        1 => proptest::option::of(1..4_usize).prop_map(Event::Loudest),
        1 => any::<bool>().prop_map(Event::Drop),
        1 => (0..5_u64).prop_map(Event::Skip),
        4 => (1..40_usize).prop_map(Event::Ticks),
    ]
}

fn happen(call: &mut Call, event: &Event) {
    let nth = |n: usize| n % call.here.len().max(1);
    let id = |n: usize| call.here.get(nth(n)).map(|member| member.id.clone());
    match *event {
        Event::Join(direction) => call.join(direction),
        Event::Leave(n) if !call.here.is_empty() => call.leave(nth(n)),
        Event::Mute(n, muted) => drop(id(n).map(|id| call.controller.set_muted(&id, muted).unwrap())),
        Event::Deafen(n, deafened) => drop(id(n).map(|id| call.controller.set_deafened(&id, deafened).unwrap())),
        Event::Send(n, amplitude) if !call.here.is_empty() => {
            let n = nth(n);
            call.here[n].amplitude = amplitude;
        }
        Event::Configure(a, b, level) if nth(a) != nth(b) => call.configure(nth(a), nth(b), level),
        Event::Loudest(loudest) => drop(call.controller.set_loudest(loudest).unwrap()),
        Event::Drop(prepared) => call.drop_tick(prepared),
        Event::Skip(ticks) => call.skip(ticks),
        Event::Ticks(ticks) => (0..ticks).for_each(|_| drop(call.tick())),
        _ => {}
    }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn whatever_happens_the_model_agrees(
        participants in 0..12_usize,
        events in prop::collection::vec(prop::collection::vec(event(), 1..4), 1..40),
    ) {
        let mut call = Call::of(participants, participants.min(2));
        for events in events {
            events.iter().for_each(|event| happen(&mut call, event));
            call.tick();
        }
    }
}
