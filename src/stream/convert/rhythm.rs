//! How many samples a conversion takes and gives, when, and how late.

use super::{
    Inbound, Outbound,
    tone::{chord, listen},
};
use crate::{
    data::channels::{Planes, PlanesMut},
    stream::StreamFormat,
};

/// Turns a second of the tone that is timed: one turn is longer than any delay.
const SLOW: f64 = 17.3;

fn mono(samples: &[f32]) -> Planes<'_> {
    Planes { left: samples, right: None }
}

fn inbound(from_hz: u32, mixer_hz: u32, tick: usize) -> Inbound {
    Inbound::new(StreamFormat::mono(from_hz), StreamFormat::mono(mixer_hz), tick).unwrap()
}

fn outbound(mixer_hz: u32, to_hz: u32, tick: usize) -> Outbound {
    Outbound::new(StreamFormat::mono(mixer_hz), StreamFormat::mono(to_hz), tick).unwrap()
}

/// The converted `sound`, and how many samples were taken after each tick.
fn take(inbound: &mut Inbound, tick: usize, sound: &[f32]) -> (Vec<f32>, Vec<usize>) {
    let (mut heard, mut taken) = (Vec::new(), vec![]);
    let mut at = 0;
    while let Some(input) = sound.get(at..at + inbound.needed()) {
        assert!(input.len() <= inbound.needed_most());
        let start = heard.len();
        heard.resize(start + tick, 9.0);
        inbound.convert(mono(input), PlanesMut { left: &mut heard[start..], right: None });
        at += input.len();
        taken.push(at);
    }
    (heard, taken)
}

/// The converted `mix`, and how many samples were given after each tick.
fn give(outbound: &mut Outbound, tick: usize, mix: &[f32]) -> (Vec<f32>, Vec<usize>) {
    let (mut heard, mut given, most) = (Vec::new(), Vec::new(), outbound.made_most());
    for mix in mix.chunks_exact(tick) {
        let made = outbound.convert(mono(mix));
        assert!(made.left.len() <= most);
        heard.extend_from_slice(made.left);
        given.push(heard.len());
    }
    (heard, given)
}

/// By how many milliseconds the output lags behind the tone that was sent, sample for sample.
fn lag_ms(heard: &[f32], hz: u32) -> f64 {
    let turns = SLOW / f64::from(hz);
    // Whole turns are left out, and with them the time until the filter is full.
    let skipped = (2.0 / turns).round() as usize;
    let (tones, _) = listen(&heard[skipped..], &[turns]);
    (skipped as f64 * turns - tones[0].1).rem_euclid(1.0) / SLOW * 1e3
}

fn ms(samples: usize, hz: u32) -> f64 {
    1e3 * samples as f64 / f64::from(hz)
}

/// The delay for a participant who sends or plays evenly: a tick cannot be made before everything
/// that it takes was sent, and nothing can be played before it was given.
fn check_delay(stream_hz: u32, mixer_hz: u32, tick: usize) {
    let near = |told: f64, measured: f64, way: &str| {
        let sample = ms(1, stream_hz.min(mixer_hz));
        assert!(
            (told - measured).abs() < 1.1 * sample,
            "{stream_hz} {way} {mixer_hz} in {tick}: {told}, {measured} ms"
        );
    };
    let slow = |hz: u32| chord(&[SLOW / f64::from(hz)], 0.5, hz as usize / 4);

    let mut inward = inbound(stream_hz, mixer_hz, tick);
    let (heard, taken) = take(&mut inward, tick, &slow(stream_hz));
    let early = taken.iter().zip(1..).map(|(taken, ticks)| ms(*taken, stream_hz) - ms(ticks * tick, mixer_hz));
    near(inward.delay_ms(), lag_ms(&heard, mixer_hz) + early.fold(0.0, f64::max), "in");

    let mut outward = outbound(mixer_hz, stream_hz, tick);
    let (heard, given) = give(&mut outward, tick, &slow(mixer_hz));
    let late = given.iter().zip(1..).map(|(given, ticks)| ms(ticks * tick, mixer_hz) - ms(*given, stream_hz));
    near(outward.delay_ms(), lag_ms(&heard, stream_hz) + late.fold(0.0, f64::max), "out of");
}

#[test]
fn the_delay_is_as_told() {
    for stream_hz in [8000, 8009, 11_025, 16_000, 22_050, 44_100, 47_999, 48_000, 95_999, 96_000] {
        check_delay(stream_hz, 48_000, 480);
    }
    for tick in [120, 441, 960, 5760] {
        check_delay(16_000, 48_000, tick);
        check_delay(16_001, 48_000, tick);
    }
    check_delay(48_000, 44_100, 441);
}

#[test]
fn ticks_of_10_ms_take_and_give_10_ms_each() {
    for stream_hz in [8000, 12_000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000] {
        let stream = stream_hz as usize / 100;
        let (mut inward, mut outward) = (inbound(stream_hz, 48_000, 480), outbound(48_000, stream_hz, 480));
        assert_eq!((inward.needed_most(), outward.made_most()), (stream, stream));
        for _ in 0..3 {
            assert_eq!(inward.needed(), stream);
            inward.convert(mono(&vec![0.0; stream]), PlanesMut { left: &mut [0.0; 480], right: None });
            assert_eq!(outward.convert(mono(&[0.0; 480])).left.len(), stream);
        }
    }
}

/// Input and output last equally long, but for what waits: two samples, or a block.
fn check_total(stream_hz: u32, mixer_hz: u32, tick: usize, slack: f64) {
    let what = format!("{stream_hz} beside {mixer_hz} in {tick}");
    let (heard, taken) = take(&mut inbound(stream_hz, mixer_hz, tick), tick, &vec![0.0; stream_hz as usize / 2]);
    let ratio = f64::from(stream_hz) / f64::from(mixer_hz);
    let surplus = *taken.last().unwrap() as f64 - heard.len() as f64 * ratio;
    assert!((-1e-6..=slack).contains(&surplus), "{what}: {surplus} too many taken");
    let mix = vec![0.0; (mixer_hz as usize / 2).next_multiple_of(tick)];
    let (heard, _) = give(&mut outbound(mixer_hz, stream_hz, tick), tick, &mix);
    let deficit = mix.len() as f64 * ratio - heard.len() as f64;
    assert!((-1e-6..=slack).contains(&deficit), "{what}: {deficit} too few given");
}

#[test]
fn nothing_is_lost_or_added_with_ticks_of_any_length() {
    for tick in [7, 441, 5760] {
        check_total(8009, 48_000, tick, 4.0);
        check_total(47_999, 48_000, tick, 4.0);
        check_total(8000, 48_000, tick, 80.0);
        check_total(22_050, 48_000, tick, 294.0);
    }
    check_total(3000, 8000, 1, 81.0);
    check_total(8000, 1000, 1, 24.0);
}

#[test]
fn of_what_came_before_a_reset_nothing_is_heard_and_the_rhythm_goes_on() {
    let mut inward = inbound(22_050, 48_000, 480);
    take(&mut inward, 480, &chord(&[0.0213], 0.5, 2000));
    let passed: usize = (0..100)
        .map(|_| {
            let needed = inward.needed();
            assert!(inward.skip());
            needed
        })
        .sum();
    assert!(passed.abs_diff(22_050) <= 441, "{passed} samples in a second");
    inward.reset();
    assert!(take(&mut inward, 480, &[0.0; 4000]).0.iter().all(|sample| *sample == 0.0));
    assert!(!inbound(47_999, 48_000, 480).skip(), "its filter cannot be passed over");
}
