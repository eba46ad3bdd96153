//! Who is a member.

use mixminus::cluster::Engine;
use mixminus_zenoh::zenoh::{self, Wait};

use crate::support::{Carrier, Node, PLAIN_UDP, TCP, UDP, endpoint, name, options, until};

fn two_see_each_other(carrier: Carrier) {
    let [a, b] = Node::two_members(carrier);
    assert_eq!((a.members.len(), b.members.len()), (1, 1), "none sees itself");
}

#[test]
fn two_see_each_other_over_datagrams_and_streams() {
    two_see_each_other(UDP);
}

#[test]
fn two_see_each_other_over_datagrams() {
    two_see_each_other(PLAIN_UDP);
}

#[test]
fn two_see_each_other_over_tcp() {
    two_see_each_other(TCP);
}

#[test]
fn three_see_each_other_and_no_other_cluster() {
    let (to_a, to_b) = (endpoint(UDP), endpoint(UDP));
    let mut a = Node::open(options("a", &[&to_a], &[]));
    let mut b = Node::open(options("b", &[&to_b], &[&to_a]));
    let mut c = Node::open(options("c", &[], &[&to_a, &to_b]));
    let mut elsewhere = options("d", &[], &[&to_a, &to_b]);
    elsewhere.cluster = "elsewhere".to_owned();
    let mut d = Node::open(elsewhere);
    until([&mut a, &mut b, &mut c, &mut d], |nodes| nodes[..3].iter().all(|node| node.members.len() == 2));
    assert!(a.sees("b") && a.sees("c") && b.sees("a") && b.sees("c") && c.sees("a") && c.sees("b"));
    assert!(d.members.is_empty());
}

#[test]
fn nodes_find_each_other_through_one_that_they_know() {
    let [to_a, to_b, to_c] = [UDP; 3].map(endpoint);
    let mut a = Node::open(options("a", &[&to_a], &[]));
    let mut b = Node::open(options("b", &[&to_b], &[&to_a]));
    let mut c = Node::open(options("c", &[&to_c], &[&to_a]));
    until([&mut a, &mut b, &mut c], |nodes| nodes.iter().all(|node| node.members.len() == 2));
    // The link between b and c is like the others.
    b.engine.publish(&[0; 60_000]);
    b.engine.send(&name("c"), b"message");
    until([&mut a, &mut b, &mut c], |[.., c]| c.received.len() == 2);
}

#[test]
fn two_see_each_other_through_a_router() {
    let endpoint = endpoint(UDP);
    let mut config = options("router", &[], &[]).config;
    config.insert_json5("mode", "'router'").unwrap();
    config.insert_json5("listen/endpoints", &format!("[{endpoint:?}]")).unwrap();
    let _router = zenoh::open(config).wait().unwrap();
    let client = |name| {
        let mut options = options(name, &[], &[&endpoint]);
        options.config.insert_json5("mode", "'client'").unwrap();
        Node::open(options)
    };
    let (mut a, mut b) = (client("a"), client("b"));
    until([&mut a, &mut b], |[a, b]| a.sees("b") && b.sees("a"));
    a.engine.publish(b"tick");
    b.engine.send(&name("a"), b"message");
    until([&mut a, &mut b], |nodes| nodes.iter().all(|node| !node.received.is_empty()));
}
