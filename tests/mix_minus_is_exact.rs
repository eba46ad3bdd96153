//! Exactness: own voices, single sources, equal listeners and silence; and faults of other mixers that
//! this one must not have.

mod rig;

use mixminus::{Decibels, Direction, Frame, LimiterConfig, MixerConfig};
use proptest::prelude::*;
use rig::{Rig, small, usual};

const LIMITED: fn() -> MixerConfig = || usual(Some(LimiterConfig::default()));

#[test]
fn a_lone_talker_hears_exact_silence() {
    let mut rig = Rig::with(LIMITED(), &["anna", "ben"]);
    let heard = rig.level(&[("anna", 0.7), ("ben", 0.0)]);
    assert!(heard["anna"].iter().all(|sample| sample.to_bits() == 0));
}

#[test]
fn nobody_and_nothing_is_silence() {
    let mut rig = Rig::new(LIMITED());
    assert_eq!(rig.processor.enter().tick().mix().distinct().len(), 0, "no listener, no mix");
    rig.join("anna", Direction::Both);
    assert!(rig.level(&[])["anna"].iter().all(|sample| sample.to_bits() == 0));
}

proptest! {
    #[test]
    fn one_source_arrives_bit_for_bit(frame in prop::collection::vec(-0.89_f32..=0.89, 480)) {
        let mut rig = Rig::with(LIMITED(), &["anna", "ben", "cleo"]);
        rig.level(&[("anna", 0.1), ("ben", 0.0), ("cleo", 0.0)]);
        let heard = rig.frames(&[("anna", &frame), ("ben", &[0.0; 480]), ("cleo", &[0.0; 480])]);
        for listener in ["ben", "cleo"] {
            prop_assert!(heard[listener].iter().zip(&frame).all(|(a, b)| a.to_bits() == b.to_bits()));
        }
    }

    #[test]
    fn one_i16_source_arrives_bit_for_bit(frame in prop::collection::vec(any::<i16>(), 480)) {
        let limiter = LimiterConfig { knee: Decibels(0.0), ..LimiterConfig::default() };
        let mut rig = Rig::with(usual(Some(limiter)), &["anna", "ben"]);
        let (anna, ben) = (rig.keys["anna"], rig.keys["ben"]);
        let mut audio = rig.processor.enter();
        let mut tick = audio.tick();
        tick.send(anna, Frame::from(&frame[..])).unwrap();
        tick.send(ben, Frame::from(&[0_i16; 480][..])).unwrap();
        let mut out = [0; 480];
        tick.mix().get(ben).unwrap().write_i16(&mut out);
        prop_assert_eq!(&out[..], &frame[..]);
    }
}

/// Asterisk's bridge saturates at 16 bits after every addition, and then subtracts. The result depends
/// on the order, and can be a listener's own voice inverted. The columns are the samples sent and the
/// samples that everybody has to hear.
#[test]
fn not_as_in_asterisk_the_sum_neither_saturates_on_the_way_nor_depends_on_the_order() {
    let rows: [(&[i16], &[i16]); 4] = [
        (&[30_000, 30_000], &[30_000, 30_000]),
        (&[16_000; 3], &[32_000; 3]),
        (&[30_000, 30_000, -30_000], &[0, 0, 32_767]),
        (&[20_000, 20_000, 0], &[20_000, 20_000, 32_767]),
    ];
    let names = ["anna", "ben", "cleo"];
    for (sent, expected) in rows {
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
            let mut rig = Rig::with(usual(None), &names[..sent.len()]);
            let keys: Vec<_> = names[..sent.len()].iter().map(|id| rig.keys[id]).collect();
            let mut audio = rig.processor.enter();
            let mut tick = audio.tick();
            for n in order.into_iter().filter(|n| *n < sent.len()) {
                tick.send(keys[n], Frame::from(&[sent[n]; 480][..])).unwrap();
            }
            let mixes = tick.mix();
            let heard: Vec<i16> = keys
                .iter()
                .map(|key| {
                    let mut out = [0; 480];
                    mixes.get(*key).unwrap().write_i16(&mut out);
                    out[0]
                })
                .collect();
            assert_eq!(heard, expected, "of {sent:?} in the order {order:?}");
        }
    }
}

/// Janus writes samples past full scale with a plain cast, so loud rooms wrap into noise. It also
/// subtracts a listener's own voice without its volume.
#[test]
fn not_as_in_janus_what_is_out_of_range_is_limited_and_never_wraps() {
    let mut rig = Rig::with(LIMITED(), &["anna", "ben", "cleo"]);
    let keys: Vec<_> = ["anna", "ben", "cleo"].iter().map(|id| rig.keys[id]).collect();
    for _ in 0..20 {
        let mut audio = rig.processor.enter();
        let mut tick = audio.tick();
        for key in &keys {
            tick.send(*key, Frame::from(&[i16::MAX; 480][..])).unwrap();
        }
        let mixes = tick.mix();
        let mut out = [0; 480];
        mixes.get(keys[0]).unwrap().write_i16(&mut out);
        assert!(out.iter().all(|sample| *sample > 29_000));
        assert!(mixes.get(keys[0]).unwrap().reduction().0 < -5.0);
    }
}

#[test]
fn not_as_in_janus_an_own_voice_at_any_level_leaves_no_residue() {
    let mut rig = Rig::with(usual(None), &["anna", "ben"]);
    rig.configure("anna", false, None, &[("ben", 37, false)]);
    rig.configure("ben", false, None, &[("anna", 91, false)]);
    for _ in 0..3 {
        rig.level(&[("anna", 0.3), ("ben", 0.6)]);
    }
    let heard = rig.level(&[("anna", 0.3), ("ben", 0.0)]);
    assert!(heard["anna"].iter().all(|sample| sample.to_bits() == 0));
}

/// Asterisk once removed a voice from its own mix only while it was loud enough to count as talking.
#[test]
fn not_as_in_asterisk_a_quiet_speaker_does_not_hear_itself() {
    let mut rig = Rig::with(LIMITED(), &["anna", "ben"]);
    for _ in 0..3 {
        let heard = rig.level(&[("anna", 0.0005), ("ben", 0.0)]);
        assert!(!rig.controller.readings("anna").unwrap().source.active);
        assert!(heard["anna"].iter().all(|sample| sample.to_bits() == 0));
    }
}

/// FreeSWITCH mixes and encodes for each listener. Here listeners with the same gains share one mix.
#[test]
fn a_thousand_listeners_to_three_talkers_have_four_mixes() {
    let (controller, mut processor) = MixerConfig::default().build().unwrap();
    let keys: Vec<_> = (0..1000).map(|n| controller.join(n.to_string(), Default::default()).unwrap()).collect();
    let mut audio = processor.enter();
    let mut tick = audio.tick();
    for (n, key) in keys.iter().enumerate() {
        let level = if n % 300 == 7 && n < 900 { 0.2 } else { 0.0 };
        tick.send(*key, Frame::from(&[level; 480][..])).unwrap();
    }
    let mixes = tick.mix();
    assert_eq!(mixes.distinct().len(), 4);
    let mut listeners: Vec<_> = mixes.distinct().map(|mix| mix.listeners().count()).collect();
    listeners.sort_unstable();
    assert_eq!(listeners, [1, 1, 1, 997]);
    assert_eq!(mixes.distinct().flat_map(|mix| mix.listeners()).collect::<std::collections::BTreeSet<_>>().len(), 1000);
    assert!(mixes.distinct().all(|mix| mix.listeners().all(|key| mixes.get(key).unwrap().samples() == mix.samples())));
    assert_eq!(controller.mixer_readings().distinct_mixes, 4);
}

#[test]
fn listeners_whose_gains_are_the_same_share_a_mix_however_they_came_by_them() {
    let mut rig = Rig::with(small(), &["anna", "ben", "cleo", "dora", "emil"]);
    // Dora is silent, so her level does not matter. Cleo's ducking bounds of 50 are a gain of 0.5 too.
    rig.configure("anna", true, None, &[("emil", 50, false)]);
    rig.configure("ben", false, None, &[("emil", 50, false), ("dora", 20, false)]);
    let ducking = mixminus::config::Ducking { ramp_active: 0, ramp_inactive: 0, lower_level: 50, upper_level: 50 };
    rig.configure("cleo", false, Some(ducking), &[]);
    for _ in 0..3 {
        rig.level(&[("emil", 0.5)]);
    }
    let mut audio = rig.processor.enter();
    let mut tick = audio.tick();
    tick.send(rig.keys["emil"], Frame::from(&[0.5; 10][..])).unwrap();
    let mixes = tick.mix();
    let shared = mixes.get(rig.keys["anna"]).unwrap();
    let listeners: Vec<_> = shared.listeners().collect();
    assert_eq!(listeners, ["anna", "ben", "cleo"].map(|id| rig.keys[id]));
    assert_eq!(shared.samples(), [0.25; 10]);
}

#[test]
fn in_a_large_room_too_the_same_gains_are_one_mix() {
    let names: Vec<&'static str> = (0..40).map(|n| &*Box::leak(format!("talker {n}").into_boxed_str())).collect();
    for levels in [100, 50] {
        let mut rig = Rig::with(small(), &names);
        ["plain", "listed", "exclusive", "ducked"].iter().for_each(|id| rig.join(id, Direction::Listener));
        let all: Vec<_> = names.iter().map(|id| (*id, levels, false)).collect();
        rig.configure("listed", false, None, &all);
        rig.configure("exclusive", true, None, &all);
        let ducking =
            mixminus::config::Ducking { ramp_active: 0, ramp_inactive: 0, lower_level: levels, upper_level: levels };
        rig.configure("ducked", false, Some(ducking), &[]);
        let frames: Vec<_> = names.iter().enumerate().map(|(n, id)| (*id, 0.001 * n as f32 + 0.001)).collect();
        for _ in 0..3 {
            rig.level(&frames);
        }
        let mut audio = rig.processor.enter();
        let mut tick = audio.tick();
        for (id, level) in &frames {
            tick.send(rig.keys[id], Frame::from(&[*level; 10][..])).unwrap();
        }
        let mixes = tick.mix();
        let of = |id: &str| mixes.get(rig.keys[id]).unwrap();
        let together: Vec<_> = of("listed").listeners().collect();
        assert!(["exclusive", "ducked"].iter().all(|id| together.contains(&rig.keys[id])));
        assert_eq!(together.contains(&rig.keys["plain"]), levels == 100);
        assert!((of("ducked").samples()[0] - 0.82 * levels as f32 / 100.0).abs() < 1e-6);
        assert_eq!(mixes.distinct().len(), 40 + if levels == 100 { 1 } else { 2 });
    }
}

#[test]
fn a_worked_row_of_everything_at_once() {
    let mut rig = Rig::with(small(), &["anna", "ben", "cleo", "dora"]);
    let ducking = mixminus::config::Ducking { ramp_active: 50, ramp_inactive: 50, lower_level: 10, upper_level: 50 };
    rig.configure("anna", true, Some(ducking), &[("ben", 50, false), ("cleo", 80, true)]);
    let settle = |rig: &mut Rig, cleo: f32| {
        (0..30).map(|_| rig.level(&[("ben", 1.0), ("cleo", cleo), ("dora", 1.0)])["anna"][9]).last()
    };
    assert_eq!(settle(&mut rig, 0.0), Some(0.25));
    assert_eq!(settle(&mut rig, 1.0), Some(0.85));
}
