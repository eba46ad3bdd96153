//! A player and one who hears it, at 1 kHz: a sample is a millisecond.
#![allow(dead_code, reason = "each test file uses its part")]

pub mod both;
pub mod model;

use mixminus::{
    Channels, Controller, Direction, Frame, JoinOptions, Mix, MixerConfig, ParticipantKey, Processor,
    stream::{Clip, Player, PlayerEvent, PlayerEventKind, PlayerEvents, PlayerOptions},
};

/// How long a player takes to be present: the smoothing time.
pub const PRESENT: usize = 10;

pub struct Stage {
    pub controller: Controller,
    pub processor: Processor,
    pub player: Player,
    pub events: PlayerEvents,
    pub listener: ParticipantKey,
    pub tick: usize,
    channels: Channels,
}

impl Stage {
    pub fn new(tick: usize) -> Self {
        Self::with(config(tick), PlayerOptions::default())
    }

    pub fn with(config: MixerConfig, options: PlayerOptions) -> Self {
        let (tick, channels) = (config.tick_samples, config.channels);
        let (controller, processor) = config.build().unwrap();
        let listening = JoinOptions { direction: Direction::Listener, ..JoinOptions::default() };
        let listener = controller.join("listener", listening).unwrap();
        let player = controller.join_player("player", JoinOptions::default(), options).unwrap();
        let events = player.events().unwrap();
        Self { controller, processor, player, events, listener, tick, channels }
    }

    /// The mix of so many ticks, the channels side by side.
    pub fn ticks(&mut self, ticks: usize) -> Vec<f32> {
        let mut audio = self.processor.enter();
        (0..ticks).flat_map(|_| side_by_side(audio.tick().mix().get(self.listener).unwrap(), self.channels)).collect()
    }

    /// The mix of at least so many samples, without what comes before the first sound of a player.
    pub fn listen(&mut self, samples: usize) -> Vec<f32> {
        let mut heard = self.ticks((PRESENT + samples).div_ceil(self.tick));
        heard.drain(..PRESENT);
        heard.truncate(samples);
        heard
    }

    /// What has happened since this was asked last, and at which positions.
    pub fn told(&mut self) -> Vec<(PlayerEventKind, u64)> {
        self.events.by_ref().map(|PlayerEvent { kind, at_sample, .. }| (kind, at_sample)).collect()
    }
}

/// Without a limiter, and with a floor.
pub fn config(tick: usize) -> MixerConfig {
    MixerConfig { sample_rate: 1000, tick_samples: tick, limiter: None, ..MixerConfig::default() }
}

pub fn stereo(tick: usize) -> MixerConfig {
    MixerConfig { channels: Channels::Stereo, ..config(tick) }
}

/// A clip for this mixer.
pub fn clip(samples: &[f32]) -> Clip {
    Clip::new(Frame::mono(samples), 1000, 1000).unwrap()
}

/// Noise, another for each seed: loud, and nowhere 0.
pub fn noise(seed: u32, samples: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let sample = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let value = (state >> 8) as f32 / (1 << 24) as f32 - 0.5;
        value.signum() * (0.1 + value.abs())
    };
    (0..samples).map(sample).collect()
}

fn side_by_side(mix: Mix<'_>, channels: Channels) -> Vec<f32> {
    if channels == Channels::Mono {
        return mix.samples().to_vec();
    }
    let mut samples = vec![0.0; 2 * mix.left().len()];
    mix.write_interleaved(&mut samples);
    samples
}
