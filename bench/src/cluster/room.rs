//! A conference at work: [`Room`], all machines of it in simulated time on one thread.

use mixminus::{JoinOptions, MixerConfig, cluster::NodeReadings};

use super::{
    node::{Machine, TickTimes, options},
    scenario::Scenario,
    sound::Sound,
    wire::Network,
};
use crate::Result;

/// So many ticks may pass until every node knows everybody.
const PATIENCE: usize = 200;

/// A conference.
#[derive(Debug)]
pub struct Room {
    scenario: Scenario,
    machines: Vec<Machine>,
    /// How many ticks are over.
    ticks: usize,
}

/// What was done in some ticks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Work {
    /// Of each tick of each machine.
    pub audio: Vec<TickTimes>,
    /// The same of the thread that talks to the others, in seconds.
    pub steps: Vec<f64>,
    /// Of all nodes together.
    pub counts: Counts,
}

/// What nodes have counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub published_bytes: u64,
    pub received_bytes: u64,
    pub sources: u64,
    /// Ticks that were lost on their way, and sources that were heard and found no room in one.
    pub lost: u64,
}

impl Room {
    /// Everybody has joined, and every node knows everybody.
    pub fn new(scenario: Scenario) -> Result<Self> {
        let network = Network::default();
        let config =
            || MixerConfig { participants: scenario.people, loudest: Some(scenario.loudest), ..MixerConfig::default() };
        let machine = |n| match scenario.nodes {
            Some(_) => Machine::node(config(), options(n)?, &network),
            None => Machine::alone(config()),
        };
        let machines = (0..scenario.mixers()).map(machine).collect::<Result<_>>()?;
        let mut room = Self { scenario, machines, ticks: 0 };
        for (n, machine) in room.machines.iter_mut().enumerate() {
            machine.join(scenario.people_at(n), &JoinOptions::default())?;
        }
        let sound = Sound::new();
        for _ in 0..PATIENCE {
            room.tick(&sound, &mut Work::default())?;
            if room.machines.iter().all(|machine| machine.known() == scenario.people) {
                return Ok(room);
            }
        }
        Err(format!("not every node knows everybody after {PATIENCE} ticks: {scenario:?}").into())
    }

    /// So many ticks.
    pub fn run(&mut self, ticks: usize, sound: &Sound) -> Result<Work> {
        let (before, mut work) = (self.counts(), Work::default());
        (0..ticks).try_for_each(|_| self.tick(sound, &mut work))?;
        Ok(Work { counts: self.counts().since(before), ..work })
    }

    fn tick(&mut self, sound: &Sound, work: &mut Work) -> Result<()> {
        let Self { scenario, machines, ticks } = self;
        let now = *ticks;
        for machine in machines {
            let frame = |person| scenario.sends(person, now).then(|| sound.of(person, scenario.talks(person, now)));
            work.audio.push(machine.tick(frame)?);
            work.steps.push(machine.steps_of_a_tick());
        }
        *ticks += 1;
        Ok(())
    }

    fn counts(&self) -> Counts {
        let readings = self.machines.iter().filter_map(Machine::readings);
        readings.fold(Counts::default(), |counts, readings| counts.and(&readings))
    }
}

impl Counts {
    fn and(self, readings: &NodeReadings) -> Self {
        let links = || readings.links.iter();
        Self {
            published_bytes: self.published_bytes + readings.published_bytes,
            received_bytes: self.received_bytes + links().map(|link| link.bytes).sum::<u64>(),
            sources: self.sources + readings.published_sources,
            lost: self.lost
                + readings.left_out_sources
                + links().map(|link| link.lost_ticks + link.overruns).sum::<u64>(),
        }
    }

    fn since(self, before: Self) -> Self {
        Self {
            published_bytes: self.published_bytes - before.published_bytes,
            received_bytes: self.received_bytes - before.received_bytes,
            sources: self.sources - before.sources,
            lost: self.lost - before.lost,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::participants::Others;

    fn room(nodes: Option<usize>) -> Work {
        let scenario = Scenario { people: 20, loudest: 2, others: Others::Nothing, nodes };
        let (mut room, sound) = (Room::new(scenario).unwrap(), Sound::new());
        room.run(30, &sound).unwrap();
        room.run(10, &sound).unwrap()
    }

    #[test]
    fn what_one_publishes_each_of_the_others_receives() {
        let work = room(Some(4));
        assert_eq!((work.audio.len(), work.steps.len()), (40, 40));
        // Two who talk, in 16 bits, and the head of each message.
        assert_eq!(work.counts.published_bytes, 10 * (4 * 24 + 2 * (17 + 960)));
        assert_eq!(work.counts.received_bytes, 3 * work.counts.published_bytes);
        assert_eq!((work.counts.sources, work.counts.lost), (20, 0));
    }

    #[test]
    fn one_machine_has_no_network() {
        let work = room(None);
        assert_eq!((work.audio.len(), work.counts), (10, Counts::default()));
        assert!(work.audio.iter().all(|tick| tick.all > 0.0) && work.steps.iter().all(|step| *step == 0.0));
    }
}
