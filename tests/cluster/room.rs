//! Several nodes in simulated time, where everybody sends a level of their own.

use std::{collections::BTreeMap, time::Duration};

use mixminus::{
    Frame, JoinOptions, MixerConfig,
    cluster::{ChangeNumber, ChangeState, NodeOptions},
    config::{ParticipantMixerLevel, SourceLevel},
};

use crate::{
    network::Network,
    node::{Node, TICK, TICK_MS, options},
};

/// Nodes `a`, `b`, `c` and so on, each with the participants that joined it.
pub struct Room {
    pub network: Network,
    /// `None` of a node that was killed.
    pub nodes: Vec<Option<Node>>,
    pub now: Duration,
    /// What each participant sends: a constant.
    pub sounds: BTreeMap<String, f32>,
    /// The nodes that do not tick.
    pub stopped: Vec<usize>,
    /// What each heard last, and whether it was steady all through the tick.
    pub heard: BTreeMap<String, f32>,
    configure: fn(NodeOptions) -> NodeOptions,
    config: fn() -> MixerConfig,
}

/// A mixer in which sums of constants are easily read.
pub fn config() -> MixerConfig {
    MixerConfig { limiter: None, ..MixerConfig::default() }
}

/// A configuration of a listener that lists one source.
pub fn level(listener: &str, source: &str, level: i64) -> ParticipantMixerLevel {
    let source_levels = vec![SourceLevel { level, ..SourceLevel::new(source) }];
    ParticipantMixerLevel { source_levels, ..ParticipantMixerLevel::new(listener) }
}

impl Room {
    pub fn new(nodes: usize) -> Self {
        Self::with(nodes, |options| options, config)
    }

    pub fn with(nodes: usize, configure: fn(NodeOptions) -> NodeOptions, config: fn() -> MixerConfig) -> Self {
        let mut room = Self {
            network: Network::new(),
            nodes: Vec::new(),
            now: Duration::ZERO,
            sounds: BTreeMap::new(),
            stopped: Vec::new(),
            heard: BTreeMap::new(),
            configure,
            config,
        };
        for n in 0..nodes {
            room.nodes.push(None);
            room.start(n);
        }
        room.run(10);
        room
    }

    /// A node is started, for the first time or anew.
    pub fn start(&mut self, n: usize) {
        let name = char::from(b'a' + n as u8).to_string();
        let options = (self.configure)(options(&name));
        self.nodes[n] = Some(Node::new(&self.network, options, (self.config)()));
    }

    /// A node is gone in the middle of what it did.
    pub fn kill(&mut self, n: usize) {
        let node = self.nodes[n].take().unwrap();
        self.network.leave(&node.name);
    }

    pub fn node(&self, n: usize) -> &Node {
        self.nodes[n].as_ref().unwrap()
    }

    pub fn node_mut(&mut self, n: usize) -> &mut Node {
        self.nodes[n].as_mut().unwrap()
    }

    /// Somebody joins a node, and sends this from then on.
    pub fn join(&mut self, n: usize, id: &str, sound: f32) {
        self.node_mut(n).join(id, JoinOptions::default());
        self.sounds.insert(id.to_owned(), sound);
    }

    /// So many ticks pass.
    pub fn run(&mut self, ticks: u64) {
        for _ in 0..ticks {
            self.now += Duration::from_millis(TICK_MS);
            self.network.set_now(self.now);
            let Self { nodes, now, sounds, stopped, heard, .. } = self;
            nodes.iter_mut().flatten().for_each(|node| node.step(*now));
            for (n, node) in nodes.iter_mut().enumerate().filter(|(n, _)| !stopped.contains(n)) {
                let Some(node) = node else { continue };
                let _ = n;
                let here: Vec<String> = node.keys.keys().cloned().collect();
                let frames: Vec<_> = here.iter().map(|id| (&**id, [sounds[id]; TICK])).collect();
                let frames: Vec<_> = frames.iter().map(|(id, samples)| (*id, Frame::mono(&samples[..]))).collect();
                let mixes = node.tick(&frames);
                heard.extend(mixes.into_iter().map(|(id, samples)| (id, samples[TICK - 1])));
            }
            nodes.iter_mut().flatten().for_each(|node| node.step(*now));
        }
    }

    /// Until a change has ended, for a second at most.
    pub fn finish(&mut self, n: usize, change: ChangeNumber) -> ChangeState {
        for _ in 0..100 {
            self.run(1);
            let state = self.node(n).conference.change_state(change).unwrap();
            if state.has_ended() {
                return state;
            }
        }
        self.node(n).conference.change_state(change).unwrap()
    }

    /// What somebody hears, rounded to thousandths.
    pub fn hears(&self, id: &str) -> f32 {
        (self.heard[id] * 1000.0).round() / 1000.0
    }
}
