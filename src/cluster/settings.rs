//! What is set for the whole conference, and belongs to no participant: private groups and the table of roles. [`Settings`] is a copy
//! that every node has. Pure data.
//!
//! Each setting has a stamp, and of two the one with the later stamp is in force, whatever order they come in: so all nodes have the
//! same in the end, also after they were cut apart. A group that was removed leaves its stamp behind.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::entry::LONGEST_ID;
use crate::{ParticipantId, PrivateGroup, RoleTable};

/// How many groups there may be, those that were removed among them.
const MOST_GROUPS: usize = 10_000;

/// When a setting was made: a count that goes on from the latest that its node knew, the node, and which of those that ran under its
/// name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Stamp {
    pub count: u64,
    pub node: String,
    pub incarnation: u64,
}

/// No count is ever as great: it could not be followed by another.
const MOST_COUNT: u64 = 1 << 48;

/// One of the settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Setting {
    pub stamp: Stamp,
    pub value: Value,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Value {
    /// `None` of a group that was removed.
    Group {
        id: String,
        group: Option<Group>,
    },
    Roles(Vec<(String, Vec<String>)>),
}

/// A [`PrivateGroup`].
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Group {
    pub sources: Vec<String>,
    pub receivers: Vec<String>,
}

impl Group {
    pub fn of(group: &PrivateGroup) -> Self {
        let ids = |ids: &std::collections::BTreeSet<ParticipantId>| ids.iter().map(ToString::to_string).collect();
        Self { sources: ids(&group.sources), receivers: ids(&group.receivers) }
    }

    /// The group, with those of its members that are let through.
    pub fn private_group(&self, source: impl Fn(&str) -> bool, receiver: impl Fn(&str) -> bool) -> PrivateGroup {
        let ids = |ids: &[String], is: &dyn Fn(&str) -> bool| -> Vec<ParticipantId> {
            ids.iter().filter(|id| is(id)).map(|id| ParticipantId::from(id.as_str())).collect()
        };
        PrivateGroup::new(ids(&self.sources, &source), ids(&self.receivers, &receiver))
    }

    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().chain(&self.receivers).map(String::as_str)
    }

    /// Leaves out who is not in another copy of the same group. Whether that is anybody.
    fn keep(&mut self, other: &Self) -> bool {
        let before = self.sources.len() + self.receivers.len();
        self.sources.retain(|id| other.sources.contains(id));
        self.receivers.retain(|id| other.receivers.contains(id));
        before != self.sources.len() + self.receivers.len()
    }
}

impl Value {
    pub fn roles(table: &RoleTable) -> Self {
        let heard = |role: &crate::RoleName| table.heard_by(role.as_str()).map(ToString::to_string).collect();
        Self::Roles(table.listeners().map(|role| (role.to_string(), heard(role))).collect())
    }

    /// The table of roles, if it is one.
    pub fn role_table(&self) -> Option<RoleTable> {
        let Self::Roles(roles) = self else { return None };
        let hears = |table: RoleTable, (role, heard): &(String, Vec<String>)| {
            table.hears(role.as_str(), heard.iter().map(String::as_str))
        };
        Some(roles.iter().fold(RoleTable::new(), hears))
    }
}

impl Setting {
    /// Whether all of it is within its bounds.
    pub fn is_sound(&self) -> bool {
        let fits = |text: &str| text.len() <= LONGEST_ID;
        let value = match &self.value {
            Value::Group { id, group } => fits(id) && group.iter().flat_map(Group::members).all(fits),
            Value::Roles(roles) => roles.iter().all(|(role, heard)| fits(role) && heard.iter().all(|role| fits(role))),
        };
        value && fits(&self.stamp.node) && self.stamp.count < MOST_COUNT
    }

    /// The members of a group.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        let group = if let Value::Group { group, .. } = &self.value { group.as_ref() } else { None };
        group.into_iter().flat_map(Group::members)
    }
}

#[derive(Debug, Default)]
pub(super) struct Settings {
    groups: BTreeMap<String, (Stamp, Option<Group>)>,
    roles: Option<Setting>,
    /// The count of the last stamp that was given here: what it is of may not be taken yet.
    given: u64,
    digest: u64,
}

impl Settings {
    /// Takes a setting. Whether it is later than what there was, or the same with fewer members: members of a group leave, and do
    /// not come back.
    pub fn take(&mut self, setting: Setting) -> bool {
        let Setting { stamp, value } = setting;
        let takes = match value {
            Value::Group { id, group } => self.take_group(id, stamp, group),
            Value::Roles(_) => {
                let takes = self.roles.as_ref().is_none_or(|before| stamp > before.stamp);
                if takes {
                    self.roles = Some(Setting { stamp, value });
                }
                takes
            }
        };
        if takes {
            self.digest = self.make_digest();
        }
        takes
    }

    fn take_group(&mut self, id: String, stamp: Stamp, group: Option<Group>) -> bool {
        let is_full = self.groups.len() >= MOST_GROUPS;
        match self.groups.get_mut(&id) {
            Some((before, Some(own))) if *before == stamp => group.is_some_and(|group| own.keep(&group)),
            Some((before, _)) if *before >= stamp => false,
            None if is_full => false,
            _ => {
                self.groups.insert(id, (stamp, group));
                true
            }
        }
    }

    /// Whether there is room for a setting.
    pub fn admit(&self, setting: &Setting) -> Result<(), String> {
        match &setting.value {
            Value::Group { id, .. } if self.groups.len() >= MOST_GROUPS && !self.groups.contains_key(id) => {
                Err(format!("the conference has had {MOST_GROUPS} private groups: use an id again that one has had"))
            }
            _ => Ok(()),
        }
    }

    /// The stamp of what is set next at a node.
    pub fn next_stamp(&mut self, node: &str, incarnation: u64) -> Stamp {
        let latest = self.stamps().map(|stamp| stamp.count).max().unwrap_or_default();
        self.given = latest.max(self.given).saturating_add(1);
        Stamp { count: self.given, node: node.to_owned(), incarnation }
    }

    fn stamps(&self) -> impl Iterator<Item = &Stamp> {
        self.groups.values().map(|(stamp, _)| stamp).chain(self.roles.as_ref().map(|roles| &roles.stamp))
    }

    /// All of them, for a node that lacks some.
    pub fn all(&self) -> Vec<Setting> {
        let groups = self.groups.iter().map(|(id, (stamp, group))| Setting {
            stamp: stamp.clone(),
            value: Value::Group { id: id.clone(), group: group.clone() },
        });
        groups.chain(self.roles.clone()).collect()
    }

    /// A number that differs, but for a chance of 2^-64, where any stamp or member does (FNV-1a, by Fowler, Noll and Vo).
    pub fn digest(&self) -> u64 {
        self.digest
    }

    fn make_digest(&self) -> u64 {
        let names = self.groups.iter().map(|(id, (stamp, group))| (id.as_str(), stamp, group.as_ref()));
        let all = names.chain(self.roles.as_ref().map(|roles| ("", &roles.stamp, None)));
        let bytes = all.flat_map(|(id, Stamp { count, node, incarnation }, group)| {
            let members = group.into_iter().flat_map(Group::members).flat_map(|member| member.bytes().chain([0]));
            let stamp = count.to_le_bytes().into_iter().chain(incarnation.to_le_bytes()).chain(node.bytes());
            id.bytes().chain([0]).chain(stamp).chain([0]).chain(members)
        });
        bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
    }

    pub fn groups(&self) -> impl Iterator<Item = (&str, &Group)> {
        self.groups.iter().filter_map(|(id, (_, group))| Some((id.as_str(), group.as_ref()?)))
    }

    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.get(id)?.1.as_ref()
    }

    /// Somebody has left the conference.
    pub fn drop_member(&mut self, member: &str) {
        for group in self.groups.values_mut().filter_map(|(_, group)| group.as_mut()) {
            group.sources.retain(|id| id != member);
            group.receivers.retain(|id| id != member);
        }
        self.digest = self.make_digest();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(count: u64, node: &str, sources: &[&str]) -> Setting {
        let sources = sources.iter().map(ToString::to_string).collect();
        let group = Some(Group { sources, receivers: vec!["r".into()] });
        Setting {
            stamp: Stamp { count, node: node.into(), incarnation: 1 },
            value: Value::Group { id: "g".into(), group },
        }
    }

    #[test]
    fn the_later_one_is_in_force_whatever_comes_first() {
        let settings = [group(1, "a", &["x"]), group(2, "a", &["y"]), group(2, "b", &["z"])];
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
            let mut own = Settings::default();
            for at in order {
                own.take(settings[at].clone());
            }
            assert_eq!(own.group("g").unwrap().sources, ["z"]);
            assert_eq!(own.next_stamp("a", 1), Stamp { count: 3, node: "a".into(), incarnation: 1 });
        }
        let mut own = Settings::default();
        assert!(own.take(settings[2].clone()) && !own.take(settings[2].clone()) && !own.take(settings[1].clone()));
    }

    #[test]
    fn who_has_the_same_has_the_same_digest() {
        let (mut one, mut other) = (Settings::default(), Settings::default());
        assert_eq!(one.digest(), other.digest());
        one.take(group(1, "a", &["x"]));
        assert_ne!(one.digest(), other.digest());
        one.all().into_iter().for_each(|setting| assert!(other.take(setting)));
        assert_eq!(one.digest(), other.digest());
        let removed = Value::Group { id: "g".into(), group: None };
        let stamp = one.next_stamp("a", 1);
        one.take(Setting { stamp, value: removed });
        assert!(one.group("g").is_none() && one.digest() != other.digest());
        one.all().into_iter().for_each(|setting| assert!(other.take(setting)));
        assert_eq!((other.groups().count(), one.digest()), (0, other.digest()));
    }

    #[test]
    fn a_table_of_roles_comes_back_as_it_was() {
        let table = RoleTable::new().hears("guest", ["host"]).hears("host", ["guest", "host"]);
        let mut own = Settings::default();
        let stamp = own.next_stamp("a", 1);
        assert!(own.take(Setting { stamp, value: Value::roles(&table) }));
        assert_eq!(own.all()[0].value.role_table(), Some(table));
    }

    #[test]
    fn of_one_setting_in_two_copies_those_are_members_who_are_in_both() {
        let (mut one, mut other) = (Settings::default(), Settings::default());
        for own in [&mut one, &mut other] {
            own.take(group(1, "a", &["x", "y", "z"]));
        }
        one.drop_member("x");
        other.drop_member("y");
        assert_ne!(one.digest(), other.digest());
        let both = [one.all(), other.all()];
        assert!(both[1].iter().all(|setting| one.take(setting.clone())));
        assert!(both[0].iter().all(|setting| other.take(setting.clone())));
        assert_eq!((one.group("g").unwrap().sources.clone(), one.digest()), (vec!["z".to_owned()], other.digest()));
    }

    #[test]
    fn who_has_left_is_in_no_group() {
        let mut own = Settings::default();
        own.take(group(1, "a", &["x", "y"]));
        own.drop_member("x");
        own.drop_member("r");
        assert_eq!(own.group("g"), Some(&Group { sources: vec!["y".into()], receivers: Vec::new() }));
    }
}
