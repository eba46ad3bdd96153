//! Who is at another node of a cluster, who is wanted there, and who has changed since the other nodes were told.

use std::collections::BTreeSet;

use super::{Member, Registry};
use crate::{
    control::{ListenerConfig, SourceConfig},
    data::{id::ParticipantId, sharing::Sharing},
};

impl Member {
    pub fn is_elsewhere(&self) -> bool {
        self.slot.sharing == Sharing::Elsewhere
    }
}

impl Registry {
    /// From now on it is noted who changes, beginning with everybody.
    pub fn note_touched(&mut self) {
        self.touched = Some(self.members.keys().cloned().collect());
    }

    pub fn is_noting(&self) -> bool {
        self.touched.is_some()
    }

    pub fn take_touched(&mut self) -> BTreeSet<ParticipantId> {
        self.touched.as_mut().map(std::mem::take).unwrap_or_default()
    }

    pub(super) fn touch(&mut self, id: &ParticipantId) {
        if let Some(touched) = &mut self.touched {
            touched.insert(id.clone());
        }
    }

    pub fn put_elsewhere(&mut self, id: &ParticipantId) {
        if let Some(member) = self.members.get_mut(id) {
            member.slot.sharing = Sharing::Elsewhere;
            self.set_slot(id);
        }
    }

    pub fn want_elsewhere(&mut self, id: &str, wanted: bool) {
        let Ok(id) = self.name(id) else { return };
        let Some(member) = self.members.get_mut(&id) else { return };
        if std::mem::replace(&mut member.wanted_elsewhere, wanted) == wanted {
            return;
        }
        if !member.is_elsewhere() {
            member.slot.sharing = if wanted { Sharing::Wanted } else { Sharing::Here };
            self.set_slot(&id);
        }
        self.show_wanted(&id);
    }

    /// Replaces a configuration by one of the mixer's own units.
    pub fn put_configuration(&mut self, id: &ParticipantId, config: &ListenerConfig) {
        let Some(member) = self.members.get_mut(id) else { return };
        let slot = member.slot.key.slot;
        let before = std::mem::take(&mut member.config);
        before.sources.iter().for_each(|source| self.note_listed(slot, Some(source), None));
        let here = |source: &&SourceConfig| source.source != *id && self.is_here(source.source.as_str());
        let sources: Vec<_> = config.sources.iter().filter(here).cloned().collect();
        sources.iter().for_each(|source| self.note_listed(slot, None, Some(source)));
        if let Some(member) = self.members.get_mut(id) {
            member.config = ListenerConfig { exclusive: config.exclusive, ducking: config.ducking, sources };
        }
        self.stale.insert(id.clone());
    }

    /// Who has a slot.
    pub fn id_in(&self, slot: u32) -> Option<&ParticipantId> {
        self.ids.get(&slot)
    }
}
