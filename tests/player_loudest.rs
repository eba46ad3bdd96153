//! A prompt does not lose its seat to a talker; it ducks, and is ducked, like any source.
#![cfg(feature = "stream")]

mod players;

use mixminus::{
    Decibels, Frame, JoinOptions, MixerConfig,
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
    stream::{PlayerOptions, Repeat},
};
use players::{Stage, clip, config, noise};

fn with_talker(config: MixerConfig) -> (Stage, mixminus::ParticipantKey) {
    let stage = Stage::with(config, PlayerOptions::default());
    let talker = stage.controller.join("talker", JoinOptions::default()).unwrap();
    (stage, talker)
}

/// The mix of so many ticks in which somebody talks at a constant level.
fn talk(stage: &mut Stage, talker: mixminus::ParticipantKey, level: f32, ticks: usize) -> Vec<f32> {
    let mut audio = stage.processor.enter();
    let one = |_| {
        let mut tick = audio.tick();
        tick.send(talker, Frame::mono(&vec![level; stage.tick])).unwrap();
        tick.mix().get(stage.listener).unwrap().samples().to_vec()
    };
    (0..ticks).flat_map(one).collect()
}

#[test]
fn where_only_the_loudest_is_heard_the_player_is_heard_too() {
    let (mut stage, talker) = with_talker(MixerConfig { loudest: Some(1), ..config(10) });
    talk(&mut stage, talker, 0.5, 5);
    let prompt: Vec<_> = noise(1, 300).iter().map(|sample| sample * 0.01).collect();
    stage.player.append(&clip(&prompt)).unwrap();
    let heard = talk(&mut stage, talker, 0.5, 31);
    for (heard, sample) in heard[10..].iter().zip(&prompt) {
        assert!((heard - 0.5 - sample).abs() < 1e-6, "both are heard");
    }
}

/// The listener hears this source as a ducker, and ducks the others to a tenth.
fn duck(stage: &Stage, ducker: &str) {
    let ducking = Some(Ducking { ramp_active: 10, ramp_inactive: 10, lower_level: 10, upper_level: 100 });
    let source_levels = vec![SourceLevel { duck_others: true, ..SourceLevel::new(ducker) }];
    let level = ParticipantMixerLevel { ducking, source_levels, ..ParticipantMixerLevel::new("listener") };
    stage.controller.configure(&[level]).unwrap();
}

#[test]
fn a_prompt_ducks_who_talks_and_music_is_ducked_by_who_talks() {
    let (mut stage, talker) = with_talker(config(10));
    duck(&stage, "player");
    talk(&mut stage, talker, 0.5, 5);
    let prompt = noise(1, 300);
    stage.player.append(&clip(&prompt)).unwrap();
    let heard = talk(&mut stage, talker, 0.5, 31);
    for (heard, sample) in heard[30..300].iter().zip(&prompt[20..]) {
        assert!((heard - 0.05 - sample).abs() < 1e-6, "the talker is at a tenth: {heard}");
    }

    let (mut stage, talker) = with_talker(config(10));
    duck(&stage, "talker");
    let music = noise(1, 100);
    stage.player.set_repeat(Repeat::Clip).unwrap();
    stage.player.append(&clip(&music)).unwrap();
    stage.ticks(11);
    let heard = talk(&mut stage, talker, 0.5, 10);
    for (heard, sample) in heard[30..].iter().zip(&music[30..]) {
        assert!((heard - 0.5 - 0.1 * sample).abs() < 1e-6, "the music is at a tenth: {heard}");
    }
}

#[test]
fn what_is_under_the_floor_counts_as_silence_and_a_player_that_has_nothing_is_in_no_mix() {
    let mut stage = Stage::with(MixerConfig { floor: Some(Decibels(-40.0)), ..config(10) }, PlayerOptions::default());
    stage.player.append(&clip(&vec![0.005; 1000])).unwrap();
    assert!(stage.ticks(60).iter().all(|sample| *sample == 0.0), "-46 dBFS");
    let readings = stage.controller.readings("player").unwrap().source;
    assert!(readings.quiet);
    stage.player.play(&clip(&noise(1, 100)), 0.0).unwrap();
    stage.ticks(100);
    let missing = stage.controller.readings("player").unwrap().source.missing;
    stage.ticks(10);
    assert_eq!(stage.controller.readings("player").unwrap().source.missing, missing + 10);
}
