//! What a tap has does not depend on the length of a tick.
#![cfg(feature = "stream")]

mod taps;

use mixminus::{
    Frame, JoinOptions, MixerConfig,
    stream::{StreamFormat, Tap, TapOptions, Tapped},
};
use taps::samples;

/// A second of two people, the second of whom is muted for a while, in ticks of this length.
fn play(tick_samples: usize) -> Vec<(u64, Vec<f32>)> {
    let (controller, mut processor) = MixerConfig { tick_samples, ..MixerConfig::default() }.build().unwrap();
    let keys = ["anna", "ben"].map(|id| controller.join(id, JoinOptions::default()).unwrap());
    let holds = TapOptions { holds_ms: 2000.0, ..TapOptions::default() };
    let low = TapOptions { format: Some(StreamFormat::mono(16_000)), ..holds };
    let mix = Tapped::Mix { id: "anna".into(), before_limiter: true };
    let taps = [(Tapped::source("ben"), holds), (Tapped::source("ben"), low), (Tapped::mix("anna"), holds), (mix, low)];
    let mut taps: Vec<Tap> = taps.map(|(tapped, options)| controller.tap(tapped, options).unwrap()).into();
    let mut audio = processor.enter();
    for at in (0..48_000).step_by(tick_samples) {
        match at {
            9600 => drop(controller.set_muted("ben", true).unwrap()),
            28_800 => drop(controller.set_muted("ben", false).unwrap()),
            _ => {}
        }
        let mut tick = audio.tick();
        for (n, key) in keys.iter().enumerate() {
            let frame: Vec<f32> =
                (at..at + tick_samples).map(|at| (at as f32 * (0.03 + n as f32 * 0.011)).sin() * 0.9).collect();
            tick.send(*key, Frame::mono(&frame)).unwrap();
        }
        tick.mix();
    }
    drop(processor);
    taps.iter_mut().map(samples).collect()
}

#[test]
fn ticks_of_any_length_are_tapped_alike() {
    let reference = play(480);
    assert_eq!([0, 1, 2].map(|n| reference[n].1.len()), [48_000, 16_000, 48_000]);
    for tick in [120, 960, 2400] {
        for (reference, (first, samples)) in reference.iter().zip(play(tick)) {
            assert!(first == 0 && samples.len() == reference.1.len());
            let off = samples.iter().zip(&reference.1).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(off < 1e-6, "ticks of {tick}: {off}");
        }
    }
}
