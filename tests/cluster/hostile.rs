//! Messages that are none, that are out of their bounds, or that come from nobody who is a member.

use std::time::Duration;

use mixminus::cluster::{Delivery, NodeName};
use proptest::prelude::*;

use crate::{cases, room::Room};

fn two() -> Room {
    let mut room = Room::new(2);
    room.join(0, "anna", 0.1);
    room.join(1, "ben", 0.2);
    room.run(5);
    room
}

#[test]
fn what_comes_from_no_member_is_dropped_and_counted() {
    let mut room = two();
    let (a, stranger) = (room.node(0).name.clone(), NodeName::new("mallory").unwrap());
    for delivery in [Delivery::Published, Delivery::Sent] {
        room.network.forge(&stranger, &a, delivery, &[1; 100]);
    }
    room.run(3);
    let readings = room.node(0).conference.readings();
    assert_eq!((readings.hostile, readings.links.len()), (2, 1));
    assert_eq!(room.hears("anna"), 0.2);
}

#[test]
fn what_a_member_sends_that_is_no_message_is_dropped_and_counted() {
    let mut room = two();
    let (a, b) = (room.node(0).name.clone(), room.node(1).name.clone());
    for delivery in [Delivery::Published, Delivery::Sent] {
        for bytes in [&[][..], &[0; 24], &[1; 24], &[255; 1000]] {
            room.network.forge(&b, &a, delivery, bytes);
        }
    }
    room.run(3);
    let readings = room.node(0).conference.readings();
    assert_eq!((readings.hostile, readings.links[0].malformed), (8, 8));
    assert_eq!((room.hears("anna"), readings.links[0].lost_ticks), (0.2, 0));
}

#[test]
fn the_same_tick_twice_is_heard_once_and_an_old_one_not_at_all() {
    let mut room = two();
    room.network.set_twice(true);
    room.run(50);
    room.network.set_twice(false);
    room.network.replay(Duration::from_millis(200));
    room.run(50);
    let link = room.node(0).conference.readings().links[0].clone();
    assert!(link.duplicate_ticks + link.late_ticks >= 50, "{link:?}");
    assert_eq!((room.hears("anna"), room.hears("ben"), link.lost_ticks), (0.2, 0.1, 0));
}

proptest! {
    #![proptest_config(cases::cases(40))]

    #[test]
    fn messages_with_some_bytes_changed_harm_nobody(
        changes in proptest::collection::vec((any::<usize>(), any::<u8>()), 1..4),
        published in any::<bool>(),
    ) {
        let mut room = two();
        let (a, b) = (room.node(0).name.clone(), room.node(1).name.clone());
        let delivery = if published { Delivery::Published } else { Delivery::Sent };
        room.network.damage(&b, &a, delivery, &changes);
        room.join(1, "cleo", 0.4);
        room.run(20);
        room.network.damage(&b, &a, delivery, &[]);
        room.run(60);
        prop_assert!(room.heard["anna"].is_finite() && room.heard["anna"].abs() <= 4.0);
        prop_assert!(room.node(0).conference.is_here("anna"));
    }
}
