//! What listeners are configured to hear, and the rows of the matrix that come of it.

use std::sync::{Arc, atomic::Ordering};

use super::{Registry, member::set_listed};
use crate::{
    control::{ControlError, ListenerConfig},
    data::id::Generation,
    data::{id::ParticipantId, sides::Sides},
    ship::Held,
};

impl Registry {
    /// Puts a whole new configuration in force.
    pub fn configure(&mut self, id: &str, mut config: ListenerConfig) -> Result<(), ControlError> {
        let (id, _) = self.members.get_key_value(id).ok_or_else(|| ControlError::Unknown { id: id.into() })?;
        let id = id.clone();
        for listed in &mut config.sources {
            // The name that the member has, so that all who list it share one.
            if let Some((source, _)) = self.members.get_key_value(&listed.source) {
                listed.source = source.clone();
            }
        }
        let sources = |config: &ListenerConfig| {
            config.sources.iter().map(|source| (source.source.clone(), source.is_wanted())).collect::<Vec<_>>()
        };
        let listed = sources(&config);
        let Some(member) = self.members.get_mut(&id) else { return Ok(()) };
        let slot = member.place.key.slot;
        let before = sources(&std::mem::replace(&mut member.config, config));
        for (source, wanted) in &listed {
            if let Some(source) = self.members.get_mut(source) {
                source.wanted_by += u32::from(*wanted);
            }
        }
        for (source, wanted) in &before {
            if let Some(source) = self.members.get_mut(source) {
                source.wanted_by -= u32::from(*wanted);
                set_listed(&mut source.listed_by, slot, false);
            }
        }
        for (source, _) in &listed {
            if let Some(source) = self.members.get_mut(source) {
                set_listed(&mut source.listed_by, slot, true);
            }
        }
        before.iter().chain(&listed).for_each(|(source, _)| self.show_listed(source));
        self.stale.insert(id);
        Ok(())
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
