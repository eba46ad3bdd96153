//! A mixer with named participants, ticked by hand.
#![allow(dead_code, reason = "each test file uses its part of the rig")]

use std::collections::BTreeMap;

use mixminus::{
    Controller, Direction, Frame, FrameError, Gain, JoinOptions, LimiterConfig, MixerConfig, ParticipantKey, Processor,
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
};

/// 1 kHz, ticks of 10 samples, moves of 10 samples, no limiter: figures that can be counted by hand.
pub fn small() -> MixerConfig {
    MixerConfig { sample_rate: 1000, tick_samples: 10, limiter: None, ..MixerConfig::default() }
}

/// 48 kHz, ticks of 10 ms, with or without the limiter.
pub fn usual(limiter: Option<LimiterConfig>) -> MixerConfig {
    MixerConfig { limiter, ..MixerConfig::default() }
}

pub struct Rig {
    pub controller: Controller,
    pub processor: Processor,
    pub keys: BTreeMap<&'static str, ParticipantKey>,
    tick: usize,
}

impl Rig {
    pub fn new(config: MixerConfig) -> Self {
        let tick = config.tick_samples;
        let (controller, processor) = config.build().expect("figures in range");
        Self { controller, processor, keys: BTreeMap::new(), tick }
    }

    /// With these participants, who send and hear, after a first tick in which everybody sent little, but something:
    /// nobody is quiet, so that who speaks now is heard from its first sample on.
    pub fn with(config: MixerConfig, ids: &[&'static str]) -> Self {
        let mut rig = Self::new(config);
        ids.iter().for_each(|id| rig.join(id, Direction::Both));
        let little: Vec<_> = ids.iter().map(|id| (*id, 0.001)).collect();
        rig.level(&little);
        rig
    }

    pub fn join(&mut self, id: &'static str, direction: Direction) {
        let key = self.controller.join(id, JoinOptions { direction, ..JoinOptions::default() }).expect("not here yet");
        self.keys.insert(id, key);
    }

    pub fn leave(&mut self, id: &'static str) {
        self.controller.leave(id).expect("is here");
        self.keys.remove(id);
    }

    pub fn mute(&self, id: &str, muted: bool) {
        self.controller.set_muted(id, muted).expect("is here");
    }

    pub fn deafen(&self, id: &str, deafened: bool) {
        self.controller.set_deafened(id, deafened).expect("is here");
    }

    pub fn set_gain(&self, listener: &str, source: &str, gain: Gain) {
        self.controller.set_gain(listener, source, gain).expect("both are here");
    }

    /// Configures a listener: (source, level, duckOthers).
    pub fn configure(&self, listener: &str, exclusive: bool, ducking: Option<Ducking>, sources: &[(&str, i64, bool)]) {
        let source =
            |&(id, level, duck_others): &(&str, i64, bool)| SourceLevel { level, duck_others, ..SourceLevel::new(id) };
        let level = ParticipantMixerLevel {
            exclusive,
            ducking,
            source_levels: sources.iter().map(source).collect(),
            ..ParticipantMixerLevel::new(listener)
        };
        self.controller.configure(&[level]).expect("keeps the rules");
    }

    /// One tick with these frames. Returns every listener's mix.
    pub fn frames(&mut self, frames: &[(&str, &[f32])]) -> BTreeMap<&'static str, Vec<f32>> {
        let mut audio = self.processor.enter();
        let mut tick = audio.tick();
        for (id, frame) in frames {
            tick.send(self.keys[id], Frame::from(*frame)).expect("a good frame");
        }
        let mixes = tick.mix();
        self.keys.iter().filter_map(|(id, key)| Some((*id, mixes.get(*key)?.samples().to_vec()))).collect()
    }

    /// One tick in which each of these sends a constant.
    pub fn level(&mut self, levels: &[(&str, f32)]) -> BTreeMap<&'static str, Vec<f32>> {
        let frames: Vec<_> = levels.iter().map(|(id, level)| (*id, vec![*level; self.tick])).collect();
        let frames: Vec<_> = frames.iter().map(|(id, frame)| (*id, &frame[..])).collect();
        self.frames(&frames)
    }

    /// One tick with one frame, which may be refused.
    pub fn try_send(&mut self, key: ParticipantKey, frame: Frame<'_>) -> Result<(), FrameError> {
        let mut audio = self.processor.enter();
        let mut tick = audio.tick();
        let sent = tick.send(key, frame);
        tick.mix();
        sent
    }
}

/// The sum of the steps from one sample to the next, and the greatest of them.
pub fn steps(before: f32, samples: &[f32]) -> (f64, f64) {
    let mut all = vec![before];
    all.extend(samples);
    let steps = all.windows(2).map(|pair| (f64::from(pair[1]) - f64::from(pair[0])).abs());
    steps.fold((0.0, 0.0), |(sum, most), step| (sum + step, f64::max(most, step)))
}
