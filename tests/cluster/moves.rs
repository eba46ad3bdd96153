//! Participants who go from one node to another, and ids that are in the conference once.

use std::time::Duration;

use mixminus::{
    JoinOptions,
    cluster::{ChangeState, ClusterEvent},
};

use crate::room::{Room, level};

/// Anna and Dora at `a`, Ben at `b`, Cleo at `c`; Anna hears Ben at 50, and Dora, Ben and Cleo hear Anna at 50.
fn four() -> Room {
    let mut room = Room::new(3);
    room.join(0, "anna", 0.1);
    room.join(0, "dora", 0.0);
    room.join(1, "ben", 0.2);
    room.join(2, "cleo", 0.4);
    room.run(5);
    let levels =
        [level("anna", "ben", 50), level("dora", "anna", 50), level("ben", "anna", 50), level("cleo", "anna", 50)];
    let change = room.node(0).conference.configure(&levels).unwrap();
    assert_eq!(room.finish(0, change), ChangeState::Completed);
    room.run(3);
    assert_eq!(["anna", "dora", "ben", "cleo"].map(|id| room.hears(id)), [0.5, 0.65, 0.45, 0.25]);
    room
}

/// Anna goes to another node.
fn go(room: &mut Room, from: usize, to: usize) {
    let change = room.node(to).conference.claim("anna").expect("her node is asked");
    for _ in 0..20 {
        room.run(1);
        if room.node(to).conference.change_state(change) != Some(ChangeState::Checking) {
            break;
        }
    }
    room.node_mut(to).join("anna", JoinOptions::default());
    room.node_mut(from).keys.remove("anna");
}

#[test]
fn who_goes_to_another_node_keeps_its_configuration_and_its_place_in_those_of_others() {
    let mut room = four();
    go(&mut room, 0, 2);
    room.run(10);
    assert_eq!(["anna", "dora", "ben", "cleo"].map(|id| room.hears(id)), [0.5, 0.65, 0.45, 0.25]);
    let moved = ClusterEvent::Moved { id: "anna".into(), to: room.node(2).name.clone() };
    assert!(room.node(0).conference.take_events().contains(&moved));
    for n in 0..3 {
        let conference = &room.node(n).conference;
        assert_eq!(conference.participant("anna").unwrap().node, Some(room.node(2).name.clone()));
        assert_eq!((conference.participants().len(), conference.configuration("anna").unwrap().sources.len()), (4, 1));
    }
    // And back again.
    go(&mut room, 2, 0);
    room.run(10);
    assert_eq!(["anna", "dora", "ben", "cleo"].map(|id| room.hears(id)), [0.5, 0.65, 0.45, 0.25]);
}

#[test]
fn one_who_was_muted_stays_muted() {
    let mut room = four();
    let change = room.node(1).conference.set_muted("anna", true).unwrap();
    assert_eq!(room.finish(1, change), ChangeState::Completed);
    go(&mut room, 0, 1);
    room.run(10);
    assert!(room.node(2).conference.participant("anna").unwrap().muted);
    assert_eq!(["dora", "ben", "cleo"].map(|id| room.hears(id)), [0.6, 0.4, 0.2]);
}

#[test]
fn one_who_was_let_go_and_does_not_come_leaves() {
    let mut room = Room::with(
        2,
        |options| mixminus::cluster::NodeOptions { leave_after: Duration::from_secs(1), ..options },
        crate::room::config,
    );
    room.join(0, "anna", 0.1);
    room.join(1, "ben", 0.2);
    room.run(5);
    assert!(room.node(1).conference.claim("anna").is_some());
    room.node_mut(0).keys.remove("anna");
    room.run(20);
    assert_eq!(room.node(1).conference.participant("anna").unwrap().node, None);
    room.run(110);
    for n in 0..2 {
        assert_eq!(room.node(n).conference.participants().len(), 1, "node {n}");
        assert!(!room.node(n).controller.is_here("anna"));
    }
}

#[test]
fn of_two_who_join_under_one_id_at_once_one_stays() {
    let mut room = Room::new(3);
    room.join(2, "cleo", 0.4);
    room.join(1, "anna", 0.2);
    room.join(0, "anna", 0.1);
    room.run(10);
    room.node_mut(1).keys.remove("anna");
    room.run(10);
    for n in 0..3 {
        assert_eq!(room.node(n).conference.participant("anna").unwrap().node, Some(room.node(0).name.clone()));
    }
    let moved = ClusterEvent::Moved { id: "anna".into(), to: room.node(0).name.clone() };
    assert!(room.node(1).conference.take_events().contains(&moved));
    room.sounds.insert("anna".into(), 0.1);
    room.run(3);
    assert_eq!(room.hears("cleo"), 0.1, "once");
}

#[test]
fn one_who_leaves_here_and_comes_there_is_known_whatever_is_heard_first() {
    let mut room = four();
    for _ in 0..2 {
        go(&mut room, 0, 1);
        room.run(5);
        go(&mut room, 1, 0);
        room.run(5);
    }
    // She leaves a for good, of which c does not hear until she has been at b for a while, as somebody new.
    let names: Vec<_> = (0..3).map(|n| room.node(n).name.clone()).collect();
    room.network.cut(&names[0], &names[2], true);
    room.node_mut(0).leave("anna");
    room.run(10);
    room.join(1, "anna", 0.1);
    room.run(10);
    assert_eq!(room.node(2).conference.participant("anna").unwrap().node, Some(names[0].clone()));
    room.network.cut(&names[0], &names[2], false);
    room.run(150);
    for n in 0..3 {
        assert_eq!(room.node(n).conference.participant("anna").unwrap().node, Some(names[1].clone()), "node {n}");
    }
    assert_eq!(["ben", "cleo"].map(|id| room.hears(id)), [0.5, 0.3], "without what listed her before");
}

#[test]
fn one_whom_two_nodes_claim_at_once_is_heard_by_all() {
    let mut room = four();
    let claims = [1, 2].map(|n| (n, room.node(n).conference.claim("anna").unwrap()));
    room.node_mut(0).keys.remove("anna");
    room.run(4);
    for (n, claim) in claims {
        assert_ne!(room.node(n).conference.change_state(claim), Some(ChangeState::Checking));
    }
    room.node_mut(2).join("anna", JoinOptions::default());
    room.run(20);
    assert_eq!(["anna", "dora", "ben", "cleo"].map(|id| room.hears(id)), [0.5, 0.65, 0.45, 0.25]);
}

#[test]
fn an_id_that_is_at_another_node_cannot_join_by_the_mixer_alone() {
    let room = four();
    let error = room.node(1).controller.join("anna", JoinOptions::default()).unwrap_err().to_string();
    assert_eq!(error, "participant \"anna\" is in the call already: it has to leave before it can join again");
    let error = room.node(1).controller.set_muted("anna", true).unwrap_err().to_string();
    assert_eq!(error, "participant \"anna\" is at another node of the cluster: change it by the Conference");
    assert!(room.node(1).controller.leave("anna").is_err() && room.node(1).controller.leave("zoe").is_err());
}
