//! What comes, and in which order.

use std::time::{Duration, Instant};

use mixminus::cluster::{Delivery, Engine};

use crate::support::{Carrier, Node, TCP, UDP, endpoint, name, options, until};

#[test]
fn what_is_published_reaches_all_others() {
    let (to_a, to_b) = (endpoint(UDP), endpoint(UDP));
    let mut a = Node::open(options("a", &[&to_a], &[]));
    let mut b = Node::open(options("b", &[&to_b], &[&to_a]));
    let mut c = Node::open(options("c", &[], &[&to_a, &to_b]));
    until([&mut a, &mut b, &mut c], |nodes| nodes.iter().all(|node| node.members.len() == 2));
    a.engine.publish(b"tick");
    until([&mut a, &mut b, &mut c], |[_, b, c]| !b.received.is_empty() && !c.received.is_empty());
    let tick = [(name("a"), Delivery::Published, b"tick".to_vec())];
    assert_eq!((a.received.len(), &b.received[..], &c.received[..]), (0, &tick[..], &tick[..]));
    let (sent, received) = (a.engine.readings(), b.engine.readings());
    assert_eq!((sent.published, sent.bytes_sent), (1, 4));
    assert_eq!((received.received, received.bytes_received), (1, 4));
}

fn all_come_in_order(carrier: Carrier) {
    const MESSAGES: u32 = 10_000;
    let [mut a, mut b] = Node::two(carrier);
    until([&mut a, &mut b], |[a, _]| a.sees("b"));
    // At once, whatever b knows of a.
    for number in 0..MESSAGES {
        a.engine.send(&name("b"), &number.to_le_bytes());
    }
    until([&mut a, &mut b], |[_, b]| b.received.len() == MESSAGES as usize);
    let numbers = b.received.iter().map(|(from, delivery, message)| {
        assert_eq!((from, *delivery), (&name("a"), Delivery::Sent));
        u32::from_le_bytes(message[..].try_into().unwrap())
    });
    assert!(numbers.eq(0..MESSAGES));
    assert_eq!(a.engine.readings().sent, u64::from(MESSAGES));
    assert_eq!((b.engine.readings().breaks, b.engine.readings().dropped), (0, 0));
}

#[test]
fn all_that_is_sent_comes_in_order_over_datagrams_and_streams() {
    all_come_in_order(UDP);
}

#[test]
fn all_that_is_sent_comes_in_order_over_tcp() {
    all_come_in_order(TCP);
}

#[test]
fn a_host_hears_of_nobody_before_it_is_told_who_is_a_member() {
    let [mut a, mut b] = Node::two(UDP);
    let end = Instant::now() + Duration::from_secs(10);
    let mut sent = None;
    // The host of b does not ask who is a member.
    while sent.is_none_or(|sent: Instant| sent.elapsed() < Duration::from_millis(200)) {
        assert!(Instant::now() < end, "a never saw b");
        a.turn();
        if sent.is_none() && a.sees("b") {
            a.engine.send(&name("b"), b"first");
            sent = Some(Instant::now());
        }
        b.engine.wait(Duration::from_millis(1));
        b.engine.receive(&mut |from, _, _| panic!("heard of {from}"));
    }
    b.turn();
    assert_eq!(b.received, [(name("a"), Delivery::Sent, b"first".to_vec())]);
}

#[test]
fn one_that_waits_is_woken_by_a_message() {
    let [mut a, mut b] = Node::two_members(UDP);
    let waiting = std::thread::spawn(move || {
        let began = Instant::now();
        while b.received.is_empty() {
            b.engine.wait(Duration::from_secs(5));
            b.turn();
        }
        began.elapsed()
    });
    std::thread::sleep(Duration::from_millis(50));
    a.engine.publish(b"tick");
    assert!(waiting.join().unwrap() < Duration::from_secs(1));
}
