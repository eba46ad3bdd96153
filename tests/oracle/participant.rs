//! A participant: what it sends, and whether it is active.

use super::Frame;
use super::config::{ListenerConfig, OracleConfig};
use super::moves::Envelope;

/// A participant, with this tick's signal and activity.
#[derive(Clone, Debug)]
pub(super) struct Participant {
    pub(super) here: bool,
    pub(super) sends: bool,
    pub(super) hears: bool,
    host_detector: bool,
    pub(super) muted: bool,
    pub(super) deafened: bool,
    pub(super) levels: ListenerConfig,
    /// Whether the next tick is the first with these levels.
    pub(super) levels_are_new: bool,
    pub(super) envelope: Envelope,
    last_sample: f64,
    ticks_since_loud: Option<u32>,
    /// This tick's signal: the frame, or the last sample held.
    pub(super) signal: Vec<f64>,
    pub(super) has_frame: bool,
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
            levels: ListenerConfig::default(),
            levels_are_new: false,
            envelope: Envelope::at(100.0),
            last_sample: 0.0,
            ticks_since_loud: None,
            signal: Vec::new(),
            has_frame: false,
            active: false,
        }
    }

    /// Takes the valid frame of this tick, or goes on from the last sample of the last one.
    pub(super) fn receive(&mut self, frame: Option<&Frame>, config: &OracleConfig) {
        self.has_frame = frame.is_some();
        self.signal = match frame {
            Some((_, samples, _)) => samples.iter().map(|&sample| f64::from(sample)).collect(),
            None => vec![self.last_sample; config.tick],
        };
        self.last_sample = self.signal[config.tick - 1];

        let loud = self.has_frame && rms(&self.signal) >= config.threshold();
        self.ticks_since_loud = if loud { Some(0) } else { self.ticks_since_loud.map(|ticks| ticks + 1) };
        let detected = if self.host_detector {
            frame.is_some_and(|&(_, _, active)| active)
        } else {
            let hangover = config.hangover_ticks();
            self.ticks_since_loud.is_some_and(|ticks| f64::from(ticks) <= hangover)
        };
        self.active = detected && self.has_frame && self.here && !self.muted;
    }
}

fn rms(samples: &[f64]) -> f64 {
    let energy: f64 = samples.iter().map(|sample| sample * sample).sum();
    (energy / samples.len() as f64).sqrt()
}
