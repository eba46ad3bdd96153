//! Frames of any samples, lengths and shapes.

use mixminus::{
    Channels, Controller, Decibels, Direction, Frame, FrameError, Gain, InstructionSet, JoinOptions, LimiterConfig,
    MixerConfig, Mixes, Pan, ParticipantKey, Processor, RoleTable, Routing,
};

use crate::steps::Steps;

/// The limiter keeps a sample within full scale, and every sum is finite without it.
const FULL_SCALE: f32 = 1.0;
/// The greatest magnitude of a sample that is sound.
const BOUND: f32 = 1e6;
/// Participants who come and go.
const WILD: usize = 6;
/// Ticks that a script has at most.
const MOST_TICKS: usize = 400;

/// Sends frames of any samples, lengths and shapes, and changes who hears them meanwhile. A frame that is not sound is
/// refused and counted; every mix is finite, and within full scale behind the limiter; and a pair that hears none of them
/// hears, bit for bit, what it hears in a mixer of its own.
pub fn frames(input: &[u8]) {
    let mut steps = Steps::new(input);
    let config = config(&mut steps);
    let mut call = Call::new(&config);
    let mut ticks = 0;
    while let Some(step) = steps.next() {
        let n = steps.number(WILD);
        match step {
            b'j' => call.join(n, steps.one_of(&[Direction::Both, Direction::Source, Direction::Listener])),
            b'l' => call.leave(n),
            b'm' => drop(call.controller.set_muted(NAMES[n], steps.flag())),
            b'd' => drop(call.controller.set_deafened(NAMES[n], steps.flag())),
            b'g' => {
                let gain = Gain::new(steps.one_of(&[0.0, 1.0, 16.0, 0.5, 1e-9, 1.0001])).expect("in range");
                drop(call.controller.set_gain(NAMES[n], NAMES[steps.number(WILD)], gain));
            }
            b'p' => {
                let pan = Pan::new(steps.one_of(&[0.0, -1.0, 1.0, 0.3])).expect("in range");
                drop(call.controller.set_pan(NAMES[n], NAMES[steps.number(WILD)], pan));
            }
            b'x' => call.processor.enter().skip(steps.u32().into()),
            b'y' => drop(call.processor.enter().tick()),
            _ => {
                ticks += 1;
                if ticks > MOST_TICKS {
                    return;
                }
                call.tick(&mut steps);
            }
        }
    }
}

const NAMES: [&str; WILD] = ["a", "b", "c", "d", "e", "f"];

fn config(steps: &mut Steps<'_>) -> MixerConfig {
    let limiter = LimiterConfig { knee: Decibels(steps.one_of(&[-1.0, 0.0, -24.0])), ..LimiterConfig::default() };
    MixerConfig {
        sample_rate: steps.one_of(&[48_000, 1000, 8000, 44_100, 768_000]),
        tick_samples: steps.one_of(&[8, 1, 3, 10, 16, 33, 48, 120]),
        smoothing_ms: steps.one_of(&[0.5, 0.0, 0.1, 3.0, 1000.0]),
        channels: steps.one_of(&[Channels::Mono, Channels::Stereo]),
        limiter: steps.one_of(&[Some(limiter), None]),
        floor: steps.one_of(&[Some(Decibels(-80.0)), None, Some(Decibels(0.0)), Some(Decibels(-2000.0))]),
        participants: 1,
        workers: steps.one_of(&[1, 2, 5]),
        talk_events: 4,
        // The fastest, or each of those that the machine has.
        instruction_set: steps.number(4).checked_sub(1).and_then(|nth| InstructionSet::available().nth(nth)),
        ..MixerConfig::default()
    }
}

struct Call {
    controller: Controller,
    processor: Processor,
    alone: Processor,
    has_limiter: bool,
    tick: usize,
    wild: [Option<Wild>; WILD],
    /// Keys of those who left.
    left: Vec<ParticipantKey>,
    /// Who sends to whom beside all others, here and in the mixer of their own.
    pair: [[ParticipantKey; 2]; 2],
    unknown: u64,
    mixed: u32,
}

#[derive(Clone, Copy)]
struct Wild {
    key: ParticipantKey,
    direction: Direction,
    ticks: u64,
    refused: u64,
    not_finite: u64,
    taken: u64,
}

/// A source and a listener whom nobody else hears, and who hear nobody else.
fn pair(controller: &Controller) -> [ParticipantKey; 2] {
    controller.set_role_table(RoleTable::new().hears("hears", ["says"]));
    [("says", Direction::Source), ("hears", Direction::Listener)].map(|(id, direction)| {
        let options = JoinOptions { direction, routing: Routing::Role(id.into()), ..JoinOptions::default() };
        controller.join(id, options).expect("not here yet")
    })
}

impl Call {
    fn new(config: &MixerConfig) -> Self {
        let (controller, processor) = config.clone().build().expect("figures in range");
        let (other, alone) = config.clone().build().expect("figures in range");
        let pair = [pair(&controller), pair(&other)];
        let (has_limiter, tick) = (config.limiter.is_some(), config.tick_samples);
        let mut call = Self {
            controller,
            processor,
            alone,
            has_limiter,
            tick,
            wild: [None; WILD],
            left: Vec::new(),
            pair,
            unknown: 0,
            mixed: 0,
        };
        call.join(0, Direction::Both);
        call.join(1, Direction::Both);
        call
    }

    fn join(&mut self, n: usize, direction: Direction) {
        let joined = self.controller.join(NAMES[n], JoinOptions { direction, ..JoinOptions::default() });
        assert_eq!(joined.is_ok(), self.wild[n].is_none());
        if let Ok(key) = joined {
            self.wild[n] = Some(Wild { key, direction, ticks: 0, refused: 0, not_finite: 0, taken: 0 });
        }
    }

    fn leave(&mut self, n: usize) {
        let gone = self.wild[n].take();
        assert_eq!(self.controller.leave(NAMES[n]).is_ok(), gone.is_some());
        self.left.extend(gone.map(|gone| gone.key));
    }

    /// One tick. Frames follow until a number of them says that there are no more.
    fn tick(&mut self, steps: &mut Steps<'_>) {
        let mut audio = self.processor.enter();
        let mut tick = audio.tick();
        let mut sent = [false; WILD];
        for _ in 0..steps.number(2 * WILD) {
            let samples = samples(steps, self.tick);
            let shape = Shape::of(steps, &samples);
            let (n, frame) = (steps.number(WILD + 1), shape.frame());
            let Some(wild) = self.wild.get_mut(n).and_then(Option::as_mut) else {
                if let Some(key) = self.left.get(n).or(self.left.last()) {
                    assert_eq!(tick.send(*key, frame), Err(FrameError::Unknown { key: *key }));
                    self.unknown += 1;
                }
                continue;
            };
            let done = tick.send(wild.key, frame);
            if wild.direction == Direction::Listener {
                assert_eq!(done, Err(FrameError::NotASource { key: wild.key }));
                self.unknown += 1;
                continue;
            }
            wild.count(done, sent[n], shape.fault(self.tick));
            sent[n] |= done.is_ok();
        }
        let [says, hears] = self.pair[0];
        let frame = clean(self.mixed, self.tick);
        tick.send(says, Frame::mono(&frame)).expect("a good frame");
        let mut prepared = tick.prepare();
        // As threads do, some of the parts, in another order.
        let parts: Vec<_> = prepared.parts().take(steps.number(6)).collect();
        parts.into_iter().rev().for_each(mixminus::Part::mix);
        let mixes = prepared.finish();
        for wild in self.wild.iter_mut().flatten() {
            // What is missing is counted from the first frame on.
            wild.ticks += u64::from(wild.taken > 0);
            assert_eq!(mixes.get(wild.key).is_some(), wild.direction != Direction::Source);
        }
        check(&mixes, self.has_limiter);
        let heard = mixes.get(hears).expect("it hears");
        let mut alone = self.alone.enter();
        let mut tick = alone.tick();
        let [says, hears] = self.pair[1];
        tick.send(says, Frame::mono(&frame)).expect("a good frame");
        let mixes = tick.mix();
        let alone = mixes.get(hears).expect("it hears");
        assert_eq!((heard.left(), heard.right()), (alone.left(), alone.right()), "the pair hears nobody else");
        self.mixed += 1;
        self.readings();
    }

    fn readings(&self) {
        assert_eq!(self.controller.mixer_readings().unknown_frames, self.unknown);
        for (id, wild) in NAMES.iter().zip(&self.wild) {
            let Some(wild) = wild.filter(|wild| wild.direction != Direction::Listener) else { continue };
            let source = self.controller.readings(id).expect("it is here").source;
            assert_eq!((source.refused, source.not_finite), (wild.refused, wild.not_finite));
            assert_eq!((source.frames, source.frames + source.missing), (wild.taken, wild.ticks));
            assert!(source.peak.is_finite() && source.rms.is_finite());
        }
    }
}

impl Wild {
    /// Counts what became of a frame, which is what had to become of it.
    fn count(&mut self, done: Result<(), FrameError>, repeated: bool, fault: Option<Fault>) {
        match (done, fault) {
            (Ok(()), None) if !repeated => self.taken += 1,
            (Err(FrameError::Repeated { .. }), _) if repeated => self.refused += 1,
            (Err(FrameError::WrongLength { .. }), Some(Fault::Length)) => self.refused += 1,
            (Err(FrameError::Uneven { .. }), Some(Fault::Uneven)) => self.refused += 1,
            (Err(FrameError::NotFinite { .. }), Some(Fault::NotFinite)) => self.not_finite += 1,
            _ => panic!("a frame with the fault {fault:?}, repeated: {repeated}, had {done:?}"),
        }
    }
}

/// Every mix is finite, and says what it is.
fn check(mixes: &Mixes<'_>, has_limiter: bool) {
    for mix in mixes.distinct() {
        let peak = mix.left().iter().chain(mix.right()).fold(0.0_f32, |peak, sample| {
            assert!(sample.is_finite(), "a sample of a mix is {sample}");
            peak.max(sample.abs())
        });
        assert!(!has_limiter || peak <= FULL_SCALE, "behind the limiter a sample is {peak}");
        assert_eq!(mix.peak(), peak);
        // Levels are measured down to -300 dBFS.
        assert!(mix.rms() <= peak * 1.001 + 1e-14, "an RMS of {} for a peak of {peak}", mix.rms());
        assert!(mix.reduction().0 <= 0.0 && (!mix.is_silent() || peak == 0.0));
        let mut integers = [0_i16; 240];
        mix.write_i16(&mut integers);
        let mut pairs = [0.0_f32; 3];
        mix.write_interleaved(&mut pairs);
    }
}

/// What the pair says: never the same tick twice, at levels that the limiter acts on, too.
fn clean(tick: u32, length: usize) -> Vec<f32> {
    let loudness = [0.5, 1.7, 0.001, 0.0][(tick / 7 % 4) as usize];
    (0..length).map(|at| loudness * ((at as u32 * 7 + tick * 13) % 11) as f32 / 11.0).collect()
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    Length,
    Uneven,
    NotFinite,
}

enum Shape<'a> {
    Mono(&'a [f32]),
    Integers(Vec<i16>, bool),
    Interleaved(&'a [f32]),
    Planar(&'a [f32], &'a [f32]),
    Told(&'a [f32], u8, bool),
}

impl<'a> Shape<'a> {
    fn of(steps: &mut Steps<'_>, samples: &'a [f32]) -> Self {
        match steps.number(6) {
            1 => Self::Interleaved(samples),
            2 => {
                let (left, right) = samples.split_at(samples.len() / 2);
                Self::Planar(left, right)
            }
            3 => Self::Told(samples, steps.byte(), steps.flag()),
            4 => Self::Integers(samples.iter().map(|sample| (sample * 32_768.0) as i16).collect(), false),
            5 => Self::Integers(samples.iter().map(|sample| sample.to_bits() as i16).collect(), true),
            _ => Self::Mono(samples),
        }
    }

    fn frame(&self) -> Frame<'_> {
        match self {
            Self::Mono(samples) => Frame::mono(samples),
            Self::Integers(samples, false) => Frame::mono(samples),
            Self::Integers(samples, true) => Frame::interleaved(samples),
            Self::Interleaved(samples) => Frame::interleaved(samples),
            Self::Planar(left, right) => Frame::planar(left, right),
            Self::Told(samples, level, active) => Frame::mono(samples).level_dbov(*level).active(*active),
        }
    }

    /// Why the frame has to be refused.
    fn fault(&self, tick: usize) -> Option<Fault> {
        let interleaved = |length: usize| (length.div_ceil(2), length / 2);
        let sound = |samples: &[f32]| samples.iter().all(|sample| sample.abs() <= BOUND);
        let ((left, right), sound) = match self {
            Self::Mono(samples) | Self::Told(samples, ..) => ((samples.len(), samples.len()), sound(samples)),
            Self::Integers(samples, false) => ((samples.len(), samples.len()), true),
            Self::Integers(samples, true) => (interleaved(samples.len()), true),
            Self::Interleaved(samples) => (interleaved(samples.len()), sound(samples)),
            Self::Planar(left, right) => ((left.len(), right.len()), sound(left) && sound(right)),
        };
        match (left == right, left == tick, sound) {
            (false, ..) => Some(Fault::Uneven),
            (_, false, _) => Some(Fault::Length),
            (.., false) => Some(Fault::NotFinite),
            _ => None,
        }
    }
}

/// Samples: as many as a tick has, twice as many, or others; one value, one that stands out, or any bits.
fn samples(steps: &mut Steps<'_>, tick: usize) -> Vec<f32> {
    let length = match steps.number(6) {
        0 | 1 => tick,
        2 | 3 => 2 * tick,
        _ => steps.number(256),
    };
    match steps.number(4) {
        0 => vec![value(steps); length],
        1 => {
            let mut all = vec![value(steps); length];
            let at = steps.number(256);
            let value = value(steps);
            if let Some(sample) = all.get_mut(at) {
                *sample = value;
            }
            all
        }
        2 => (0..length).map(|_| f32::from_bits(steps.u32())).collect(),
        _ => {
            let [a, b] = [value(steps), value(steps)];
            (0..length).map(|at| if at % 2 == 0 { a } else { b }).collect()
        }
    }
}

fn value(steps: &mut Steps<'_>) -> f32 {
    let past = f32::from_bits(BOUND.to_bits() + 1);
    match steps.number(24) {
        23 => f32::from_bits(steps.u32()),
        n => [
            0.5,
            0.0,
            1.0,
            -1.0,
            BOUND,
            -BOUND,
            past,
            -past,
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::MAX,
            f32::MIN,
            f32::MIN_POSITIVE,
            -0.0,
            1e-40,
            -1e-45,
            2.0,
            -3.5,
            1e-20,
            1e5,
            1e-4,
            0.9999999,
        ][n],
    }
}
