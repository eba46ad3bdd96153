//! What comes from who is no member.

use std::time::Duration;

use mixminus::cluster::Engine;
use mixminus_zenoh::zenoh::{Session, Wait, qos::CongestionControl};

use crate::support::{Node, TCP, endpoint, name, options, run, session, until};

/// A node that listens, one that is its member, and a session that is no node.
fn node() -> (Node, Node, Session) {
    let endpoint = endpoint(TCP);
    let mut node = Node::open(options("node", &[&endpoint], &[]));
    let mut member = Node::open(options("member", &[], &[&endpoint]));
    until([&mut node, &mut member], |[node, member]| node.sees("member") && member.sees("node"));
    (node, member, session(&endpoint))
}

#[test]
fn messages_under_strange_keys_are_dropped_and_counted() {
    let (mut node, mut member, hostile) = node();
    let before = node.engine.readings();
    let keys = [
        "mixminus/test/tick/nobody",
        "mixminus/test/tick/node",
        "mixminus/test/tick/*",
        "mixminus/test/to/node/nobody",
        "mixminus/test/to/node/node",
        "mixminus/test/to/node/*",
        "mixminus/test/to/*/member",
        "mixminus/test/to/node/member",
    ];
    for key in keys {
        hostile.put(key, "hostile").wait().unwrap();
    }
    hostile.delete("mixminus/test/tick/member").wait().unwrap();
    let _token = hostile.liveliness().declare_token("mixminus/test/node/nobody/never").wait().unwrap();
    let counted = keys.len() as u64 + 2;
    until([&mut node, &mut member], |[node, _]| node.engine.readings().strangers >= before.strangers + counted);
    run([&mut node, &mut member], Duration::from_millis(50));
    assert_eq!(node.engine.readings().strangers, before.strangers + counted);
    assert!(node.received.is_empty());
    assert_eq!((node.members.len(), node.sees("member")), (1, true));
}

#[test]
fn who_lives_and_says_nothing_is_no_member() {
    let (mut node, mut member, hostile) = node();
    let _token = hostile.liveliness().declare_token("mixminus/test/node/silent/0000000000000001").wait().unwrap();
    until([&mut node, &mut member], |[node, _]| format!("{:?}", node.engine).contains("silent"));
    hostile.put("mixminus/test/tick/silent", "hostile").wait().unwrap();
    until([&mut node, &mut member], |[node, _]| node.engine.readings().early > 0);
    assert!(node.received.is_empty() && !node.sees("silent"));
}

#[test]
fn a_flood_does_not_keep_out_what_members_send() {
    let (mut node, mut member, hostile) = node();
    // Nobody takes them meanwhile.
    for _ in 0..12_000 {
        hostile.put("mixminus/test/tick/nobody", "flood").congestion_control(CongestionControl::Block).wait().unwrap();
    }
    member.engine.send(&name("node"), b"through");
    until([&mut node, &mut member], |[node, _]| !node.received.is_empty());
    assert!(node.engine.readings().dropped > 0);
    assert_eq!(node.received[0].2, b"through");
}
