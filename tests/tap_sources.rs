//! The tap of a source has what it sends, bit for bit, whoever hears it and how loud; and silence where it is silent.
#![cfg(feature = "stream")]

mod rig;
mod taps;

use mixminus::{
    Channels, Direction, Frame, Gain, JoinOptions, MixerConfig,
    stream::{Clock, InputOptions, PortOptions, Stamp, StreamFormat, TapContent::*, TapError, TapOptions, Tapped},
};
use rig::{Rig, small};
use taps::{contents, samples, spans};

fn noise(seed: u32, count: usize) -> Vec<f32> {
    (0..count as u32)
        .map(|n| ((seed * 7919 + n).wrapping_mul(2_654_435_761) >> 8) as f32 / 16_777_216.0 - 0.5)
        .collect()
}

#[test]
fn what_is_sent_is_in_the_tap_whatever_others_hear_of_it() {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    rig.set_gain("ben", "anna", Gain::new(0.0).unwrap());
    let mut taps = [0, 1].map(|_| rig.controller.tap(Tapped::source("anna"), TapOptions::default()).unwrap());
    let sent: Vec<Vec<f32>> = (0..5).map(|tick| noise(tick, 10)).collect();
    sent.iter().for_each(|frame| drop(rig.frames(&[("anna", frame), ("ben", &[1.0; 10])])));
    for tap in &mut taps {
        assert_eq!(samples(tap), (10, sent.concat()), "each of several taps has all of it");
    }
    let mut words = [0_i16; 10];
    rig.frames(&[("anna", &[0.25; 10])]);
    assert_eq!(taps[0].read(&mut words).map(|span| (span.frames, words)), Some((10, [8192; 10])));
}

#[test]
fn a_source_is_silent_without_a_frame_under_the_floor_and_while_muted() {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    let mut tap = rig.controller.tap(Tapped::source("anna"), TapOptions::default()).unwrap();
    let even_muted = TapOptions { even_muted: true, ..TapOptions::default() };
    let mut asked = rig.controller.tap(Tapped::source("anna"), even_muted).unwrap();
    rig.level(&[("anna", 0.5)]);
    rig.level(&[]);
    rig.mute("anna", true);
    rig.level(&[("anna", 0.25)]);
    rig.mute("anna", false);
    (0..25).for_each(|_| drop(rig.level(&[("anna", 1e-5)])));
    // It counts as silent from 200 ms after the last frame that reached the floor.
    let read = [(10, 20, Sound), (20, 40, Silence), (40, 240, Sound), (240, 290, Silence)];
    assert_eq!(contents(&mut tap), read);
    let spans = spans(&mut asked, 100);
    assert_eq!(spans[2].1[..10], [0.25; 10], "it was asked for");
    assert_eq!(spans.iter().map(|(span, _)| span.content).collect::<Vec<_>>()[..3], [Sound, Silence, Sound]);
}

/// Music that is played in is a source of its own, and in nobody else's tap.
#[test]
fn who_is_on_hold_is_silent_and_what_it_hears_is_not_in_its_tap() {
    let mut rig = Rig::with(small(), &["anna", "ben", "music"]);
    let tap = |rig: &Rig, tapped| rig.controller.tap(tapped, TapOptions::default()).unwrap();
    let [mut said, mut played] = ["anna", "music"].map(|id| tap(&rig, Tapped::source(id)));
    let mut heard = tap(&rig, Tapped::mix("anna"));
    let levels = [("anna", 0.5), ("music", 0.25)];
    rig.level(&levels);
    rig.controller.hold("anna", &["music"]).unwrap();
    (0..3).for_each(|_| drop(rig.level(&levels)));
    rig.controller.resume("anna").unwrap();
    rig.level(&levels);
    assert_eq!(contents(&mut said), [(10, 20, Sound), (20, 50, Silence), (50, 60, Sound)]);
    assert_eq!(contents(&mut played), [(10, 60, Sound)]);
    assert_eq!(samples(&mut heard).1[35..40], [0.25; 5]);
}

#[test]
fn a_player_is_tapped_like_any_source() {
    use mixminus::stream::{Clip, PlayerOptions};
    let mut rig = Rig::with(MixerConfig { limiter: None, ..MixerConfig::default() }, &["anna"]);
    let player = rig.controller.join_player("music", JoinOptions::default(), PlayerOptions::default()).unwrap();
    let mut tap = rig.controller.tap(Tapped::source("music"), TapOptions::default()).unwrap();
    let clip = noise(7, 4800);
    player.append(&Clip::new(Frame::mono(&clip), 48_000, 48_000).unwrap()).unwrap();
    (0..20).for_each(|_| drop(rig.level(&[("anna", 0.1)])));
    let (_, samples) = samples(&mut tap);
    let begin = samples.iter().position(|sample| *sample == clip[0]).expect("it was played");
    assert!(samples[begin..begin + 4800] == clip, "bit for bit");
}

#[test]
fn the_channels_are_those_of_the_mixer() {
    let (left, right) = ([0.5_f32; 10], [0.25_f32; 10]);
    for (channels, heard) in [(Channels::Mono, vec![0.375]), (Channels::Stereo, vec![0.5, 0.25])] {
        let mut rig = Rig::with(MixerConfig { channels, ..small() }, &["anna"]);
        let mut tap = rig.controller.tap(Tapped::source("anna"), TapOptions::default()).unwrap();
        rig.try_send(rig.keys["anna"], Frame::planar(&left, &right)).unwrap();
        assert_eq!(samples(&mut tap).1, heard.repeat(10));
    }
}

/// Who is not among the loudest is decoded for its tap; and what others hear is the same with taps and without.
#[test]
fn a_source_behind_a_port_is_read_for_its_tap_although_nobody_hears_it() {
    let heard = [false, true].map(|tapped| {
        let config = MixerConfig { loudest: Some(1), limiter: None, ..MixerConfig::default() };
        let (controller, mut processor) = config.build().unwrap();
        let loud = controller.join("loud", JoinOptions::default()).unwrap();
        let format = StreamFormat::mono(48_000);
        let input = InputOptions { clock: Clock::Locked, ..InputOptions::new(format) };
        let ports = PortOptions { input: Some(input), output: None };
        let mut faint = controller.join_with_ports("faint", JoinOptions::default(), ports).unwrap();
        let mut tap = tapped.then(|| controller.tap(Tapped::source("faint"), TapOptions::default()).unwrap());
        let (mut audio, mut heard, mut sent) = (processor.enter(), Vec::new(), Vec::new());
        for number in 0..60_u32 {
            let frame: Vec<f32> = noise(number, 480).iter().map(|sample| sample * 0.01).collect();
            faint.input.as_mut().unwrap().push(Frame::mono(&frame), Stamp::Rtp(number * 480)).unwrap();
            sent.extend(frame);
            let mut tick = audio.tick();
            tick.send(loud, Frame::mono(&[0.5_f32; 480])).unwrap();
            let mixes = tick.mix();
            heard.extend([loud, faint.key].map(|key| mixes.get(key).unwrap().samples().to_vec()).concat());
        }
        if let Some(tap) = &mut tap {
            let (_, samples) = samples(tap);
            let (late, last) = (samples.len() - 20_000, samples.len() - 1);
            let begin = sent.iter().position(|sample| *sample == samples[late]).expect("it was sent");
            assert!(sent[begin..][..20_000] == samples[late..=last], "bit for bit");
        }
        heard
    });
    assert!(heard[0] == heard[1]);
}

#[test]
fn what_cannot_be_tapped_is_told() {
    let mut rig = Rig::new(small());
    rig.join("ear", Direction::Listener);
    rig.join("voice", Direction::Source);
    let refused = |tapped, options| rig.controller.tap(tapped, options).unwrap_err().to_string();
    let usual = TapOptions::default();
    assert_eq!(refused(Tapped::source("zoe"), usual), "no participant \"zoe\" is in the call");
    let ear = "participant \"ear\" joined as a listener: it has no sound of its own to tap";
    assert_eq!(refused(Tapped::source("ear"), usual), ear);
    assert_eq!(refused(Tapped::mix("voice"), usual), "participant \"voice\" joined as a source: it has no mix to tap");
    let holds = "a tap that holds 19 ms: it holds between 20 and 60000 ms";
    assert_eq!(refused(Tapped::mix("ear"), TapOptions { holds_ms: 19.0, ..usual }), holds);
    let format = TapOptions::new(StreamFormat::mono(999));
    assert!(matches!(rig.controller.tap(Tapped::mix("ear"), format), Err(TapError::Format(_))));
}
