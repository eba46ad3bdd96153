//! Who may be heard by whom: by the class of each, or by a private group.

use super::{
    Registry,
    member::{Levels, Member},
};
use crate::{
    audio::HeardClasses,
    control::ControlError,
    data::{
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
        self.reclassed.entry(id.clone()).or_insert(former);
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

    /// Lets sources go to the levels of their classes by themselves, in the rows of those listeners for whom the class itself
    /// would take them elsewhere first: one that has changed class, where the levels of the two differ or may be on their
    /// way; one that joins, where that of its class may be.
    pub(super) fn let_pass(&mut self, mixed: Generation) {
        let next = self.next();
        self.joining.retain(|id| self.members.get(id).is_some_and(|member| mixed < member.joined));
        for (id, former) in std::mem::take(&mut self.reclassed) {
            let Some(class) = self.members.get(&id).map(|member| member.slot.class) else { continue };
            self.pass(&id, |heard, rests| !rests || heard.level(former) != heard.level(class));
        }
        if !self.settling.is_settled() {
            self.let_join(next);
        }
    }

    /// Lets those who join with this publication pass for the listeners whose levels may be on their way.
    fn let_join(&mut self, next: Generation) {
        let Self { members, joining, settling, stale, .. } = self;
        let new = |id: &&ParticipantId| members.get(*id).is_some_and(|member| member.joined == next);
        let new: Vec<_> = joining.iter().filter(new).cloned().collect();
        let hears = |member: &Member| member.slot.direction.hears();
        for (listener, member) in members.iter_mut().filter(|(_, member)| hears(member)) {
            let Levels { since, passing, .. } = &mut member.levels;
            if !settling.rests(*since) && !new.is_empty() {
                passing.extend(new.iter().map(|id| (id.clone(), Generation::NEVER)));
                stale.insert(listener.clone());
            }
        }
    }

    /// Lets a source pass by itself for those listeners for whom it `has_to`, by what they hear and whether that rests.
    fn pass(&mut self, id: &ParticipantId, has_to: impl Fn(&HeardClasses, bool) -> bool) {
        let Self { members, settling, stale, .. } = self;
        for (listener, member) in members.iter_mut().filter(|(listener, _)| *listener != id) {
            let Levels { heard, since, passing, .. } = &mut member.levels;
            if member.slot.direction.hears() && has_to(heard, settling.rests(*since)) {
                passing.insert(id.clone(), Generation::NEVER);
                stale.insert(listener.clone());
            }
        }
    }
}
