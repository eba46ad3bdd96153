//! A stereo mixer is two mono mixers in lockstep: each side is mixed by the rules, and one limiter serves both.

mod cases;

use std::collections::BTreeMap;

use cases::cases;
use mixminus::{
    Channels, ControlError, Controller, Decibels, Detector, Frame, FrameError, Gain, JoinOptions, LimiterConfig,
    MixerConfig, Pan, ParticipantKey, Processor,
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
};
use proptest::prelude::*;

const TICK: usize = 48;

fn config(channels: Channels, limiter: Option<LimiterConfig>) -> MixerConfig {
    // Room for two, so that it has to grow.
    MixerConfig { channels, tick_samples: TICK, smoothing_ms: 3.0, limiter, participants: 2, ..MixerConfig::default() }
}

fn build(channels: Channels) -> (Controller, Processor) {
    config(channels, None).build().unwrap()
}

fn join(controller: &Controller, ids: &[&str]) -> Vec<ParticipantKey> {
    let options = JoinOptions { detector: Detector::Host, ..JoinOptions::default() };
    ids.iter().map(|id| controller.join(*id, options.clone()).unwrap()).collect()
}

/// One tick with these frames. Returns both sides of the hearers' mixes.
fn tick(
    processor: &mut Processor,
    frames: &[(ParticipantKey, Frame<'_>)],
    hearers: &[ParticipantKey],
) -> Vec<[Vec<f32>; 2]> {
    let mut audio = processor.enter();
    let mut tick = audio.tick();
    frames.iter().for_each(|(key, frame)| tick.send(*key, *frame).unwrap());
    let mixes = tick.mix();
    let sides = |key: &ParticipantKey| mixes.get(*key).map(|mix| [mix.left().to_vec(), mix.right().to_vec()]);
    hearers.iter().filter_map(sides).collect()
}

fn noise(seed: usize, side: usize) -> Vec<f32> {
    (0..TICK).map(|n| ((n * 7 + seed * 131 + side * 17) as f32 * 0.618).sin() * 0.5).collect()
}

#[derive(Debug, Clone)]
enum Event {
    Configure { listener: usize, exclusive: bool, ducks: bool, sources: Vec<(usize, i64, bool)> },
    Gain { listener: usize, source: usize, percent: u8 },
    Pan { listener: usize, source: usize, position: i8 },
    Mute(usize, bool),
    Sends(usize, bool),
    Leave(usize),
    Join(usize),
}

const IDS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

fn event() -> impl Strategy<Value = Event> {
    let who = 0..IDS.len();
    let sources = proptest::collection::vec((who.clone(), 0..=100i64, any::<bool>()), 0..4);
    prop_oneof![
        (who.clone(), any::<bool>(), any::<bool>(), sources)
            .prop_map(|(listener, exclusive, ducks, sources)| Event::Configure { listener, exclusive, ducks, sources }),
        (who.clone(), who.clone(), 0..=200u8).prop_map(|(listener, source, percent)| Event::Gain {
            listener,
            source,
            percent
        }),
        (who.clone(), who.clone(), -4..=4i8).prop_map(|(listener, source, position)| Event::Pan {
            listener,
            source,
            position
        }),
        (who.clone(), any::<bool>()).prop_map(|(who, muted)| Event::Mute(who, muted)),
        (who.clone(), any::<bool>()).prop_map(|(who, sends)| Event::Sends(who, sends)),
        who.clone().prop_map(Event::Leave),
        who.prop_map(Event::Join),
    ]
}

/// A stereo mixer, and the two mono mixers that it has to equal, one for each side. A pan in the stereo
/// mixer is a gain in each mono mixer.
struct Three {
    mixers: Vec<(Controller, Processor)>,
    keys: BTreeMap<usize, [ParticipantKey; 3]>,
    sends: [bool; IDS.len()],
    /// The gain and the pan of each pair.
    pairs: BTreeMap<(usize, usize), (f64, Pan)>,
}

impl Three {
    fn new() -> Self {
        let mixers = [Channels::Stereo, Channels::Mono, Channels::Mono].map(build).into();
        let mut three = Self { mixers, keys: BTreeMap::new(), sends: [true; IDS.len()], pairs: BTreeMap::new() };
        (0..4).for_each(|who| three.join(who));
        three
    }

    fn join(&mut self, who: usize) {
        if !self.keys.contains_key(&who) {
            let key = |n: usize| join(&self.mixers[n].0, &IDS[who..=who])[0];
            self.keys.insert(who, [key(0), key(1), key(2)]);
        }
    }

    fn each(&self, change: impl Fn(&Controller)) {
        self.mixers.iter().for_each(|(controller, _)| change(controller));
    }

    fn here(&self, who: usize) -> bool {
        self.keys.contains_key(&who)
    }

    fn happen(&mut self, event: Event) {
        let pair = |a: usize, b: usize| a != b && self.here(a) && self.here(b);
        match event {
            Event::Configure { listener, exclusive, ducks, sources } if self.here(listener) => {
                let listed: BTreeMap<_, _> = sources
                    .into_iter()
                    .filter(|(source, ..)| pair(listener, *source))
                    .map(|(source, level, duck_others)| (source, (level, duck_others)))
                    .collect();
                let ducking =
                    ducks.then_some(Ducking { ramp_active: 5, ramp_inactive: 9, lower_level: 20, upper_level: 90 });
                let level = ParticipantMixerLevel {
                    exclusive,
                    ducking,
                    source_levels: listed
                        .iter()
                        .map(|(source, (level, duck_others))| SourceLevel {
                            level: *level,
                            duck_others: ducks && *duck_others,
                            ..SourceLevel::new(IDS[*source])
                        })
                        .collect(),
                    ..ParticipantMixerLevel::new(IDS[listener])
                };
                self.each(|controller| {
                    controller.configure(std::slice::from_ref(&level)).unwrap();
                });
                let gain = |source: usize| match listed.get(&source) {
                    Some((level, _)) => *level as f64 / 100.0,
                    None => f64::from(u8::from(!exclusive)),
                };
                let levels = listed.keys().map(|source| ((listener, *source), (gain(*source), Pan::CENTRE)));
                // A configuration leaves the pans as they are.
                let panned = self.pairs.iter().filter(|((l, _), (_, pan))| *l == listener && *pan != Pan::CENTRE);
                let panned: Vec<_> = panned.map(|((_, source), (_, pan))| (*source, gain(*source), *pan)).collect();
                let levels: Vec<_> = levels.collect();
                self.pairs.retain(|(l, _), _| *l != listener);
                self.pairs.extend(levels);
                panned.into_iter().for_each(|(source, gain, pan)| self.pan(listener, source, gain, pan));
            }
            Event::Gain { listener, source, percent } if pair(listener, source) => {
                let pan = self.pairs.get(&(listener, source)).map_or(Pan::CENTRE, |pair| pair.1);
                self.set(listener, source, f64::from(percent) / 100.0, pan);
            }
            Event::Pan { listener, source, position } if pair(listener, source) => {
                let exclusive = self.mixers[0].0.configuration(IDS[listener]).unwrap().exclusive;
                let unlisted = if exclusive { 0.0 } else { 1.0 };
                let gain = self.pairs.get(&(listener, source)).map_or(unlisted, |pair| pair.0);
                self.set(listener, source, gain, Pan::new(f32::from(position) / 4.0).unwrap());
            }
            Event::Mute(who, muted) if self.here(who) => {
                self.each(|controller| {
                    controller.set_muted(IDS[who], muted).unwrap();
                });
            }
            Event::Sends(who, sends) => self.sends[who] = sends,
            Event::Leave(who) if self.here(who) => {
                self.each(|controller| {
                    controller.leave(IDS[who]).unwrap();
                });
                self.keys.remove(&who);
                self.pairs.retain(|(l, s), _| *l != who && *s != who);
            }
            Event::Join(who) => self.join(who),
            _ => {}
        }
    }

    fn set(&mut self, listener: usize, source: usize, gain: f64, pan: Pan) {
        let (l, s) = (IDS[listener], IDS[source]);
        let (stereo, _) = self.mixers[0].0.change(|changes| {
            changes.set_gain(l, s, Gain::new(gain).unwrap())?;
            changes.set_pan(l, s, pan)
        });
        stereo.unwrap();
        self.pan(listener, source, gain, pan);
    }

    /// Sets the gains in the mono mixers that stand for a pair's gain and pan.
    fn pan(&mut self, listener: usize, source: usize, gain: f64, pan: Pan) {
        self.pairs.insert((listener, source), (gain, pan));
        let (l, s) = (IDS[listener], IDS[source]);
        let (left, right) = pan.factors();
        for (mixer, factor) in [(1, left), (2, right)] {
            self.mixers[mixer].0.set_gain(l, s, Gain::new(gain * factor).unwrap()).unwrap();
        }
    }

    /// One tick of all three mixers: each side has to equal its mono mixer bit for bit.
    fn tick(&mut self, now: usize) {
        let sending: Vec<_> = self.keys.iter().filter(|(who, _)| self.sends[**who]).collect();
        let samples: Vec<_> = sending.iter().map(|(who, _)| [0, 1].map(|side| noise(now * 31 + **who, side))).collect();
        let active = |who: usize| (now / 3 + who).is_multiple_of(4);
        let made: Vec<_> = (0..3)
            .map(|n| {
                let frame = |((who, keys), sides): (&(&usize, &[ParticipantKey; 3]), _)| {
                    let [left, right]: &[Vec<f32>; 2] = sides;
                    let frame = [Frame::planar(left, right), Frame::mono(left), Frame::mono(right)][n];
                    (keys[n], frame.active(active(**who)))
                };
                let frames: Vec<_> = sending.iter().zip(&samples).map(frame).collect();
                let hearers: Vec<_> = self.keys.values().map(|keys| keys[n]).collect();
                tick(&mut self.mixers[n].1, &frames, &hearers)
            })
            .collect();
        for (n, [left, right]) in made[0].iter().enumerate() {
            for (side, mono) in [left, right].into_iter().zip([&made[1][n][0], &made[2][n][0]]) {
                // Silence on one side of a source changes the order of a sum, and so its last bit.
                let near = side.iter().zip(mono).all(|(side, mono)| (side - mono).abs() <= 1e-6);
                assert!(near && side.len() == mono.len(), "listener {n} in tick {now}: {side:?}, not {mono:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn each_side_is_a_mono_mix(events in proptest::collection::vec((event(), 1..6usize), 1..40)) {
        let (mut three, mut now) = (Three::new(), 0);
        for (event, ticks) in events {
            three.happen(event);
            (0..ticks).for_each(|n| three.tick(now + n));
            now += ticks;
        }
    }
}

#[test]
fn mono_is_heard_on_both_sides_and_stereo_as_its_mean() {
    for (channels, expected) in
        [(Channels::Stereo, [[0.5, 0.5], [0.25, -0.75]]), (Channels::Mono, [[0.5, 0.5], [-0.25, -0.25]])]
    {
        let (controller, mut processor) = build(channels);
        let keys = join(&controller, &["mono", "stereo", "guest"]);
        let interleaved = [8192_i16, -24576].repeat(TICK);
        let frames = [(keys[0], Frame::mono(&[0.5_f32; TICK])), (keys[1], Frame::interleaved(&interleaved))];
        let heard = tick(&mut processor, &frames, &keys);
        let last = |n: usize| heard[n].each_ref().map(|side| side[TICK - 1]);
        assert_eq!([last(1), last(0)], expected, "what the others hear of the mono, and of the stereo sender");
        assert_eq!(last(2), [0, 1].map(|side| expected[0][side] + expected[1][side]));
    }
}

#[test]
fn a_pan_moves_there_smoothly() {
    let (controller, mut processor) = build(Channels::Stereo);
    let keys = join(&controller, &["anna", "ben"]);
    let frames = [(keys[0], Frame::mono(&[1.0_f32; TICK]))];
    tick(&mut processor, &frames, &keys);
    controller.set_pan("ben", "anna", Pan::RIGHT).unwrap();
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for _ in 0..4 {
        let mut heard = tick(&mut processor, &frames, &keys[1..]).remove(0);
        left.append(&mut heard[0]);
        right.append(&mut heard[1]);
    }
    assert!(right.iter().all(|sample| *sample == 1.0));
    // 3 ms are 144 samples.
    let line = |k: usize| 1.0 - (k + 1).min(144) as f32 / 144.0;
    assert!(left.iter().enumerate().all(|(k, sample)| (sample - line(k)).abs() < 1e-6));
    assert_eq!(left[144..], [0.0; 48]);
    assert_eq!(controller.configuration("ben").unwrap().sources[0].pan, Pan::RIGHT);
}

#[test]
fn a_panned_source_goes_the_way_that_it_was_panned() {
    for ends in ["it leaves", "it is panned to the centre"] {
        let (controller, mut processor) = build(Channels::Stereo);
        let keys = join(&controller, &["anna", "ben"]);
        let frames = [(keys[0], Frame::mono(&[1.0_f32; TICK]))];
        controller.set_pan("ben", "anna", Pan::RIGHT).unwrap();
        (0..4).for_each(|_| drop(tick(&mut processor, &frames, &keys)));
        let (frames, expected) = if ends == "it leaves" {
            controller.leave("anna").unwrap();
            (&[][..], 0.0)
        } else {
            controller.set_pan("ben", "anna", Pan::CENTRE).unwrap();
            (&frames[..], 0.5)
        };
        // Half of the 3 ms of a move, in the middle of the second tick.
        let mut heard = [0, 1].map(|_| tick(&mut processor, frames, &keys[1..]).remove(0));
        let [left, right] = heard[1].each_mut().map(|side| side[23]);
        assert!((left - expected).abs() < 1e-6 && right > left, "{ends}: {left} and {right}");
    }
}

#[test]
fn one_limiter_holds_both_sides() {
    let (controller, mut processor) = config(Channels::Stereo, Some(LimiterConfig::default())).build().unwrap();
    let keys = join(&controller, &["anna", "ben", "carol"]);
    controller.set_pan("carol", "anna", Pan::LEFT).unwrap();
    let (loud, soft) = ([1.6_f32; TICK], [0.2_f32; TICK]);
    for _ in 0..8 {
        let heard = tick(&mut processor, &[(keys[0], Frame::planar(&loud, &soft))], &keys);
        for (left, right) in heard[1][0].iter().zip(&heard[1][1]) {
            assert!((left / right - 8.0).abs() < 1e-5, "the image stays where it is: {left} beside {right}");
            assert!(*left <= 1.0);
        }
        assert!(heard[2][1].iter().all(|right| *right == 0.0));
        assert_eq!(heard[2][0], heard[1][0], "what is on the left is limited alike");
    }
    let readings = controller.readings("ben").unwrap().listener;
    assert!(readings.reduction < Decibels(-3.0) && readings.limited_ticks >= 7, "{readings:?}");
    let sent = controller.readings("anna").unwrap().source;
    let rms = ((1.6_f32.powi(2) + 0.2_f32.powi(2)) / 2.0).sqrt();
    assert!(sent.peak == 1.6 && (sent.rms - rms).abs() < 1e-5, "{sent:?}");
}

#[test]
fn both_channels_decide_together_who_speaks() {
    let (controller, mut processor) = build(Channels::Stereo);
    let threshold = Decibels::from_amplitude(0.5 * 0.5_f64.sqrt());
    let detector = Detector::Energy { threshold, hangover_ms: 0.0 };
    let key = controller.join("anna", JoinOptions { detector, ..JoinOptions::default() }).unwrap();
    for (left, active) in [(0.499_f32, false), (0.501, true)] {
        let (left, right) = ([left; TICK], [0.0; TICK]);
        tick(&mut processor, &[(key, Frame::planar(&left, &right))], &[]);
        assert_eq!(controller.readings("anna").unwrap().source.active, active);
    }
}

#[test]
fn what_is_no_stereo_frame_is_refused() {
    let (controller, mut processor) = build(Channels::Stereo);
    let key = join(&controller, &["anna"])[0];
    let mut audio = processor.enter();
    let mut tick = audio.tick();
    let odd = Frame::interleaved(&[0.0_f32; 2 * TICK + 1]);
    assert_eq!(tick.send(key, odd), Err(FrameError::Uneven { key, left: TICK + 1, right: TICK }));
    let mut right = [0.0_f32; TICK];
    right[5] = f32::NAN;
    assert_eq!(tick.send(key, Frame::planar(&[0.0; TICK], &right)), Err(FrameError::NotFinite { key, index: 5 }));
    assert_eq!(tick.send(key, Frame::planar(&right, &[0.0; TICK])), Err(FrameError::NotFinite { key, index: 5 }));
    assert!(tick.send(key, Frame::planar(&[0.0_f32; TICK], &[0.0; TICK])).is_ok());
    tick.mix();
    let readings = controller.readings("anna").unwrap().source;
    assert_eq!((readings.refused, readings.not_finite, readings.frames), (1, 2, 1));
    let (mono, _processor) = build(Channels::Mono);
    join(&mono, &["anna", "ben"]);
    assert_eq!(mono.set_pan("anna", "ben", Pan::LEFT), Err(ControlError::MonoMixer));
}

#[test]
fn mixes_are_written_as_the_mixer_has_channels() {
    let (controller, mut processor) = build(Channels::Stereo);
    let keys = join(&controller, &["anna", "ben"]);
    let mut audio = processor.enter();
    let mut tick = audio.tick();
    tick.send(keys[0], Frame::planar(&[0.5_f32; TICK], &[-0.25; TICK])).unwrap();
    let mix = tick.mix().get(keys[1]).unwrap();
    let (mut integers, mut floats) = ([0_i16; 2 * TICK], [0.0_f32; 2 * TICK]);
    mix.write_i16(&mut integers);
    mix.write_interleaved(&mut floats);
    assert_eq!((&integers[..2], &floats[..2]), (&[16384, -8192][..], &[0.5, -0.25][..]));
    assert_eq!((mix.peak(), mix.listeners().collect::<Vec<_>>()), (0.5, vec![keys[1]]));
}

#[test]
fn a_configuration_leaves_pans_as_they_are() {
    let (controller, mut processor) = build(Channels::Stereo);
    let keys = join(&controller, &["anna", "ben", "carol"]);
    controller.set_pan("carol", "anna", Pan::LEFT).unwrap();
    controller.set_pan("carol", "ben", Pan::RIGHT).unwrap();
    let source_levels = vec![SourceLevel { level: 50, ..SourceLevel::new("anna") }];
    controller.configure(&[ParticipantMixerLevel { source_levels, ..ParticipantMixerLevel::new("carol") }]).unwrap();
    let frames = [(keys[0], Frame::mono(&[0.5_f32; TICK])), (keys[1], Frame::mono(&[0.125_f32; TICK]))];
    let heard = tick(&mut processor, &frames, &keys);
    assert_eq!(heard[2].each_ref().map(|side| side[TICK - 1]), [0.25, 0.125]);
    assert_eq!(controller.mixer_readings().audible_sources, 2);
}

#[test]
fn sources_of_either_side_are_named_and_counted_once() {
    let (controller, mut processor) = build(Channels::Stereo);
    let keys = join(&controller, &["anna", "ben", "carol", "dora"]);
    let (loud, silent) = ([0.5_f32; TICK], [0.0_f32; TICK]);
    let mut audio = processor.enter();
    let mut tick = audio.tick();
    for (key, [left, right]) in keys.iter().zip([[loud, silent], [silent, loud], [silent, silent], [loud, loud]]) {
        tick.send(*key, Frame::planar(&left, &right)).unwrap();
    }
    let mixes = tick.mix();
    assert!(mixes.sources().eq([keys[0], keys[1], keys[3]]), "in the order of their places");
    assert!(mixes.get(keys[1]).unwrap().sources().eq([keys[0], keys[3]]));
    assert_eq!(controller.mixer_readings().audible_sources, 3);
}

#[cfg(feature = "vad")]
#[test]
fn a_speech_detector_hears_both_sides_and_nothing_that_is_no_number() {
    let (controller, mut processor) = build(Channels::Stereo);
    let options = JoinOptions { detector: Detector::speech(), ..JoinOptions::default() };
    let key = controller.join("anna", options).unwrap();
    let (good, bad) = ([0.1_f32; TICK], [f32::NAN; TICK]);
    let mut audio = processor.enter();
    for n in 0..60 {
        let mut tick = audio.tick();
        let frame = if n % 3 == 0 { Frame::planar(&good, &good) } else { Frame::planar(&good, &bad) };
        assert_eq!(tick.send(key, frame).is_ok(), n % 3 == 0);
        tick.mix();
    }
    let readings = controller.readings("anna").unwrap().source;
    assert_eq!((readings.frames, readings.not_finite, readings.active), (20, 40, false));
}
