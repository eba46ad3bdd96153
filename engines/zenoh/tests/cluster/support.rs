//! Nodes that are driven by a test.

use std::{
    net::{TcpListener, UdpSocket},
    time::{Duration, Instant},
};

use mixminus::cluster::{Delivery, Engine, NodeName};
use mixminus_zenoh::{ZenohEngine, ZenohError, ZenohOptions, zenoh};

/// How messages are carried: the beginning and the end of an endpoint.
pub type Carrier = (&'static str, &'static str);

/// Datagrams and streams of one QUIC connection without encryption.
pub const UDP: Carrier = ("udp", "?rel=1;mixed_rel=1");
/// Datagrams alone.
pub const PLAIN_UDP: Carrier = ("udp", "");
/// One stream.
pub const TCP: Carrier = ("tcp", "");

/// No test takes as long.
const PATIENCE: Duration = Duration::from_secs(10);

/// An endpoint that nobody has.
pub fn endpoint((protocol, end): Carrier) -> String {
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = udp.local_addr().unwrap().port();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return format!("{protocol}/127.0.0.1:{port}{end}");
        }
    }
}

pub fn name(name: &str) -> NodeName {
    NodeName::new(name).unwrap()
}

/// Options of a node of the cluster `test`.
pub fn options(node: &str, listen: &[&str], connect: &[&str]) -> ZenohOptions {
    let owned = |list: &[&str]| list.iter().map(|&endpoint| endpoint.to_owned()).collect();
    let mut options = ZenohOptions::new("test", name(node));
    (options.listen, options.connect) = (owned(listen), owned(connect));
    options
}

/// A session of zenoh's that is no node.
pub fn session(connect: &str) -> zenoh::Session {
    let mut config = ZenohOptions::new("test", name("nobody")).config;
    config.insert_json5("connect/endpoints", &format!("[{connect:?}]")).unwrap();
    zenoh::Wait::wait(zenoh::open(config)).unwrap()
}

/// A node, and what its host knows.
#[derive(Debug)]
pub struct Node {
    pub engine: ZenohEngine,
    pub members: Vec<NodeName>,
    pub received: Vec<(NodeName, Delivery, Vec<u8>)>,
}

impl Node {
    pub fn open(options: ZenohOptions) -> Self {
        Self { engine: ZenohEngine::open(options).unwrap(), members: Vec::new(), received: Vec::new() }
    }

    /// A node that listens where one has listened: zenoh gives the port back a moment after its session is closed.
    pub fn open_again(options: &ZenohOptions) -> Self {
        let end = Instant::now() + PATIENCE;
        loop {
            match ZenohEngine::open(options.clone()) {
                Err(ZenohError::Open(_)) if Instant::now() < end => std::thread::sleep(Duration::from_millis(10)),
                engine => return Self { engine: engine.unwrap(), members: Vec::new(), received: Vec::new() },
            }
        }
    }

    /// Two nodes, of which the second connects to the first.
    pub fn two(carrier: Carrier) -> [Self; 2] {
        let endpoint = endpoint(carrier);
        let a = Self::open(options("a", &[&endpoint], &[]));
        [a, Self::open(options("b", &[], &[&endpoint]))]
    }

    /// Two nodes that are members to each other.
    pub fn two_members(carrier: Carrier) -> [Self; 2] {
        let [mut a, mut b] = Self::two(carrier);
        until([&mut a, &mut b], |[a, b]| a.sees("b") && b.sees("a"));
        [a, b]
    }

    /// What a host does in a tick.
    pub fn turn(&mut self) {
        self.members.clear();
        self.engine.members(&mut self.members);
        let received = &mut self.received;
        self.engine.receive(&mut |from, delivery, message| received.push((from.clone(), delivery, message.to_vec())));
    }

    pub fn sees(&self, node: &str) -> bool {
        self.members.contains(&name(node))
    }
}

/// Lets nodes run until something is so.
pub fn until<const N: usize>(mut nodes: [&mut Node; N], so: impl Fn(&[&mut Node; N]) -> bool) {
    let end = Instant::now() + PATIENCE;
    while !so(&nodes) {
        assert!(Instant::now() < end, "not within {PATIENCE:?}: {:?}", nodes.each_ref().map(|node| summary(node)));
        for node in &mut nodes {
            node.engine.wait(Duration::from_millis(1));
            node.turn();
        }
    }
}

/// Lets nodes run for a while.
pub fn run<const N: usize>(mut nodes: [&mut Node; N], time: Duration) {
    let end = Instant::now() + time;
    while Instant::now() < end {
        for node in &mut nodes {
            node.engine.wait(Duration::from_millis(1));
            node.turn();
        }
    }
}

fn summary(node: &Node) -> String {
    let Node { engine, members, received } = node;
    format!("{engine:?} sees {members:?}, has {} messages, {:?}", received.len(), engine.readings())
}
