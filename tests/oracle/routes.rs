//! Who may be heard by whom.

use std::collections::{BTreeMap, BTreeSet};

/// How a participant is routed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Routing {
    /// In the default group.
    #[default]
    DefaultGroup,
    /// In no group but private ones.
    Apart,
    /// By a role.
    Role(usize),
}

impl Routing {
    /// How many roles there may be.
    pub const ROLES: usize = 4;
}

/// The routes of a call, but for holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Routes {
    /// Which role hears which.
    pub(super) table: BTreeSet<(usize, usize)>,
    /// The sources and the receivers of each private group.
    pub(super) groups: BTreeMap<usize, (BTreeSet<usize>, BTreeSet<usize>)>,
}

impl Routes {
    /// Whether those who are routed so hear those who are routed like this.
    pub(super) fn lead(&self, listener: Routing, source: Routing) -> bool {
        match (listener, source) {
            (Routing::DefaultGroup, Routing::DefaultGroup) => true,
            (Routing::Role(listener), Routing::Role(source)) => self.table.contains(&(listener, source)),
            _ => false,
        }
    }

    /// Whether a private group routes a source to a receiver.
    pub(super) fn group(&self, receiver: usize, source: usize) -> bool {
        self.groups.values().any(|(sources, receivers)| sources.contains(&source) && receivers.contains(&receiver))
    }

    /// Somebody leaves all groups.
    pub(super) fn leave(&mut self, id: usize) {
        for (sources, receivers) in self.groups.values_mut() {
            sources.remove(&id);
            receivers.remove(&id);
        }
    }
}
