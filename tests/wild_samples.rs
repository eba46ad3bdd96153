//! Samples far past full scale: up to the bound of 1e6 they are mixed, and every sum of them is finite; past it a frame
//! is refused, as one with a NaN is.

mod rig;

use mixminus::{Frame, FrameError, Gain, LimiterConfig, MixerConfig};
use rig::{Rig, small};

/// The greatest magnitude of a sample.
const BOUND: f32 = 1e6;

fn past_the_bound() -> [f32; 4] {
    let next = f32::from_bits(BOUND.to_bits() + 1);
    [next, -next, 1e30, f32::MIN]
}

/// Sends a frame of `anna` that has to be refused for the sample at `index`, and is counted.
fn assert_refused(frame: Frame<'_>, index: usize) {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    let key = rig.keys["anna"];
    rig.level(&[("anna", 0.5)]);
    assert_eq!(rig.try_send(key, frame), Err(FrameError::NotFinite { key, index }), "{frame:?}");
    let source = rig.controller.readings("anna").unwrap().source;
    assert_eq!((source.not_finite, source.missing, source.frames), (1, 1, 2), "{frame:?}");
    assert_eq!(rig.level(&[])["ben"], [0.0; 10], "the tail of the last good frame is over");
}

#[test]
fn a_sample_past_the_bound_is_refused_and_counted() {
    for wild in past_the_bound() {
        for index in [0, 4, 9] {
            let mut frame = [0.5_f32; 10];
            frame[index] = wild;
            assert_refused(Frame::from(&frame[..]), index);
        }
    }
}

#[test]
fn on_either_channel() {
    for wild in past_the_bound() {
        let mut right = [0.5_f32; 10];
        right[7] = wild;
        assert_refused(Frame::planar(&[0.5; 10], &right), 7);
        let interleaved: Vec<f32> = right.iter().flat_map(|right| [0.5, *right]).collect();
        assert_refused(Frame::interleaved(&interleaved), 7);
        // Channels whose mean is small are no better.
        let left = right.map(|right| -right);
        assert_refused(Frame::planar(&left, &right), 7);
    }
}

#[test]
fn a_sample_at_the_bound_passes() {
    for sample in [BOUND, -BOUND] {
        let mut rig = Rig::with(small(), &["anna", "ben"]);
        assert_eq!(rig.level(&[("anna", sample)])["ben"], [sample; 10]);
        let source = rig.controller.readings("anna").unwrap().source;
        assert_eq!((source.not_finite, source.frames, source.peak), (0, 2, BOUND));
        assert!((source.rms / BOUND - 1.0).abs() < 1e-6);
    }
}

#[test]
fn every_mix_of_64_sources_at_gain_16_is_finite() {
    let names: Vec<&'static str> = (0..65).map(|n| &*Box::leak(format!("{n}").into_boxed_str())).collect();
    for limiter in [None, Some(LimiterConfig::default())] {
        let mut rig = Rig::with(MixerConfig { limiter, ..small() }, &names);
        for source in &names[1..] {
            rig.set_gain("0", source, Gain::MAX);
        }
        let loud: Vec<_> = names.iter().map(|id| (*id, BOUND)).collect();
        rig.level(&loud);
        let heard = rig.level(&loud);
        assert!(heard.values().flatten().all(|sample| sample.is_finite()));
        let most = if limiter.is_some() { 1.0 } else { 64.0 * 16.0 * BOUND };
        assert!(heard["0"].iter().all(|sample| *sample <= most && *sample >= 0.9 * most), "{:?}", heard["0"]);
        let readings = rig.controller.readings("0").unwrap().listener;
        assert!(readings.peak.is_finite() && readings.rms.is_finite());
        // And while all of their gains are on their way, signs by turns.
        names[1..].iter().for_each(|id| rig.mute(id, true));
        let mixed: Vec<_> = names.iter().zip([BOUND, -BOUND].iter().cycle()).map(|(id, level)| (*id, *level)).collect();
        assert!(rig.level(&mixed).values().flatten().all(|sample| sample.is_finite()));
    }
}
