//! A single source at gain 1 arrives bit for bit, whatever else of the listener's row moves. Only the
//! sign of a zero may be lost, so samples are compared as numbers.

mod rig;

use mixminus::{Decibels, Detector, Direction, Gain, JoinOptions, MixerConfig, config::Ducking};
use rig::Rig;

/// A configuration of the listener: exclusive, ducking, and what it lists beside `side`: source, level, `duckOthers`.
type Row = (bool, Option<(i64, i64)>, &'static [(&'static str, i64, bool)]);

/// Rows in which `voice` is not ducked, and has gain 1: the envelope rests at 100.
const PLAIN: &[Row] = &[
    (false, None, &[]),
    (false, None, &[("quiet", 30, false)]),
    (false, None, &[("voice", 100, false)]),
    (true, None, &[("voice", 100, false)]),
    (true, None, &[("voice", 100, false), ("quiet", 70, false)]),
    (false, Some((20, 100)), &[("quiet", 70, true)]),
    (true, Some((0, 100)), &[("voice", 100, false), ("quiet", 100, true)]),
    (false, Some((100, 100)), &[("voice", 100, false), ("quiet", 0, false)]),
];

/// Rows in which `voice` ducks the others, and has gain 1 while the envelope moves.
const DUCKING: &[Row] = &[
    (false, Some((20, 60)), &[("voice", 100, true)]),
    (false, Some((20, 60)), &[("voice", 100, true), ("quiet", 30, false)]),
    (true, Some((0, 100)), &[("voice", 100, true), ("quiet", 30, true)]),
    (true, Some((70, 90)), &[("voice", 100, true)]),
    (false, Some((40, 40)), &[("voice", 100, true), ("other", 0, false)]),
];

/// `ear` hears `voice`. `quiet` and `other` send digital silence. `side` is loud, and at level 0 in every row.
struct Call {
    rig: Rig,
    config: MixerConfig,
    now: usize,
}

impl Call {
    fn new(config: &MixerConfig, row: &Row) -> Self {
        let mut call = Self { rig: Rig::new(config.clone()), config: config.clone(), now: 0 };
        call.rig.join("ear", Direction::Listener);
        ["voice", "quiet", "other", "side"].iter().for_each(|id| call.join(id));
        call.configure(row);
        call.play(0.5, "at rest");
        call
    }

    fn join(&mut self, id: &'static str) {
        let detector = Detector::Energy { threshold: Decibels(-40.0), hangover_ms: 0.0 };
        let options = JoinOptions { direction: Direction::Source, detector, ..JoinOptions::default() };
        self.rig.keys.insert(id, self.rig.controller.join(id, options).unwrap());
    }

    fn configure(&self, &(exclusive, range, listed): &Row) {
        let ducking = range.map(|(lower_level, upper_level)| Ducking {
            ramp_active: 7,
            ramp_inactive: 11,
            lower_level,
            upper_level,
        });
        let mut sources = listed.to_vec();
        sources.push(("side", 0, false));
        self.rig.configure("ear", exclusive, ducking, &sources);
    }

    /// So many smoothing times and one tick more, in which `ear` hears `voice` alone.
    fn play(&mut self, smoothing_times: f64, change: &str) {
        let MixerConfig { sample_rate, tick_samples, smoothing_ms, .. } = self.config;
        let samples = smoothing_times * smoothing_ms * f64::from(sample_rate) / 1000.0;
        let until = self.now + samples as usize + 1;
        while self.now < until {
            let span = self.now..self.now + tick_samples;
            let voice: Vec<f32> = span.clone().map(voice).collect();
            let side: Vec<f32> = span.map(|at| 0.5 * noise(at, 1)).collect();
            let silence = vec![0.0; tick_samples];
            let mut frames = vec![("voice", &voice[..]), ("quiet", &silence), ("other", &silence), ("side", &side)];
            frames.retain(|(id, _)| self.rig.keys.contains_key(id));
            let heard = &self.rig.frames(&frames)["ear"];
            for (at, (heard, sent)) in heard.iter().zip(&voice).enumerate() {
                let (now, config) = (self.now, &self.config);
                assert!(heard == sent, "{change}: {heard} is not {sent} at sample {now} (+{at}) of {config:?}");
            }
            self.now += tick_samples;
        }
    }
}

/// Uniform in -1..1.
fn noise(at: usize, seed: u64) -> f32 {
    let mut bits = (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ seed.wrapping_mul(0xd1b5_4a32_d192_ed03);
    bits = (bits ^ (bits >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (bits >> 40) as f32 / (1 << 23) as f32 - 1.0
}

/// Loud and faint by turns, so that it is active and passive; with zeros of both signs.
fn voice(at: usize) -> f32 {
    match (at % 97, at / 300 % 3) {
        (0, _) => 0.0,
        (1, _) => -0.0,
        (_, 0) => 0.004 * noise(at, 0),
        _ => noise(at, 0),
    }
}

/// Every rate with ticks from 1 sample to 20 ms, and moves of none, of one and of several ticks.
fn each_mixer(mut check: impl FnMut(&MixerConfig)) {
    for sample_rate in [8000, 16_000, 44_100, 48_000] {
        let ms = sample_rate as usize / 100;
        for tick_samples in [1, 37, ms / 4, ms, 2 * ms] {
            for smoothing_ms in [0.0, 10.0, 25.0] {
                check(&MixerConfig {
                    sample_rate,
                    tick_samples,
                    smoothing_ms,
                    limiter: None,
                    // A tick of one sample may be silent.
                    floor: None,
                    ..MixerConfig::default()
                });
            }
        }
    }
}

/// From every row to every other, in the middle of the moves of the change before and after them.
fn change_rows(config: &MixerConfig, rows: &[Row]) {
    let mut call = Call::new(config, &rows[0]);
    for step in 1..rows.len() {
        for n in 0..rows.len() {
            let row = &rows[n * step % rows.len()];
            call.configure(row);
            call.play([0.0, 0.4, 1.2][n % 3], &format!("{row:?}"));
        }
    }
}

#[test]
fn while_its_row_changes_around_it() {
    each_mixer(|config| change_rows(config, PLAIN));
}

#[test]
fn while_it_ducks_the_others() {
    each_mixer(|config| change_rows(config, DUCKING));
}

#[test]
fn while_pair_gains_of_silent_sources_move() {
    each_mixer(|config| {
        let mut call = Call::new(config, &PLAIN[0]);
        for gain in [4.0, 0.0, 0.3, 1.0] {
            call.rig.set_gain("ear", "quiet", Gain::new(gain).unwrap());
            call.play(0.4, &format!("a gain of {gain}"));
            call.rig.set_gain("ear", "voice", Gain::UNITY);
            call.play(0.4, "its own gain is named");
        }
    });
}

#[test]
fn while_others_come_and_go() {
    each_mixer(|config| {
        for row in [&PLAIN[0], &PLAIN[2], &DUCKING[1]] {
            let mut call = Call::new(config, row);
            call.rig.mute("quiet", true);
            call.play(0.4, "a silent source is muted");
            call.rig.mute("quiet", false);
            call.rig.leave("other");
            call.play(0.4, "a silent source leaves");
            call.rig.leave("side");
            call.play(0.4, "a source at level 0 leaves");
            call.join("other");
            call.play(1.2, "a silent source joins");
        }
    });
}
