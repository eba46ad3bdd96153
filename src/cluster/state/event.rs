//! What a host should know of: [`ClusterEvent`]. Pure data.

use crate::{ParticipantId, cluster::NodeName};

/// Something at this node that the host should know of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClusterEvent {
    /// A participant has gone over to another node: its connection here leads nowhere any more.
    Moved {
        /// Its id.
        id: ParticipantId,
        /// The node that has it now.
        to: NodeName,
    },
    /// A participant was taken out of the conference by a request at some node: its connection here leads nowhere any more.
    Removed {
        /// Its id.
        id: ParticipantId,
    },
    /// Another node has become a member, or has come back.
    NodeJoined {
        /// Its name.
        node: NodeName,
    },
    /// Nothing comes from another node any more. Its participants are missing, and leave after a while.
    NodeLost {
        /// Its name.
        node: NodeName,
    },
}
