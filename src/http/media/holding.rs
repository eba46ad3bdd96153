//! How a hold is changed in the mixer, or at the node of a participant: the part of [`Parts`] that [`Holds`](super::holds::Holds) uses.

use std::time::Instant;

use super::{parts::Parts, unplayed::Unplayed};
#[cfg(feature = "cluster")]
use crate::cluster::ChangeNumber;
use crate::{ControlError, Generation, ParticipantKey, http::calls::Member};

/// A change of a hold that has begun.
#[derive(Debug, Clone, Copy)]
pub(super) enum Begun {
    /// It is in force from this generation on.
    Here(Generation),
    /// It is done at the participant's node.
    #[cfg(feature = "cluster")]
    There(ChangeNumber),
}

impl Parts {
    /// Puts a participant on hold with this music.
    pub(super) fn hold(&self, participant: &Member, music: &[&str]) -> Result<Begun, Unplayed> {
        let id = participant.id.as_str();
        #[cfg(feature = "cluster")]
        if let Some(following) = &self.following {
            return Ok(Begun::There(following.conference.hold(id, music)?));
        }
        let (held, generation) = self.controller.change(|changes| {
            // Somebody else may have the id by now.
            if Some(changes.key(id)?) != participant.key {
                return Err(ControlError::Unknown { id: participant.id.clone() });
            }
            changes.hold(id, music)
        });
        held?;
        Ok(Begun::Here(generation))
    }

    /// Takes a participant off hold.
    pub(super) fn resume(&self, id: &str) -> Result<Begun, Unplayed> {
        #[cfg(feature = "cluster")]
        if let Some(following) = &self.following {
            return Ok(Begun::There(following.conference.resume(id)?));
        }
        let (resumed, generation) = self.controller.change(|changes| changes.resume(id));
        match resumed {
            Ok(()) | Err(ControlError::NotOnHold { .. }) => Ok(Begun::Here(generation)),
            Err(left) => Err(left.into()),
        }
    }

    /// Lets an operation end as a change does.
    pub(super) fn follow(&self, operation: &str, begun: Begun) {
        match begun {
            Begun::Here(generation) => self.ledger.await_mix(operation, generation),
            #[cfg(feature = "cluster")]
            Begun::There(change) => {
                if let Some(following) = &self.following {
                    following.follow(operation, change);
                }
            }
        }
    }

    /// Whether a participant is on hold; `None` if it has left.
    pub(super) fn on_hold(&self, id: &str, key: Option<ParticipantKey>) -> Option<bool> {
        #[cfg(feature = "cluster")]
        if let Some(following) = &self.following {
            return following.conference.participant(id).ok().map(|one| one.on_hold);
        }
        let here = self.controller.participant(id).ok().filter(|one| Some(one.key) == key);
        here.map(|one| one.on_hold)
    }

    /// Whether a hold that has begun then may still take effect: at another node it takes some time.
    pub(super) fn is_under_way(&self, begun: Instant) -> bool {
        #[cfg(feature = "cluster")]
        if self.following.is_some() {
            return begun.elapsed() < self.time_limit;
        }
        let _ = begun;
        false
    }
}
