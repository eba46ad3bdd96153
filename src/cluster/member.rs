//! A participant of a conference on many machines, as every node sees it: [`ClusterParticipant`]. Pure data.

use super::{NodeName, entry::Entry};
use crate::{Direction, ParticipantId, Routing};

/// A participant of the conference, at any node.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClusterParticipant {
    /// Its id, which nobody else in the conference has.
    pub id: ParticipantId,
    /// The node that it is at; `None` while it is on its way to another, or its node was started anew.
    pub node: Option<NodeName>,
    /// Whether it sends, hears, or both.
    pub direction: Direction,
    /// Whether it is muted: nobody hears it.
    pub muted: bool,
    /// Whether it is deafened: it hears nothing.
    pub deafened: bool,
    /// Whether it is on hold.
    pub on_hold: bool,
    /// By which rule it is routed to others.
    pub routing: Routing,
}

impl ClusterParticipant {
    pub(super) fn of(id: &ParticipantId, entry: &Entry, node: Option<&NodeName>) -> Self {
        let direction = match (entry.sends, entry.hears) {
            (true, true) => Direction::Both,
            (true, false) => Direction::Source,
            _ => Direction::Listener,
        };
        let Entry { muted, deafened, .. } = *entry;
        Self {
            id: id.clone(),
            node: node.cloned(),
            direction,
            muted,
            deafened,
            on_hold: entry.hold.is_some(),
            routing: entry.route.routing(),
        }
    }
}
