//! An independent model of what every listener hears, for tests to hold the mixer against.
//!
//! It is written from the page "What a listener hears" alone, not from the mixer, so that the two share no
//! mistake. It is naive on purpose: f64 throughout, one linear move for every factor of a gain, all of them
//! advanced sample by sample and steered anew in every tick, with nothing shared or skipped between pairs.
//! Speed does not matter here; that the model can be read beside the page does.
//!
//! It has no limiter: compare it with a mixer whose limiter is off. Its frames have one channel. It refuses
//! nothing politely: a call that the mixer would answer with an error is a mistake of the test, and panics.

mod config;
mod envelope;
mod moves;
mod pair;
mod participant;
mod routes;
mod self_tests;

pub use config::{Ducking, ListenerConfig, OracleConfig};
use pair::Pair;
use participant::Participant;
use routes::Routes;
pub use routes::Routing;
use std::collections::{BTreeMap, BTreeSet};

/// A source's frame of one tick: its id, its samples, the host's word on its activity.
pub type Frame = (usize, Vec<f32>, bool);

/// What one listener hears in a tick.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The id of the listener.
    pub listener: usize,
    /// The mix, sample by sample.
    pub mix: Vec<f64>,
    /// The sum over the sources of |gain * signal|, sample by sample; a tolerance is a share of it. While a
    /// factor of a gain is on its way, the greater of the move's two ends counts instead of its present value
    /// (the envelope always counts at its present value).
    pub magnitude: Vec<f64>,
    /// The sources that do not send digital silence, by rising id: each with its gain before the tick, and
    /// with the greatest in it.
    pub gains: Vec<(usize, f64, f64)>,
}

/// The model of a mixer.
#[derive(Clone, Debug)]
pub struct Oracle {
    config: OracleConfig,
    /// Whether a tick has been mixed: before the first, whatever is set holds at once.
    started: bool,
    /// Everyone who is here, and the sources that left and still fade out.
    participants: BTreeMap<usize, Participant>,
    /// By listener and source.
    pairs: BTreeMap<(usize, usize), Pair>,
    routes: Routes,
}

impl Oracle {
    /// A mixer with nobody in it, before its first tick.
    pub fn new(config: OracleConfig) -> Self {
        assert!(config.tick > 0, "a tick has at least one sample");
        Self {
            config,
            started: false,
            participants: BTreeMap::new(),
            pairs: BTreeMap::new(),
            routes: Routes::default(),
        }
    }

    /// Somebody comes, as a source, a listener or both, neither muted nor deafened, with the energy
    /// detector or the host's. An id that was ever used must not come again.
    pub fn join(&mut self, id: usize, sends: bool, hears: bool, host_detector: bool) {
        let newcomer = Participant::new(sends, hears, host_detector);
        let earlier = self.participants.insert(id, newcomer);
        assert!(earlier.is_none(), "{id} has joined before");
    }

    /// Somebody goes, and with them their configuration and every row that lists them.
    pub fn leave(&mut self, id: usize) {
        let leaver = self.here(id);
        leaver.here = false;
        leaver.levels = ListenerConfig::default();
        leaver.music = None;
        for participant in self.participants.values_mut() {
            participant.levels.sources.retain(|row| row.0 != id);
            participant.exempt.remove(&id);
            if let Some(music) = &mut participant.music {
                music.remove(&id);
            }
        }
        self.routes.leave(id);
    }

    /// Routes somebody by another rule.
    pub fn route(&mut self, id: usize, routing: Routing) {
        self.here(id).routing = routing;
    }

    /// Replaces the table of which roles hear which: listener, source.
    pub fn set_table(&mut self, table: BTreeSet<(usize, usize)>) {
        self.routes.table = table;
    }

    /// Replaces a private group: its sources and its receivers.
    pub fn set_group(&mut self, group: usize, sources: BTreeSet<usize>, receivers: BTreeSet<usize>) {
        self.routes.groups.insert(group, (sources, receivers));
    }

    /// Ends a private group.
    pub fn remove_group(&mut self, group: usize) {
        self.routes.groups.remove(&group);
    }

    /// Exempts a source from the ducking of a listener, or takes that back.
    pub fn exempt(&mut self, listener: usize, source: usize, exempt: bool) {
        let listener = self.here(listener);
        if exempt {
            listener.exempt.insert(source);
        } else {
            listener.exempt.remove(&source);
        }
    }

    /// Puts somebody on hold, where they hear these; `None`: they return.
    pub fn hold(&mut self, id: usize, music: Option<BTreeSet<usize>>) {
        let held = self.here(id);
        held.music = music;
        held.levels_are_new = true;
    }

    /// Whether a route leads from a source to a listener.
    fn is_routed(&self, listener: usize, source: usize) -> bool {
        let (hearer, sender) = (&self.participants[&listener], &self.participants[&source]);
        match &hearer.music {
            _ if sender.music.is_some() => false,
            Some(music) => music.contains(&source),
            None => self.routes.lead(hearer.routing, sender.routing) || self.routes.group(listener, source),
        }
    }

    /// Where open and ducked of a pair head, but for a source on hold: who is not present is not heard.
    fn targets(&self, listener: usize, source: usize) -> (f64, f64) {
        let (hearer, sender) = (&self.participants[&listener], &self.participants[&source]);
        if let Some(music) = &hearer.music {
            return (if music.contains(&source) { 1.0 } else { 0.0 }, 0.0);
        }
        if !self.routes.lead(hearer.routing, sender.routing) && !self.routes.group(listener, source) {
            return (0.0, 0.0);
        }
        let level = hearer.levels.level(source);
        let open = hearer.levels.is_ducker(source) || hearer.exempt.contains(&source);
        if open { (level, 0.0) } else { (0.0, level) }
    }

    /// The level of sources that are routed so, for a listener who does not list them.
    fn level_of_unlisted(&self, listener: usize, routing: Routing) -> f64 {
        let hearer = &self.participants[&listener];
        let heard = hearer.music.is_none() && self.routes.lead(hearer.routing, routing);
        if heard { hearer.levels.level_of_unlisted() } else { 0.0 }
    }

    /// Mutes a source, or takes it back.
    pub fn mute(&mut self, id: usize, muted: bool) {
        self.here(id).muted = muted;
    }

    /// Deafens a listener, or takes it back.
    pub fn deafen(&mut self, id: usize, deafened: bool) {
        self.here(id).deafened = deafened;
    }

    /// Replaces a listener's whole configuration from the next tick on.
    pub fn configure(&mut self, listener: usize, config: ListenerConfig) {
        let mut listed = BTreeSet::from([listener]);
        for &(source, ..) in &config.sources {
            self.here(source);
            assert!(listed.insert(source), "{listener} lists itself, or {source} twice");
        }
        let listener = self.here(listener);
        listener.levels = config;
        listener.levels_are_new = true;
    }

    /// One tick: takes the sources' frames (a source that has none is missing, and so is one with a
    /// sample that is no finite number) and gives what every listener hears, by rising id.
    pub fn tick(&mut self, frames: &[Frame]) -> Vec<Heard> {
        self.receive(frames);
        let length = self.move_length();
        let tick = self.config.tick;
        self.participants.values_mut().for_each(|participant| participant.advance(length, tick));
        self.steer_pairs(length);
        let participants = self.participants.iter();
        let listeners: Vec<usize> = participants.filter(|(_, p)| p.here && p.hears).map(|(&id, _)| id).collect();
        let heard = listeners.into_iter().map(|listener| self.mix(listener)).collect();
        self.forget();
        self.started = true;
        heard
    }

    fn here(&mut self, id: usize) -> &mut Participant {
        let participant = self.participants.get_mut(&id).filter(|participant| participant.here);
        participant.unwrap_or_else(|| panic!("{id} is not here"))
    }

    /// The smoothing time in samples; in the first tick everything holds at once.
    fn move_length(&self) -> usize {
        if self.started { self.config.smoothing } else { 0 }
    }

    /// Gives every participant its frame of this tick, or none.
    fn receive(&mut self, frames: &[Frame]) {
        let mut sent = BTreeMap::new();
        for frame in frames {
            let (id, samples, _) = frame;
            assert!(self.here(*id).sends, "{id} is no source");
            assert_eq!(samples.len(), self.config.tick, "the frame of {id} is no tick long");
            assert!(sent.insert(*id, frame).is_none(), "two frames of {id}");
        }
        for (id, participant) in &mut self.participants {
            let frame = sent.get(id).copied();
            let valid = frame.filter(|(_, samples, _)| samples.iter().all(|x| x.is_finite()));
            participant.receive(valid, &self.config);
        }
    }

    /// Sends open and ducked of every pair of a listener who is here and a source to their targets; a pair that is
    /// new starts there. A pair whose source has left is steered by nothing, and its moves go on.
    fn steer_pairs(&mut self, length: usize) {
        let ids = |of: fn(&Participant) -> bool| {
            let all = self.participants.iter().filter(move |(_, participant)| of(participant));
            all.map(|(&id, _)| id).collect::<Vec<_>>()
        };
        for (listener, source) in ids(|p| p.here && p.hears)
            .into_iter()
            .flat_map(|listener| ids(|p| p.sends).into_iter().map(move |source| (listener, source)))
            .filter(|(listener, source)| listener != source)
        {
            let (targets, sender) = (self.targets(listener, source), &self.participants[&source]);
            let (routing, here) = (sender.routing, sender.here);
            let targets = if here { targets } else { (0.0, self.level_of_unlisted(listener, routing)) };
            let pair = self.pairs.entry((listener, source));
            pair.and_modify(|pair| {
                if here {
                    pair.steer(targets, length);
                }
            })
            .or_insert_with(|| Pair::new(targets));
        }
        self.move_unlisted(length);
    }

    /// Moves the gains of sources that listeners never listed on by a tick, for each routing that there may be.
    fn move_unlisted(&mut self, length: usize) {
        let routings: BTreeSet<Routing> =
            [Routing::DefaultGroup, Routing::Apart].into_iter().chain((0..Routing::ROLES).map(Routing::Role)).collect();
        let listeners: Vec<usize> = self.participants.keys().copied().collect();
        for listener in listeners {
            for &routing in &routings {
                let (target, tick) = (self.level_of_unlisted(listener, routing), self.config.tick);
                if let Some(participant) = self.participants.get_mut(&listener) {
                    participant.move_unlisted(routing, target, length, tick);
                }
            }
        }
    }

    /// mix(l) = sum over s of hears(l) * present(s) * (open(l, s) + envelope(l) * ducked(l, s)) * signal(s), for
    /// every sample of the tick.
    fn mix(&mut self, listener: usize) -> Heard {
        let envelope = self.envelope(listener);
        let silence = vec![0.0; self.config.tick];
        let mut heard = Heard { listener, mix: silence.clone(), magnitude: silence, gains: Vec::new() };
        let hearing = &self.participants[&listener].hearing;
        for (&(_, id), pair) in self.pairs.range_mut((listener, 0)..=(listener, usize::MAX)) {
            let Participant { signal, presence, .. } = &self.participants[&id];
            let (before, mut greatest) = (pair.gain, 0.0_f64);
            for (k, sample) in signal.iter().enumerate() {
                let factors = [hearing[k], presence[k], pair.step(envelope[k])];
                pair.gain = factors.iter().map(|factor| factor.value).product();
                greatest = greatest.max(pair.gain);
                heard.mix[k] += pair.gain * sample;
                heard.magnitude[k] += factors.iter().map(|factor| factor.bound).product::<f64>() * sample.abs();
            }
            if signal.iter().any(|sample| *sample != 0.0) {
                heard.gains.push((id, before, greatest));
            }
        }
        heard
    }

    /// A listener's ducking envelope, in percent, over this tick. On hold nothing is ducked.
    fn envelope(&mut self, listener: usize) -> Vec<f64> {
        let (length, tick) = (self.move_length(), self.config.tick);
        let hearer = &self.participants[&listener];
        let levels = if hearer.music.is_some() { &ListenerConfig::default() } else { &hearer.levels };
        let (lower, upper) = levels.range();
        let is_ducker = |id: usize| id != listener && levels.is_ducker(id) && self.is_routed(listener, id);
        let ducks = self.participants.iter().any(|(&id, p)| p.active && is_ducker(id));
        let goal = if ducks { lower } else { upper };
        let slope = levels.ducking.map_or(0.0, |ducking| self.slope(ducking, ducks));

        let hearer = self.here(listener);
        if std::mem::take(&mut hearer.levels_are_new) {
            hearer.envelope.take_up(lower, upper, length);
        }
        (0..tick).map(|_| hearer.envelope.step(goal, slope)).collect()
    }

    /// How far an envelope goes in a sample, in percent; infinitely far when it moves at once.
    fn slope(&self, ducking: Ducking, down: bool) -> f64 {
        let ramp_ms = if down { ducking.ramp_active_ms } else { ducking.ramp_inactive_ms };
        let journey = if ramp_ms > 0.0 { ramp_ms * self.config.rate / 1000.0 } else { self.config.smoothing as f64 };
        if journey > 0.0 { (ducking.upper - ducking.lower) / journey } else { f64::INFINITY }
    }

    /// Drops the sources that left and have faded out, and the pairs of those who are not known any more.
    fn forget(&mut self) {
        self.participants.retain(|_, p| !p.is_gone());
        let participants = &self.participants;
        self.pairs.retain(|(listener, source), _| {
            participants.get(listener).is_some_and(|p| p.here) && participants.contains_key(source)
        });
    }
}
