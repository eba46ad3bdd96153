//! Large rooms in which many talk and nobody is configured: every listener hears the sum of all others,
//! whatever the number of talkers and whoever talked before.

mod rig;

use mixminus::{Frame, JoinOptions, ParticipantKey, Processor};
use rig::usual;

/// Noise, different for each seed.
fn noise(seed: usize) -> Vec<f32> {
    let mut state = (seed as u32).wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state as f32 / u32::MAX as f32 - 0.5) * 0.01
    };
    (0..480).map(|_| next()).collect()
}

/// Has these participants talk for some ticks, and checks every mix of the last one.
fn check(processor: &mut Processor, keys: &[ParticipantKey], frames: &[Vec<f32>], talkers: std::ops::Range<usize>) {
    let mut audio = processor.enter();
    for _ in 0..4 {
        let mut tick = audio.tick();
        talkers.clone().for_each(|n| tick.send(keys[n], Frame::from(&frames[n][..])).unwrap());
        tick.mix();
    }
    let mut tick = audio.tick();
    talkers.clone().for_each(|n| tick.send(keys[n], Frame::from(&frames[n][..])).unwrap());
    let mixes = tick.mix();
    for (listener, key) in keys.iter().enumerate() {
        let mix = mixes.get(*key).unwrap();
        let mut squares = 0.0;
        for (k, sample) in mix.samples().iter().enumerate() {
            let others = || talkers.clone().filter(|n| *n != listener).map(|n| f64::from(frames[n][k]));
            let (exact, all) = (others().sum::<f64>(), others().map(f64::abs).sum::<f64>());
            assert!((f64::from(*sample) - exact).abs() <= 1e-6 * all, "{listener} of {talkers:?}, sample {k}");
            squares += exact * exact;
        }
        let rms = (squares / 480.0).sqrt();
        assert!((f64::from(mix.rms()) - rms).abs() <= 1e-4 * rms, "{listener} of {talkers:?}");
        assert!(mix.samples().iter().all(|sample| sample.abs() <= mix.peak()));
    }
}

#[test]
fn everybody_hears_the_sum_of_the_others_in_a_room_of_any_size() {
    let (controller, mut processor) = usual(Some(Default::default())).build().unwrap();
    let join = |n: usize| controller.join(n.to_string(), JoinOptions::default()).unwrap();
    let keys: Vec<_> = (0..140).map(join).collect();
    let frames: Vec<_> = (0..keys.len()).map(noise).collect();
    // Sizes on both sides of those at which the mixer changes its method, in an order in which a large
    // room leaves its scratch to a smaller one.
    for size in [130, 16, 64, 12, 65, 17, 15, 33, 128, 14, 13, 129, 63, 2] {
        for first in [0, 3] {
            check(&mut processor, &keys, &frames, first..first + size);
        }
    }
}
