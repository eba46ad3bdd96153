//! A participant as clients see it, at whatever node it is: [`Member`].

#[cfg(feature = "cluster")]
use std::hash::BuildHasher;

#[cfg(feature = "cluster")]
use crate::cluster::ClusterParticipant;
use crate::{Direction, Participant, ParticipantId, ParticipantKey};

/// A participant of a call.
#[derive(Debug, Clone)]
pub(in crate::http) struct Member {
    pub id: ParticipantId,
    pub direction: Direction,
    pub muted: bool,
    /// Its key in the mixer here; `None` if it only hears, at another node.
    pub key: Option<ParticipantKey>,
    /// The node that it is at; `None` if there is one only, or it is on its way to another.
    pub node: Option<String>,
    /// Where it stands in a list: it does not change as others come and go.
    pub order: usize,
}

impl From<Participant> for Member {
    fn from(Participant { id, key, direction, muted, .. }: Participant) -> Self {
        Self { id, direction, muted, key: Some(key), node: None, order: key.index() }
    }
}

#[cfg(feature = "cluster")]
impl Member {
    /// A participant of a conference on several nodes, with its key in the mixer here.
    pub fn of(key: Option<ParticipantKey>, participant: ClusterParticipant) -> Self {
        let ClusterParticipant { id, node, direction, muted, .. } = participant;
        // The same at all nodes, and a number that clients can send as one.
        let order = rustc_hash::FxBuildHasher.hash_one(id.as_str()) as usize >> 1;
        Self { direction, muted, key, node: node.map(|node| node.as_str().to_owned()), order, id }
    }
}
