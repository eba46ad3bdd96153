//! Links of Opus.
#![cfg(feature = "opus")]

use std::time::Duration;

use mixminus::{
    Channels, Frame, JoinOptions, MixerConfig,
    cluster::{LinkFormat, NodeError, NodeName, NodeOptions, node},
    stream::OpusEncoderOptions,
};

use crate::{
    network::Network,
    node::{Node, TICK, TICK_MS, options},
    room::config,
};

const OPUS: LinkFormat = LinkFormat::Opus(OpusEncoderOptions {
    channels: Channels::Mono,
    bits_per_second: 48_000,
    complexity: 5,
    speech: false,
    expected_loss_percent: 0,
});

/// Samples of a tone, from a place on.
fn tone(hz: f32, from: u64) -> Vec<f32> {
    (0..TICK as u64).map(|at| 0.3 * (std::f32::consts::TAU * hz * (from + at) as f32 / 48_000.0).sin()).collect()
}

/// How strong a tone is in a sound: its amplitude.
fn amplitude(hz: f32, sound: &[f32]) -> f32 {
    let turn = |at: usize| std::f32::consts::TAU * hz * at as f32 / 48_000.0;
    let (sin, cos) = sound
        .iter()
        .enumerate()
        .fold((0.0, 0.0), |(sin, cos), (at, sample)| (sin + sample * turn(at).sin(), cos + sample * turn(at).cos()));
    2.0 * f32::hypot(sin, cos) / sound.len() as f32
}

#[test]
fn over_links_of_opus_everybody_is_heard_near_as_sent_and_in_few_bytes() {
    let network = Network::new();
    let own = |name: &str| NodeOptions { format: OPUS, ..options(name) };
    let mut nodes: Vec<_> = ["a", "b"].map(|name| Node::new(&network, own(name), config())).into();
    let mut heard = Vec::new();
    for number in 0..150 {
        let now = Duration::from_millis(number * TICK_MS);
        network.set_now(now);
        nodes.iter_mut().for_each(|node| node.step(now));
        if number == 10 {
            nodes[0].join("anna", JoinOptions::default());
            nodes[0].join("dora", JoinOptions::default());
            nodes[1].join("ben", JoinOptions::default());
        }
        let (anna, dora) = (tone(500.0, number * TICK as u64), tone(1500.0, number * TICK as u64));
        let frames = [("anna", Frame::mono(&anna[..])), ("dora", Frame::mono(&dora[..]))];
        nodes[0].tick(if number > 10 { &frames } else { &[] });
        if let Some(mix) = nodes[1].tick(&[]).remove("ben").filter(|_| number >= 100) {
            heard.extend(mix);
        }
        nodes.iter_mut().for_each(|node| node.step(now));
    }
    for hz in [500.0, 1500.0] {
        let amplitude = amplitude(hz, &heard);
        assert!((0.27..0.33).contains(&amplitude), "{hz} Hz: {amplitude}");
    }
    let readings = nodes[0].conference.readings();
    let bytes = readings.published_bytes / readings.published_ticks;
    assert!((50..400).contains(&bytes), "{bytes} bytes a tick");
}

#[test]
fn a_mixer_that_opus_does_not_fit_is_refused() {
    for (rate, tick) in [(44_100, 441), (48_000, 480 / 4)] {
        let (controller, processor) =
            MixerConfig { sample_rate: rate, tick_samples: tick, ..config() }.build().unwrap();
        let options = NodeOptions { format: OPUS, ..NodeOptions::new(NodeName::new("a").unwrap()) };
        assert_eq!(node(controller, &processor, options).unwrap_err(), NodeError::Format);
    }
}
