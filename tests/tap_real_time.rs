//! Taps are made, read, paused and dropped on other threads while the call goes on: the audio thread neither allocates nor
//! frees, and neither does a reader once its tap has begun.
#![cfg(feature = "stream")]

mod alloc;

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    thread,
    time::Duration,
};

use alloc::{alone, watched};
use mixminus::{
    Channels, Controller, Frame, JoinOptions, MixerConfig, ParticipantKey, Processor,
    stream::{StreamFormat, Tap, TapContent, TapOptions, Tapped},
};

const TICK: usize = 80;

fn run(processor: &mut Processor, keys: &[ParticipantKey], stop: &AtomicBool) {
    let mut audio = processor.enter();
    let mut number = 0_u64;
    while !stop.load(Relaxed) {
        watched(|| {
            if number.is_multiple_of(50) {
                audio.skip(2);
            }
            let mut tick = audio.tick();
            for (n, key) in keys.iter().enumerate().filter(|(n, _)| !(number / 7 + *n as u64).is_multiple_of(3)) {
                // Some have left.
                let _ = tick.send(*key, Frame::mono(&[0.2 + 0.1 * n as f32; TICK]));
            }
            let mut prepared = tick.prepare();
            if number.is_multiple_of(2) {
                prepared.parts().for_each(|part| part.mix());
            }
            let _mixes = prepared.finish();
        });
        number += 1;
        thread::sleep(Duration::from_micros(200));
    }
}

/// Reads all that there is, now and then late. The timeline has no holes.
fn read(mut tap: Tap, stop: &AtomicBool, sounds: &AtomicU64) {
    let (mut out, mut next, mut round) = ([0.0_f32; 1024], None, 0_u64);
    while !stop.load(Relaxed) {
        while let Some(span) = tap.read(&mut out) {
            assert!(next.is_none_or(|next| next == span.position), "{next:?} {span:?}");
            next = Some(span.end());
            sounds.fetch_add(u64::from(span.content == TapContent::Sound), Relaxed);
        }
        round += 1;
        tap.set_paused(round.is_multiple_of(5));
        thread::sleep(Duration::from_millis(if round.is_multiple_of(40) { 60 } else { 1 }));
    }
}

fn change(controller: &Controller, round: usize) {
    let ids = ["a", "b", "c", "d"].map(|id| format!("{id}{}", round % 3));
    for (n, id) in ids.iter().enumerate() {
        let _ = if (round + n).is_multiple_of(2) {
            controller.join(id.as_str(), JoinOptions::default()).map(drop)
        } else {
            controller.leave(id).map(drop)
        };
        controller.set_muted("anna", round.is_multiple_of(3)).unwrap();
        let tapped =
            if n % 2 == 0 { Tapped::source("ben") } else { Tapped::Mix { id: "anna".into(), before_limiter: true } };
        let holds = TapOptions { holds_ms: 40.0, ..TapOptions::default() };
        let mut tap = controller.tap(tapped, holds).unwrap();
        if round.is_multiple_of(2) {
            thread::sleep(Duration::from_millis(1));
            let _read = tap.read(&mut [0.0_f32; 160]);
        }
    }
}

#[test]
fn neither_the_audio_thread_nor_the_memory_notices() {
    let _alone = alone();
    for channels in [Channels::Mono, Channels::Stereo] {
        let config = MixerConfig {
            sample_rate: 8000,
            tick_samples: TICK,
            channels,
            workers: 2,
            participants: 2,
            ..MixerConfig::default()
        };
        let (controller, mut processor) = config.build().unwrap();
        let keys = ["anna", "ben", "cleo"].map(|id| controller.join(id, JoinOptions::default()).unwrap());
        let holds = TapOptions { holds_ms: 50.0, even_muted: true, ..TapOptions::default() };
        let low = TapOptions { format: Some(StreamFormat::mono(16_000)), ..holds };
        let mix = |before_limiter| Tapped::Mix { id: "cleo".into(), before_limiter };
        let taps =
            [(Tapped::source("anna"), holds), (Tapped::source("anna"), low), (mix(true), holds), (mix(false), low)];
        let taps = taps.map(|(tapped, options)| controller.tap(tapped, options).unwrap());
        let (stop, sounds) = (AtomicBool::new(false), [0; 4].map(AtomicU64::new));
        let (stop, sounds) = (&stop, &sounds);
        thread::scope(|scope| {
            scope.spawn(|| run(&mut processor, &keys, stop));
            for (tap, sounds) in taps.into_iter().zip(sounds) {
                scope.spawn(move || read(tap, stop, sounds));
            }
            (0..100).for_each(|round| change(&controller, round));
            thread::sleep(Duration::from_millis(20));
            stop.store(true, Relaxed);
        });
        assert!(sounds.iter().all(|sounds| sounds.load(Relaxed) > 5), "{sounds:?}");
        controller.reclaim();
        (0..20).for_each(|_| assert!(processor.enter().tick().mix().distinct().len() > 0));
        assert_eq!(controller.reclaim(), 0, "what the taps had has come back");
    }
}

#[test]
fn a_reader_whose_tap_has_begun_allocates_nothing() {
    let _alone = alone();
    let (controller, mut processor) = MixerConfig::default().build().unwrap();
    let anna = controller.join("anna", JoinOptions::default()).unwrap();
    let mut taps = [48_000, 16_000, 44_100]
        .map(|rate_hz| controller.tap(Tapped::source("anna"), TapOptions::new(StreamFormat::mono(rate_hz))).unwrap());
    let mut audio = processor.enter();
    let mut tick = |level: f32| {
        let mut tick = audio.tick();
        tick.send(anna, Frame::mono(&[level; 480])).unwrap();
        tick.mix();
    };
    let mut out = [0_i16; 480];
    for number in 0..40 {
        (0..1 + number % 4).for_each(|_| tick([0.5, 0.0][number / 4 % 2]));
        let mut read = || taps.iter_mut().for_each(|tap| while tap.read(&mut out).is_some() {});
        if number < 8 { read() } else { watched(read) }
    }
}
