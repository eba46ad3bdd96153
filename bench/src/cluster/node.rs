//! One machine of a conference: a mixer, which may be a node.

use std::{hint::black_box, time::Duration};

use cpu_time::ThreadTime;
use mixminus::{
    Controller, Frame, JoinOptions, MixerConfig, ParticipantKey, Processor,
    cluster::{Conference, NodeAudio, NodeDriver, NodeName, NodeOptions, NodeReadings, node},
};

use super::wire::{Network, Port};
use crate::Result;

/// How often a node looks in a tick of 10 ms.
const STEPS: u32 = 10;
const STEP: Duration = Duration::from_millis(1);

/// A machine.
#[derive(Debug)]
pub struct Machine {
    controller: Controller,
    processor: Processor,
    people: Vec<(usize, ParticipantKey)>,
    ends: Option<Ends>,
    now: Duration,
}

/// What makes it a node.
#[derive(Debug)]
struct Ends {
    conference: Conference,
    driver: NodeDriver,
    audio: NodeAudio,
    port: Port,
}

/// The processor time of one tick of the audio thread, in seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TickTimes {
    /// What the others sent is played.
    pub before: f64,
    /// What the others need is written.
    pub after: f64,
    /// Both, and the tick itself.
    pub all: f64,
}

impl Machine {
    /// A mixer that is no node.
    pub fn alone(config: MixerConfig) -> Result<Self> {
        let (controller, processor) = config.build()?;
        Ok(Self { controller, processor, people: Vec::new(), ends: None, now: Duration::ZERO })
    }

    /// A node on a network.
    pub fn node(config: MixerConfig, options: NodeOptions, network: &Network) -> Result<Self> {
        let machine = Self::alone(config)?;
        let port = network.join(&options.name);
        let (conference, driver, audio) = node(machine.controller.clone(), &machine.processor, options)?;
        Ok(Self { ends: Some(Ends { conference, driver, audio, port }), ..machine })
    }

    /// These people join, at one time.
    pub fn join(&mut self, people: impl Iterator<Item = usize>, options: &JoinOptions) -> Result<()> {
        let (joined, _) = self.controller.change(|changes| {
            let keys = people.map(|person| Ok((person, changes.join(id(person), options.clone())?)));
            keys.collect::<Result<Vec<_>>>()
        });
        self.people.extend(joined?);
        Ok(())
    }

    /// A tick in which these people send these frames.
    pub fn tick<'a>(&mut self, frame: impl Fn(usize) -> Option<&'a [f32]>) -> Result<TickTimes> {
        let Self { processor, people, ends, .. } = self;
        let begin = ThreadTime::now();
        let mut thread = processor.enter();
        let mut tick = thread.tick();
        if let Some(ends) = ends {
            ends.audio.before(&mut tick);
        }
        let before = begin.elapsed();
        for (person, key) in people {
            if let Some(frame) = frame(*person) {
                tick.send(*key, Frame::from(frame))?;
            }
        }
        let mixes = tick.mix();
        mixes.distinct().for_each(|mix| {
            black_box(mix.samples());
        });
        let mixed = begin.elapsed();
        if let Some(ends) = ends {
            ends.audio.after(&mixes);
        }
        let all = begin.elapsed();
        let [before, after, all] = [before, all.saturating_sub(mixed), all].map(|time| time.as_secs_f64());
        Ok(TickTimes { before, after, all })
    }

    /// One look of the thread that talks to the others. Its processor time, in seconds; nothing if it is no node.
    pub fn step(&mut self) -> f64 {
        self.now += STEP;
        self.steps(1)
    }

    /// All looks of a tick.
    pub fn steps_of_a_tick(&mut self) -> f64 {
        self.now += STEPS * STEP;
        self.steps(STEPS)
    }

    /// So many looks, of which the last one is now.
    fn steps(&mut self, count: u32) -> f64 {
        let now = self.now;
        let Some(Ends { driver, port, .. }) = &mut self.ends else { return 0.0 };
        let begin = ThreadTime::now();
        (1..=count).for_each(|step| driver.step(port, now - (count - step) * STEP));
        begin.elapsed().as_secs_f64()
    }

    /// How many are in the conference, as this machine knows.
    pub fn known(&self) -> usize {
        let conference = self.ends.as_ref().map(|ends| &ends.conference);
        conference.map_or(self.people.len(), |conference| conference.participants().len())
    }

    /// What the node has done; `None` if it is none.
    pub fn readings(&self) -> Option<NodeReadings> {
        self.ends.as_ref().map(|ends| ends.conference.readings())
    }
}

/// The id of a person, of twenty characters.
fn id(person: usize) -> String {
    format!("participant-{person:08}")
}

/// The options of the n-th node.
pub fn options(n: usize) -> Result<NodeOptions> {
    Ok(NodeOptions::new(NodeName::new(&format!("node-{n}"))?))
}
