//! Requests at any node, for listeners at any nodes.

use mixminus::{
    JoinOptions, Routing,
    cluster::{ChangeState, ConferenceError},
};

use crate::room::{Room, level};

/// Anna at `a`, Ben at `b`, Cleo at `c`.
fn three() -> Room {
    let mut room = Room::new(3);
    room.join(0, "anna", 0.1);
    room.join(1, "ben", 0.2);
    room.join(2, "cleo", 0.4);
    room.run(5);
    assert_eq!(["anna", "ben", "cleo"].map(|id| room.hears(id)), [0.6, 0.5, 0.3]);
    room
}

#[test]
fn levels_set_at_one_node_for_a_listener_at_another_of_a_source_at_a_third_are_heard() {
    let mut room = three();
    let change = room.node(0).conference.configure(&[level("ben", "cleo", 50)]).unwrap();
    assert_eq!(room.node(0).conference.change_state(change), Some(ChangeState::Checking));
    assert_eq!(room.finish(0, change), ChangeState::Completed);
    room.run(2);
    assert_eq!(["anna", "ben", "cleo"].map(|id| room.hears(id)), [0.6, 0.3, 0.3]);
    for n in 0..3 {
        let config = room.node(n).conference.configuration("ben").unwrap();
        assert_eq!(config.mixer_level("ben"), level("ben", "cleo", 50), "every node knows");
    }
}

#[test]
fn a_change_is_completed_when_all_nodes_have_mixed_it() {
    let mut room = three();
    room.stopped = vec![1];
    let change = room.node(0).conference.configure(&[level("anna", "ben", 0), level("ben", "anna", 0)]).unwrap();
    room.run(20);
    assert_eq!(room.node(0).conference.change_state(change), Some(ChangeState::Running));
    room.stopped.clear();
    assert_eq!(room.finish(0, change), ChangeState::Completed);
    room.run(2);
    assert_eq!(["anna", "ben"].map(|id| room.hears(id)), [0.4, 0.4]);
}

#[test]
fn a_request_with_a_fault_changes_nothing_anywhere() {
    let mut room = three();
    let faulty = [level("anna", "ben", 0), level("ben", "zoe", 101), level("zoe", "ben", 0)];
    let Err(ConferenceError::Faults(faults)) = room.node(2).conference.configure(&faulty) else { panic!("no faults") };
    let paths: Vec<_> = faults.iter().map(|fault| fault.to_string()).collect();
    assert_eq!(paths.len(), 3, "{paths:?}");
    // One who leaves while the request is on its way.
    let change = room.node(0).conference.configure(&[level("anna", "cleo", 0), level("ben", "cleo", 0)]).unwrap();
    room.node_mut(1).leave("ben");
    let ChangeState::Refused { node, reason } = room.finish(0, change) else { panic!("ben is gone") };
    assert_eq!((node.as_str(), &*reason), ("b", "no participant \"ben\" is at this node"));
    room.run(5);
    assert_eq!(["anna", "cleo"].map(|id| room.hears(id)), [0.4, 0.1]);
}

#[test]
fn of_two_requests_for_one_listener_all_nodes_have_the_same_in_the_end() {
    for first in [0, 2] {
        let mut room = three();
        let second = 2 - first;
        let one = room.node(first).conference.configure(&[level("ben", "anna", 0)]).unwrap();
        let two = room.node(second).conference.configure(&[level("ben", "cleo", 0)]).unwrap();
        assert_eq!(room.finish(first, one), ChangeState::Completed);
        assert_eq!(room.finish(second, two), ChangeState::Completed);
        room.run(10);
        let known: Vec<_> =
            (0..3).map(|n| room.node(n).conference.configuration("ben").unwrap().mixer_level("ben")).collect();
        assert!(known[0] == known[1] && known[1] == known[2]);
        let heard = if known[0] == level("ben", "anna", 0) { 0.4 } else { 0.1 };
        assert_eq!(room.hears("ben"), heard);
    }
}

#[test]
fn a_request_for_one_who_has_just_joined_elsewhere_waits_until_its_node_has_heard_of_them() {
    let mut room = three();
    // What c tells reaches b late.
    let (b, c) = (room.node(1).name.clone(), room.node(2).name.clone());
    room.network.cut(&b, &c, true);
    room.join(2, "dora", 0.05);
    room.run(2);
    let change = room.node(0).conference.configure(&[level("ben", "dora", 0)]).unwrap();
    room.run(5);
    assert_eq!(room.node(0).conference.change_state(change), Some(ChangeState::Checking));
    room.network.cut(&b, &c, false);
    assert_eq!(room.finish(0, change), ChangeState::Completed);
    room.run(3);
    assert_eq!(room.hears("ben"), 0.5);
}

#[test]
fn one_at_another_node_is_put_on_hold_and_hears_music_of_a_third() {
    let mut room = three();
    let apart = JoinOptions { routing: Routing::Apart, ..JoinOptions::default() };
    room.node_mut(2).join("music", apart);
    room.sounds.insert("music".into(), 0.03);
    room.run(5);
    let change = room.node(0).conference.hold("ben", &["music"]).unwrap();
    assert_eq!(room.finish(0, change), ChangeState::Completed);
    room.run(5);
    assert_eq!(["anna", "ben", "cleo"].map(|id| room.hears(id)), [0.4, 0.03, 0.1]);
    assert!(room.node(2).conference.participant("ben").unwrap().on_hold);
    let change = room.node(2).conference.resume("ben").unwrap();
    assert_eq!(room.finish(2, change), ChangeState::Completed);
    room.run(5);
    assert_eq!(["anna", "ben", "cleo"].map(|id| room.hears(id)), [0.6, 0.5, 0.3]);
    let change = room.node(2).conference.hold("ben", &["ben"]).unwrap();
    let ChangeState::Refused { reason, .. } = room.finish(2, change) else { panic!("his own voice") };
    assert_eq!(reason, "participant \"ben\" never hears itself: name another one as the source");
}

#[test]
fn who_has_joined_this_moment_may_be_named_at_another_node() {
    let mut room = three();
    room.join(0, "dora", 0.05);
    let change = room.node(0).conference.configure(&[level("ben", "dora", 0)]).unwrap();
    assert_eq!(room.finish(0, change), ChangeState::Completed);
    room.run(3);
    assert_eq!(room.hears("ben"), 0.5);
}

#[test]
fn a_link_that_is_broken_between_two_others_stops_no_change() {
    let mut room = three();
    let (b, c) = (room.node(1).name.clone(), room.node(2).name.clone());
    room.network.cut(&b, &c, true);
    room.join(2, "dora", 0.05);
    room.run(150);
    let change = room.node(0).conference.set_muted("ben", true).unwrap();
    assert_eq!(room.finish(0, change), ChangeState::Completed);
    let change = room.node(0).conference.configure(&[level("ben", "cleo", 50)]).unwrap();
    assert_eq!(room.finish(0, change), ChangeState::Completed, "whom b knows");
    let change = room.node(0).conference.configure(&[level("ben", "dora", 50)]).unwrap();
    let ChangeState::Refused { node, reason } = room.finish(0, change) else { panic!("b cannot know her") };
    assert!(node == b && reason.contains("dora"), "{reason}");
}

#[test]
fn a_request_for_nobody_is_completed() {
    let room = three();
    let change = room.node(0).conference.configure(&[]).unwrap();
    assert_eq!(room.node(0).conference.change_state(change), Some(ChangeState::Completed));
}

#[test]
fn mute_and_removal_work_from_any_node() {
    let mut room = three();
    let change = room.node(0).conference.set_muted("cleo", true).unwrap();
    assert_eq!(room.finish(0, change), ChangeState::Completed);
    room.run(3);
    assert_eq!(["anna", "ben", "cleo"].map(|id| room.hears(id)), [0.2, 0.1, 0.3]);
    assert!(room.node(1).conference.participant("cleo").unwrap().muted);
    let change = room.node(0).conference.set_all_muted(["anna", "ben"], true).unwrap();
    assert_eq!(room.finish(0, change), ChangeState::Completed);
    let change = room.node(0).conference.remove("cleo").unwrap();
    room.node_mut(2).keys.remove("cleo");
    assert_eq!(room.finish(0, change), ChangeState::Completed);
    room.run(3);
    assert_eq!(room.node(1).conference.participants().len(), 2);
    assert_eq!(room.hears("ben"), 0.0);
    let error = room.node(0).conference.set_muted("cleo", false).unwrap_err();
    assert_eq!(error.to_string(), "no participant \"cleo\" is in the call");
}
