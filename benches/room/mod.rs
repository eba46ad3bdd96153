//! The room that is measured: participants, some of whom talk, with or without rows of their own.
#![allow(dead_code, reason = "each bench uses its part of the room")]

use mixminus::{
    Controller, Frame, JoinOptions, MixerConfig, ParticipantKey, Processor,
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
};

/// 10 ms at 48 kHz.
pub const TICK: usize = 480;

pub struct Room {
    pub controller: Controller,
    pub processor: Processor,
    keys: Vec<ParticipantKey>,
    frames: Vec<Vec<f32>>,
}

impl Room {
    /// The first `talkers` of the `participants` send noise; the others send nothing.
    pub fn new(participants: usize, talkers: usize) -> Self {
        let config = MixerConfig { participants, ..MixerConfig::default() };
        let (controller, processor) = config.build().expect("figures in range");
        let (keys, _) = controller.change(|changes| {
            (0..participants)
                .map(|n| changes.join(n.to_string(), JoinOptions::default()).expect("new"))
                .collect::<Vec<_>>()
        });
        let frames = (0..talkers).map(noise).collect();
        let mut room = Self { controller, processor, keys, frames };
        (0..3).for_each(|_| room.tick());
        room
    }

    /// Everybody lists three sources at levels of their own, one of them a ducker.
    pub fn configured(participants: usize, talkers: usize) -> Self {
        let mut room = Self::new(participants, talkers);
        let levels: Vec<_> = (0..participants).map(|n| configuration(n, 0)).collect();
        room.controller.configure(&levels).expect("keeps the rules");
        (0..100).for_each(|_| room.tick());
        room
    }

    /// Everybody talks and lists everybody else at a level of its own.
    pub fn dense(participants: usize) -> Self {
        let mut room = Self::new(participants, participants);
        let row = |n: usize| ParticipantMixerLevel {
            source_levels: (0..participants)
                .filter(|source| *source != n)
                .map(|source| SourceLevel {
                    level: ((n * 37 + source * 53 + n * source) % 99 + 1) as i64,
                    ..SourceLevel::new(source.to_string())
                })
                .collect(),
            ..ParticipantMixerLevel::new(n.to_string())
        };
        let levels: Vec<_> = (0..participants).map(row).collect();
        room.controller.configure(&levels).expect("keeps the rules");
        (0..3).for_each(|_| room.tick());
        room
    }

    /// The same room with louder talkers.
    pub fn loud(mut self, gain: f32) -> Self {
        self.frames.iter_mut().flatten().for_each(|sample| *sample *= gain);
        self
    }

    /// One tick, which is what is measured: frames in, mixes out.
    pub fn tick(&mut self) {
        let mut audio = self.processor.enter();
        let mut tick = audio.tick();
        for (key, frame) in self.keys.iter().zip(&self.frames) {
            tick.send(*key, Frame::from(&frame[..])).expect("a good frame");
        }
        for mix in tick.mix().distinct() {
            std::hint::black_box(mix.samples());
        }
    }

    /// Publishes a change of one listener's row.
    pub fn publish(&self, listener: usize, round: usize) {
        let level = configuration(listener, round);
        self.controller.configure(std::slice::from_ref(&level)).expect("keeps the rules");
    }
}

/// The row of the n-th participant, different from all other rows.
fn configuration(n: usize, round: usize) -> ParticipantMixerLevel {
    let ducking =
        Ducking { ramp_active: 50, ramp_inactive: 200, lower_level: 10 + (n / 10_000) as i64, upper_level: 100 };
    let level = |k: usize| [n % 100, n / 100 % 100, n * 31 % 100][k];
    let source_levels = (0..3)
        .filter(|source| *source != n)
        .map(|source| SourceLevel {
            level: ((level(source) + round) % 100 + 1) as i64,
            duck_others: source == 0,
            ..SourceLevel::new(source.to_string())
        })
        .collect();
    ParticipantMixerLevel { ducking: Some(ducking), source_levels, ..ParticipantMixerLevel::new(n.to_string()) }
}

/// Noise at the level of speech.
pub fn noise(seed: usize) -> Vec<f32> {
    let mut state = (seed as u32).wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state as f32 / u32::MAX as f32 - 0.5) * 0.1
    };
    (0..TICK).map(|_| next()).collect()
}
