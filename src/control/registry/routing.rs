//! Who may be heard by whom: by the class of each, or by a private group.

use super::{
    Registry,
    member::{Changing, Levels, Member, Passing},
};
use crate::{
    control::ControlError,
    data::{
        id::{Generation, ParticipantId},
        routing::{RoleTable, Routing},
    },
};

/// How many sources have a pair of their own in a row on their way to the level of their class, at most. Where more change
/// class while the row itself changes, gains of the others may step once.
pub(super) const MOST_PASSING: usize = 256;

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
        let (key, sends) = (member.slot.key, member.slot.direction.sends());
        self.roles.release(&before, now);
        for listener in &member.listed_by {
            self.stale.extend(self.ids.get(listener).cloned());
        }
        for group in &member.groups {
            self.stale.extend(self.groups.get(group).into_iter().flat_map(|group| group.receivers.iter().cloned()));
        }
        self.stale.insert(id.clone());
        self.set_slot(&id);
        if sends {
            self.let_pass(Changing { source: key, former: Some(former), class, since: now, leaves: false });
        }
        Ok(())
    }

    /// A source changes class. By itself it goes from the level that it rests at to that of the class. Where it may not
    /// rest, it gets a pair.
    fn let_pass(&mut self, change: Changing) {
        let Self { members, settling, stale, changing, .. } = self;
        let Changing { source, class, since: now, .. } = change;
        let before = changing.insert(source.slot, change).filter(|before| before.source == source);
        if let Some(before) = before.filter(|before| before.since == now) {
            // The audio side sees one change.
            changing.insert(source.slot, Changing { former: before.former, ..change });
        }
        if settling.rests_before(now) {
            return settling.note(now);
        }
        let classes = [before.and_then(|before| before.former), change.former, Some(class)];
        for (listener, member) in members {
            let Levels { heard, since, passing, .. } = &mut member.levels;
            let mut levels = classes.into_iter().flatten().map(|class| heard.level(class));
            let first = levels.next();
            let differ = before.is_some() && levels.any(|level| Some(level) != first);
            let has_to = member.slot.direction.hears() && (differ || !settling.rests(*since));
            if has_to && member.slot.key != source && passing.len() < MOST_PASSING {
                passing.insert(source.slot, Passing { source, class, since: Generation::NEVER });
                stale.insert(listener.clone());
            }
        }
        settling.note(now);
    }

    /// A source leaves. Where levels may be on their way, or may be steered in the same tick, it gets a pair, which nothing
    /// steers.
    pub(super) fn let_fade_out(&mut self, change: Changing) {
        let Self { members, settling, stale, changing, .. } = self;
        let Changing { source, class, since: now, .. } = change;
        changing.insert(source.slot, change);
        if settling.rests_before(now) {
            return settling.note(now);
        }
        for (listener, member) in members {
            if member.slot.direction.hears() && !settling.rests(member.levels.since) {
                member.levels.passing.insert(source.slot, Passing { source, class, since: Generation::NEVER });
                stale.insert(listener.clone());
            }
        }
        settling.note(now);
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
}
