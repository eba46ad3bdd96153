//! The changes of a call as events of `tracing`, emitted once the controllers' lock is released:
//! [`Events`]. Without the feature nothing is noted.
//!
//! Under the lock only the greatest level of `tracing` is read, which is an atomic: a subscriber
//! may be slow, and may use the controller.

use std::fmt::Display;

use super::Registry;
use crate::{
    config::{Faults, ParticipantMixerLevel},
    data::{
        direction::Direction,
        id::{Generation, GroupId, ParticipantId},
        routing::Routing,
        tap::TapPoint,
    },
};

/// How many faults of a request an event lists.
const LISTED_FAULTS: usize = 10;

/// The events of changes that are published together, in order.
#[derive(Debug)]
pub(super) struct Events {
    noted: Vec<Event>,
    /// The number of slots, and whether the processor was known to be gone, before the changes.
    before: (usize, bool),
}

/// One change that was made, or refused.
#[derive(Debug)]
#[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "emitted with the feature only"))]
pub(super) enum Event {
    Joined {
        participant: ParticipantId,
        direction: Direction,
    },
    Left {
        participant: ParticipantId,
    },
    #[cfg_attr(not(feature = "stream"), allow(dead_code, reason = "ports come with the feature"))]
    PortsReplaced {
        participant: ParticipantId,
    },
    #[cfg_attr(not(feature = "stream"), allow(dead_code, reason = "taps come with the feature"))]
    Tapped {
        participant: ParticipantId,
        point: TapPoint,
    },
    Muted {
        participant: ParticipantId,
        muted: bool,
    },
    Deafened {
        participant: ParticipantId,
        deafened: bool,
    },
    Listed {
        listener: ParticipantId,
        source: ParticipantId,
        gain: f64,
    },
    Panned {
        listener: ParticipantId,
        source: ParticipantId,
        position: f32,
    },
    Routed {
        participant: ParticipantId,
        routing: Routing,
    },
    RoleTable {
        listeners: usize,
    },
    Grouped {
        group: GroupId,
        sources: usize,
        receivers: usize,
    },
    GroupRemoved {
        group: GroupId,
    },
    Exempt {
        listener: ParticipantId,
        source: ParticipantId,
        exempt: bool,
    },
    Held {
        participant: ParticipantId,
        sources: usize,
    },
    Resumed {
        participant: ParticipantId,
    },
    Loudest {
        loudest: Option<usize>,
    },
    Unlisted {
        listener: ParticipantId,
        source: ParticipantId,
    },
    Configured {
        listener: ParticipantId,
        exclusive: bool,
        ducking: bool,
        sources: usize,
    },
    Refused {
        change: &'static str,
        error: String,
    },
    Grown {
        from: usize,
        to: usize,
    },
    ProcessorGone,
}

impl Events {
    /// To be called before the registry is changed.
    pub fn begin(registry: &Registry) -> Self {
        Self { noted: Vec::new(), before: (registry.slots(), registry.processor_gone()) }
    }

    /// Notes a change, or why it was refused. Returns `done` as it is.
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

    /// Notes an event, if a subscriber may want it.
    pub fn push(&mut self, event: impl FnOnce() -> Event) {
        if wanted() {
            self.noted.push(event());
        }
    }

    /// Emits one event of a change that was refused, if a subscriber may want it. Not to be called
    /// under the lock.
    pub fn refused(published: Generation, event: impl FnOnce() -> Event) {
        if wanted() {
            event().tell(published.number());
        }
    }

    /// To be called after the registry was changed, while it is still locked.
    pub fn end(mut self, registry: &Registry) -> Self {
        let (from, gone) = self.before;
        let to = registry.slots();
        if from != to {
            self.push(|| Event::Grown { from, to });
        }
        if !gone && registry.processor_gone() {
            self.push(|| Event::ProcessorGone);
        }
        self
    }

    /// Emits all events. Not to be called under the lock.
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
    /// That a request was refused. Lists the first faults only: a request may have very many.
    pub fn misconfigured(faults: &Faults) -> Self {
        let listed: Vec<_> = faults.iter().take(LISTED_FAULTS).map(ToString::to_string).collect();
        let more = match faults.len().saturating_sub(LISTED_FAULTS) {
            0 => String::new(),
            more => format!("; and {more} more"),
        };
        Self::Refused { change: "configure", error: listed.join("; ") + &more }
    }

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
            Self::Joined { participant, direction } => {
                info!(target: TARGET, %participant, ?direction, generation, "joined");
            }
            Self::Left { participant } => info!(target: TARGET, %participant, generation, "left"),
            Self::PortsReplaced { participant } => info!(target: TARGET, %participant, generation, "replaced ports"),
            Self::Tapped { participant, point: TapPoint::Source { even_muted } } => {
                info!(target: TARGET, %participant, even_muted, generation, "tapped what it sends");
            }
            Self::Tapped { participant, point: TapPoint::Mix { .. } } => {
                info!(target: TARGET, %participant, generation, "tapped what it hears");
            }
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
            Self::Routed { participant, routing } => {
                info!(target: TARGET, %participant, ?routing, generation, "set routing");
            }
            Self::RoleTable { listeners } => info!(target: TARGET, listeners, generation, "set role table"),
            Self::Grouped { group, sources, receivers } => {
                info!(target: TARGET, %group, sources, receivers, generation, "set private group");
            }
            Self::GroupRemoved { group } => info!(target: TARGET, %group, generation, "removed private group"),
            Self::Exempt { listener, source, exempt } => {
                debug!(target: TARGET, participant = %listener, %source, exempt, generation, "set exempt");
            }
            Self::Held { participant, sources } => info!(target: TARGET, %participant, sources, generation, "on hold"),
            Self::Resumed { participant } => info!(target: TARGET, %participant, generation, "resumed"),
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
