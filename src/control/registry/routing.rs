//! Who may be heard by whom: by the class of each, or by a private group.

use super::{Registry, member::Member};
use crate::{
    control::ControlError,
    data::{
        class::Class,
        id::{Generation, ParticipantId},
        routing::{RoleTable, Routing},
    },
};

impl Registry {
    /// Whether a route leads from a source to a listener.
    pub fn is_routed(&self, listener: &str, source: &str) -> Result<bool, ControlError> {
        let (id, source) = (self.name(source)?, self.member(source)?);
        let listener = self.member(listener)?;
        if listener.slot.key == source.slot.key || source.music.is_some() {
            return Ok(false);
        }
        Ok(match &listener.music {
            Some(music) => music.contains(&id),
            None => self.leads(listener, &id, source),
        })
    }

    /// Whether one leads, but for holds.
    pub(super) fn leads(&self, listener: &Member, id: &ParticipantId, source: &Member) -> bool {
        self.roles.lead(&listener.routing, &source.routing) || listener.granted.contains_key(id)
    }

    /// Who hears which roles.
    pub fn role_table(&self) -> &RoleTable {
        self.roles.table()
    }

    /// Gives a participant another routing.
    pub fn set_routing(&mut self, id: &str, routing: Routing) -> Result<(), ControlError> {
        let (id, now) = (self.name(id)?, self.next());
        let Some(member) = self.members.get_mut(&id).filter(|member| member.routing != routing) else { return Ok(()) };
        let class = self.roles.class_of(&routing, &self.settling);
        let before = std::mem::replace(&mut member.routing, routing);
        let former = std::mem::replace(&mut member.slot.class, class);
        self.roles.release(&before, now);
        self.newly_routed.entry(id.clone()).or_insert(Some(former));
        for listener in &member.listed_by {
            self.stale.extend(self.ids.get(listener).cloned());
        }
        for group in &member.groups {
            self.stale.extend(self.groups.get(group).into_iter().flat_map(|group| group.receivers.iter().cloned()));
        }
        self.stale.insert(id.clone());
        self.set_slot(&id);
        Ok(())
    }

    /// Takes another table of roles.
    pub fn set_role_table(&mut self, table: RoleTable) {
        let now = self.next();
        let before = self.roles.set_table(table, now, &self.settling);
        let table = self.roles.table();
        for (id, member) in &self.members {
            let Some(role) = member.routing.role() else { continue };
            if !before.heard_by(role.as_str()).eq(table.heard_by(role.as_str())) {
                self.stale.insert(id.clone());
            }
        }
    }

    /// Lets sources that were routed anew go to the levels of their classes by themselves, in the rows of those
    /// listeners for whom these levels differ from what the sources had, or may be on their way.
    pub(super) fn let_pass(&mut self) {
        let newly_routed = std::mem::take(&mut self.newly_routed);
        for (id, former) in newly_routed {
            let Some(class) = self.members.get(&id).map(|member| member.slot.class) else { continue };
            if former.is_none() && self.settling.is_settled() {
                continue;
            }
            for (listener, member) in self.members.iter_mut().filter(|(listener, _)| **listener != id) {
                let differs =
                    former.is_some_and(|former| member.levels.unlisted.of(former) != member.levels.unlisted.of(class));
                if member.slot.direction.hears() && (differs || !self.settling.rests(member.levels.since)) {
                    member.levels.passing.insert(id.clone(), Generation::NEVER);
                    self.stale.insert(listener.clone());
                }
            }
        }
    }

    /// Gives a participant who joins its class.
    pub(super) fn admit_class(&mut self, id: &ParticipantId, routing: &Routing) -> Class {
        self.newly_routed.insert(id.clone(), None);
        self.roles.class_of(routing, &self.settling)
    }
}
