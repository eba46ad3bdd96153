//! [`Roles`]: the classes of those who have roles, and the table of who hears whom.

use std::collections::{HashMap, HashSet};

use super::settling::Settling;
use crate::{
    audio::HeardClasses,
    data::{
        class::Class,
        id::{Generation, RoleName},
        routing::{RoleTable, Routing},
    },
};

/// The roles of a mixer. Each that somebody has or the table names has a class.
#[derive(Debug, Default)]
pub(super) struct Roles {
    table: RoleTable,
    known: HashMap<RoleName, Known>,
    /// The highest class that was ever given, and those that came back, each with the publication that did so.
    highest: u32,
    free: Vec<(Class, Generation)>,
}

#[derive(Debug)]
struct Known {
    class: Class,
    members: usize,
}

impl Roles {
    pub fn table(&self) -> &RoleTable {
        &self.table
    }

    /// The class of a participant who gets this routing. It has to be [released](Self::release) with it.
    pub fn class_of(&mut self, routing: &Routing, settling: &Settling) -> Class {
        match routing {
            Routing::DefaultGroup => Class::DEFAULT_GROUP,
            Routing::Apart => Class::APART,
            Routing::Role(role) => {
                let known = self.know(role, settling);
                known.members += 1;
                known.class
            }
        }
    }

    fn know(&mut self, role: &RoleName, settling: &Settling) -> &mut Known {
        let Self { known, highest, free, .. } = self;
        known.entry(role.clone()).or_insert_with(|| {
            // Where a level of its class may still be on its way, a new role must not be heard by that.
            let rests = free.iter().position(|(_, since)| settling.rests(*since));
            let class = rests.map(|at| free.swap_remove(at).0).unwrap_or_else(|| {
                *highest += 1;
                Class(*highest)
            });
            Known { class, members: 0 }
        })
    }

    /// A participant loses its routing at this publication.
    pub fn release(&mut self, routing: &Routing, now: Generation) {
        let Self { table, known, free, .. } = self;
        let Some(role) = routing.role() else { return };
        let Some(Known { class, members }) = known.get_mut(role) else { return };
        *members -= 1;
        if *members == 0 && !table.names(role.as_str()) {
            free.push((*class, now));
            known.remove(role);
        }
    }

    /// Takes another table. The one before it.
    pub fn set_table(&mut self, table: RoleTable, now: Generation, settling: &Settling) -> RoleTable {
        for role in table.named() {
            self.know(role, settling);
        }
        let Self { known, free, .. } = self;
        let named: HashSet<_> = table.named().collect();
        known.retain(|role, Known { class, members }| {
            let used = *members > 0 || named.contains(role);
            if !used {
                free.push((*class, now));
            }
            used
        });
        std::mem::replace(&mut self.table, table)
    }

    /// The classes that a listener of this routing hears.
    pub fn heard(&self, listener: &Routing) -> HeardClasses {
        let roles = listener.role().into_iter().flat_map(|role| self.table.heard_by(role.as_str()));
        let mut classes: Vec<_> = roles.filter_map(|role| self.known.get(role)).map(|known| known.class).collect();
        classes.extend((*listener == Routing::DefaultGroup).then_some(Class::DEFAULT_GROUP));
        classes.sort_unstable();
        HeardClasses(classes)
    }

    /// Whether those of one routing hear those of another.
    pub fn lead(&self, listener: &Routing, source: &Routing) -> bool {
        match (listener, source) {
            (Routing::DefaultGroup, Routing::DefaultGroup) => true,
            (Routing::Role(listener), Routing::Role(source)) => self.table.is_heard(listener.as_str(), source.as_str()),
            _ => false,
        }
    }
}
