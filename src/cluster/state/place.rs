//! Where a participant is, and where a message goes. Pure data.

use std::time::Duration;

use crate::{
    ParticipantKey,
    cluster::{NodeName, entry::Entry},
};

/// A participant at another node.
#[derive(Debug, Clone)]
pub(in crate::cluster) struct Elsewhere {
    pub entry: Entry,
    pub at: At,
    /// Its key in the mixer here, if it sends.
    pub key: Option<ParticipantKey>,
}

/// Where a participant is who is not here.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::cluster) enum At {
    Node(NodeName),
    /// On its way from one node to another, or its node was started anew without it. It leaves then.
    Nowhere {
        until: Duration,
    },
    /// It has left; its voice is heard until what its node sent before has been played.
    Leaving {
        node: NodeName,
        tick: u64,
        until: Duration,
    },
}

/// To whom a message goes.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::cluster) enum To {
    All,
    Node(NodeName),
}
