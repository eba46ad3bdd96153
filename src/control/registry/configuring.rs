//! The configurations of listeners.

use super::{Registry, member::set_listed};
use crate::{
    config::{Checked, ParticipantMixerLevel},
    control::{ControlError, ListenerConfig, SourceConfig},
    data::id::ParticipantId,
};

impl Registry {
    /// Replaces the whole configurations of some listeners. Returns the levels that these were given as.
    pub fn configure(checked: Checked<'_, Self>) -> &[ParticipantMixerLevel] {
        let (levels, registry) = checked.into_parts();
        levels.iter().for_each(|level| registry.replace(level));
        levels
    }

    /// Replaces the configuration of one listener. What the wire has no words for stays.
    fn replace(&mut self, level: &ParticipantMixerLevel) {
        let Ok(id) = self.name(&level.participant) else { return };
        let Some(member) = self.members.get_mut(&id) else { return };
        let (slot, before) = (member.slot.key.slot, std::mem::take(&mut member.config));
        let config = ListenerConfig::from_wire(level, |source| self.name(source).ok()).keep_unwired(&before);
        for source in &before.sources {
            if config.get(&source.source).is_none() {
                self.note_listed(slot, Some(source), None);
            }
        }
        for source in &config.sources {
            self.note_listed(slot, before.get(&source.source), Some(source));
        }
        if let Some(member) = self.members.get_mut(&id) {
            member.config = config;
        }
        self.stale.insert(id);
    }

    /// Changes a listener's entry for one source, and lists the source first if necessary. An entry
    /// that says nothing any more is removed. The other entries stay.
    pub fn configure_source(
        &mut self,
        listener: &ParticipantId,
        source: &ParticipantId,
        change: impl FnOnce(&mut SourceConfig),
    ) -> Result<(), ControlError> {
        let member = self.member_mut(listener.as_str())?;
        let (slot, before) = (member.slot.key.slot, member.config.get(source).cloned());
        let entry = member.config.entry(source);
        change(entry);
        let mut now = Some(entry.clone());
        if now.as_ref().is_some_and(SourceConfig::is_empty) {
            now = None;
            member.config.remove(source.as_str());
        }
        self.note_listed(slot, before.as_ref(), now.as_ref());
        self.stale.insert(listener.clone());
        Ok(())
    }

    /// Removes one source from a listener's configuration. Changes nothing if the source is not listed.
    pub fn unlist_source(&mut self, listener: &ParticipantId, source: &ParticipantId) -> Result<(), ControlError> {
        let member = self.member_mut(listener.as_str())?;
        let slot = member.slot.key.slot;
        if let Some(before) = member.config.remove(source.as_str()) {
            self.note_listed(slot, Some(&before), None);
            self.stale.insert(listener.clone());
        }
        Ok(())
    }

    /// Notes on a source how one listener lists it, after the listener's entry has changed from `before` to
    /// `now`.
    pub(super) fn note_listed(&mut self, listener: u32, before: Option<&SourceConfig>, now: Option<&SourceConfig>) {
        let Some(entry) = now.or(before) else { return };
        let Some(source) = self.members.get_mut(&entry.source) else { return };
        let wanted = |entry: Option<&SourceConfig>| u32::from(entry.is_some_and(SourceConfig::is_wanted));
        set_listed(&mut source.listed_by, listener, now.is_some());
        source.wanted_by = source.wanted_by + wanted(now) - wanted(before);
        self.show_wanted(&entry.source);
    }

    /// Tells the audio side whether a source is heard even where only the loudest are, if that has changed.
    pub(super) fn show_wanted(&mut self, source: &ParticipantId) {
        let Some(member) = self.members.get_mut(source) else { return };
        let wanted = member.always_wanted || member.wanted_by > 0;
        #[cfg(feature = "cluster")]
        let wanted = wanted || member.wanted_elsewhere;
        if std::mem::replace(&mut member.slot.wanted, wanted) != wanted {
            self.set_slot(source);
        }
    }

    /// Has a source heard even where only the loudest are.
    #[cfg(feature = "stream")]
    pub fn want_always(&mut self, source: &ParticipantId) {
        if let Some(member) = self.members.get_mut(source) {
            member.always_wanted = true;
            self.show_wanted(source);
        }
    }

    /// Sets how many of the loudest sources are heard; `None` for all.
    pub fn set_loudest(&mut self, loudest: Option<usize>) -> Result<(), ControlError> {
        if loudest == Some(0) {
            return Err(ControlError::Loudest);
        }
        self.changed |= self.matrix.loudest != loudest;
        self.matrix.loudest = loudest;
        Ok(())
    }
}
