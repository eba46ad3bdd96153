//! A participant: what it sends, whether it is active, and the two factors that belong to it.

use std::collections::{BTreeMap, BTreeSet};

use super::Frame;
use super::config::{ListenerConfig, OracleConfig};
use super::envelope::Envelope;
use super::moves::{Factor, Move};
use super::routes::Routing;

/// A participant, with this tick's signal and activity.
#[derive(Clone, Debug)]
pub(super) struct Participant {
    /// False for a source that has left and still fades out.
    pub(super) here: bool,
    pub(super) sends: bool,
    pub(super) hears: bool,
    host_detector: bool,
    pub(super) muted: bool,
    pub(super) deafened: bool,
    pub(super) routing: Routing,
    /// What it hears on hold, if it is.
    pub(super) music: Option<BTreeSet<usize>>,
    pub(super) levels: ListenerConfig,
    /// The sources that are not ducked for it.
    pub(super) exempt: BTreeSet<usize>,
    /// Whether the next tick is the first with these levels.
    pub(super) levels_are_new: bool,
    pub(super) envelope: Envelope,
    present: Move,
    undeafened: Move,
    /// The ducked gain of sources that it never listed, by their routing.
    pub(super) unlisted: BTreeMap<Routing, Move>,
    /// The factor present(s), over this tick.
    pub(super) presence: Vec<Factor>,
    /// The factor hears(l), over this tick.
    pub(super) hearing: Vec<Factor>,
    last_sample: f64,
    ticks_since_loud: Option<u32>,
    /// Samples from the end of the last frame that reached the floor to the end of this tick.
    since_end: Option<usize>,
    /// Whether it counts as silent.
    quiet: bool,
    /// This tick's signal: the frame, or the last sample held.
    pub(super) signal: Vec<f64>,
    has_frame: bool,
    pub(super) active: bool,
}

impl Participant {
    pub(super) fn new(sends: bool, hears: bool, host_detector: bool) -> Self {
        Self {
            here: true,
            sends,
            hears,
            host_detector,
            muted: false,
            deafened: false,
            routing: Routing::default(),
            music: None,
            levels: ListenerConfig::default(),
            exempt: BTreeSet::new(),
            levels_are_new: false,
            envelope: Envelope::at(100.0),
            present: Move::at(0.0),
            undeafened: Move::at(0.0),
            unlisted: BTreeMap::new(),
            presence: Vec::new(),
            hearing: Vec::new(),
            last_sample: 0.0,
            ticks_since_loud: None,
            since_end: None,
            quiet: true,
            signal: Vec::new(),
            has_frame: false,
            active: false,
        }
    }

    /// Takes the valid frame of this tick, or holds the last sample of the last one.
    pub(super) fn receive(&mut self, frame: Option<&Frame>, config: &OracleConfig) {
        self.has_frame = frame.is_some();
        self.signal = match frame {
            Some((_, samples, _)) => samples.iter().map(|&sample| f64::from(sample)).collect(),
            None => vec![self.last_sample; config.tick],
        };
        self.last_sample = self.signal[config.tick - 1];
        self.listen_for_sound(config);
        self.active = self.detect(frame, config) && self.has_frame && self.here && !self.muted && self.music.is_none();
    }

    /// A source is quiet until a frame reaches the floor, and again once none has for a while.
    fn listen_for_sound(&mut self, config: &OracleConfig) {
        let since = self.since_end.take().map(|samples| samples + config.tick);
        let reaches = self.has_frame && config.reaches_floor(rms(&self.signal));
        (self.quiet, self.since_end) = match (reaches, since) {
            (true, _) => (false, Some(0)),
            (false, since) => {
                (since.is_none_or(|samples| (samples - config.tick) as f64 >= config.floor_hold()), since)
            }
        };
    }

    /// What the detector says of this tick; the hangover of the energy detector runs on without frames.
    fn detect(&mut self, frame: Option<&Frame>, config: &OracleConfig) -> bool {
        let loud = self.has_frame && rms(&self.signal) >= config.threshold();
        self.ticks_since_loud = if loud { Some(0) } else { self.ticks_since_loud.map(|ticks| ticks + 1) };
        if self.host_detector {
            return frame.is_some_and(|&(_, _, active)| active);
        }
        self.ticks_since_loud.is_some_and(|ticks| f64::from(ticks) <= config.hangover_ticks())
    }

    /// Sends its two factors to the targets of this tick, and advances them over it.
    pub(super) fn advance(&mut self, length: usize, tick: usize) {
        let present = self.here && self.has_frame && !self.muted && self.music.is_none() && !self.quiet;
        self.present.head_for(if present { 1.0 } else { 0.0 }, length);
        self.undeafened.head_for(if self.deafened { 0.0 } else { 1.0 }, length);
        self.presence = self.present.steps(tick);
        self.hearing = self.undeafened.steps(tick);
    }

    /// Moves the gain of the sources of a routing that it never listed on by a tick. It starts on its target.
    pub(super) fn move_unlisted(&mut self, routing: Routing, target: f64, length: usize, tick: usize) {
        let unlisted = self.unlisted.entry(routing).or_insert_with(|| Move::at(target));
        unlisted.head_for(target, length);
        unlisted.steps(tick);
    }

    /// Whether it has left, and nobody hears it any more.
    pub(super) fn is_gone(&self) -> bool {
        !self.here && self.present.rests_on(0.0)
    }
}

/// Over all channels as sent. A frame of the model has one.
fn rms(samples: &[f64]) -> f64 {
    let energy: f64 = samples.iter().map(|sample| sample * sample).sum();
    (energy / samples.len() as f64).sqrt()
}
