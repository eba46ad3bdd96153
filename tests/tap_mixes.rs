//! The tap of a mix has what the listener hears: behind its limiter bit for bit what the mix is, before it bit for bit what
//! a mixer without limiters makes.
#![cfg(feature = "stream")]

mod rig;
mod taps;

use mixminus::{
    Channels, Direction, Frame, Gain, LimiterConfig, MixerConfig,
    stream::{Tap, TapContent::*, TapOptions, Tapped},
};
use rig::{Rig, small};
use taps::{contents, samples};

const NAMES: [&str; 8] = ["anna", "ben", "cleo", "dora", "emil", "finn", "gwen", "hugo"];

fn before(id: &str) -> Tapped {
    Tapped::Mix { id: id.into(), before_limiter: true }
}

/// Loud speech of several, in which limiters act for some listeners and not for others: gwen joins late, so that her
/// limiter is in another state than those of others who hear the same. What each hears, interleaved.
fn play(config: MixerConfig, parts: bool, mut each: impl FnMut(&mut Rig, usize)) -> Vec<Vec<f32>> {
    let mut rig = Rig::with(config, &NAMES[..6]);
    let mut heard = vec![Vec::new(); NAMES.len()];
    for number in 0..80 {
        match number {
            20 => ["gwen", "hugo"].iter().for_each(|id| rig.join(id, Direction::Both)),
            25 => rig.set_gain("finn", "anna", Gain::new(0.25).unwrap()),
            30 => rig.deafen("emil", true),
            50 => rig.deafen("emil", false),
            _ => {}
        }
        each(&mut rig, number);
        let level = |n: usize, at: usize| ((number * 480 + at) as f32 * (0.05 + n as f32 * 0.01)).sin();
        let loud = [0.9, 0.5, 0.05][number / 10 % 3];
        let frames: Vec<_> = (0..3).map(|n| (0..480).map(|at| level(n, at) * loud).collect::<Vec<_>>()).collect();
        let mut audio = rig.processor.enter();
        let mut tick = audio.tick();
        for (name, frame) in NAMES.iter().zip(&frames) {
            tick.send(rig.keys[name], Frame::mono(frame)).unwrap();
        }
        let mut prepared = tick.prepare();
        if parts {
            std::thread::scope(|scope| prepared.parts().for_each(|part| drop(scope.spawn(move || part.mix()))));
        }
        let mixes = prepared.finish();
        for (heard, name) in heard.iter_mut().zip(NAMES) {
            if let Some(mix) = rig.keys.get(name).and_then(|key| mixes.get(*key)) {
                let pairs = mix.left().iter().zip(mix.right()).flat_map(|(left, right)| [*left, *right]);
                heard.extend(if mixes_mono(&mix) { mix.samples().to_vec() } else { pairs.collect() });
            }
        }
    }
    heard
}

fn mixes_mono(mix: &mixminus::Mix<'_>) -> bool {
    std::ptr::eq(mix.left(), mix.right())
}

/// What taps of all mixes have, each made when its listener is there.
fn tapped(config: MixerConfig, parts: bool, of: fn(&str) -> Tapped) -> (Vec<Vec<f32>>, Vec<Vec<f32>>) {
    let mut taps: Vec<Option<Tap>> = NAMES.map(|_| None).into();
    let heard = play(config, parts, |rig, _| {
        for (tap, name) in taps.iter_mut().zip(NAMES) {
            if tap.is_none() && rig.keys.contains_key(name) {
                *tap = Some(rig.controller.tap(of(name), TapOptions::default()).unwrap());
            }
        }
    });
    (heard, taps.iter_mut().map(|tap| samples(tap.as_mut().unwrap()).1).collect())
}

#[test]
fn a_mix_is_tapped_behind_its_limiter() {
    for channels in [Channels::Mono, Channels::Stereo] {
        let (heard, tapped) = tapped(MixerConfig { channels, ..MixerConfig::default() }, false, |id| Tapped::mix(id));
        assert!(heard == tapped && heard.iter().flatten().any(|sample| sample.abs() > 0.95));
    }
}

#[test]
fn and_before_it_in_any_number_of_parts() {
    for (channels, workers) in [(Channels::Mono, 1), (Channels::Stereo, 1), (Channels::Mono, 3)] {
        let config = MixerConfig { channels, workers, ..MixerConfig::default() };
        let unlimited = play(MixerConfig { limiter: None, ..config.clone() }, false, |_, _| {});
        let (heard, tapped) = tapped(config, workers > 1, before);
        assert!(unlimited == tapped, "{channels:?}, {workers} workers");
        assert!(heard != tapped && tapped.iter().flatten().any(|sample| sample.abs() > 1.2), "the limiter acts");
    }
}

#[test]
fn taps_change_nothing_of_what_is_heard() {
    let limited = MixerConfig { limiter: Some(LimiterConfig::default()), ..MixerConfig::default() };
    let without = play(limited.clone(), false, |_, _| {});
    assert!(without == tapped(limited.clone(), false, before).0);
    assert!(without == tapped(limited, true, |id| Tapped::mix(id)).0);
}

#[test]
fn a_mix_in_which_nobody_is_heard_is_silence() {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    let mut tap = rig.controller.tap(Tapped::mix("anna"), TapOptions::default()).unwrap();
    rig.level(&[("anna", 0.5)]);
    rig.level(&[("anna", 0.5), ("ben", 0.5)]);
    rig.deafen("anna", true);
    (0..2).for_each(|_| drop(rig.level(&[("ben", 0.5)])));
    let read = contents(&mut tap);
    assert_eq!(read.last(), Some(&(40, 50, Silence)), "deafened, and faded out");
    assert_eq!(read[read.len() - 2].2, Sound);
}

/// A tap before the limiter that is made, dropped and made again while the limiter acts.
#[test]
fn sums_are_kept_only_while_they_are_tapped() {
    let mut rig =
        Rig::with(MixerConfig { limiter: Some(LimiterConfig::default()), ..small() }, &["anna", "ben", "cleo"]);
    for _ in 0..5 {
        let mut taps = [before("cleo"), before("cleo"), before("anna")]
            .map(|tapped| rig.controller.tap(tapped, TapOptions::default()).unwrap());
        let heard = rig.level(&[("anna", 0.9), ("ben", 0.9)]);
        let sums = taps.each_mut().map(|tap| samples(tap).1[9]);
        assert_eq!(sums, [1.8, 1.8, 0.9]);
        assert!(heard["cleo"].iter().all(|sample| sample.abs() <= 1.0));
        drop(taps);
        rig.controller.reclaim();
        rig.level(&[("anna", 0.9), ("ben", 0.9)]);
    }
}
