//! What is quiet is not there: a source under the floor is in no mix, makes none different, and is not missing.

mod rig;

use mixminus::{Decibels, Direction, Frame, MixerConfig, ParticipantKey};
use rig::{Rig, small, steps, usual};

/// Around the default floor, an amplitude of 1e-4.
const OVER: f32 = 1.01e-4;
const UNDER: f32 = 0.99e-4;

/// The noise of a decoder that was given digital silence: zeros and ±1, some of each.
fn dither(seed: usize) -> Vec<i16> {
    let noise = |at: usize| (at * at * 7 + at * (seed + 3) * 13 + seed * 5) / 11 % 3;
    (0..480).map(|at| noise(at) as i16 - 1).collect()
}

/// A talker and a listener who hears nobody else, with the figures of [`small`]: ticks of 10 ms.
fn pair(config: MixerConfig) -> Rig {
    let mut rig = Rig::new(config);
    rig.join("voice", Direction::Source);
    rig.join("ear", Direction::Listener);
    rig
}

/// What `ear` hears in ticks in which `voice` sends these levels.
fn hear(rig: &mut Rig, levels: &[f32]) -> Vec<f32> {
    levels.iter().flat_map(|level| rig.level(&[("voice", *level)])["ear"].clone()).collect()
}

fn is_quiet(rig: &Rig) -> bool {
    rig.controller.readings("voice").unwrap().source.quiet
}

/// How many different mixes there are while three talk and the others send the noise of a decoder.
fn mixes(config: MixerConfig, others: usize) -> usize {
    let (controller, mut processor) = config.build().unwrap();
    let keys: Vec<ParticipantKey> =
        (0..others + 3).map(|n| controller.join(n.to_string(), Default::default()).unwrap()).collect();
    let mut distinct = 0;
    for n in 0..30 {
        let mut audio = processor.enter();
        let mut tick = audio.tick();
        for (at, key) in keys.iter().enumerate() {
            let noise = dither(at * 31 + n);
            let talk = [0.1 + 0.1 * at as f32; 480];
            let frame = if at < 3 { Frame::from(&talk[..]) } else { Frame::from(&noise[..]) };
            tick.send(*key, frame).unwrap();
        }
        distinct = tick.mix().distinct().len();
    }
    let readings = controller.readings("10").unwrap().source;
    assert!(readings.rms > 0.0 && readings.missing == 0 && readings.frames == 30, "{readings:?}");
    distinct
}

#[test]
fn noise_under_the_floor_makes_no_mix_different() {
    assert_eq!(mixes(usual(None), 50), 4, "one for each talker, and one for all others");
    assert_eq!(mixes(MixerConfig { floor: None, ..usual(None) }, 50), 53);
}

#[test]
fn a_source_is_there_at_once_and_quiet_200_ms_after_the_last_frame_that_reached_the_floor() {
    let mut rig = pair(small());
    assert_eq!(hear(&mut rig, &[UNDER; 5]), [0.0; 50]);
    assert!(is_quiet(&rig));
    let heard = hear(&mut rig, &[OVER, UNDER]);
    for (k, sample) in heard.iter().enumerate() {
        let (presence, level) = ((k + 1).min(10) as f64 / 10.0, if k < 10 { OVER } else { UNDER });
        assert!((f64::from(*sample) - presence * f64::from(level)).abs() < 1e-11, "sample {k}");
    }
    assert_eq!(heard[9], OVER);
    assert!(!is_quiet(&rig));
    // 19 of the 20 ticks in which it is still there.
    assert_eq!(hear(&mut rig, &[UNDER; 19]), [UNDER; 190]);
    assert!(!is_quiet(&rig));
    let fading = hear(&mut rig, &[UNDER]);
    assert!(is_quiet(&rig) && fading[0] < UNDER && fading[9] == 0.0, "{fading:?}");
    assert_eq!(rig.controller.mixer_readings().audible_sources, 1, "until it has faded out");
    assert_eq!(hear(&mut rig, &[UNDER; 3]), [0.0; 30]);
    let source = rig.controller.readings("voice").unwrap().source;
    assert_eq!((rig.controller.mixer_readings().audible_sources, source.rms, source.peak), (0, UNDER, UNDER));
    assert_eq!((source.missing, source.returns, source.frames, source.active), (0, 0, 30, false));
}

#[test]
fn a_source_that_hovers_around_the_floor_is_there_bit_for_bit() {
    let mut rig = pair(small());
    hear(&mut rig, &[OVER]);
    let levels: Vec<f32> = (0..200).map(|n| if n % 20 == 19 { OVER } else { UNDER }).collect();
    let expected: Vec<f32> = levels.iter().flat_map(|level| [*level; 10]).collect();
    assert_eq!(hear(&mut rig, &levels), expected);
}

#[test]
fn one_that_comes_and_goes_makes_no_click() {
    let mut rig = pair(MixerConfig { floor: Some(Decibels(-20.0)), ..small() });
    let levels: Vec<f32> = (0..400).map(|n| if (n / 50) % 2 == 0 { 0.099 } else { 0.101 }).collect();
    let (_, greatest) = steps(0.0, &hear(&mut rig, &levels));
    assert!(greatest < 0.0102, "{greatest}");
}

#[test]
fn silence_costs_nothing_without_a_floor_too() {
    for floor in [None, Some(Decibels::SILENCE), Some(Decibels(-80.0))] {
        let mut rig = pair(MixerConfig { floor, ..small() });
        assert_eq!(hear(&mut rig, &[0.0; 30]), [0.0; 300]);
        assert_eq!(
            (rig.controller.mixer_readings().audible_sources, is_quiet(&rig)),
            (0, floor == Some(Decibels(-80.0)))
        );
        let faint = hear(&mut rig, &[1e-30]);
        assert_eq!(faint[9] == 1e-30, floor != Some(Decibels(-80.0)), "{floor:?}");
    }
}

#[test]
fn the_level_of_a_stereo_source_is_that_of_both_channels_as_sent() {
    let mut rig = pair(small());
    let key = rig.keys["voice"];
    let quiet_after = |rig: &mut Rig, left: f32, right: f32| {
        rig.try_send(key, Frame::planar(&[left; 10], &[right; 10])).unwrap();
        is_quiet(rig)
    };
    assert!(quiet_after(&mut rig, 1.3e-4, 0.0), "-80.7 dBFS");
    assert!(!quiet_after(&mut rig, 1.3e-4, -1.3e-4), "-77.7 dBFS, and silence in the mean");
}

#[test]
fn who_is_quiet_keeps_its_seat() {
    let mut rig = Rig::new(MixerConfig { loudest: Some(1), ..small() });
    rig.join("ear", Direction::Listener);
    ["anna", "ben"].iter().for_each(|id| rig.join(id, Direction::Source));
    rig.level(&[("anna", 0.5), ("ben", 0.4)]);
    // A second of silence of both, in which `anna` was the last who was heard.
    (0..100).for_each(|_| drop(rig.level(&[("anna", 0.0), ("ben", 0.0)])));
    rig.level(&[("anna", 0.5), ("ben", 0.4)]);
    assert_eq!(rig.level(&[("anna", 0.5), ("ben", 0.4)])["ear"], [0.5; 10]);
}
