//! Rows that the mixer keeps from tick to tick follow every change of gains and of audible sources.

use mixminus::{
    Controller, Frame, Gain, JoinOptions, MixerConfig, ParticipantKey, Processor,
    config::{ParticipantMixerLevel, SourceLevel},
};

const PARTICIPANTS: usize = 40;

fn level(listener: usize, source: usize) -> i64 {
    ((listener * 37 + source * 53 + listener * source) % 99 + 1) as i64
}

fn value(source: usize) -> f32 {
    (source + 1) as f32 * 1e-4
}

fn room() -> (Controller, Processor, Vec<ParticipantKey>) {
    let config = MixerConfig { participants: PARTICIPANTS, limiter: None, floor: None, ..MixerConfig::default() };
    let (controller, processor) = config.build().unwrap();
    let (keys, _) = controller.change(|changes| {
        (0..PARTICIPANTS).map(|n| changes.join(n.to_string(), JoinOptions::default()).unwrap()).collect()
    });
    let row = |n: usize| ParticipantMixerLevel {
        source_levels: (0..PARTICIPANTS)
            .filter(|source| *source != n)
            .map(|source| SourceLevel { level: level(n, source), ..SourceLevel::new(source.to_string()) })
            .collect(),
        ..ParticipantMixerLevel::new(n.to_string())
    };
    controller.configure(&(0..PARTICIPANTS).map(row).collect::<Vec<_>>()).unwrap();
    (controller, processor, keys)
}

/// Everybody sends a constant. The last sample of every mix is the sum of the constants times their `gain`s.
fn check(processor: &mut Processor, keys: &[ParticipantKey], gain: impl Fn(usize, usize) -> f64) {
    for _ in 0..3 {
        let mut audio = processor.enter();
        let mut tick = audio.tick();
        for (n, key) in keys.iter().enumerate() {
            tick.send(*key, Frame::from(&[value(n); 480][..])).unwrap();
        }
        let mixes = tick.mix();
        for (listener, key) in keys.iter().enumerate() {
            let others = (0..PARTICIPANTS).filter(|source| *source != listener);
            let expected: f64 = others.map(|source| gain(listener, source) * f64::from(value(source))).sum();
            let heard = f64::from(mixes.get(*key).unwrap().samples()[479]);
            assert!((heard - expected).abs() <= 1e-6 * expected, "{listener} hears {heard}, not {expected}");
        }
    }
}

#[test]
fn a_kept_row_follows_gains_and_who_is_heard() {
    let (controller, mut processor, keys) = room();
    let percent = |listener, source| level(listener, source) as f64 / 100.0;
    check(&mut processor, &keys, percent);
    // Another set of audible sources, of the same size.
    for muted in [3, 7] {
        controller.set_muted("3", muted == 3).unwrap();
        controller.set_muted("7", muted == 7).unwrap();
        check(&mut processor, &keys, |l, s| if s == muted { 0.0 } else { percent(l, s) });
    }
    controller.set_muted("7", false).unwrap();
    check(&mut processor, &keys, percent);
    controller.set_gain("5", "6", Gain::from_percent(200.0).unwrap()).unwrap();
    check(&mut processor, &keys, |l, s| if (l, s) == (5, 6) { 2.0 } else { percent(l, s) });
}
