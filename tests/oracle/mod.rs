//! An independent model of what every listener hears, for tests to hold the mixer against.
//!
//! It is written from the rules alone (the page "What a listener hears"), not from the mixer, so that
//! the two share no mistake. It is naive on purpose: f64 throughout, one base move and one exemption
//! move for every pair of listener and source, one ducking envelope for every listener, all of them
//! advanced sample by sample and aimed anew in every tick, with nothing shared, skipped or remembered
//! between pairs. What it costs does not matter; that it can be read beside the rules does.
//!
//! It has no limiter: compare it with a mixer whose limiter is off. It refuses nothing politely: a
//! call that the mixer would answer with an error is a mistake of the test, and panics.

mod config;
mod moves;
mod participant;
mod self_tests;

pub use config::{Ducking, ListenerConfig, OracleConfig};
use moves::Move;
use participant::Participant;
use std::collections::{BTreeMap, BTreeSet};

/// A source's frame of one tick: its id, its samples, the host's word on its activity.
pub type Frame = (usize, Vec<f32>, bool);

/// What one listener hears in a tick.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Who hears it.
    pub listener: usize,
    /// The mix, sample by sample.
    pub mix: Vec<f64>,
    /// The sum over the sources of |gain * signal|, sample by sample: what a tolerance is a share of.
    pub magnitude: Vec<f64>,
    /// The sources that do not send digital silence, by rising id: each with its gain before the tick, and with the greatest in it.
    pub gains: Vec<(usize, f64, f64)>,
}

/// The model of a mixer.
#[derive(Clone, Debug)]
pub struct Oracle {
    config: OracleConfig,
    /// Whether a tick has been mixed: before that nothing has been heard, and what is set holds at once.
    started: bool,
    /// Everyone who is here, and the sources that left and still fade out somewhere.
    participants: BTreeMap<usize, Participant>,
    /// By listener and source.
    pairs: BTreeMap<(usize, usize), Pair>,
}

/// The two moves in the gain of a source in a listener's mix. Both start at 0: unheard, no ducker.
#[derive(Clone, Debug, Default)]
struct Pair {
    base: Move,
    exemption: Move,
    /// The gain of the last sample.
    gain: f64,
}

impl Oracle {
    /// A mixer with nobody in it, before its first tick.
    pub fn new(config: OracleConfig) -> Self {
        assert!(config.tick > 0, "a tick has at least one sample");
        Self { config, started: false, participants: BTreeMap::new(), pairs: BTreeMap::new() }
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
        for participant in self.participants.values_mut() {
            participant.levels.sources.retain(|row| row.0 != id);
        }
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

    /// mix(l) = sum over s of base(l, s) * duck(l, s) * signal(s), for every sample of the tick.
    fn mix(&mut self, listener: usize) -> Heard {
        let envelope = self.envelope(listener);
        let length = self.move_length();
        let hearer = &self.participants[&listener];
        let silence = vec![0.0; self.config.tick];
        let mut heard = Heard { listener, mix: silence.clone(), magnitude: silence, gains: Vec::new() };
        for (&id, source) in &self.participants {
            if id == listener || !source.sends {
                continue;
            }
            let pair = self.pairs.entry((listener, id)).or_default();
            let (before, mut greatest) = (pair.gain, 0.0_f64);
            pair.base.head_for(base_target(hearer, id, source), length);
            let exempt = hearer.levels.is_ducker(id);
            pair.exemption.head_for(if exempt { 1.0 } else { 0.0 }, length);
            for (k, envelope) in envelope.iter().enumerate() {
                let base = pair.base.step();
                let w = pair.exemption.step();
                let duck = w + (1.0 - w) * envelope / 100.0;
                pair.gain = base * duck;
                greatest = greatest.max(pair.gain);
                let part = pair.gain * source.signal[k];
                heard.mix[k] += part;
                heard.magnitude[k] += part.abs();
            }
            if source.signal.iter().any(|sample| *sample != 0.0) {
                heard.gains.push((id, before, greatest));
            }
        }
        heard
    }

    /// A listener's ducking envelope, in percent, over this tick.
    fn envelope(&mut self, listener: usize) -> Vec<f64> {
        let length = self.move_length();
        let levels = &self.participants[&listener].levels;
        let (lower, upper) = levels.range();
        let ducked = self.participants.iter().any(|(&id, p)| p.active && levels.is_ducker(id));
        let goal = if ducked { lower } else { upper };
        let slope = levels.ducking.map_or(0.0, |ducking| self.slope(ducking, ducked));

        let tick = self.config.tick;
        let hearer = self.here(listener);
        if hearer.levels_are_new {
            hearer.envelope.take_up(lower, upper, length);
            hearer.levels_are_new = false;
        }
        (0..tick).map(|_| hearer.envelope.step(goal, slope)).collect()
    }

    /// How far an envelope goes in a sample, in percent; infinitely far when it moves at once.
    fn slope(&self, ducking: Ducking, down: bool) -> f64 {
        let ramp_ms = if down { ducking.ramp_active_ms } else { ducking.ramp_inactive_ms };
        let journey = if ramp_ms > 0.0 { ramp_ms * self.config.rate / 1000.0 } else { self.config.smoothing as f64 };
        if journey > 0.0 { (ducking.upper - ducking.lower) / journey } else { f64::INFINITY }
    }

    /// The smoothing time in samples; in the first tick everything moves at once.
    fn move_length(&self) -> usize {
        if self.started { self.config.smoothing } else { 0 }
    }

    /// Drops the pairs that nobody hears any more, and the leavers who are left in none.
    fn forget(&mut self) {
        let here: BTreeSet<usize> = self.participants.iter().filter(|(_, p)| p.here).map(|(&id, _)| id).collect();
        self.pairs.retain(|(listener, source), pair| {
            here.contains(listener) && (here.contains(source) || !pair.base.rests_on(0.0))
        });
        let pairs = &self.pairs;
        self.participants.retain(|id, p| p.here || pairs.keys().any(|(_, source)| source == id));
    }
}

/// Where base(l, s) heads in this tick, for an l that is not s.
fn base_target(listener: &Participant, id: usize, source: &Participant) -> f64 {
    if source.muted || !source.here || !source.has_frame || listener.deafened {
        return 0.0;
    }
    match listener.levels.row(id) {
        Some((level, _)) => level / 100.0,
        None if listener.levels.exclusive => 0.0,
        None => 1.0,
    }
}
