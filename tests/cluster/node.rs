//! One node of a test: a mixer with the three parts of a node, and its end of the network.
#![allow(dead_code, reason = "each test file uses its part")]

use std::{collections::BTreeMap, time::Duration};

use mixminus::{
    Controller, Frame, JoinOptions, MixerConfig, ParticipantKey, Processor,
    cluster::{Conference, LinkFormat, NodeAudio, NodeDriver, NodeName, NodeOptions, node},
    stream::Depth,
};

use crate::network::{Network, Port};

/// Samples of a tick of the tests, and its length.
pub const TICK: usize = 480;
pub const TICK_MS: u64 = 10;

#[derive(Debug)]
pub struct Node {
    pub name: NodeName,
    pub controller: Controller,
    pub processor: Processor,
    pub conference: Conference,
    pub driver: NodeDriver,
    pub audio: NodeAudio,
    pub port: Port,
    pub keys: BTreeMap<String, ParticipantKey>,
}

/// Options of the tests: floats, no wait beyond the next tick.
pub fn options(name: &str) -> NodeOptions {
    let options = NodeOptions::new(NodeName::new(name).unwrap());
    NodeOptions { format: LinkFormat::F32, depth: Depth::fixed(0.0), ..options }
}

impl Node {
    pub fn new(network: &Network, options: NodeOptions, config: MixerConfig) -> Self {
        let (controller, processor) = config.build().unwrap();
        let name = options.name.clone();
        let port = network.join(&name);
        let (conference, driver, audio) = node(controller.clone(), &processor, options).unwrap();
        Self { name, controller, processor, conference, driver, audio, port, keys: BTreeMap::new() }
    }

    pub fn join(&mut self, id: &str, options: JoinOptions) {
        let key = self.conference.admit(id, |changes| changes.join(id, options)).unwrap();
        self.keys.insert(id.to_owned(), key);
    }

    pub fn leave(&mut self, id: &str) {
        self.controller.leave(id).unwrap();
        self.keys.remove(id);
    }

    /// The thread that talks to the others is at work.
    pub fn step(&mut self, now: Duration) {
        self.driver.step(&mut self.port, now);
    }

    /// A tick with these frames. What each of those who are here hears.
    pub fn tick(&mut self, frames: &[(&str, Frame<'_>)]) -> BTreeMap<String, Vec<f32>> {
        let mut thread = self.processor.enter();
        let mut tick = thread.tick();
        self.audio.before(&mut tick);
        for (id, frame) in frames {
            // One who is at another node by now is refused.
            let _ = tick.send(self.keys[*id], *frame);
        }
        let mixes = tick.mix();
        self.audio.after(&mixes);
        let heard = |(id, key): (&String, &ParticipantKey)| Some((id.clone(), mixes.get(*key)?.samples().to_vec()));
        self.keys.iter().filter_map(heard).collect()
    }
}
