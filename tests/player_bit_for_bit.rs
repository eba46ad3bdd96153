//! What is played is what was queued, bit for bit and without a gap, whatever the tick, and in every format.
#![cfg(feature = "stream")]

mod players;

use mixminus::{
    Frame,
    stream::{Clip, ClipStream, PlayerOptions, StreamFormat},
};
use players::{Stage, clip, config, noise, stereo};

const TICKS: [usize; 9] = [1, 2, 3, 7, 10, 13, 20, 40, 60];

#[test]
fn clips_of_any_length_follow_on_each_other() {
    let lengths = [1, 59, 60, 61, 200, 3, 1, 1, 480, 17];
    let sounds: Vec<_> = lengths.iter().zip(0..).map(|(samples, seed)| noise(seed, *samples)).collect();
    for tick in TICKS {
        let mut stage = Stage::new(tick);
        sounds.iter().for_each(|sound| assert!(stage.player.append(&clip(sound)).is_ok()));
        let whole = sounds.concat();
        let heard = stage.listen(whole.len() + 100);
        assert!(heard[..whole.len()] == whole && heard[whole.len()..].iter().all(|sample| *sample == 0.0), "{tick}");
    }
}

#[test]
fn what_is_appended_in_time_follows_without_a_gap_and_what_comes_late_is_whole() {
    for tick in [1, 7, 10, 60] {
        let mut stage = Stage::new(tick);
        // Each piece is appended when less than a tick of the one before it is left.
        let sounds: Vec<_> = (0..20).map(|seed| noise(seed, 90)).collect();
        let mut heard = Vec::new();
        for sound in &sounds {
            stage.player.append(&clip(sound)).unwrap();
            while stage.player.left_ms() > tick as f64 {
                heard.extend(stage.ticks(1));
            }
        }
        heard.extend(stage.ticks(200_usize.div_ceil(tick)));
        assert!(heard[10..].starts_with(&sounds.concat()), "{tick}");
        let readings = stage.player.readings();
        assert_eq!((readings.ran_dry, readings.dry_samples, readings.played_samples), (1, 0, 1800));
        // It ran dry, and more comes.
        stage.player.append(&clip(&noise(99, 50))).unwrap();
        let late = stage.ticks(70_usize.div_ceil(tick));
        let begin = late.iter().position(|sample| *sample != 0.0).unwrap();
        assert_eq!(late[begin..begin + 50], noise(99, 50));
        assert!(stage.player.readings().dry_samples > 100 && stage.player.readings().lost_events == 0);
    }
}

#[test]
fn silence_in_a_clip_does_not_fade_in_what_follows_it() {
    let mut sound = noise(1, 100);
    sound.extend([0.0; 900]);
    sound.extend(noise(2, 100));
    let mut stage = Stage::new(10);
    stage.player.append(&clip(&sound)).unwrap();
    assert_eq!(stage.listen(1100), sound);
}

#[test]
fn every_kind_of_frame_is_heard_in_mono_and_in_stereo() {
    let (left, right) = (noise(1, 100), noise(2, 100));
    let sides: Vec<f32> = left.iter().zip(&right).flat_map(|(left, right)| [*left, *right]).collect();
    let integers: Vec<i16> = left.iter().map(|sample| (sample * 32_768.0) as i16).collect();
    let floats: Vec<f32> = integers.iter().map(|sample| f32::from(*sample) / 32_768.0).collect();
    let mean: Vec<f32> = left.iter().zip(&right).map(|(left, right)| 0.5 * left + 0.5 * right).collect();
    let twice = |mono: &[f32]| mono.iter().flat_map(|sample| [*sample; 2]).collect::<Vec<_>>();
    let cases = [
        (Frame::mono(&left), left.clone(), twice(&left)),
        (Frame::mono(&integers), floats.clone(), twice(&floats)),
        (Frame::interleaved(&sides), mean.clone(), sides.clone()),
        (Frame::planar(&left, &right), mean, sides.clone()),
    ];
    for (frame, mono, both) in cases {
        let sound = Clip::new(frame, 1000, 1000).unwrap();
        for (config, expected) in [(config(7), mono), (stereo(7), both)] {
            let channels = config.channels.count();
            let mut stage = Stage::with(config, PlayerOptions::default());
            stage.player.append(&sound).unwrap();
            let heard = stage.ticks(16);
            assert_eq!(heard[10 * channels..110 * channels], expected);
        }
    }
}

#[test]
fn a_mono_clip_and_a_stereo_clip_share_a_tick() {
    let (left, right) = (noise(1, 15), noise(2, 15));
    let mut stage = Stage::with(stereo(20), PlayerOptions::default());
    stage.player.append(&clip(&left)).unwrap();
    stage.player.append(&Clip::new(Frame::planar(&left, &right), 1000, 1000).unwrap()).unwrap();
    stage.player.append(&clip(&right)).unwrap();
    let heard = stage.ticks(4);
    let side = |channel: usize| heard.iter().skip(20 + channel).step_by(2).copied().take(45).collect::<Vec<_>>();
    assert_eq!(side(0), [left.clone(), left.clone(), right.clone()].concat());
    assert_eq!(side(1), [left, right.clone(), right].concat());
}

#[test]
fn pieces_of_another_rate_are_heard_without_a_seam() {
    let sound: Vec<f32> = (0..4000).map(|n| (f64::from(n) * 0.05).sin() as f32 * 0.5).collect();
    let whole = Clip::new(Frame::mono(&sound), 2000, 1000).unwrap();
    let mut pieces = ClipStream::new(StreamFormat::mono(2000), 1000).unwrap();
    let (mut stage, mut other) = (Stage::new(10), Stage::new(60));
    for piece in sound.chunks(37) {
        stage.player.append(&pieces.piece(Frame::mono(piece)).unwrap()).unwrap();
    }
    stage.player.append(&pieces.end().unwrap()).unwrap();
    other.player.append(&whole).unwrap();
    let heard = stage.listen(2000);
    assert!(heard == other.listen(2000) && heard.iter().any(|sample| *sample > 0.4));
}
