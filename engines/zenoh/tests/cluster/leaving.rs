//! Nodes that leave and come back.

use std::time::Duration;

use mixminus::cluster::Engine;

use crate::support::{Carrier, Node, TCP, UDP, endpoint, name, options, run, until};

fn who_leaves_may_come_back(carrier: Carrier) {
    let endpoint = endpoint(carrier);
    let mut a = Node::open(options("a", &[&endpoint], &[]));
    let mut b = Node::open(options("b", &[], &[&endpoint]));
    until([&mut a, &mut b], |[a, b]| a.sees("b") && b.sees("a"));
    drop(a);
    until([&mut b], |[b]| !b.sees("a"));
    b.engine.send(&name("a"), b"nobody is there");
    let mut a = Node::open_again(&options("a", &[&endpoint], &[]));
    until([&mut a, &mut b], |[a, b]| a.sees("b") && b.sees("a"));
    a.engine.send(&name("b"), b"here again");
    b.engine.send(&name("a"), b"welcome");
    until([&mut a, &mut b], |nodes| nodes.iter().all(|node| !node.received.is_empty()));
    assert_eq!((&a.received[0].2[..], &b.received[0].2[..]), (&b"welcome"[..], &b"here again"[..]));
}

#[test]
fn who_leaves_may_come_back_over_datagrams_and_streams() {
    who_leaves_may_come_back(UDP);
}

#[test]
fn who_leaves_may_come_back_over_tcp() {
    who_leaves_may_come_back(TCP);
}

#[test]
fn a_node_of_which_nothing_comes_is_no_member_until_it_does() {
    let endpoint = endpoint(TCP);
    let (mut stuck, mut watching) = (options("stuck", &[&endpoint], &[]), options("watching", &[], &[&endpoint]));
    (stuck.lease, watching.lease) = (Duration::from_millis(400), Duration::from_millis(400));
    let (mut stuck, mut watching) = (Node::open(stuck), Node::open(watching));
    until([&mut stuck, &mut watching], |[a, b]| a.sees("watching") && b.sees("stuck"));
    // Its session lives, its thread does not run.
    until([&mut watching], |[watching]| !watching.sees("stuck"));
    assert_eq!(watching.engine.readings().breaks, 1);
    until([&mut stuck, &mut watching], |[a, b]| a.sees("watching") && b.sees("stuck"));
    run([&mut stuck, &mut watching], Duration::from_millis(500));
    assert!(stuck.sees("watching") && watching.sees("stuck"), "beats are enough");
}
