//! No converted sample is past full scale, and only samples that would be are changed.

use super::{Inbound, Outbound};
use crate::{
    data::channels::{Planes, PlanesMut},
    stream::StreamFormat,
};

const TICK: usize = 480;
const SAMPLES: usize = 9600;
const MIXER: StreamFormat = StreamFormat::mono(48_000);
/// A power of two, so that scaling by it rounds nothing; far enough down that no overshoot reaches
/// full scale.
const DOWN: f32 = 1.0 / 16.0;

/// White noise 6 dB above full scale, clipped there.
fn noise() -> Vec<f32> {
    let mut random = random(7);
    (0..SAMPLES).map(|_| (4.0 * random() - 2.0).clamp(-1.0, 1.0)).collect()
}

/// Numbers from 0 to 1, evenly spread.
fn random(seed: u32) -> impl FnMut() -> f32 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32
    }
}

/// From one end of full scale to the other after every `half` samples.
fn square(half: usize) -> Vec<f32> {
    (0..SAMPLES).map(|at| if (at / half).is_multiple_of(2) { 1.0 } else { -1.0 }).collect()
}

fn inward(stream: StreamFormat, sent: &[f32]) -> Vec<f32> {
    let mut inbound = Inbound::new(stream, MIXER, TICK).unwrap();
    let (mut rest, mut heard) = (sent, Vec::new());
    while let Some((input, after)) = rest.split_at_checked(inbound.needed()) {
        let mut out = [9.0; TICK];
        inbound.convert(Planes { left: input, right: None }, PlanesMut { left: &mut out, right: None });
        heard.extend_from_slice(&out);
        rest = after;
    }
    heard
}

fn outward(stream: StreamFormat, mixed: &[f32]) -> Vec<f32> {
    let mut outbound = Outbound::new(MIXER, stream, TICK).unwrap();
    let ticks = mixed.chunks_exact(TICK);
    ticks.flat_map(|mix| outbound.convert(Planes { left: mix, right: None }).left.to_vec()).collect()
}

/// Converts the sound as it is, and far below full scale, where the resampler's output is never
/// clipped.
fn check(what: &str, sound: &[f32], convert: impl Fn(&[f32]) -> Vec<f32>) {
    let heard = convert(sound);
    let quiet: Vec<f32> = sound.iter().map(|sample| DOWN * sample).collect();
    let made: Vec<f32> = convert(&quiet).iter().map(|sample| sample / DOWN).collect();
    let past = made.iter().filter(|sample| sample.abs() > 1.0).count();
    assert!(past > 0, "{what}: this sound has no overshoot");
    assert!(made.iter().all(|sample| sample.abs() * DOWN < 1.0), "{what}: the quiet sound is clipped too");
    let clipped: Vec<f32> = made.iter().map(|sample| sample.clamp(-1.0, 1.0)).collect();
    assert!(heard == clipped, "{what}: a sample within full scale was changed, or one past it was not");
}

#[test]
fn every_converter_clips_what_overshoots_and_nothing_else() {
    for rate_hz in [8000, 16_000, 44_100, 47_999, 96_000] {
        let stream = StreamFormat::mono(rate_hz);
        for (name, sound) in [("noise", noise()), ("a square wave", square(37)), ("a slow square wave", square(1000))] {
            let what = format!("{name}, {rate_hz} Hz");
            check(&format!("{what}, in"), &sound, |sound| inward(stream, sound));
            check(&format!("{what}, out"), &sound, |sound| outward(stream, sound));
        }
    }
}

#[test]
fn both_sides_are_clipped() {
    let (stereo, mixer) = (StreamFormat::stereo(16_000), StreamFormat::stereo(48_000));
    let wave = &square(9)[..4000];
    let mut inbound = Inbound::new(stereo, mixer, TICK).unwrap();
    let (mut left, mut right) = ([9.0; TICK], [9.0; TICK]);
    for sent in wave.chunks_exact(inbound.needed()) {
        let out = PlanesMut { left: &mut left, right: Some(&mut right) };
        inbound.convert(Planes { left: sent, right: Some(sent) }, out);
        assert!(left == right && left.iter().all(|sample| sample.abs() <= 1.0));
    }
    assert!(right.iter().any(|sample| sample.abs() == 1.0), "some of it is clipped");
}

#[test]
fn what_passes_through_is_not_clipped() {
    let sent = [1.5, -2.0];
    let mut inbound = Inbound::new(MIXER, MIXER, 2).unwrap();
    let mut out = [0.0; 2];
    inbound.convert(Planes { left: &sent, right: None }, PlanesMut { left: &mut out, right: None });
    assert_eq!(out, sent);
}
