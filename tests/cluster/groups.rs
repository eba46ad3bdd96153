//! Private groups and roles of a conference on several nodes.

use mixminus::{JoinOptions, PrivateGroup, RoleTable, Routing, cluster::ChangeState};

use crate::room::Room;

/// Anna and an interpreter, who is apart, at `a`; Ben at `b`; Cleo at `c`.
fn room() -> Room {
    let mut room = Room::new(3);
    room.join(0, "anna", 0.1);
    join(&mut room, 0, "interpreter", 0.02, Routing::Apart);
    room.join(1, "ben", 0.2);
    room.join(2, "cleo", 0.4);
    room.run(5);
    assert_eq!(hears(&room), [0.6, 0.5, 0.3]);
    room
}

fn join(room: &mut Room, n: usize, id: &str, sound: f32, routing: Routing) {
    room.node_mut(n).join(id, JoinOptions { routing, ..JoinOptions::default() });
    room.sounds.insert(id.to_owned(), sound);
}

fn hears(room: &Room) -> [f32; 3] {
    ["anna", "ben", "cleo"].map(|id| room.hears(id))
}

fn whisper() -> PrivateGroup {
    PrivateGroup::new(["interpreter"], ["ben"])
}

#[test]
fn a_private_group_routes_between_nodes_and_is_the_same_at_all() {
    let mut room = room();
    let change = room.node(2).conference.set_private_group("whisper", &whisper()).unwrap();
    assert_eq!(room.finish(2, change), ChangeState::Completed);
    room.run(5);
    assert_eq!(hears(&room), [0.6, 0.52, 0.3]);
    for n in 0..3 {
        assert_eq!(room.node(n).conference.private_groups(), [("whisper".into(), whisper())]);
    }
    // Who is in it takes it along to another node.
    let change = room.node(2).conference.claim("ben").unwrap();
    room.run(3);
    assert_ne!(room.node(2).conference.change_state(change), Some(ChangeState::Checking));
    room.node_mut(2).join("ben", JoinOptions::default());
    room.node_mut(1).keys.remove("ben");
    room.run(5);
    assert_eq!(hears(&room), [0.6, 0.52, 0.3]);
    let change = room.node(1).conference.remove_private_group("whisper").unwrap();
    assert_eq!(room.finish(1, change), ChangeState::Completed);
    room.run(5);
    assert_eq!(hears(&room), [0.6, 0.5, 0.3]);
    let error = room.node(0).conference.remove_private_group("whisper").unwrap_err();
    assert_eq!(error.to_string(), "no private group \"whisper\" is in the call");
}

#[test]
fn a_node_that_was_cut_off_or_comes_late_has_the_groups_that_the_others_have() {
    let mut room = room();
    let names: Vec<_> = (0..3).map(|n| room.node(n).name.clone()).collect();
    for other in [0, 2] {
        room.network.cut(&names[1], &names[other], true);
    }
    room.run(150);
    let change = room.node(0).conference.set_private_group("whisper", &whisper()).unwrap();
    assert_eq!(room.finish(0, change), ChangeState::Completed, "those that can be reached");
    // The part that is cut off has its own, which is older.
    let none = PrivateGroup::new(["ben"], ["ben"]);
    let change = room.node(1).conference.set_private_group("alone", &none).unwrap();
    assert_eq!(room.finish(1, change), ChangeState::Completed);
    for other in [0, 2] {
        room.network.cut(&names[1], &names[other], false);
    }
    room.run(100);
    assert_eq!(hears(&room), [0.6, 0.52, 0.3]);
    for n in 0..3 {
        assert_eq!(room.node(n).conference.private_groups().len(), 2, "node {n}");
    }
    room.kill(2);
    room.start(2);
    room.run(60);
    assert_eq!(room.node(2).conference.private_groups().len(), 2);
}

#[test]
fn of_two_groups_under_one_id_one_is_in_force_everywhere() {
    let mut room = room();
    let other = PrivateGroup::new(["interpreter"], ["cleo"]);
    let one = room.node(0).conference.set_private_group("g", &whisper()).unwrap();
    let two = room.node(2).conference.set_private_group("g", &other).unwrap();
    assert_eq!((room.finish(0, one), room.finish(2, two)), (ChangeState::Completed, ChangeState::Completed));
    room.run(60);
    for n in 0..3 {
        assert_eq!(room.node(n).conference.private_groups(), [("g".into(), other.clone())], "the greater name");
    }
    assert_eq!(hears(&room), [0.6, 0.5, 0.32]);
}

#[test]
fn who_has_left_is_in_no_group() {
    let mut room = room();
    let change = room.node(1).conference.set_private_group("whisper", &whisper()).unwrap();
    assert_eq!(room.finish(1, change), ChangeState::Completed);
    room.node_mut(1).leave("ben");
    room.run(10);
    room.join(1, "ben", 0.2);
    room.run(10);
    assert_eq!(hears(&room), [0.6, 0.5, 0.3]);
    let absent = PrivateGroup::new(["zoe"], ["ben"]);
    let error = room.node(1).conference.set_private_group("g", &absent).unwrap_err();
    assert_eq!(error.to_string(), "no participant \"zoe\" is in the call");
}

#[test]
fn who_reloads_its_page_is_in_no_group_anywhere() {
    let mut room = room();
    let change = room.node(2).conference.set_private_group("whisper", &whisper()).unwrap();
    assert_eq!(room.finish(2, change), ChangeState::Completed);
    room.run(5);
    // Gone and here again between two ticks.
    room.node_mut(1).leave("ben");
    room.join(1, "ben", 0.2);
    room.run(60);
    assert_eq!(hears(&room), [0.6, 0.5, 0.3]);
    for n in 0..3 {
        let groups = room.node(n).conference.private_groups();
        assert_eq!(groups, [("whisper".into(), PrivateGroup::new(["interpreter"], Vec::<&str>::new()))], "node {n}");
    }
}

#[test]
fn a_cut_takes_nobody_out_of_a_group() {
    let mut room = Room::with(
        3,
        |options| mixminus::cluster::NodeOptions { leave_after: std::time::Duration::from_secs(1), ..options },
        crate::room::config,
    );
    room.join(0, "anna", 0.1);
    join(&mut room, 0, "interpreter", 0.02, Routing::Apart);
    room.join(1, "ben", 0.2);
    room.join(2, "cleo", 0.4);
    room.run(5);
    let change = room.node(2).conference.set_private_group("whisper", &whisper()).unwrap();
    assert_eq!(room.finish(2, change), ChangeState::Completed);
    let names: Vec<_> = (0..3).map(|n| room.node(n).name.clone()).collect();
    room.network.cut(&names[0], &names[1], true);
    room.run(300);
    assert!(!room.node(1).conference.is_here("interpreter"));
    room.network.cut(&names[0], &names[1], false);
    room.run(200);
    assert_eq!(hears(&room), [0.6, 0.52, 0.3]);
}

#[test]
fn a_node_that_sets_the_roles_when_it_starts_does_so_again_when_it_starts_anew() {
    let mut room = Room::new(2);
    let table = |role: &str| RoleTable::new().hears("guest", [role]).hears("host", ["guest"]);
    let set = |room: &mut Room, n: usize, role: &str| {
        let change = room.node(n).conference.set_role_table(&table(role)).unwrap();
        assert_eq!(room.finish(n, change), ChangeState::Completed);
    };
    set(&mut room, 1, "host");
    room.kill(1);
    room.start(1);
    // Before it has heard of anybody.
    set(&mut room, 1, "guest");
    room.run(100);
    let tables = [0, 1].map(|n| room.node(n).controller.role_table());
    assert_eq!(tables[0], tables[1]);
}

#[test]
fn a_table_of_roles_is_in_force_at_all_nodes() {
    let mut room = Room::new(2);
    for (n, id, sound, role) in [(0, "guest", 0.1, "guest"), (1, "host", 0.2, "host"), (0, "other", 0.4, "guest")] {
        join(&mut room, n, id, sound, Routing::Role(role.into()));
    }
    room.run(5);
    assert_eq!(["guest", "host", "other"].map(|id| room.hears(id)), [0.0, 0.0, 0.0]);
    let table = RoleTable::new().hears("guest", ["host"]).hears("host", ["guest"]);
    let change = room.node(0).conference.set_role_table(&table).unwrap();
    assert_eq!(room.finish(0, change), ChangeState::Completed);
    room.run(5);
    assert_eq!(["guest", "host", "other"].map(|id| room.hears(id)), [0.2, 0.5, 0.2]);
}
