//! A fresh mixer with the configuration of another, and whether both sound the same. So what is left of a long life shows.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;

use mixminus::{
    Controller, Detector, Direction, Frame, Gain, JoinOptions, MixerConfig, Pan, ParticipantKey, Processor,
};

/// A mixer, ticked by hand.
pub struct Mixer {
    pub controller: Controller,
    pub processor: Processor,
}

/// Makes a fresh mixer of the same figures, with the same people, in the configuration that is in force. Nobody may be on
/// hold, and gains under 1 must be whole percents.
pub fn replica(config: MixerConfig, of: &Controller) -> Mixer {
    let (controller, processor) = config.build().unwrap();
    let people = of.participants();
    controller.set_role_table(of.role_table());
    for person in &people {
        assert!(!person.on_hold, "{}: what it hears on hold cannot be read", person.id);
        let options = JoinOptions {
            direction: person.direction,
            detector: Detector::Host,
            muted: person.muted,
            deafened: person.deafened,
            routing: person.routing.clone(),
        };
        controller.join(person.id.clone(), options).unwrap();
    }
    for (id, group) in of.private_groups() {
        controller.set_private_group(id, group).unwrap();
    }
    for person in &people {
        let (listener, config) = (person.id.as_str(), of.configuration(person.id.as_str()).unwrap());
        let mut level = config.mixer_level(listener);
        level.source_levels.iter_mut().for_each(|source| source.level = source.level.min(100));
        controller.configure(&[level]).unwrap();
        for source in &config.sources {
            // The wire has no word for them.
            if source.gain > Gain::UNITY {
                controller.set_gain(listener, source.source.as_str(), source.gain).unwrap();
            }
            controller.set_exempt(listener, source.source.as_str(), source.exempt).unwrap();
            if source.pan != Pan::CENTRE {
                controller.set_pan(listener, source.source.as_str(), source.pan).unwrap();
            }
        }
    }
    Mixer { controller, processor }
}

/// What one sends in a tick of so many samples, and whether it is active. Two talk at a time, for a quarter of a second.
fn talk(person: usize, people: usize, number: usize, tick: usize) -> Option<(Vec<f32>, bool)> {
    let turn = number / 25 + person;
    let speaks = turn % people.max(1) < 2;
    let sample = |n: usize| ((number * tick + n) as f32 * (0.03 + 0.01 * person as f32)).sin() * 0.2;
    speaks.then(|| ((0..tick).map(sample).collect(), true))
}

/// One tick of a mixer, in which each in turn talks: what everybody hears, by their ids.
fn hear(mixer: &mut Mixer, number: usize) -> BTreeMap<String, Vec<f32>> {
    let people = mixer.controller.participants();
    let mut audio = mixer.processor.enter();
    let tick_samples = audio.tick_samples();
    let mut tick = audio.tick();
    for (n, person) in people.iter().enumerate().filter(|(_, person)| person.direction != Direction::Listener) {
        if let Some((frame, active)) = talk(n, people.len(), number, tick_samples) {
            tick.send(person.key, Frame::mono(&frame).active(active)).unwrap();
        }
    }
    let mixes = tick.mix();
    let heard =
        people.iter().filter_map(|person| Some((person.id.to_string(), mixes.get(person.key)?.left().to_vec())));
    heard.collect()
}

/// Mixes both for some seconds, and holds the last second of everybody's mix against each other. The greatest difference.
pub fn difference(one: &mut Mixer, other: &mut Mixer) -> f32 {
    let ticks = one.processor.sample_rate() as usize / one.processor.tick_samples();
    let (mut worst, mut loudest) = (0.0_f32, 0.0_f32);
    for number in 0..6 * ticks {
        let (a, b) = (hear(one, number), hear(other, number));
        assert!(a.keys().eq(b.keys()), "the same people");
        if number >= 5 * ticks {
            let differences = a.values().flatten().zip(b.values().flatten()).map(|(a, b)| (a - b).abs());
            worst = differences.fold(worst, f32::max);
            loudest = a.values().flatten().fold(loudest, |loudest, sample| loudest.max(sample.abs()));
        }
    }
    assert!(loudest > 0.01, "somebody is heard");
    worst
}

/// Whether each hears nothing, to the last bit, where nobody but itself talks, and has been so for as long as this.
pub fn own_voices_are_exact(mixer: &mut Mixer) -> bool {
    let people = mixer.controller.participants();
    let talkers: Vec<ParticipantKey> =
        people.iter().filter(|person| person.direction != Direction::Listener).map(|person| person.key).collect();
    let mut audio = mixer.processor.enter();
    let frame = vec![0.3_f32; audio.tick_samples()];
    let ticks = 30;
    let mut exact = |key: ParticipantKey| {
        (0..ticks).all(|number| {
            let mut tick = audio.tick();
            tick.send(key, Frame::mono(&frame).active(true)).unwrap();
            let mixes = tick.mix();
            number + 1 < ticks || mixes.get(key).is_none_or(|mix| mix.left().iter().all(|sample| *sample == 0.0))
        })
    };
    talkers.into_iter().all(&mut exact)
}
