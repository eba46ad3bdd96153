//! Messages to a node of a cluster.

use std::time::Duration;

use mixminus::{
    Frame, JoinOptions, MixerConfig,
    cluster::{Delivery, NodeName, NodeOptions},
};

use crate::{
    network::Network,
    node::{Node, TICK, TICK_MS, options},
};

/// How many messages of an input are sent.
const MOST: usize = 64;

/// Two nodes with one participant each, and a member that is none.
struct Call {
    network: Network,
    nodes: Vec<Node>,
    now: Duration,
}

/// Messages come to one of two nodes, from a member or from a stranger: each is a byte for who and how, two for its length, and
/// itself. All mixes stay finite, the other node keeps its participant, and once no more come, both nodes still answer.
pub fn clusters(input: &[u8]) {
    let mut call = Call::new();
    let [member, stranger] = ["m", "z"].map(|name| NodeName::new(name).expect("a name"));
    let _port = call.network.join(&member);
    call.run(6);
    let (mut rest, mut strange) = (input, 0);
    for _ in 0..MOST {
        let [how, low, high, tail @ ..] = rest else { break };
        let length = usize::from(u16::from_le_bytes([*low, *high])).min(tail.len());
        let (message, after) = tail.split_at(length);
        rest = after;
        let delivery = if how & 1 == 0 { Delivery::Sent } else { Delivery::Published };
        let from = if how & 2 == 0 { &member } else { &stranger };
        strange += u64::from(from == &stranger);
        call.network.forge(from, &call.nodes[0].name, delivery, message);
        if how & 4 == 0 {
            call.run(1);
        }
    }
    call.run(8);
    let [a, b] = [0, 1].map(|n| call.nodes[n].conference.readings());
    assert!(a.hostile >= strange && b.hostile == 0, "{a:?} {b:?}");
    assert!(call.nodes[1].controller.is_here("ben"), "nothing has come to this node");
    // Whoever the member claims to have, and whatever it sets.
    drop(call.nodes[0].conference.participants());
    drop(call.nodes[0].conference.private_groups());
    let muted = call.nodes[1].conference.set_muted("ben", true).expect("he is here");
    call.run(40);
    assert!(call.nodes[1].conference.change_state(muted).is_some_and(|state| state.has_ended()));
}

impl Call {
    fn new() -> Self {
        let network = Network::new();
        let config = || MixerConfig { sample_rate: 48_000, participants: 4, ..MixerConfig::default() };
        let limit = Duration::from_millis(200);
        let options = |name| NodeOptions { check_limit: limit, mix_limit: limit, most_sources: 8, ..options(name) };
        let mut nodes: Vec<_> = ["a", "b"].map(|name| Node::new(&network, options(name), config())).into();
        nodes[0].join("anna", JoinOptions::default());
        nodes[1].join("ben", JoinOptions::default());
        Self { network, nodes, now: Duration::ZERO }
    }

    fn run(&mut self, ticks: usize) {
        let sound = [0.25_f32; TICK];
        for _ in 0..ticks {
            self.now += Duration::from_millis(TICK_MS);
            self.network.set_now(self.now);
            for node in &mut self.nodes {
                node.step(self.now);
                let here: Vec<String> = node.keys.keys().cloned().collect();
                let frames: Vec<_> = here.iter().map(|id| (&**id, Frame::mono(&sound[..]))).collect();
                for (id, heard) in node.tick(&frames) {
                    assert!(heard.iter().all(|sample| sample.abs() <= 1.0), "what {id} hears passes a limiter");
                }
                node.step(self.now);
            }
        }
    }
}
