//! The audio threads of nodes allocate and free nothing, whatever comes from the others: people who join, leave and go over,
//! nodes that are killed and started anew, links that lose and delay, and messages that are none.
#![cfg(feature = "cluster")]

mod alloc;
#[path = "cluster/network.rs"]
mod network;
#[path = "cluster/node.rs"]
mod node;

use std::time::Duration;

use mixminus::{
    Frame, JoinOptions, MixerConfig,
    cluster::{Delivery, NodeName, NodeOptions},
    config::{ParticipantMixerLevel, SourceLevel},
    stream::Depth,
};

use network::Network;
use node::{Node, TICK, TICK_MS, options};

/// Of 16 messages one is lost, and the others are up to 40 ms late.
fn bad(number: u64) -> Option<Duration> {
    let dice = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
    (!dice.is_multiple_of(16)).then(|| Duration::from_millis(dice / 16 % 41))
}

fn start(network: &Network, n: usize) -> Node {
    let depth = Depth::between(0.0, 100.0);
    let options = NodeOptions { depth, most_sources: 6, ..options(&format!("n{n}")) };
    Node::new(network, options, MixerConfig { participants: 4, ..MixerConfig::default() })
}

/// A tick, of which the audio thread's part is watched.
fn tick(node: &mut Node, frame: &[f32]) {
    let Node { processor, audio, keys, .. } = node;
    let mut thread = processor.enter();
    alloc::watched(|| {
        let mut tick = thread.tick();
        audio.before(&mut tick);
        for key in keys.values() {
            // One who is at another node by now is refused.
            let _ = tick.send(*key, Frame::mono(frame));
        }
        audio.after(&tick.mix());
    });
}

#[test]
fn no_tick_of_any_node_allocates_or_frees() {
    let _alone = alloc::alone();
    let network = Network::new();
    let mut nodes: Vec<_> = (0..3).map(|n| start(&network, n)).collect();
    let frame: Vec<f32> = (0..TICK).map(|at| 0.3 * (at as f32 * 0.05).sin()).collect();
    for number in 0..1000_u64 {
        let now = Duration::from_millis(number * TICK_MS);
        network.set_now(now);
        nodes.iter_mut().for_each(|node| node.step(now));
        let (n, id) = ((number / 7 % 3) as usize, format!("p{}", number / 7 % 24));
        match number % 7 {
            0 if !nodes[n].conference.is_here(&id) => nodes[n].join(&id, JoinOptions::default()),
            1 if number % 5 == 0 => {
                let away = nodes[n].conference.claim(&id).is_some();
                assert!(!away || nodes[n].conference.is_here(&id));
            }
            2 if nodes[n].keys.contains_key(&id) && nodes[n].controller.is_here(&id) && number % 3 == 0 => {
                nodes[n].leave(&id);
            }
            3 => {
                let here = nodes[n].conference.participants();
                let (Some(first), Some(last)) = (here.first(), here.last()) else { continue };
                let source_levels = vec![SourceLevel { level: 30, ..SourceLevel::new(last.id.as_str()) }];
                let level = ParticipantMixerLevel { source_levels, ..ParticipantMixerLevel::new(first.id.as_str()) };
                // One who lists itself, or is at no node, is refused.
                let _ = nodes[n].conference.configure(&[level]);
            }
            4 => network.forge(&nodes[(n + 1) % 3].name, &nodes[n].name, Delivery::Published, &number.to_le_bytes()),
            _ => {}
        }
        match number {
            200 => network.set_fate(bad),
            500 | 800 => {
                network.leave(&nodes[1].name);
                nodes[1] = start(&network, 1);
            }
            600 => network.cut(&nodes[0].name, &nodes[2].name, true),
            700 => network.cut(&nodes[0].name, &nodes[2].name, false),
            _ => {}
        }
        nodes.iter_mut().for_each(|node| tick(node, &frame));
    }
    let readings = nodes[0].conference.readings();
    assert!(readings.published_ticks >= 990 && readings.hostile > 0, "{readings:?}");
    assert!(readings.links.iter().all(|link| link.ticks > 100 && link.lost_ticks > 0), "{readings:?}");
    let name: &NodeName = &nodes[0].name;
    assert_eq!(readings.node, name.as_str());
}
