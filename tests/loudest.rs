//! Only the loudest sources are heard: which ones, and that a change of them makes no click.

mod rig;

use std::collections::{BTreeMap, BTreeSet};

use mixminus::{ControlError, Detector, Direction, Frame, Gain, JoinOptions, MixerConfig, config::Ducking};
use rig::{Rig, small, steps};

const NAMES: [&str; 6] = ["anna", "ben", "cleo", "dora", "emil", "finn"];

/// A listener, `ear`, and talkers, of whom a given number is heard: the loudest.
struct Call(Rig);

impl Call {
    fn new(config: MixerConfig, talkers: usize, detector: Detector) -> Self {
        let mut rig = Rig::new(config);
        rig.join("ear", Direction::Listener);
        for name in &NAMES[..talkers] {
            let options = JoinOptions { direction: Direction::Source, detector, ..JoinOptions::default() };
            rig.keys.insert(name, rig.controller.join(*name, options).unwrap());
        }
        Self(rig)
    }

    fn of(loudest: usize, talkers: usize) -> Self {
        Self::new(MixerConfig { loudest: Some(loudest), ..small() }, talkers, Detector::default())
    }

    /// One tick in which the talkers send these levels; a negative one is sent with the host's word
    /// that the source is active. Returns the sources that are heard, and the mix.
    fn tick(&mut self, levels: &[f32]) -> (BTreeSet<&'static str>, Vec<f32>) {
        let Rig { processor, keys, .. } = &mut self.0;
        let mut audio = processor.enter();
        let samples = audio.tick_samples();
        let mut tick = audio.tick();
        for (name, level) in
            NAMES.iter().zip(levels).filter(|(name, level)| !level.is_nan() && keys.contains_key(*name))
        {
            let frame = vec![level.abs(); samples];
            tick.send(keys[name], Frame::from(&frame[..]).active(*level < 0.0)).unwrap();
        }
        let mixes = tick.mix();
        let mix = mixes.get(keys["ear"]).unwrap();
        let sources: BTreeSet<_> = mix.sources().collect();
        (keys.iter().filter(|(_, key)| sources.contains(key)).map(|(name, _)| *name).collect(), mix.samples().to_vec())
    }

    /// The sources that are heard once the fades of a first tick with these levels are over.
    fn heard(&mut self, levels: &[f32]) -> String {
        self.tick(levels);
        self.tick(levels).0.into_iter().collect::<Vec<_>>().join(" ")
    }
}

/// No frame.
const NONE: f32 = f32::NAN;

#[test]
fn the_loudest_two_of_five_and_the_sum_of_them() {
    let mut call = Call::of(2, 5);
    let (heard, mix) = call.tick(&[0.0625, 0.5, 0.125, 0.25, 0.03125]);
    assert_eq!((heard, mix), (["ben", "dora"].into(), vec![0.75; 10]));
    assert_eq!(call.0.controller.mixer_readings().audible_sources, 2, "the others are in no sum");
    assert!(call.0.controller.readings("anna").unwrap().source.active, "but their meters and detectors go on");
}

#[test]
fn an_active_one_comes_before_a_loud_passive_one() {
    let mut call = Call::new(MixerConfig { loudest: Some(2), ..small() }, 4, Detector::Host);
    assert_eq!(call.heard(&[0.9, 0.8, 0.7, 0.6]), "anna ben");
    assert_eq!(call.heard(&[0.9, 0.8, 0.7, -0.1]), "anna dora", "at once, in the place of the quieter");
    assert_eq!(call.heard(&[0.9, 0.8, -0.1, -0.1]), "cleo dora");
    assert_eq!(call.heard(&[0.9, 0.8, 0.1, 0.1]), "cleo dora", "and stays, for nobody is active");
}

#[test]
fn who_is_listed_is_always_heard() {
    let mut call = Call::of(1, 4);
    let levels = [0.01, 0.5, 0.02, 0.25];
    assert_eq!(call.heard(&levels), "ben");
    let ducking = Ducking { ramp_active: 0, ramp_inactive: 0, lower_level: 50, upper_level: 100 };
    call.0.configure("ear", false, Some(ducking), &[("anna", 100, true), ("ben", 100, false)]);
    assert_eq!(call.heard(&levels), "anna ben dora", "the seat is dora's");
    assert!((call.tick(&levels).1[9] - (0.01 + 0.25 + 0.125)).abs() < 1e-6, "the quiet ducker ducks");
    call.0.configure("ear", false, None, &[("cleo", 100, false)]);
    assert_eq!(call.heard(&levels), "cleo dora", "listed no more, they have to compete");
    call.0.leave("dora");
    assert_eq!(call.heard(&levels), "ben cleo");
}

#[test]
fn two_who_are_as_loud_do_not_take_turns() {
    let mut call = Call::of(1, 2);
    let mut heard: BTreeSet<&str> = BTreeSet::new();
    for n in 0..2000 {
        // Two talkers whose levels swing by 2 dB in opposite directions, in words of 150 ms.
        let (a, b) = if n / 15 % 2 == 0 { (0.3, 0.24) } else { (0.24, 0.3) };
        heard.extend(call.tick(&[a, b]).0);
    }
    assert_eq!(heard, ["anna"].into());
}

#[test]
fn a_place_changes_hands_without_a_click() {
    let mut call = Call::of(1, 2);
    for _ in 0..60 {
        call.tick(&[0.25, 0.125]);
    }
    let mut heard = Vec::new();
    for _ in 0..20 {
        heard.extend(call.tick(&[0.25, 0.75]).1);
    }
    let (sum, most) = steps(0.25, &heard);
    assert!((sum - 0.5).abs() < 1e-6 && most <= 0.05 + 1e-6, "{sum} {most}");
    let moved = heard.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!(moved <= 10, "over the smoothing time: {moved}");
    assert_eq!(heard.last(), Some(&0.75));
}

#[test]
fn who_is_muted_or_missing_gives_its_place_up_at_once() {
    let mut call = Call::of(1, 3);
    assert_eq!(call.heard(&[0.5, 0.25, 0.125]), "anna");
    call.0.mute("anna", true);
    let (_, mix) = call.tick(&[0.5, 0.25, 0.125]);
    assert!((mix[9] - 0.25).abs() < 1e-6, "in the same tick: {mix:?}");
    assert_eq!(call.heard(&[0.5, 0.25, 0.125]), "ben");
    assert_eq!(call.heard(&[0.5, NONE, 0.125]), "cleo");
    call.0.mute("anna", false);
    assert_eq!(call.heard(&[0.5, 0.25, 0.125]), "cleo", "who comes back waits for half a second");
    (0..50).for_each(|_| drop(call.tick(&[0.5, 0.25, 0.125])));
    assert_eq!(call.heard(&[0.5, 0.25, 0.125]), "anna");
}

#[test]
fn how_many_changes_while_the_call_runs() {
    let mut call = Call::new(small(), 6, Detector::default());
    let levels = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
    assert_eq!(call.heard(&levels), "anna ben cleo dora emil finn");
    call.0.controller.set_loudest(Some(3)).unwrap();
    assert_eq!(call.heard(&levels), "dora emil finn");
    call.0.controller.set_loudest(Some(4)).unwrap();
    assert_eq!(call.heard(&levels), "cleo dora emil finn");
    call.0.controller.set_loudest(Some(1)).unwrap();
    assert_eq!(call.heard(&levels), "finn");
    call.0.controller.set_loudest(None).unwrap();
    assert_eq!(call.heard(&levels), "anna ben cleo dora emil finn");
    assert_eq!(call.0.controller.set_loudest(Some(0)), Err(ControlError::Loudest));
    let generation = call.0.controller.published();
    assert_eq!(call.0.controller.set_loudest(None), Ok(generation), "nothing has changed");
}

#[test]
fn the_room_grows_around_those_who_are_heard() {
    let mut call = Call::new(MixerConfig { loudest: Some(2), participants: 1, ..small() }, 3, Detector::default());
    assert_eq!(call.heard(&[0.5, 0.25, 0.3]), "anna cleo");
    for n in 0..20 {
        call.0.controller.join(format!("guest {n}"), JoinOptions::default()).unwrap();
        let (heard, mix) = call.tick(&[0.5, 0.25, 0.3]);
        assert_eq!((heard, mix), (["anna", "cleo"].into(), vec![0.8; 10]));
    }
}

/// The level of a talker at a time: louder and softer phrases of one or two seconds, with gaps, and now
/// and then without frames.
fn level(talker: usize, ms: usize) -> f32 {
    let phrase = ms / (1000 + 140 * talker) + 7 * talker;
    [0.5, 0.001, 0.09, 0.2, NONE, 0.03][phrase * 5 % 6] * (1.0 + 0.01 * talker as f32)
}

#[test]
fn the_tick_hardly_matters() {
    // The sources that are heard at each 20 ms.
    let play = |tick: usize| -> Vec<BTreeSet<&'static str>> {
        let config = MixerConfig { sample_rate: 2000, tick_samples: tick, loudest: Some(2), ..small() };
        let mut call = Call::new(config, 6, Detector::default());
        let mut at = |ms: usize| call.tick(&std::array::from_fn::<_, 6, _>(|talker| level(talker, ms / 20 * 20))).0;
        (0..20_000 * 2 / tick)
            .map(|n| (n, at(n * tick / 2)))
            .filter(|(n, _)| ((n + 1) * tick).is_multiple_of(40))
            .map(|(_, heard)| heard)
            .collect()
    };
    let reference = play(20);
    let changes = reference.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!(changes > 20, "{changes} changes");
    for tick in [5, 40] {
        let differ = play(tick).iter().zip(&reference).filter(|(a, b)| a != b).count();
        assert!(differ <= changes, "ticks of {tick} samples: {differ} of 1000 instants differ, with {changes} changes");
    }
}

#[test]
fn who_is_not_heard_is_as_if_muted_to_the_bit() {
    let mut limited = Call::of(3, 6);
    let mut free = Call::new(small(), 6, Detector::default());
    let levels = |n: usize| std::array::from_fn::<_, 6, _>(|talker| level(talker, n * 10));
    let heard: Vec<_> = (0..1000).map(|n| limited.tick(&levels(n))).collect();
    let mut muted: BTreeMap<&str, bool> = BTreeMap::new();
    for n in 0..999 {
        for (talker, name) in NAMES.iter().enumerate() {
            // A fade takes one tick. A source that is heard in the next tick too is not fading out.
            let out = levels(n)[talker] > 0.0 && !(heard[n].0.contains(name) && heard[n + 1].0.contains(name));
            if muted.insert(name, out) != Some(out) {
                free.0.mute(name, out);
            }
        }
        let (sources, mix) = free.tick(&levels(n));
        assert_eq!((&sources, &mix), (&heard[n].0, &heard[n].1), "tick {n}");
    }
}

#[test]
fn who_is_muted_by_one_is_not_forced_on_others() {
    let mut call = Call::of(1, 2);
    call.0.join("deaf to ben", Direction::Both);
    call.0.set_gain("deaf to ben", "ben", Gain::SILENCE);
    assert_eq!(call.heard(&[0.5, 0.1]), "anna");
    call.0.set_gain("deaf to ben", "ben", Gain::new(0.5).unwrap());
    assert_eq!(call.heard(&[0.5, 0.1]), "anna ben", "who is asked for is heard by all");
    call.0.set_gain("deaf to ben", "ben", Gain::SILENCE);
    call.heard(&[0.5, 0.1]);
    assert_eq!(call.heard(&[0.5, 0.1]), "anna");
}

#[test]
fn one_wild_sample_keeps_nobody_out_for_long() {
    let mut call = Call::new(MixerConfig { loudest: Some(1), ..small() }, 2, Detector::Host);
    let quiet_and_loud = |call: &mut Call, ticks| (0..ticks).map(|_| call.heard(&[-0.001, -0.25])).last().unwrap();
    assert_eq!(quiet_and_loud(&mut call, 10), "ben");
    let wild = call.heard(&[-1e6, -0.25]);
    assert!(["anna", "ben", "anna ben"].contains(&&*wild), "{wild}");
    assert_eq!(quiet_and_loud(&mut call, 300), "ben");
}

#[test]
fn what_the_host_tells_decides_instead_of_the_samples() {
    let mut call = Call::of(1, 2);
    let heard = |call: &mut Call, anna: u8, ben: u8| {
        let Rig { processor, keys, .. } = &mut call.0;
        let mut audio = processor.enter();
        let mut last = 0.0;
        for _ in 0..100 {
            let mut tick = audio.tick();
            tick.send(keys["anna"], Frame::from(&[0.5; 10][..]).level_dbov(anna)).unwrap();
            tick.send(keys["ben"], Frame::from(&[0.25; 10][..]).level_dbov(ben)).unwrap();
            last = tick.mix().get(keys["ear"]).unwrap().samples()[9];
        }
        last
    };
    let active = |call: &Call| ["anna", "ben"].map(|id| call.0.controller.readings(id).unwrap().source.active);
    assert_eq!(heard(&mut call, 40, 30), 0.25, "ben is said to be louder");
    heard(&mut call, 50, 51);
    assert_eq!(active(&call), [true, false], "at the threshold, and under it");
    assert_eq!(heard(&mut call, 20, 30), 0.5);
    assert_eq!(heard(&mut call, 81, 127), 0.0, "both are said to be under the floor");
    let source = call.0.controller.readings("anna").unwrap().source;
    assert_eq!((source.quiet, source.rms), (true, 0.5), "the meter shows what was measured");
}
