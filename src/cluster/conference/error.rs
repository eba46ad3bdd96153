//! Why a change of a conference is not begun: [`ConferenceError`]. Pure data.

use crate::{GroupId, ParticipantId, config::Faults};

/// Why a change was not begun.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConferenceError {
    /// The request breaks a rule, or names somebody who is not in the conference.
    #[error(transparent)]
    Faults(#[from] Faults),
    /// Nobody in the conference has this id.
    #[error("no participant \"{id}\" is in the call")]
    Unknown {
        /// The id.
        id: ParticipantId,
    },
    /// The conference has no private group of this id.
    #[error("no private group \"{group}\" is in the call")]
    UnknownGroup {
        /// The id.
        group: GroupId,
    },
    /// The id of a group or of a member, or the name of a role, is too long to be told to other nodes.
    #[error(
        "an id of a group or a participant, or the name of a role, may have {most} bytes in a conference on several nodes"
    )]
    TooLong {
        /// How many bytes it may have.
        most: usize,
    },
    /// It is on its way from one node to another, or its node was started anew.
    #[error(
        "participant \"{id}\" is at no node at the moment: it is on its way to another, or its node was started anew; try again"
    )]
    Nowhere {
        /// The id.
        id: ParticipantId,
    },
}
