//! Figures of any size, wherever a host gives one.

use mixminus::{
    Channels, Decibels, Detector, Frame, Gain, JoinOptions, LimiterConfig, MixerConfig, Pan,
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
    stream::{PlayerOptions, StreamFormat, TapOptions, Tapped},
};

use crate::steps::Steps;

/// Room for so many is made at most: for more it takes a while.
const MOST_PARTICIPANTS: usize = 300;
/// Samples of all participants and workers: a mixer of more takes gigabytes.
const MOST_SAMPLES: usize = 1 << 22;
/// A number that is out of every range.
const TOO_MANY: usize = usize::MAX / 2;

/// Makes a mixer, participants, players, taps and levels of any figures. Each is taken or refused with a reason; and with
/// what is taken every mix is finite.
pub fn figures(input: &[u8]) {
    let mut steps = Steps::new(input);
    let config = config(&mut steps);
    let (tick, rate) = (config.tick_samples, config.sample_rate);
    let samples = tick.saturating_mul(config.workers).saturating_mul(config.participants.max(8));
    if (MOST_SAMPLES..TOO_MANY).contains(&samples) {
        return;
    }
    let (controller, mut processor) = match config.build() {
        Ok(halves) => halves,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    assert!((1000..=768_000).contains(&rate) && (1..=rate as usize * 120 / 1000).contains(&tick));
    let Ok(a) = controller.join("a", join(&mut steps)) else { return };
    let b = controller.join("b", JoinOptions::default()).expect("the defaults are good");
    let samples = vec![0.5_f32; tick];
    let mut taps = Vec::new();
    for _ in 0..24 {
        let Some(step) = steps.next() else { break };
        match step {
            b'g' => {
                let factor = float(&mut steps);
                if let Ok(gain) = Gain::from_percent(factor) {
                    assert!((0.0..=16.0).contains(&gain.factor()), "{gain:?}");
                    controller.set_gain("b", "a", gain).expect("both are here");
                }
            }
            b'p' => {
                if let Ok(pan) = Pan::new(float(&mut steps) as f32) {
                    assert_eq!(controller.set_pan("b", "a", pan).is_ok(), processor.channels() == Channels::Stereo);
                }
            }
            b'c' => drop(controller.configure(&[level(&mut steps)])),
            b'l' => drop(controller.set_loudest(steps.one_of(&[None, Some(1), Some(0), Some(TOO_MANY)]))),
            b'y' => drop(controller.join_player("player", join(&mut steps), player(&mut steps))),
            b't' => {
                taps.truncate(1);
                taps.extend(controller.tap(Tapped::source("a"), tap(&mut steps)));
            }
            b'x' => processor.enter().skip(u64::from(steps.u32()) << steps.number(64)),
            b'j' => drop(controller.join("c", join(&mut steps))),
            _ => {
                let mut audio = processor.enter();
                let mut tick = audio.tick();
                let told = Frame::mono(&samples).level_dbov(steps.byte()).active(steps.flag());
                tick.send(a, told).expect("a good frame");
                tick.send(b, Frame::mono(&samples)).expect("a good frame");
                for mix in tick.mix().distinct() {
                    assert!(mix.left().iter().chain(mix.right()).all(|sample| sample.is_finite()));
                }
            }
        }
    }
}

/// Any float, and those at which things change more often.
fn float(steps: &mut Steps<'_>) -> f64 {
    let all = [
        0.0,
        1.0,
        -0.0,
        -1.0,
        10.0,
        100.0,
        1000.0,
        1000.001,
        5000.0,
        60_000.0,
        60_001.0,
        0.1,
        1e-320,
        1e300,
        -1e300,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MIN_POSITIVE,
        -24.0,
        -24.1,
        -80.0,
        0.5,
        1600.0,
        1e18,
    ];
    match steps.number(all.len() + 1) {
        n if n < all.len() => all[n],
        _ => f64::from_bits(u64::from(steps.u32()) << 32 | u64::from(steps.u32())),
    }
}

fn config(steps: &mut Steps<'_>) -> MixerConfig {
    let limiter = LimiterConfig { knee: Decibels(float(steps)), hold_ms: float(steps), release_db_per_s: float(steps) };
    let (raw, smoothing_ms, floor) = (steps.u32(), float(steps), float(steps));
    MixerConfig {
        sample_rate: steps.one_of(&[48_000, 8000, 1000, 999, 768_000, 768_001, 0, u32::MAX, 44_100, raw]),
        tick_samples: steps.one_of(&[480, 80, 1, 0, 120, 121, 5760, 5761, 92_160, TOO_MANY, raw as usize & 0x3FF]),
        channels: steps.one_of(&[Channels::Mono, Channels::Stereo]),
        smoothing_ms: steps.one_of(&[10.0, 0.0, smoothing_ms]),
        limiter: steps.one_of(&[None, Some(LimiterConfig::default()), Some(limiter)]),
        participants: steps.one_of(&[1, 0, 64, MOST_PARTICIPANTS, TOO_MANY]),
        workers: steps.one_of(&[1, 0, 2, 64, 65, TOO_MANY]),
        talk_events: steps.one_of(&[4, 0, 1024, TOO_MANY]),
        loudest: steps.one_of(&[None, Some(1), Some(0), Some(TOO_MANY)]),
        floor: steps.one_of(&[None, Some(-80.0), Some(floor)]).map(Decibels),
        ..MixerConfig::default()
    }
}

fn join(steps: &mut Steps<'_>) -> JoinOptions {
    let (threshold, hangover_ms) = (Decibels(float(steps)), float(steps));
    let detector = steps.one_of(&[Detector::default(), Detector::Host, Detector::Energy { threshold, hangover_ms }]);
    JoinOptions { detector, ..JoinOptions::default() }
}

fn level(steps: &mut Steps<'_>) -> ParticipantMixerLevel {
    let mut any = || steps.one_of(&[0, 100, 5000, 1, 101, -1, 5001, i64::MAX, i64::MIN]);
    let ducking = Ducking { ramp_active: any(), ramp_inactive: any(), lower_level: any(), upper_level: any() };
    let source = SourceLevel { level: any(), ..SourceLevel::new("a") };
    let source = SourceLevel { duck_others: steps.flag(), ..source };
    let ducking = steps.flag().then_some(ducking);
    ParticipantMixerLevel {
        ducking,
        exclusive: steps.flag(),
        source_levels: vec![source],
        ..ParticipantMixerLevel::new("b")
    }
}

fn player(steps: &mut Steps<'_>) -> PlayerOptions {
    let events = steps.one_of(&[16, 0, 1, TOO_MANY]);
    PlayerOptions { smoothing_ms: float(steps), events, ..PlayerOptions::default() }
}

fn tap(steps: &mut Steps<'_>) -> TapOptions {
    let raw = steps.u16();
    let rate_hz = steps.one_of(&[8000, 48_000, 16_000, 999, 0, u32::MAX, 768_000, u32::from(raw)]);
    let holds_ms = steps.one_of(&[100.0, 0.0, -1.0, f64::NAN, f64::INFINITY, 1e300, 10_000.0]);
    TapOptions { holds_ms, even_muted: steps.flag(), ..TapOptions::new(StreamFormat::mono(rate_hz)) }
}
