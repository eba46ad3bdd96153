//! The private groups of a mixer, and the routes that they add.

use super::Registry;
use crate::{
    control::ControlError,
    data::{
        id::{GroupId, ParticipantId},
        routing::PrivateGroup,
    },
};

impl Registry {
    /// Makes a private group, or replaces it as a whole.
    pub fn set_group(&mut self, id: GroupId, group: PrivateGroup) -> Result<(), ControlError> {
        let absent = group.members().find(|member| !self.is_here(member.as_str()));
        if let Some(absent) = absent {
            return Err(ControlError::Unknown { id: absent.clone() });
        }
        let before = self.groups.remove(&id).unwrap_or_default();
        group.pairs().filter(|pair| !before.has(pair)).for_each(|(receiver, source)| self.grant(receiver, source));
        before.pairs().filter(|pair| !group.has(pair)).for_each(|(receiver, source)| self.withdraw(receiver, source));
        self.note_members(&id, &before, false);
        self.note_members(&id, &group, true);
        self.groups.insert(id, group);
        Ok(())
    }

    pub fn groups(&self) -> impl Iterator<Item = (&GroupId, &PrivateGroup)> {
        self.groups.iter()
    }

    pub fn group(&self, id: &str) -> Result<&PrivateGroup, ControlError> {
        self.groups.get(id).ok_or_else(|| ControlError::UnknownGroup { group: id.into() })
    }

    /// Ends a private group.
    pub fn remove_group(&mut self, id: &str) -> Result<(), ControlError> {
        let (id, group) =
            self.groups.remove_entry(id).ok_or_else(|| ControlError::UnknownGroup { group: id.into() })?;
        self.dissolve(&id, &group);
        Ok(())
    }

    fn dissolve(&mut self, id: &GroupId, group: &PrivateGroup) {
        group.pairs().for_each(|(receiver, source)| self.withdraw(receiver, source));
        self.note_members(id, group, false);
    }

    /// Notes at all members of a group that they are in it, or not.
    fn note_members(&mut self, id: &GroupId, group: &PrivateGroup, are_in: bool) {
        for member in group.members() {
            let Some(member) = self.members.get_mut(member) else { continue };
            if are_in {
                member.groups.insert(id.clone());
            } else {
                member.groups.remove(id);
            }
        }
    }

    /// Takes a member who leaves out of all groups.
    pub(super) fn leave_groups(&mut self, id: &ParticipantId) {
        let groups = self.members.get_mut(id).map(|member| std::mem::take(&mut member.groups));
        for group in groups.into_iter().flatten() {
            let Some(mut members) = self.groups.remove(&group) else { continue };
            if members.receivers.remove(id) {
                members.sources.iter().filter(|source| *source != id).for_each(|source| self.withdraw(id, source));
            }
            if members.sources.remove(id) {
                members.receivers.iter().for_each(|receiver| self.withdraw(receiver, id));
            }
            self.groups.insert(group, members);
        }
    }

    /// A group routes a source to a receiver.
    fn grant(&mut self, receiver: &ParticipantId, source: &ParticipantId) {
        let Some(member) = self.members.get_mut(receiver) else { return };
        *member.granted.entry(source.clone()).or_default() += 1;
        self.stale.insert(receiver.clone());
        self.want(source, true);
    }

    /// A group routes a source to a receiver no more.
    fn withdraw(&mut self, receiver: &ParticipantId, source: &ParticipantId) {
        let Some(granted) = self.members.get_mut(receiver).map(|member| &mut member.granted) else { return };
        if let Some(count) = granted.get_mut(source) {
            *count -= 1;
            if *count == 0 {
                granted.remove(source);
            }
            self.stale.insert(receiver.clone());
            self.want(source, false);
        }
    }

    /// One more wants to hear a source however loud others are, or one less.
    pub(super) fn want(&mut self, source: &ParticipantId, more: bool) {
        if let Some(member) = self.members.get_mut(source) {
            member.wanted_by = if more { member.wanted_by + 1 } else { member.wanted_by - 1 };
            self.show_wanted(source);
        }
    }
}
