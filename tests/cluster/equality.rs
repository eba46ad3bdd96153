//! What anybody hears is what one machine would have given, sample by sample, after the delay of a link.

use std::{collections::BTreeMap, time::Duration};

use mixminus::{
    Controller, Frame, JoinOptions, MixerConfig, ParticipantKey, Processor,
    cluster::{LinkFormat, NodeOptions},
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
};
use proptest::prelude::*;

use crate::{
    cases,
    network::Network,
    node::{Node, TICK, TICK_MS, options},
};

/// Random numbers, the same from the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.roll(100) < percent
    }
}

/// What happens to a participant at its node.
#[derive(Debug, Clone)]
enum Event {
    Join,
    Leave,
    Mute(bool),
}

impl Event {
    fn make(&self, controller: &Controller, id: &str) -> Option<ParticipantKey> {
        match self {
            Self::Join => Some(controller.join(id, JoinOptions::default()).unwrap()),
            Self::Leave => controller.leave(id).map(|_| None).unwrap(),
            Self::Mute(muted) => controller.set_muted(id, *muted).map(|_| None).unwrap(),
        }
    }
}

/// One machine with everybody, where those of other nodes are a tick late.
struct Machine {
    controller: Controller,
    processor: Processor,
    keys: BTreeMap<String, ParticipantKey>,
}

impl Machine {
    fn make(&mut self, event: &Event, id: &str) {
        match event.make(&self.controller, id) {
            Some(key) => drop(self.keys.insert(id.to_owned(), key)),
            None if matches!(event, Event::Leave) => drop(self.keys.remove(id)),
            None => {}
        }
    }

    fn tick(&mut self, frames: &[(&str, Frame<'_>)]) -> BTreeMap<String, Vec<f32>> {
        let mut thread = self.processor.enter();
        let mut tick = thread.tick();
        for (id, frame) in frames {
            tick.send(self.keys[*id], *frame).unwrap();
        }
        let mixes = tick.mix();
        let heard = |(id, key): (&String, &ParticipantKey)| Some((id.clone(), mixes.get(*key)?.samples().to_vec()));
        self.keys.iter().filter_map(heard).collect()
    }
}

/// What a participant does.
#[derive(Debug, Default)]
struct Life {
    here: bool,
    muted: bool,
    /// How loud it is, and how long it stays so.
    level: f32,
    left: u64,
}

impl Life {
    fn go_on(&mut self, dice: &mut Dice) {
        if self.left == 0 {
            self.left = 1 + dice.roll(40);
            // Under the floor, under the detector's threshold, over both; or no frame at all.
            self.level = [0.0, 2e-5, 1e-3, 0.1, 0.5, -1.0][dice.roll(6) as usize];
        }
        self.left -= 1;
    }

    fn frame(&self, dice: &mut Dice) -> Option<Vec<f32>> {
        let sample = |dice: &mut Dice| self.level * (dice.roll(2001) as f32 / 1000.0 - 1.0);
        (self.here && self.level >= 0.0).then(|| (0..TICK).map(|_| sample(dice)).collect())
    }
}

const DUCKING: Ducking = Ducking { ramp_active: 50, ramp_inactive: 120, lower_level: 10, upper_level: 80 };

/// A configuration of a listener that names sources of `known`.
fn level(listener: &str, known: &[String], dice: &mut Dice) -> ParticipantMixerLevel {
    let ducks = dice.chance(50);
    let listed = known.iter().filter(|id| *id != listener && dice.chance(40)).cloned().collect::<Vec<_>>();
    let exclusive = dice.chance(25);
    let source = |id: String| SourceLevel {
        level: [0, 25, 50, 100][dice.roll(4) as usize],
        duck_others: ducks && dice.chance(40),
        ..SourceLevel::new(id)
    };
    ParticipantMixerLevel {
        exclusive,
        ducking: ducks.then_some(DUCKING),
        source_levels: listed.into_iter().map(source).collect(),
        ..ParticipantMixerLevel::new(listener)
    }
}

/// Plays a random conference on `k` nodes. The greatest difference from one machine.
fn play(k: usize, seed: u64, format: LinkFormat, ticks: u64) -> f32 {
    let mut dice = Dice(seed);
    let network = Network::new();
    let config = || MixerConfig { limiter: None, ..MixerConfig::default() };
    let own = |n: usize| NodeOptions { format, ..options(&format!("n{n}")) };
    let mut nodes: Vec<_> = (0..k).map(|n| Node::new(&network, own(n), config())).collect();
    let machine =
        |_| config().build().map(|(controller, processor)| Machine { controller, processor, keys: BTreeMap::new() });
    let mut machines: Vec<_> = (0..k).map(|n| machine(n).unwrap()).collect();
    let ids: Vec<String> = (0..2 * k + 2).map(|n| format!("p{n}")).collect();
    let mut lives: Vec<Life> = ids.iter().map(|_| Life::default()).collect();
    let (mut before, mut sent_before) = (Vec::new(), vec![None; ids.len()]);
    let mut worst = 0.0_f32;
    for tick in 0..ticks {
        let now = Duration::from_millis(tick * TICK_MS);
        network.set_now(now);
        // What happened a tick ago reaches the others now.
        for (machine_of, machine) in machines.iter_mut().enumerate() {
            let others = before.iter().filter(|(n, _): &&(usize, Event)| n % k != machine_of);
            others.for_each(|(n, event)| machine.make(event, &ids[*n]));
        }
        before.clear();
        nodes.iter_mut().for_each(|node| node.step(now));
        for (n, life) in lives.iter_mut().enumerate() {
            let event = match life.here {
                // The nodes have found each other by then.
                false if tick > 9 && (tick < 15 || dice.chance(3)) => Some(Event::Join),
                true if tick > 30 && dice.chance(1) => Some(Event::Leave),
                true if dice.chance(2) => Some(Event::Mute(!life.muted)),
                _ => None,
            };
            let Some(event) = event else { continue };
            match event {
                Event::Join => (life.here, life.muted) = (true, false),
                Event::Leave => life.here = false,
                Event::Mute(muted) => life.muted = muted,
            }
            machines[n % k].make(&event, &ids[n]);
            let node = &mut nodes[n % k];
            match event {
                Event::Join => node.join(&ids[n], JoinOptions::default()),
                Event::Leave => node.leave(&ids[n]),
                Event::Mute(_) => drop(event.make(&node.controller, &ids[n])),
            }
            before.push((n, event));
        }
        for (n, id) in ids.iter().enumerate().filter(|(n, _)| lives[*n].here) {
            if dice.chance(4) {
                let (node, machine) = (&nodes[n % k].controller, &machines[n % k].controller);
                let known: Vec<_> = ids.iter().filter(|id| node.is_here(id) && machine.is_here(id)).cloned().collect();
                let levels = [level(id, &known, &mut dice)];
                node.configure(&levels).unwrap();
                machine.configure(&levels).unwrap();
            }
        }
        lives.iter_mut().for_each(|life| life.go_on(&mut dice));
        let sent: Vec<Option<Vec<f32>>> = lives.iter().map(|life| life.frame(&mut dice)).collect();
        for own in 0..k {
            let of = |n: usize, samples: &'_ Option<Vec<f32>>| samples.as_ref().map(|_| n);
            let at_node: Vec<_> = (0..ids.len()).filter(|n| n % k == own).filter_map(|n| of(n, &sent[n])).collect();
            let frames: Vec<_> =
                at_node.iter().map(|n| (&*ids[*n], Frame::mono(sent[*n].as_deref().unwrap()))).collect();
            let heard = nodes[own].tick(&frames);
            let late = (0..ids.len()).filter(|n| n % k != own && machines[own].keys.contains_key(&ids[*n]));
            let late: Vec<_> = late.filter_map(|n| of(n, &sent_before[n])).collect();
            let late = late.iter().map(|n| (&*ids[*n], Frame::mono(sent_before[*n].as_deref().unwrap())));
            let expected = machines[own].tick(&frames.iter().copied().chain(late).collect::<Vec<_>>());
            for (id, heard) in &heard {
                let differences = heard.iter().zip(&expected[id]).map(|(a, b)| (a - b).abs());
                worst = differences.fold(worst, f32::max);
            }
        }
        sent_before = sent;
        nodes.iter_mut().for_each(|node| node.step(now));
    }
    worst
}

proptest! {
    #![proptest_config(cases::cases(4))]

    #[test]
    fn everybody_hears_what_one_machine_would_have_given(k in 1_usize..=8, seed in any::<u64>()) {
        let worst = play(k, seed, LinkFormat::F32, 200);
        prop_assert!(worst <= 1e-6, "{worst}");
    }

    #[test]
    fn over_links_of_integers_it_is_the_same_to_the_quantum(k in 2_usize..=4, seed in any::<u64>()) {
        // Each source is off by half a quantum at most, at a gain of 1 at most.
        let worst = play(k, seed, LinkFormat::I16, 200);
        prop_assert!(worst <= (2 * k + 2) as f32 * 0.5 / 32768.0 + 1e-6, "{worst}");
    }
}
