//! The participants in the call, as a host sees them, and their configurations.

use super::{ControlError, Controller, ListenerConfig, registry::Member};
use crate::data::{
    direction::Direction,
    id::{ParticipantId, ParticipantKey},
    routing::Routing,
};

/// A participant in the call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Participant {
    /// Its id.
    pub id: ParticipantId,
    /// Its key on the audio side.
    pub key: ParticipantKey,
    /// Whether it sends, hears, or both.
    pub direction: Direction,
    /// Whether it is muted: nobody hears it.
    pub muted: bool,
    /// Whether it is deafened: it hears nothing.
    pub deafened: bool,
    /// Whether it is on hold: it hears its hold music only, and nobody hears it.
    pub on_hold: bool,
    /// By which rule it is routed to others.
    pub routing: Routing,
    /// Whether it is at another node of the cluster: then it is here as a source only.
    #[cfg(feature = "cluster")]
    pub elsewhere: bool,
}

impl Controller {
    /// The participants in the call, in the order of their keys.
    pub fn participants(&self) -> Vec<Participant> {
        let registry = self.registry();
        let mut here: Vec<_> = registry.members().map(|(id, member)| member.participant(id)).collect();
        here.sort_unstable_by_key(|participant| participant.key);
        here
    }

    /// One participant in the call: its key, its direction, its routing, and whether it is muted, deafened or on hold.
    ///
    /// # Errors
    /// [`ControlError::Unknown`].
    pub fn participant(&self, id: &str) -> Result<Participant, ControlError> {
        self.registry().member(id).map(|member| member.participant(&id.into()))
    }

    /// Whether a participant is in the call.
    pub fn is_here(&self, id: &str) -> bool {
        self.registry().is_here(id)
    }

    /// A listener's configuration as it is in force, with gains and pans that were set one by one.
    ///
    /// # Errors
    /// [`ControlError::Unknown`].
    pub fn configuration(&self, listener: &str) -> Result<ListenerConfig, ControlError> {
        self.registry().member(listener).map(|member| member.config.clone())
    }
}

impl Member {
    pub(super) fn participant(&self, id: &ParticipantId) -> Participant {
        let slot = &self.slot;
        Participant {
            id: id.clone(),
            key: slot.key,
            direction: slot.direction,
            muted: slot.muted,
            deafened: slot.deafened,
            on_hold: slot.on_hold,
            routing: self.routing.clone(),
            #[cfg(feature = "cluster")]
            elsewhere: self.is_elsewhere(),
        }
    }
}
