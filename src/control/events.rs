//! What was done to a call, told through `tracing` once the controllers' lock is released: [`Events`]. Without the feature nothing is noted.
//!
//! Nothing of `tracing` runs under the lock but a look at its greatest level, which is an atomic: a subscriber may be slow, and may use the controller.

use std::fmt::Display;

use super::Registry;
use crate::{config::ParticipantMixerLevel, data::id::Generation, data::id::ParticipantId, data::role::Role};

/// The changes that are published together, in their order.
#[derive(Debug)]
pub(super) struct Events {
    noted: Vec<Event>,
    /// How many places there were, and whether the processor was known to be gone, before.
    before: (usize, bool),
}

/// One thing that was done, or refused.
#[derive(Debug)]
#[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "told with the feature only"))]
pub(super) enum Event {
    Joined { participant: ParticipantId, role: Role },
    Left { participant: ParticipantId },
    Muted { participant: ParticipantId, muted: bool },
    Deafened { participant: ParticipantId, deafened: bool },
    Listed { listener: ParticipantId, source: ParticipantId, gain: f64 },
    Panned { listener: ParticipantId, source: ParticipantId, position: f32 },
    Loudest { loudest: Option<usize> },
    Unlisted { listener: ParticipantId, source: ParticipantId },
    Configured { listener: ParticipantId, exclusive: bool, ducking: bool, sources: usize },
    Refused { change: &'static str, error: String },
    Grown { from: usize, to: usize },
    ProcessorGone,
}

impl Events {
    /// Before the registry is changed.
    pub fn begin(registry: &Registry) -> Self {
        Self { noted: Vec::new(), before: (registry.places(), registry.processor_gone()) }
    }

    /// Notes what was done, or why not. Gives back what came of it.
    pub fn note<T, E: Display>(
        &mut self,
        change: &'static str,
        done: Result<T, E>,
        event: impl FnOnce() -> Event,
    ) -> Result<T, E> {
        self.push(|| match &done {
            Ok(_) => event(),
            Err(error) => Event::Refused { change, error: error.to_string() },
        });
        done
    }

    /// Notes something, if anybody may want to know.
    pub fn push(&mut self, event: impl FnOnce() -> Event) {
        if wanted() {
            self.noted.push(event());
        }
    }

    /// After the registry was changed, while it is still locked.
    pub fn end(mut self, registry: &Registry) -> Self {
        let (from, gone) = self.before;
        let to = registry.places();
        if from != to {
            self.push(|| Event::Grown { from, to });
        }
        if !gone && registry.processor_gone() {
            self.push(|| Event::ProcessorGone);
        }
        self
    }

    /// Tells it all. Not under the lock.
    pub fn tell(self, generation: Generation) {
        self.noted.iter().for_each(|event| event.tell(generation.number()));
    }
}

#[cfg(feature = "tracing")]
fn wanted() -> bool {
    tracing::level_filters::LevelFilter::current() >= tracing::level_filters::LevelFilter::WARN
}

#[cfg(not(feature = "tracing"))]
fn wanted() -> bool {
    false
}

impl Event {
    pub fn configured(level: &ParticipantMixerLevel) -> Self {
        Self::Configured {
            listener: level.participant.as_str().into(),
            exclusive: level.exclusive,
            ducking: level.ducking.is_some(),
            sources: level.source_levels.len(),
        }
    }

    #[cfg(feature = "tracing")]
    fn tell(&self, generation: u64) {
        use tracing::{debug, info, warn};
        const TARGET: &str = "mixminus";
        match self {
            Self::Joined { participant, role } => {
                info!(target: TARGET, %participant, ?role, generation, "joined");
            }
            Self::Left { participant } => info!(target: TARGET, %participant, generation, "left"),
            Self::Muted { participant, muted } => info!(target: TARGET, %participant, muted, generation, "set muted"),
            Self::Deafened { participant, deafened } => {
                info!(target: TARGET, %participant, deafened, generation, "set deafened");
            }
            Self::Listed { listener, source, gain } => {
                debug!(target: TARGET, participant = %listener, %source, gain, generation, "set gain");
            }
            Self::Panned { listener, source, position } => {
                debug!(target: TARGET, participant = %listener, %source, position, generation, "set pan");
            }
            Self::Loudest { loudest } => info!(target: TARGET, loudest, generation, "set loudest"),
            Self::Unlisted { listener, source } => {
                debug!(target: TARGET, participant = %listener, %source, generation, "cleared gain");
            }
            Self::Configured { listener, exclusive, ducking, sources } => {
                debug!(target: TARGET, participant = %listener, exclusive, ducking, sources, generation, "configured");
            }
            Self::Refused { change, error } => warn!(target: TARGET, change, error, generation, "refused"),
            Self::Grown { from, to } => debug!(target: TARGET, from, to, generation, "made room for more participants"),
            Self::ProcessorGone => info!(target: TARGET, generation, "the processor was dropped"),
        }
    }

    #[cfg(not(feature = "tracing"))]
    fn tell(&self, _: u64) {}
}
