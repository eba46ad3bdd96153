//! How converted streams sound: every pair of rates, both ways.

use super::{
    Inbound, Outbound,
    tone::{chord, decibels, listen},
};
use crate::{
    data::channels::{Planes, PlanesMut},
    stream::StreamFormat,
};

const RATES: [u32; 10] = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];
/// Tones that must pass, as parts of half the lower rate: up to 0.85, off the beat of every block.
const PASSED: [f64; 6] = [0.0319, 0.1571, 0.3313, 0.5177, 0.7129, 0.8473];
/// Tones that must not fold back: from 1.15 on.
const STOPPED: [f64; 7] = [1.1517, 1.2671, 1.4413, 1.7793, 2.3171, 3.4337, 5.1179];

/// A tick of 10 ms.
fn tick(mixer_hz: u32) -> usize {
    mixer_hz as usize / 100
}

fn inbound(from_hz: u32, mixer_hz: u32, sent: &[f32]) -> Vec<f32> {
    let (from, mixer) = (StreamFormat::mono(from_hz), StreamFormat::mono(mixer_hz));
    let mut inbound = Inbound::new(from, mixer, tick(mixer_hz)).unwrap();
    let (mut rest, mut heard) = (sent, Vec::new());
    while let Some((input, after)) = rest.split_at_checked(inbound.needed()) {
        assert!(inbound.needed() <= inbound.needed_most());
        let mut out = vec![9.0; tick(mixer_hz)];
        inbound.convert(Planes { left: input, right: None }, PlanesMut { left: &mut out, right: None });
        heard.append(&mut out);
        rest = after;
    }
    heard
}

fn outbound(mixer_hz: u32, to_hz: u32, mixed: &[f32]) -> Vec<f32> {
    let (mixer, to) = (StreamFormat::mono(mixer_hz), StreamFormat::mono(to_hz));
    let mut outbound = Outbound::new(mixer, to, tick(mixer_hz)).unwrap();
    let most = outbound.made_most();
    let ticks = mixed.chunks_exact(tick(mixer_hz));
    ticks
        .flat_map(|mix| {
            let made = outbound.convert(Planes { left: mix, right: None });
            assert!(made.left.len() <= most);
            made.left.to_vec()
        })
        .collect()
}

fn converted(from_hz: u32, to_hz: u32, inward: bool, tones: &[f64], amplitude: f64) -> Vec<f32> {
    let samples = from_hz as usize * 15 / 100;
    let sound = chord(tones, amplitude, samples);
    let heard = if inward { inbound(from_hz, to_hz, &sound) } else { outbound(from_hz, to_hz, &sound) };
    // Left out: the time until the filters are full.
    heard[to_hz as usize * 3 / 100..].to_vec()
}

fn check(from_hz: u32, to_hz: u32, inward: bool) {
    let nyquist = f64::from(from_hz.min(to_hz)) / 2.0;
    let turns = |part: &f64| part * nyquist / f64::from(from_hz);
    let what = format!("{from_hz} to {to_hz} Hz, inward {inward}");

    let tones = PASSED.each_ref().map(turns);
    let heard = converted(from_hz, to_hz, inward, &tones, 0.125);
    let step = f64::from(from_hz) / f64::from(to_hz);
    let (found, rest) = listen(&heard, &tones.map(|tone| tone * step));
    let gains: Vec<f64> = found.iter().map(|(amplitude, _)| decibels(amplitude / 0.125)).collect();
    assert!(gains.iter().all(|gain| gain.abs() < 0.5), "{what}: gains {gains:?}");
    assert!(decibels(rest / 0.125) < -80.0, "{what}: {} dB beside the tones", decibels(rest / 0.125));

    let folded: Vec<f64> = STOPPED.iter().map(turns).filter(|turns| *turns < 0.5).collect();
    if from_hz > to_hz && !folded.is_empty() {
        let (_, rest) = listen(&converted(from_hz, to_hz, inward, &folded, 0.125), &[]);
        assert!(decibels(rest / 0.125) < -80.0, "{what}: {} dB folded back", decibels(rest / 0.125));
    }
}

#[test]
fn what_comes_in_sounds_the_same() {
    RATES.iter().for_each(|rate_hz| check(*rate_hz, 48_000, true));
    check(8000, 44_100, true);
    check(48_000, 44_100, true);
    check(48_000, 16_000, true);
}

#[test]
fn what_goes_out_sounds_the_same() {
    RATES.iter().for_each(|rate_hz| check(48_000, *rate_hz, false));
    check(44_100, 48_000, false);
    check(16_000, 8000, false);
}

#[test]
fn rates_with_nothing_in_common_sound_the_same() {
    for rate_hz in [8009, 16_001, 47_999, 95_999] {
        check(rate_hz, 48_000, true);
        check(48_000, rate_hz, false);
    }
}
