//! Messages of every size.

use mixminus::cluster::{Delivery, Engine};

use crate::support::{Carrier, Node, PLAIN_UDP, TCP, UDP, name, until};

fn message(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|index| (index % 251) as u8).collect()
}

fn large_messages_come_whole(carrier: Carrier) {
    let [mut a, mut b] = Node::two_members(carrier);
    let (tick, state) = (message(60_000), message(4_000_000));
    a.engine.publish(&tick);
    until([&mut a, &mut b], |[_, b]| b.received.len() == 1);
    a.engine.send(&name("b"), &state);
    a.engine.send(&name("b"), b"");
    until([&mut a, &mut b], |[_, b]| b.received.len() == 3);
    let (a, sent) = (name("a"), Delivery::Sent);
    assert!(b.received == [(a.clone(), Delivery::Published, tick), (a.clone(), sent, state), (a, sent, Vec::new())]);
}

#[test]
fn large_messages_come_whole_over_datagrams_and_streams() {
    large_messages_come_whole(UDP);
}

#[test]
fn large_messages_come_whole_over_tcp() {
    large_messages_come_whole(TCP);
}

#[test]
fn a_large_tick_fits_one_datagram() {
    let [mut a, mut b] = Node::two_members(PLAIN_UDP);
    a.engine.publish(&message(60_000));
    until([&mut a, &mut b], |[_, b]| !b.received.is_empty());
    assert!(b.received[0].2 == message(60_000));
}
