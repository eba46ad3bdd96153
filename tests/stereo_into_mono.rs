//! A stereo source in a mono mixer is heard as the mean of both channels, and measured on both as sent: a talker whose
//! channels cancel each other out in the mean is active all the same.

mod rig;

use mixminus::{Direction, Frame, MixerConfig, Mixes, ParticipantKey, SourceReadings, config::Ducking};
use rig::{Rig, usual};

const TICK: usize = 480;

/// A tone of this amplitude, whole periods in a tick.
fn tone(amplitude: f64) -> Vec<f32> {
    (0..TICK).map(|k| (amplitude * (k as f64 * std::f64::consts::TAU / 48.0).sin()) as f32).collect()
}

fn inverse(samples: &[f32]) -> Vec<f32> {
    samples.iter().map(|sample| -sample).collect()
}

/// A tick with these frames; what `look` sees in the mixes.
fn tick<T>(rig: &mut Rig, frames: &[(ParticipantKey, Frame<'_>)], look: impl FnOnce(&Mixes<'_>) -> T) -> T {
    let mut audio = rig.processor.enter();
    let mut tick = audio.tick();
    frames.iter().for_each(|(key, frame)| tick.send(*key, *frame).unwrap());
    look(&tick.mix())
}

/// The readings of a source that sends this frame, and the peak of what the other one hears.
fn measure(frame: Frame<'_>) -> (SourceReadings, f32) {
    let mut rig = Rig::with(usual(None), &["anna", "ben"]);
    let (anna, ben) = (rig.keys["anna"], rig.keys["ben"]);
    let heard = tick(&mut rig, &[(anna, frame)], |mixes| mixes.get(ben).unwrap().peak());
    (rig.controller.readings("anna").unwrap().source, heard)
}

fn assert_near(is: f32, want: f64, what: &str) {
    assert!((f64::from(is) - want).abs() <= 1e-5 * want, "{what} is {is}, and should be {want}");
}

#[test]
fn antiphase_channels_cancel_in_the_mix_and_are_measured_all_the_same() {
    let left = tone(0.5);
    let right = inverse(&left);
    let interleaved: Vec<f32> = left.iter().zip(&right).flat_map(|(left, right)| [*left, *right]).collect();
    let integers: Vec<i16> = interleaved.iter().map(|sample| (sample * 32768.0) as i16).collect();
    for frame in [Frame::planar(&left, &right), Frame::interleaved(&interleaved), Frame::interleaved(&integers)] {
        let (source, heard) = measure(frame);
        assert_eq!(heard, 0.0);
        assert!(source.active && source.active_ticks == 1, "{frame:?}");
        assert_eq!(source.anti_phase_ticks, 1, "which is named");
        assert!((f64::from(source.rms) - 0.5 / 2_f64.sqrt()).abs() < 1e-4, "{}", source.rms);
        assert!((source.peak - 0.5).abs() < 1e-4, "{}", source.peak);
    }
}

#[test]
fn the_readings_are_those_of_both_channels() {
    let (left, right) = (tone(0.2), tone(0.8));
    let (source, _) = measure(Frame::planar(&left, &right));
    assert_near(source.rms, ((0.04 + 0.64) / 4.0_f64).sqrt(), "the RMS");
    assert_near(source.peak, 0.8, "the peak");
    assert_eq!(source.anti_phase_ticks, 0);
    // One channel alone: half of the energy.
    let (source, _) = measure(Frame::planar(&right, &[0.0; TICK]));
    assert_near(source.rms, (0.64 / 4.0_f64).sqrt(), "the RMS");
    assert_near(source.peak, 0.8, "the peak");
}

#[test]
fn an_antiphase_talker_ducks_the_others() {
    let mut rig = Rig::with(usual(None), &["anna", "ben", "cleo"]);
    let [anna, ben, cleo] = ["anna", "ben", "cleo"].map(|id| rig.keys[id]);
    let ducking = Ducking { ramp_active: 0, ramp_inactive: 0, lower_level: 25, upper_level: 100 };
    rig.configure("ben", false, Some(ducking), &[("anna", 100, true)]);
    let (left, level) = (tone(0.5), [0.5_f32; TICK]);
    let right = inverse(&left);
    let frames = [(anna, Frame::planar(&left, &right)), (cleo, Frame::from(&level[..]))];
    let last = |mixes: &Mixes<'_>| mixes.get(ben).unwrap().samples()[TICK - 1];
    tick(&mut rig, &frames, last);
    assert_eq!(tick(&mut rig, &frames, last), 0.125);
}

#[test]
fn the_loudest_are_those_that_send_the_most() {
    let mut rig = Rig::new(MixerConfig { loudest: Some(1), ..usual(None) });
    rig.join("ear", Direction::Listener);
    ["wide", "plain"].iter().for_each(|id| rig.join(id, Direction::Source));
    let [ear, wide, plain] = ["ear", "wide", "plain"].map(|id| rig.keys[id]);
    let (left, faint) = (tone(0.9), tone(0.2));
    let right = inverse(&left);
    let frames = [(wide, Frame::planar(&left, &right)), (plain, Frame::from(&faint[..]))];
    // `wide` takes the one place: of `plain` nothing is heard, and `wide` cancels itself out.
    let heard = |mixes: &Mixes<'_>| mixes.get(ear).unwrap().peak();
    for _ in 0..3 {
        assert_eq!(tick(&mut rig, &frames, heard), 0.0);
    }
}
