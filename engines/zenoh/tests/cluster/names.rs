//! Two nodes of one name.

use mixminus::cluster::Engine;

use crate::support::{Node, UDP, endpoint, name, options, until};

#[test]
fn the_later_of_two_has_the_name_and_the_other_can_tell() {
    let (to_hub, to_first) = (endpoint(UDP), endpoint(UDP));
    let mut hub = Node::open(options("hub", &[&to_hub], &[]));
    let mut first = Node::open(options("twin", &[&to_first], &[&to_hub]));
    until([&mut hub, &mut first], |[hub, first]| hub.sees("twin") && first.sees("hub"));
    let mut second = Node::open(options("twin", &[], &[&to_hub, &to_first]));
    until([&mut hub, &mut first, &mut second], |[hub, first, second]| {
        hub.sees("twin") && second.sees("hub") && first.members.is_empty()
    });
    let same_names = [&hub, &first, &second].map(|node| node.engine.readings().same_name);
    assert_eq!(same_names, [0, 1, 1]);
    hub.engine.send(&name("twin"), b"to the later");
    until([&mut hub, &mut first, &mut second], |[_, _, second]| !second.received.is_empty());
    assert!(first.received.is_empty());
    drop(second);
    until([&mut hub, &mut first], |[hub, first]| hub.sees("twin") && first.sees("hub"));
    assert_eq!(first.engine.readings().same_name, 0);
}
