//! What listeners are configured to hear, and the rows of the matrix that come of it.

use std::sync::{Arc, atomic::Ordering};

use super::{Registry, member::set_listed};
use crate::{
    config::{Checked, ParticipantMixerLevel},
    control::{ControlError, ListenerConfig, SourceConfig},
    data::id::Generation,
    data::{id::ParticipantId, sides::Sides},
    ship::Held,
};

impl Registry {
    /// Puts whole new configurations in force. Returns the levels that they are made of.
    pub fn configure(checked: Checked<'_, Self>) -> &[ParticipantMixerLevel] {
        let (levels, registry) = checked.into_parts();
        levels.iter().for_each(|level| registry.replace(level));
        levels
    }

    /// Replaces the configuration of one listener, but for its pans, which the wire does not have.
    fn replace(&mut self, level: &ParticipantMixerLevel) {
        let Ok(id) = self.name(&level.participant) else { return };
        let Some(member) = self.members.get_mut(&id) else { return };
        let (slot, before) = (member.place.key.slot, std::mem::take(&mut member.config));
        let config = ListenerConfig::from_wire(level, |source| self.name(source).ok()).keep_pans(&before);
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

    /// Changes a listener's entry of one source, which is listed first if it is not. Touches no other entry.
    pub fn configure_source(
        &mut self,
        listener: &ParticipantId,
        source: &ParticipantId,
        change: impl FnOnce(&mut SourceConfig),
    ) -> Result<(), ControlError> {
        let member = self.member_mut(listener.as_str())?;
        let (slot, before) = (member.place.key.slot, member.config.get(source).cloned());
        let entry = member.config.entry(source);
        change(entry);
        let now = entry.clone();
        self.note_listed(slot, before.as_ref(), Some(&now));
        self.stale.insert(listener.clone());
        Ok(())
    }

    /// Takes one source off a listener's configuration. Changes nothing if it is not listed.
    pub fn unlist_source(&mut self, listener: &ParticipantId, source: &ParticipantId) -> Result<(), ControlError> {
        let member = self.member_mut(listener.as_str())?;
        let slot = member.place.key.slot;
        if let Some(before) = member.config.remove(source.as_str()) {
            self.note_listed(slot, Some(&before), None);
            self.stale.insert(listener.clone());
        }
        Ok(())
    }

    /// Notes on a source how one listener lists it, after the listener's entry has changed.
    fn note_listed(&mut self, listener: u32, before: Option<&SourceConfig>, now: Option<&SourceConfig>) {
        let Some(entry) = now.or(before) else { return };
        let Some(source) = self.members.get_mut(&entry.source) else { return };
        let wanted = |entry: Option<&SourceConfig>| u32::from(entry.is_some_and(SourceConfig::is_wanted));
        set_listed(&mut source.listed_by, listener, now.is_some());
        source.wanted_by = source.wanted_by + wanted(now) - wanted(before);
        self.show_listed(&entry.source);
    }

    /// Tells the audio side whether a source is to be heard where only the loudest are, if that has changed.
    pub(super) fn show_listed(&mut self, source: &ParticipantId) {
        let Some(member) = self.members.get_mut(source) else { return };
        let listed = member.wanted_by > 0;
        if std::mem::replace(&mut member.place.listed, listed) != listed {
            self.set_place(source);
        }
    }

    /// From now on only the loudest so many are heard, or all.
    pub fn set_loudest(&mut self, loudest: Option<usize>) -> Result<(), ControlError> {
        if loudest == Some(0) {
            return Err(ControlError::Loudest);
        }
        self.changed |= self.matrix.loudest != loudest;
        self.matrix.loudest = loudest;
        Ok(())
    }

    /// Makes the rows of a listener's configuration, one for each channel, and puts them in their place.
    pub(super) fn make_row(&mut self, id: &ParticipantId, mixed: Generation) {
        let next = self.next();
        let key = |source: &ParticipantId| self.members.get(source).map(|member| member.place.key);
        let list = |side| self.members.get(id).map(|member| member.config.listed(side, key)).unwrap_or_default();
        let listed = Sides::new(self.channels, list);
        let Some(member) = self.members.get_mut(id) else { return };
        let slots = listed.left.iter().map(|listed| listed.source.slot).collect();
        let room = member.room.for_row(slots, &member.meters, mixed, next);
        let (config, timing, keys) = (&member.config, &self.timing, &self.keys);
        let rows = listed.map(|listed| Arc::new(config.row(listed, room, timing, keys)));
        self.given_up.extend(rows.iter().map(|row| Held::Row(next, Arc::clone(row))));
        (member.place.row, member.place.row_since) = (rows, next.0);
        for meters in member.meters.iter() {
            // What came back of earlier moves makes room for what comes back of these.
            meters.empty_spare();
            meters.wanted.store(next.0, Ordering::Relaxed);
            // Nothing of a row moves, and nothing comes back, where nobody hears it.
            if member.place.role.hears() && !meters.awaited.swap(true, Ordering::Relaxed) {
                self.given_up.push(Held::Moves(Arc::clone(meters)));
            }
        }
        self.set_place(id);
    }
}
