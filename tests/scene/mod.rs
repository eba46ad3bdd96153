//! A scene: events and ticks, played to the mixer and to the oracle side by side.
#![allow(dead_code, reason = "each test file uses its part of the scene")]

use std::collections::{BTreeMap, BTreeSet};

use mixminus::{
    Controller, Decibels, Detector, Direction, Frame, JoinOptions, MixerConfig, ParticipantKey, PrivateGroup,
    Processor, RoleTable,
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
};

use crate::oracle::{self, Heard, Oracle, OracleConfig, Routing};

/// Something that happens between two ticks. Participants are counted among those who are here.
#[derive(Debug, Clone)]
pub enum Event {
    Join {
        direction: Direction,
        host_detector: bool,
        routing: Routing,
    },
    Leave(usize),
    Mute(usize, bool),
    Deafen(usize, bool),
    /// Whether the source sends frames from now on.
    Send(usize, bool),
    /// Whether the host says that the source is active.
    Active(usize, bool),
    Configure {
        listener: usize,
        exclusive: bool,
        ducking: Option<Ducking>,
        sources: Vec<(usize, i64, bool)>,
    },
    Route(usize, Routing),
    /// Which role hears which.
    Table(Vec<(usize, usize)>),
    /// A private group of these sources and receivers.
    Group(usize, Vec<usize>, Vec<usize>),
    Ungroup(usize),
    Exempt(usize, usize, bool),
    /// Hears these on hold.
    Hold(usize, Vec<usize>),
    Resume(usize),
    /// The last configuration of a listener again, every level raised by this much times 1, 2, 3, ..., modulo 101.
    Fade(usize, i64),
    /// A `Fade` now, and the same one again a tick later: where a move is longer than a tick, the row is replaced
    /// a second time before its first moves have arrived.
    FadeTwice(usize, i64),
}

/// The last configuration of a listener: exclusive, ducking, and the level and `duckOthers` of each source.
type Request = (bool, Option<Ducking>, BTreeMap<usize, (i64, bool)>);

/// The rounding of the model itself: on the sample on which an envelope lands on 0, as much of its steps may be left.
const LANDED: f64 = 1e-14;

/// The figures of both.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    pub rate: u32,
    pub tick: usize,
    pub smoothing_ms: f64,
    pub threshold_dbfs: f64,
    pub hangover_ms: f64,
    pub floor_dbfs: Option<f64>,
}

/// A mixer and its oracle.
pub struct Scene {
    figures: Figures,
    controller: Controller,
    processor: Processor,
    oracle: Oracle,
    here: BTreeMap<usize, Member>,
    requests: BTreeMap<usize, Request>,
    /// The private groups that there are.
    groups: BTreeSet<usize>,
    /// The second halves of `FadeTwice`: the id of the listener, and by how much.
    later: Vec<(usize, i64)>,
    /// The id of the next participant.
    next: usize,
    /// Samples so far.
    now: usize,
}

#[derive(Clone, Copy)]
struct Member {
    key: ParticipantKey,
    direction: Direction,
    sends: bool,
    active: bool,
}

impl Scene {
    pub fn new(figures: Figures) -> Self {
        let config = MixerConfig {
            sample_rate: figures.rate,
            tick_samples: figures.tick,
            smoothing_ms: figures.smoothing_ms,
            limiter: None,
            participants: 1,
            floor: figures.floor_dbfs.map(Decibels),
            ..MixerConfig::default()
        };
        let (controller, processor) = config.build().expect("the figures are in range");
        let oracle = Oracle::new(OracleConfig {
            rate: f64::from(figures.rate),
            tick: figures.tick,
            smoothing: (figures.smoothing_ms * f64::from(figures.rate) / 1000.0).round() as usize,
            threshold_dbfs: figures.threshold_dbfs,
            hangover_ms: figures.hangover_ms,
            floor_dbfs: figures.floor_dbfs,
        });
        let (here, requests) = (BTreeMap::new(), BTreeMap::new());
        let (groups, later) = (BTreeSet::new(), Vec::new());
        Self { figures, controller, processor, oracle, here, requests, groups, later, next: 0, now: 0 }
    }

    /// The id of the n-th of those who are here.
    fn nth(&self, n: usize) -> Option<usize> {
        self.here.keys().nth(n % self.here.len().max(1)).copied()
    }

    pub fn happen(&mut self, event: &Event) {
        match *event {
            Event::Join { direction, host_detector, routing } => self.join(direction, host_detector, routing),
            Event::Leave(n) => self.leave(n),
            Event::Mute(n, muted) => {
                if let Some(id) = self.nth(n) {
                    self.controller.set_muted(&id.to_string(), muted).expect("it is here");
                    self.oracle.mute(id, muted);
                }
            }
            Event::Deafen(n, deafened) => {
                if let Some(id) = self.nth(n) {
                    self.controller.set_deafened(&id.to_string(), deafened).expect("it is here");
                    self.oracle.deafen(id, deafened);
                }
            }
            Event::Route(..)
            | Event::Table(_)
            | Event::Group(..)
            | Event::Ungroup(_)
            | Event::Exempt(..)
            | Event::Hold(..)
            | Event::Resume(_) => self.route(event),
            Event::Send(n, sends) => self.with(n, |member| member.sends = sends),
            Event::Active(n, active) => self.with(n, |member| member.active = active),
            Event::Configure { listener, exclusive, ducking, ref sources } => {
                let Some(listener) = self.nth(listener) else { return };
                let source = |(n, level, duck_others): &(usize, i64, bool)| {
                    let source = self.nth(*n).filter(|source| *source != listener)?;
                    Some((source, (*level, *duck_others && ducking.is_some())))
                };
                let listed = sources.iter().filter_map(source).collect();
                self.configure(listener, (exclusive, ducking, listed));
            }
            Event::Fade(n, by) => {
                if let Some(id) = self.nth(n) {
                    self.fade(id, by);
                }
            }
            Event::FadeTwice(n, by) => {
                if let Some(id) = self.nth(n) {
                    self.fade(id, by);
                    self.later.push((id, by));
                }
            }
        }
    }

    /// What happens to who may be heard by whom.
    fn route(&mut self, event: &Event) {
        let name = |id: usize| id.to_string();
        match event {
            Event::Route(n, routing) => {
                let Some(id) = self.nth(*n) else { return };
                self.controller.set_routing(&name(id), routed(*routing)).expect("it is here");
                self.oracle.route(id, *routing);
            }
            Event::Table(pairs) => {
                let add = |table: RoleTable, pair: &(usize, usize)| table.hears(name(pair.0), [name(pair.1)]);
                self.controller.set_role_table(pairs.iter().fold(RoleTable::new(), add));
                self.oracle.set_table(pairs.iter().copied().collect());
            }
            Event::Group(group, sources, receivers) => {
                let ids = |list: &Vec<usize>| list.iter().filter_map(|n| self.nth(*n)).collect::<BTreeSet<_>>();
                let (sources, receivers) = (ids(sources), ids(receivers));
                let members = PrivateGroup::new(sources.iter().copied().map(name), receivers.iter().copied().map(name));
                self.controller.set_private_group(name(*group), members).expect("they are here");
                self.oracle.set_group(*group, sources, receivers);
                self.groups.insert(*group);
            }
            Event::Ungroup(group) => {
                let removed = self.controller.remove_private_group(&name(*group));
                assert_eq!(removed.is_ok(), self.groups.remove(group));
                self.oracle.remove_group(*group);
            }
            Event::Exempt(listener, source, exempt) => {
                let (Some(listener), Some(source)) = (self.nth(*listener), self.nth(*source)) else { return };
                let done = self.controller.set_exempt(&name(listener), &name(source), *exempt);
                assert_eq!(done.is_ok(), listener != source);
                if listener != source {
                    self.oracle.exempt(listener, source, *exempt);
                }
            }
            Event::Hold(n, music) => {
                let Some(id) = self.nth(*n) else { return };
                let music = music.iter().filter_map(|n| self.nth(*n)).filter(|source| *source != id);
                let music: BTreeSet<_> = music.collect();
                let names: Vec<_> = music.iter().copied().map(name).collect();
                let names: Vec<_> = names.iter().map(String::as_str).collect();
                self.controller.hold(&name(id), &names).expect("they are here");
                self.oracle.hold(id, Some(music));
            }
            Event::Resume(n) => {
                let Some(id) = self.nth(*n) else { return };
                if self.controller.resume(&name(id)).is_ok() {
                    self.oracle.hold(id, None);
                }
            }
            _ => unreachable!("not of routes"),
        }
    }

    fn leave(&mut self, n: usize) {
        let Some(id) = self.nth(n) else { return };
        self.controller.leave(&id.to_string()).expect("it is here");
        self.oracle.leave(id);
        self.here.remove(&id);
        self.requests.remove(&id);
        for (.., sources) in self.requests.values_mut() {
            sources.remove(&id);
        }
    }

    /// Nothing for a listener that has never been configured, or has left.
    fn fade(&mut self, id: usize, by: i64) {
        let Some(mut request) = self.requests.get(&id).cloned() else { return };
        for ((level, _), by) in request.2.values_mut().zip((1..).map(|n| n * by)) {
            *level = (*level + by).rem_euclid(101);
        }
        self.configure(id, request);
    }

    fn with(&mut self, n: usize, change: impl FnOnce(&mut Member)) {
        if let Some(member) = self.nth(n).and_then(|id| self.here.get_mut(&id)) {
            change(member);
        }
    }

    fn join(&mut self, direction: Direction, host_detector: bool, routing: Routing) {
        let (id, Figures { threshold_dbfs, hangover_ms, .. }) = (self.next, self.figures);
        let energy = Detector::Energy { threshold: Decibels(threshold_dbfs), hangover_ms };
        let detector = if host_detector { Detector::Host } else { energy };
        let options = JoinOptions { direction, detector, routing: routed(routing), ..JoinOptions::default() };
        let key = self.controller.join(id.to_string(), options).expect("it is not here");
        self.oracle.join(id, direction != Direction::Listener, direction != Direction::Source, host_detector);
        self.oracle.route(id, routing);
        self.here.insert(id, Member { key, direction, sends: true, active: false });
        self.next += 1;
    }

    fn configure(&mut self, listener: usize, request: Request) {
        self.requests.insert(listener, request.clone());
        let (exclusive, ducking, listed) = request;
        let wire = ParticipantMixerLevel {
            exclusive,
            ducking,
            source_levels: listed
                .iter()
                .map(|(id, (level, duck_others))| SourceLevel {
                    level: *level,
                    duck_others: *duck_others,
                    ..SourceLevel::new(id.to_string())
                })
                .collect(),
            ..ParticipantMixerLevel::new(listener.to_string())
        };
        self.controller.configure(&[wire]).expect("it keeps the rules");
        let ducking = ducking.map(|ducking| oracle::Ducking {
            ramp_active_ms: ducking.ramp_active as f64,
            ramp_inactive_ms: ducking.ramp_inactive as f64,
            lower: ducking.lower_level as f64,
            upper: ducking.upper_level as f64,
        });
        let sources = listed.iter().map(|(id, (level, duck_others))| (*id, *level as f64, *duck_others)).collect();
        self.oracle.configure(listener, oracle::ListenerConfig { exclusive, ducking, sources });
    }

    /// Mixes a tick. Every listener's mix, after it was held against the oracle's.
    pub fn tick(&mut self) -> BTreeMap<usize, Vec<f32>> {
        let mut audio = self.processor.enter();
        let mut tick = audio.tick();
        let mut frames = Vec::new();
        for (id, member) in
            self.here.iter().filter(|(_, member)| member.sends && member.direction != Direction::Listener)
        {
            let frame: Vec<f32> = (self.now..self.now + self.figures.tick).map(|at| signal(*id, at)).collect();
            tick.send(member.key, Frame::from(&frame[..]).active(member.active)).expect("it is a good frame");
            frames.push((*id, frame, member.active));
        }
        let mixes = tick.mix();
        let mut heard = BTreeMap::new();
        for expected in self.oracle.tick(&frames) {
            let mix = mixes.get(self.here[&expected.listener].key).expect("it hears");
            let named: Vec<_> = mix.sources().collect();
            check_sources(&expected, &named, &self.here, self.now);
            check_mix(&expected, mix.samples(), self.now);
            heard.insert(expected.listener, mix.samples().to_vec());
        }
        let listeners = self.here.values().filter(|member| member.direction != Direction::Source).count();
        assert_eq!(heard.len(), listeners, "everybody who hears has a mix");
        self.now += self.figures.tick;
        std::mem::take(&mut self.later).into_iter().for_each(|(id, by)| self.fade(id, by));
        heard
    }
}

/// The mixer's word for a routing of the model.
fn routed(routing: Routing) -> mixminus::Routing {
    match routing {
        Routing::DefaultGroup => mixminus::Routing::DefaultGroup,
        Routing::Apart => mixminus::Routing::Apart,
        Routing::Role(role) => mixminus::Routing::Role(role.to_string().into()),
    }
}

/// The sources that a mix names are those that are heard in it.
fn check_sources(expected: &Heard, named: &[ParticipantKey], here: &BTreeMap<usize, Member>, now: usize) {
    let listener = expected.listener;
    for (id, before, greatest) in &expected.gains {
        // A source that has left fades out, and its key is forgotten here.
        let Some(source) = here.get(id) else { continue };
        // A source that falls silent on the first sample of the tick may be named or not.
        let (is, may) = (*greatest > 1e-9, *greatest > 0.0 || *before > 0.0);
        let said = named.contains(&source.key);
        assert!(said || !is, "the mix of {listener} does not name source {id} at sample {now}");
        assert!(may || !said, "the mix of {listener} names source {id} at sample {now}");
    }
}

/// In random sound every sample is within 1e-6 of its magnitude: where nobody is to be heard, it is 0.
fn check_mix(expected: &Heard, mix: &[f32], now: usize) {
    let listener = expected.listener;
    for (k, (mix, (sum, magnitude))) in mix.iter().zip(expected.mix.iter().zip(&expected.magnitude)).enumerate() {
        assert!(
            (f64::from(*mix) - sum).abs() <= 1e-6 * magnitude + LANDED && (*magnitude > 0.0 || *mix == 0.0),
            "listener {listener} hears {mix} at sample {now} (+{k}), and should hear {sum} of {magnitude}",
        );
    }
}

/// What a source sends: its own noise, loud, faint or digital silence for 1000 samples at a time. Every third one
/// sends each for longer, so that it becomes quiet, and hovers around -80 dBFS meanwhile.
pub fn signal(id: usize, at: usize) -> f32 {
    let mut bits =
        (id as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (at as u64).wrapping_mul(0xd1b5_4a32_d192_ed03);
    bits = (bits ^ (bits >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let noise = ((bits >> 40) as f32 / (1 << 23) as f32) - 1.0;
    let loudness = if id % 3 == 2 {
        [0.7, 0.000_173, 0.0, 0.000_05, 0.0005][(at / 7000 + id) % 5]
    } else {
        [0.0, 0.0005, 0.7, 0.7, 0.7][(at / 1000 + id * 3) % 5]
    };
    noise * loudness
}
