//! The conference: who is in it, and how its time passes.

use std::time::Instant;

use mixminus::{
    Controller, Detector, Frame, JoinOptions, MixerConfig, ParticipantKey, Processor, TalkEventKind, TalkEvents,
    stream::{Clock, Tap, TapOptions, Tapped},
};

use super::{
    changes,
    handset::{Handset, Model},
    music::Music,
    random::Random,
};

/// Ticks of 10 ms at 16 kHz, in mono.
pub const CONFIG: fn() -> MixerConfig =
    || MixerConfig { sample_rate: 16_000, tick_samples: TICK, participants: 8, ..MixerConfig::default() };
const TICK: usize = 160;
/// Those whose frames are sent by hand.
pub const RESIDENTS: usize = 10;
/// Those with ports.
pub const HANDSETS: [Model; 3] = [
    Model { id: "fast clock", rate_hz: 16_000, clock: Clock::FreeRunning, ppm: 90.0 },
    Model { id: "slow clock", rate_hz: 8000, clock: Clock::FreeRunning, ppm: -70.0 },
    Model { id: "locked", rate_hz: 8000, clock: Clock::Locked, ppm: 0.0 },
];
/// A change comes once in so many ticks.
const CHANGES: usize = 40;

struct Resident {
    key: ParticipantKey,
    /// For how many ticks it goes on talking, or being silent; and which.
    left: usize,
    talks: bool,
    /// Frames that were good and bad, since the first good one; and ticks since then.
    sent: u64,
    bad: u64,
    since: Option<u64>,
}

pub struct Conference {
    pub controller: Controller,
    pub processor: Processor,
    residents: Vec<Resident>,
    handsets: Vec<Handset>,
    music: Music,
    talk: TalkEvents,
    active: Vec<(ParticipantKey, bool)>,
    sounds: Vec<Vec<f32>>,
    random: Random,
    now: u64,
}

impl Conference {
    pub fn new() -> Self {
        let (controller, processor) = CONFIG().build().unwrap();
        let options = JoinOptions { detector: Detector::Host, ..JoinOptions::default() };
        let join = |n: usize| controller.join(format!("resident {n}"), options.clone()).unwrap();
        let resident = |n| Resident { key: join(n), left: 0, talks: false, sent: 0, bad: 0, since: None };
        let mut random = Random::new(1);
        let mut sound = |_| (0..TICK).map(|_| random.under(1000) as f32 * 4e-4 - 0.2).collect();
        Self {
            residents: (0..RESIDENTS).map(resident).collect(),
            handsets: HANDSETS.map(|model| Handset::join(&controller, model, 0)).into(),
            music: Music::join(&controller),
            talk: controller.talk_events().unwrap(),
            active: Vec::with_capacity(64),
            sounds: (0..16).map(&mut sound).collect(),
            controller,
            processor,
            random,
            now: 0,
        }
    }

    /// So many ticks pass, and all comes to rest. How many changes there were, and the median time of a tick in
    /// microseconds.
    pub fn live(&mut self, ticks: u64) -> (u64, f64) {
        let (mut changes, mut times) = (0, vec![0_u32; 20_000]);
        let mut tap = Timeline::of(&self.controller, self.now as usize);
        for _ in 0..ticks {
            if self.random.once_in(CHANGES) {
                changes::change(&self.controller, &mut self.random);
                changes += 1;
            }
            if self.random.once_in(300) {
                self.music.order(&mut self.random);
            }
            let took = self.tick();
            times[took.min(19_999)] += 1;
            if self.now.is_multiple_of(50) {
                tap.read(self.now * TICK as u64);
                self.music.listen();
                self.hear_talk();
            }
        }
        drop(tap);
        self.rest();
        (changes, median(&times) as f64 / 10.0)
    }

    /// Everything ends, and is counted.
    fn rest(&mut self) {
        changes::come_to_rest(&self.controller);
        self.music.end();
        (0..200).for_each(|_| _ = self.tick());
        self.hear_talk();
        self.check();
        assert_eq!(self.controller.reclaim(), 0, "everything has come back");
    }

    /// A last period of changes that are left in force, for as long as they can be read.
    pub fn leave_a_trace(&mut self) {
        (0..200).for_each(|_| changes::change(&self.controller, &mut self.random));
        for person in self.controller.participants().iter().filter(|person| person.on_hold) {
            self.controller.resume(person.id.as_str()).unwrap();
        }
        self.controller.set_loudest(None).unwrap();
    }

    /// A tick. Its time in tenths of a microsecond.
    fn tick(&mut self) -> usize {
        self.handsets.iter_mut().for_each(|handset| handset.pass(self.now, &mut self.random));
        let (random, sounds, now) = (&mut self.random, &self.sounds, self.now);
        let begin = Instant::now();
        let mut audio = self.processor.enter();
        let mut tick = audio.tick();
        for (n, resident) in self.residents.iter_mut().enumerate() {
            resident.turn(random);
            if resident.talks {
                let sound = &sounds[(n + now as usize) % sounds.len()];
                let bad = resident.since.is_some() && random.once_in(5000);
                let frame = if bad { &[f32::NAN; TICK][..] } else { sound };
                let good = tick.send(resident.key, Frame::mono(frame).active(true)).is_ok();
                assert_eq!(good, !bad);
                resident.sent += u64::from(good);
                resident.bad += u64::from(bad);
                resident.since.get_or_insert(now);
            }
        }
        let mixes = tick.mix();
        assert_eq!(mixes.position(), now * TICK as u64);
        self.now += 1;
        (begin.elapsed().as_nanos() / 100) as usize
    }

    /// Whoever begins to speak had stopped before.
    fn hear_talk(&mut self) {
        for event in self.talk.by_ref() {
            let (key, begins) = match event.kind {
                TalkEventKind::Started { key } => (key, true),
                TalkEventKind::Stopped { key } => (key, false),
                _ => continue,
            };
            let at = self.active.iter().position(|(known, _)| *known == key);
            assert_eq!(at.is_some(), !begins, "{event:?}");
            match at {
                Some(at) => _ = self.active.swap_remove(at),
                None => self.active.push((key, true)),
            }
        }
    }

    /// What was counted adds up.
    fn check(&mut self) {
        let readings = self.controller.mixer_readings();
        assert_eq!((readings.ticks, readings.lost_talk_events), (self.now, 0), "{readings:?}");
        for (n, resident) in self.residents.iter().enumerate() {
            let source = self.controller.readings(&format!("resident {n}")).unwrap().source;
            let ticks = resident.since.map_or(0, |since| self.now - since);
            assert_eq!((source.frames, source.not_finite), (resident.sent, resident.bad), "{n}: {source:?}");
            assert_eq!(source.frames + source.missing, ticks, "{n}: {source:?}");
            assert!(source.active_ticks <= ticks && source.returns <= source.missing, "{n}: {source:?}");
        }
        self.handsets.iter().for_each(|handset| handset.check(self.now));
        self.music.check();
    }
}

impl Resident {
    /// Three in ten talk at a time, for some seconds.
    fn turn(&mut self, random: &mut Random) {
        if self.left == 0 {
            self.talks = !self.talks;
            self.left = 1 + random.under(if self.talks { 300 } else { 700 });
        }
        self.left -= 1;
    }
}

fn median(times: &[u32]) -> usize {
    let half = times.iter().sum::<u32>() / 2;
    let mut sum = 0;
    times
        .iter()
        .position(|count| {
            sum += count;
            sum > half
        })
        .unwrap_or(0)
}

/// A tap, all of which is read: its timeline has no holes.
struct Timeline {
    tap: Tap,
    next: Option<u64>,
}

impl Timeline {
    fn of(controller: &Controller, n: usize) -> Self {
        let id = format!("resident {}", n % RESIDENTS);
        let tapped = if n.is_multiple_of(2) { Tapped::source(id) } else { Tapped::mix(id) };
        Self { tap: controller.tap(tapped, TapOptions::default()).unwrap(), next: None }
    }

    fn read(&mut self, end: u64) {
        let mut out = [0.0_f32; 1600];
        while let Some(span) = self.tap.read(&mut out) {
            assert!(self.next.is_none_or(|next| next == span.position), "{:?} {span:?}", self.next);
            self.next = Some(span.end());
        }
        assert_eq!(self.next, Some(end), "all of it was read");
    }
}
