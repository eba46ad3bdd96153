//! Engines that open, and such that do not.

use std::net::TcpListener;

use mixminus_zenoh::{ZenohEngine, ZenohError};

use crate::support::{Node, TCP, endpoint, options};

#[test]
fn an_address_that_is_taken_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("tcp/{}", taken.local_addr().unwrap());
    let error = ZenohEngine::open(options("a", &[&endpoint], &[])).unwrap_err();
    assert!(matches!(error, ZenohError::Open(_)), "{error}");
    assert!(error.to_string().starts_with("zenoh opens no session: "), "{error}");
}

#[test]
fn what_is_no_name_of_a_cluster_is_told() {
    let mut options = options("a", &[&endpoint(TCP)], &[]);
    options.cluster = "two words".to_owned();
    let error = ZenohEngine::open(options).unwrap_err().to_string();
    assert_eq!(error, "\"two words\" is no name of a cluster: 1 to 64 of a-z, A-Z, 0-9, - _ .");
}

#[test]
fn a_runtime_of_one_thread_may_open_and_drop() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut node = Node::open(options("a", &[&endpoint(TCP)], &[]));
        node.turn();
        assert!(node.members.is_empty());
    });
}
