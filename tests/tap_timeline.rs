//! Frame n is the same instant in every tap: joins, leaves, skipped ticks, pauses and losses are there.
#![cfg(feature = "stream")]

mod rig;
mod taps;

use mixminus::{
    Direction, JoinOptions, MixerConfig,
    stream::{StreamFormat, TapContent::*, TapOptions, TapReadings, Tapped},
};
use rig::{Rig, small};
use taps::{contents, samples, spans};

#[test]
fn a_tap_that_is_made_with_a_join_has_the_first_tick() {
    let mut rig = Rig::with(small(), &["anna"]);
    rig.level(&[("anna", 0.5)]);
    let ((key, tap), _) = rig.controller.change(|changes| {
        let key = changes.join("ben", JoinOptions::default()).unwrap();
        (key, changes.tap(Tapped::source("ben"), TapOptions::default()).unwrap())
    });
    rig.keys.insert("ben", key);
    rig.level(&[("ben", 0.25)]);
    let mut tap = tap;
    assert_eq!(samples(&mut tap), (20, vec![0.25; 10]));
}

#[test]
fn a_tap_goes_on_for_an_id_that_leaves_and_joins_again() {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    let mut said = rig.controller.tap(Tapped::source("anna"), TapOptions::default()).unwrap();
    let mut heard = rig.controller.tap(Tapped::mix("anna"), TapOptions::default()).unwrap();
    rig.level(&[("anna", 0.5), ("ben", 0.125)]);
    rig.leave("anna");
    (0..2).for_each(|_| drop(rig.level(&[("ben", 0.125)])));
    // Somebody else has her slot by now.
    rig.join("cleo", Direction::Both);
    rig.join("anna", Direction::Both);
    rig.level(&[("anna", 0.25), ("cleo", 0.75)]);
    rig.level(&[("anna", 0.25), ("cleo", 0.75)]);
    assert_eq!(contents(&mut heard), [(10, 20, Sound), (20, 40, Absence), (40, 60, Sound)]);
    let said = spans(&mut said, 100);
    let levels = [(Sound, 0.5), (Absence, 0.0), (Sound, 0.25)];
    assert_eq!(said.iter().map(|(span, samples)| (span.content, samples[0])).collect::<Vec<_>>(), levels);
}

#[test]
fn skipped_ticks_are_in_every_tap_that_had_something_to_hear() {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    let mut taps = ["anna", "ben"].map(|id| rig.controller.tap(Tapped::source(id), TapOptions::default()).unwrap());
    rig.level(&[("anna", 0.5)]);
    rig.leave("ben");
    rig.level(&[("anna", 0.5)]);
    rig.processor.enter().skip(3);
    rig.level(&[("anna", 0.5)]);
    assert_eq!(contents(&mut taps[0]), [(10, 30, Sound), (30, 60, Skip), (60, 70, Sound)]);
    assert_eq!(contents(&mut taps[1]), [(10, 20, Silence), (20, 70, Absence)]);
}

#[test]
fn a_tick_that_is_dropped_is_in_no_tap() {
    let mut rig = Rig::with(small(), &["anna"]);
    let mut tap = rig.controller.tap(Tapped::source("anna"), TapOptions::default()).unwrap();
    rig.level(&[("anna", 0.5)]);
    let mut audio = rig.processor.enter();
    drop(audio.tick());
    let mut tick = audio.tick();
    tick.send(rig.keys["anna"], mixminus::Frame::mono(&[0.75_f32; 10])).unwrap();
    drop(tick.prepare());
    rig.level(&[("anna", 0.25)]);
    assert_eq!(samples(&mut tap), (10, [[0.5; 10], [0.25; 10]].concat()));
}

#[test]
fn what_a_slow_reader_loses_is_marked_and_counted() {
    let mut rig = Rig::with(small(), &["anna"]);
    let options = TapOptions { holds_ms: 40.0, ..TapOptions::default() };
    let mut tap = rig.controller.tap(Tapped::source("anna"), options).unwrap();
    (0..7).for_each(|number| drop(rig.level(&[("anna", 0.1 * number as f32)])));
    let read = spans(&mut tap, 1000);
    let levels: Vec<_> =
        read.iter().map(|(span, samples)| (span.position, span.end(), span.content, samples[9])).collect();
    assert_eq!(levels, [(10, 50, Sound, 0.0), (50, 80, Loss, 0.0)]);
    assert_eq!((tap.readings().lost_ticks, rig.controller.mixer_readings().lost_tap_ticks), (3, 3));
    rig.level(&[("anna", 0.5)]);
    assert_eq!(samples(&mut tap), (80, vec![0.5; 10]), "the timeline goes on");
    let readings = tap.readings();
    assert_eq!((readings.ticks, readings.lost_ticks), (8, 3));
    assert_ne!(readings, TapReadings::default());
}

#[test]
fn nothing_of_a_pause_is_kept_but_its_time() {
    let mut rig = Rig::with(small(), &["anna"]);
    let paused = TapOptions { paused: true, ..TapOptions::default() };
    let mut tap = rig.controller.tap(Tapped::source("anna"), paused).unwrap();
    for (level, paused) in [(0.1, true), (0.2, false), (0.3, true), (0.4, true), (0.5, false)] {
        tap.set_paused(paused);
        assert_eq!(tap.is_paused(), paused);
        rig.level(&[("anna", level)]);
    }
    let spans = spans(&mut tap, 1000);
    let read: Vec<_> = spans.iter().map(|(span, samples)| (span.frames, span.content, samples[0])).collect();
    assert_eq!(read, [(10, Pause, 0.0), (10, Sound, 0.2), (20, Pause, 0.0), (10, Sound, 0.5)]);
}

/// A click at a sample of the mixer is at the frame of the same instant in taps of other rates that began earlier, later,
/// and before a skip.
#[test]
fn a_sound_is_at_its_instant_at_every_rate() {
    let mut rig = Rig::with(MixerConfig { limiter: None, ..MixerConfig::default() }, &["anna"]);
    let rates = [48_000, 16_000, 44_100, 8000, 96_000];
    let tap = |rig: &Rig, rate_hz| {
        rig.controller.tap(Tapped::source("anna"), TapOptions::new(StreamFormat::mono(rate_hz))).unwrap()
    };
    let mut early: Vec<_> = rates.iter().map(|rate_hz| tap(&rig, *rate_hz)).collect();
    (0..3).for_each(|_| drop(rig.level(&[("anna", 0.0)])));
    rig.processor.enter().skip(7);
    let late: Vec<_> = rates.iter().map(|rate_hz| tap(&rig, *rate_hz)).collect();
    let mut click = [0.0; 480];
    (0..3).for_each(|_| drop(rig.level(&[("anna", 0.0)])));
    click[144] = 0.5;
    rig.frames(&[("anna", &click)]);
    (0..7).for_each(|_| drop(rig.level(&[("anna", 0.0)])));
    let instant = (1 + 3 + 7 + 3) * 480 + 144;
    early.extend(late);
    for mut tap in early {
        let hz = tap.format().rate_hz;
        let (first, samples) = samples(&mut tap);
        let loudest = (0..samples.len()).max_by(|a, b| samples[*a].abs().total_cmp(&samples[*b].abs())).unwrap();
        let sum: f64 = samples.iter().map(|sample| f64::from(*sample)).sum();
        let centre: f64 = samples.iter().enumerate().map(|(n, y)| n as f64 * f64::from(*y)).sum::<f64>() / sum;
        let expected = f64::from(instant) * f64::from(hz) / 48_000.0 - first as f64;
        assert!((centre - expected).abs() < 1e-3 && (loudest as f64 - expected).abs() < 1.0, "{hz} Hz");
    }
}
