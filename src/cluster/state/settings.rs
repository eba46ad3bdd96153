//! How what is set for the whole conference comes into the mixer here: a private group with those of its sources that are in the
//! mixer, and those of its receivers that are at this node.

use std::{collections::BTreeSet, time::Duration};

use super::core::State;
use crate::{
    ParticipantId,
    cluster::{
        message::Message,
        settings::{Group, Setting, Value},
    },
    control::Changes,
};

/// How often a node is told the same settings at most.
const AGAIN: Duration = Duration::from_millis(200);

impl State {
    /// Takes settings, and puts those in force that are later than what there was.
    pub(super) fn take_settings(&mut self, settings: Vec<Setting>) {
        let mut groups = BTreeSet::new();
        for setting in settings {
            let (group, value) = match &setting.value {
                Value::Group { id, .. } => (Some(id.clone()), None),
                roles @ Value::Roles(_) => (None, roles.role_table()),
            };
            if self.settings.take(setting) {
                groups.extend(group);
                if let Some(table) = value {
                    self.controller.set_role_table(table);
                }
            }
        }
        if !groups.is_empty() {
            self.with_changes(|state, changes| groups.iter().for_each(|id| state.put_group(changes, id)));
        }
    }

    /// A node lacks settings, or has others.
    pub(super) fn send_settings(&mut self, node: &crate::cluster::NodeName) {
        let (settings, now) = (self.settings.all(), self.now);
        let Some(peer) = self.peers.get_mut(node) else { return };
        if !settings.is_empty() && peer.settled.is_none_or(|settled| now >= settled + AGAIN) {
            peer.settled = Some(now);
            self.post(node, Message::Settings(settings));
        }
    }

    /// Somebody has come, or is elsewhere now: the groups that it is in are to be put in force again.
    pub(super) fn note_member(&mut self, id: &str) {
        let with = self.settings.groups().filter(|(_, group)| group.members().any(|member| member == id));
        let with: Vec<_> = with.map(|(group, _)| group.to_owned()).collect();
        self.regroup.extend(with);
    }

    /// Puts the groups in force whose members have come or gone.
    pub(super) fn put_groups(&mut self) {
        if !self.regroup.is_empty() {
            self.with_changes(Self::put_noted_groups);
        }
    }

    /// The same, among other changes.
    pub(super) fn put_noted_groups(&mut self, changes: &mut Changes<'_>) {
        std::mem::take(&mut self.regroup).iter().for_each(|id| self.put_group(changes, id));
    }

    fn put_group(&mut self, changes: &mut Changes<'_>, id: &str) {
        let group = self.settings.group(id).cloned();
        match &group {
            Some(group) => {
                let here = |id: &str| changes.is_here(id) && !changes.is_elsewhere(id);
                let private = group.private_group(|source| changes.is_here(source), here);
                let set = changes.set_private_group(id, private);
                debug_assert!(set.is_ok(), "all of its members are in the mixer");
            }
            // It may never have been there.
            None => drop(changes.remove_private_group(id)),
        }
        let wanted = group.map(|group| self.wanted_elsewhere(&group)).unwrap_or_default();
        let before = self.group_wants.remove(id).unwrap_or_default();
        self.want_these(changes, before.iter().map(String::as_str), wanted.iter().map(String::as_str));
        if !wanted.is_empty() {
            self.group_wants.insert(id.to_owned(), wanted);
        }
    }

    /// The sources of a group, if anybody at another node is to hear them by it.
    fn wanted_elsewhere(&self, group: &Group) -> Vec<String> {
        let elsewhere = group.receivers.iter().any(|receiver| self.elsewhere.contains_key(receiver.as_str()));
        if elsewhere { group.sources.clone() } else { Vec::new() }
    }

    /// Somebody has left the conference: it is in no group any more.
    pub(super) fn drop_member(&mut self, id: &ParticipantId) {
        self.note_member(id.as_str());
        self.settings.drop_member(id.as_str());
    }
}
