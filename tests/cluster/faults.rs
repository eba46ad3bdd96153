//! Nodes that are killed, cut off, slow, started anew or late, and links that lose and delay.

use std::time::Duration;

use mixminus::{
    JoinOptions,
    cluster::{ChangeState, ClusterEvent, LinkHealth, NodeOptions},
    stream::Depth,
};

use crate::room::{Room, config, level};

fn two_seconds(options: NodeOptions) -> NodeOptions {
    NodeOptions { leave_after: Duration::from_secs(2), silent_after: Duration::from_millis(500), ..options }
}

/// Anna at `a`, Ben at `b`, Cleo at `c`.
fn three() -> Room {
    let mut room = Room::with(3, two_seconds, config);
    room.join(0, "anna", 0.1);
    room.join(1, "ben", 0.2);
    room.join(2, "cleo", 0.4);
    room.run(5);
    room
}

fn health(room: &Room, n: usize, of: &str) -> LinkHealth {
    let readings = room.node(n).conference.readings();
    readings.links.iter().find(|link| link.node == of).map(|link| link.health).unwrap()
}

#[test]
fn each_node_in_turn_is_killed_and_comes_back() {
    for killed in 0..3 {
        let mut room = three();
        let ids = ["anna", "ben", "cleo"];
        let sounds = [0.1, 0.2, 0.4];
        room.kill(killed);
        let others: Vec<usize> = (0..3).filter(|n| *n != killed).collect();
        let without = |n: usize| 0.7 - sounds[n] - sounds[killed];
        room.run(20);
        for n in &others {
            assert!((room.heard[ids[*n]] - without(*n)).abs() < 1e-5, "the others' mixes go on without a stall");
            assert!(room.node(*n).conference.is_here(ids[killed]), "it is missing");
        }
        room.run(300);
        for n in &others {
            assert!(!room.node(*n).conference.is_here(ids[killed]), "it has left");
        }
        room.start(killed);
        room.run(20);
        room.join(killed, ids[killed], sounds[killed]);
        room.run(20);
        for (n, id) in ids.iter().enumerate() {
            assert!((room.heard[*id] - (0.7 - sounds[n])).abs() < 1e-5, "{id} after {killed} came back");
        }
    }
}

#[test]
fn one_whose_node_was_killed_joins_another_and_keeps_its_configuration() {
    let mut room = three();
    let levels = [level("cleo", "ben", 50)];
    let change = room.node(2).conference.configure(&levels).unwrap();
    assert_eq!(room.finish(2, change), ChangeState::Completed);
    room.run(5);
    room.kill(2);
    room.run(10);
    assert_eq!(room.node(0).conference.claim("cleo"), None, "nobody can be asked");
    room.node_mut(0).join("cleo", JoinOptions::default());
    room.run(10);
    assert_eq!(["anna", "ben", "cleo"].map(|id| room.hears(id)), [0.6, 0.5, 0.2]);
    // The killed one is started anew, and does not know anybody: all stays as it is.
    room.start(2);
    room.run(300);
    assert_eq!(["anna", "ben", "cleo"].map(|id| room.hears(id)), [0.6, 0.5, 0.2]);
}

#[test]
fn a_node_that_is_started_anew_at_once_takes_up_its_participants_with_their_places() {
    let mut room = three();
    let levels = [level("anna", "cleo", 50)];
    let change = room.node(0).conference.configure(&levels).unwrap();
    assert_eq!(room.finish(0, change), ChangeState::Completed);
    let levels = [level("cleo", "ben", 0)];
    let change = room.node(1).conference.configure(&levels).unwrap();
    assert_eq!(room.finish(1, change), ChangeState::Completed);
    room.run(5);
    room.kill(2);
    room.run(5);
    room.start(2);
    room.run(10);
    // The others tell the new one of those whom it had.
    assert_eq!(room.node(2).conference.participant("cleo").unwrap().node, None);
    room.join(2, "cleo", 0.4);
    room.run(20);
    assert_eq!(["anna", "ben", "cleo"].map(|id| room.hears(id)), [0.4, 0.5, 0.1]);
}

#[test]
fn what_is_cut_apart_goes_on_in_two_parts_and_comes_together_again() {
    let mut room = three();
    let names: Vec<_> = (0..3).map(|n| room.node(n).name.clone()).collect();
    let cut = |room: &Room, cut: bool| {
        room.network.cut(&names[0], &names[2], cut);
        room.network.cut(&names[1], &names[2], cut);
    };
    cut(&room, true);
    room.run(30);
    assert_eq!(["anna", "ben", "cleo"].map(|id| room.hears(id)), [0.2, 0.1, 0.0]);
    room.run(40);
    assert_eq!((health(&room, 0, "c"), health(&room, 2, "a")), (LinkHealth::Lost, LinkHealth::Lost));
    let change = room.node(0).conference.set_muted("cleo", true).unwrap();
    assert!(
        matches!(room.node(0).conference.change_state(change), Some(ChangeState::Refused { node, .. }) if node == names[2])
    );
    // Short of the time after which they leave.
    cut(&room, false);
    room.run(60);
    assert_eq!(["anna", "ben", "cleo"].map(|id| room.hears(id)), [0.6, 0.5, 0.3]);
    // And past it.
    cut(&room, true);
    room.run(400);
    assert_eq!(room.node(2).conference.participants().len(), 1);
    cut(&room, false);
    room.run(100);
    assert_eq!(["anna", "ben", "cleo"].map(|id| room.hears(id)), [0.6, 0.5, 0.3]);
    let lost = room.node(0).conference.take_events().into_iter();
    assert_eq!(lost.filter(|event| *event == ClusterEvent::NodeLost { node: names[2].clone() }).count(), 2);
}

#[test]
fn one_who_went_over_during_a_cut_is_heard_once_after_it() {
    let mut room = three();
    let names: Vec<_> = (0..3).map(|n| room.node(n).name.clone()).collect();
    for other in 0..2 {
        room.network.cut(&names[other], &names[2], true);
    }
    room.run(70);
    room.node_mut(0).join("cleo", JoinOptions::default());
    room.run(30);
    assert_eq!(room.hears("ben"), 0.5);
    for other in 0..2 {
        room.network.cut(&names[other], &names[2], false);
    }
    room.run(60);
    let moved = ClusterEvent::Moved { id: "cleo".into(), to: names[0].clone() };
    assert!(room.node(2).conference.take_events().contains(&moved), "the newer one counts");
    room.node_mut(2).keys.remove("cleo");
    room.run(60);
    assert_eq!(["anna", "ben"].map(|id| room.hears(id)), [0.6, 0.5]);
}

#[test]
fn a_change_fails_by_the_name_of_the_node_that_is_gone() {
    let mut room = three();
    room.stopped = vec![1];
    let levels = ["anna", "ben"].map(|id| level(id, "cleo", 0));
    let change = room.node(0).conference.configure(&levels).unwrap();
    room.run(10);
    assert_eq!(room.node(0).conference.change_state(change), Some(ChangeState::Running));
    let b = room.node(1).name.clone();
    room.kill(1);
    let failed = ChangeState::Failed { node: b, reason: "it is not reachable".into() };
    assert_eq!(room.finish(0, change), failed);
    room.stopped.clear();
}

#[test]
fn a_node_that_comes_late_hears_and_knows_everybody() {
    let mut room = Room::with(3, two_seconds, config);
    room.kill(2);
    room.join(0, "anna", 0.1);
    room.join(1, "ben", 0.2);
    room.run(5);
    let change = room.node(0).conference.set_muted("ben", true).unwrap();
    assert_eq!(room.finish(0, change), ChangeState::Completed);
    room.run(300);
    room.start(2);
    room.join(2, "cleo", 0.4);
    room.run(20);
    assert_eq!(["anna", "ben", "cleo"].map(|id| room.hears(id)), [0.4, 0.5, 0.1]);
    assert!(room.node(2).conference.participant("ben").unwrap().muted);
}

#[test]
fn a_node_that_stands_still_stalls_nobody() {
    let mut room = three();
    room.stopped = vec![2];
    room.run(30);
    assert_eq!(["anna", "ben"].map(|id| room.hears(id)), [0.2, 0.1]);
    assert_eq!(health(&room, 0, "c"), LinkHealth::Up, "it still answers");
    room.stopped.clear();
    room.run(100);
    assert_eq!(["anna", "ben", "cleo"].map(|id| room.hears(id)), [0.6, 0.5, 0.3]);
}

/// Of 20 messages one is lost.
fn one_in_twenty(number: u64) -> Option<Duration> {
    (number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40 > (1 << 24) / 20).then_some(Duration::ZERO)
}

/// 0 to 30 ms later.
fn jitter(number: u64) -> Option<Duration> {
    Some(Duration::from_millis((number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) % 31))
}

#[test]
fn over_a_link_that_loses_a_twentieth_everybody_is_heard_and_it_is_counted() {
    let mut room = three();
    room.network.set_fate(one_in_twenty);
    let mut off = 0;
    for _ in 0..1000 {
        room.run(1);
        // What is lost is concealed by what was heard before: of a constant, nearly the same.
        off += u32::from((room.heard["anna"] - 0.6).abs() > 0.1);
    }
    let readings = room.node(0).conference.readings();
    let lost: u64 = readings.links.iter().map(|link| link.lost_ticks).sum();
    assert!((60..=140).contains(&lost), "{lost} of 2000");
    assert!(off <= 20, "{off} of 1000 ticks");
}

#[test]
fn over_a_link_with_30_ms_of_jitter_nothing_is_lost_once_it_is_known() {
    let patient = |options| NodeOptions { depth: Depth::between(0.0, 200.0), ..two_seconds(options) };
    let mut room = Room::with(3, patient, config);
    room.join(0, "anna", 0.1);
    room.join(1, "ben", 0.2);
    room.join(2, "cleo", 0.4);
    room.network.set_fate(jitter);
    room.run(500);
    let before = room.node(0).conference.readings();
    for _ in 0..1000 {
        room.run(1);
        assert!((room.heard["anna"] - 0.6).abs() < 0.02, "{}", room.heard["anna"]);
    }
    let after = room.node(0).conference.readings();
    for (before, after) in before.links.iter().zip(&after.links) {
        assert_eq!((after.lost_ticks - before.lost_ticks, after.late_ticks - before.late_ticks), (0, 0));
        assert!(after.wait_ms <= 70.0, "{}", after.wait_ms);
    }
}
