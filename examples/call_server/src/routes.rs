//! Who is routed to whom by the options: [`Routes`], with the roles of the call.

use std::collections::{BTreeSet, HashMap, HashSet};

use mixminus::{RoleName, RoleTable, Routing};

use crate::{cli::Options, error::Error};

/// How everybody joins, also those who come later.
#[derive(Debug, Default)]
pub struct Routes {
    table: RoleTable,
    /// The roles that the table names; empty if the call has none.
    known: BTreeSet<RoleName>,
    roles: HashMap<String, RoleName>,
    /// Those who are out of the default group.
    apart: HashSet<String>,
}

/// Why somebody cannot have a role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRole {
    /// The call has no roles.
    #[error("the call has no roles, so nobody can come with the role {0:?}: see --hears")]
    Without(String),
    /// It has others.
    #[error("the call has no role {role:?}: its roles are {known}")]
    Unknown { role: String, known: String },
}

impl Routes {
    /// Those that the options name.
    pub fn of(options: &Options) -> Result<Self, Error> {
        let mut routes = Self { apart: options.apart.iter().cloned().collect(), ..Self::default() };
        for (role, heard) in &options.hears {
            routes.table = std::mem::take(&mut routes.table).hears(role.as_str(), heard.iter().map(String::as_str));
            routes.known.extend([role].into_iter().chain(heard).map(|role| RoleName::from(role.as_str())));
        }
        for (id, role) in &options.roles {
            let role = routes.role(role).map_err(|none| Error::Usage(format!("--role {id}={role}: {none}")))?;
            if routes.apart.contains(id) || routes.roles.insert(id.clone(), role).is_some() {
                return Err(Error::Usage(format!("{id:?} can have one --role, or be --apart")));
            }
        }
        Ok(routes)
    }

    /// Which roles hear which.
    pub fn table(&self) -> &RoleTable {
        &self.table
    }

    /// How a participant of this id joins, who says nothing of its own.
    pub fn of_id(&self, id: &str) -> Routing {
        match self.roles.get(id) {
            Some(role) => Routing::Role(role.clone()),
            None if self.apart.contains(id) => Routing::Apart,
            None => Routing::DefaultGroup,
        }
    }

    /// A role of the call.
    pub fn role(&self, name: &str) -> Result<RoleName, NoRole> {
        if let Some(role) = self.known.get(name) {
            return Ok(role.clone());
        }
        if self.known.is_empty() {
            return Err(NoRole::Without(name.to_owned()));
        }
        let known: Vec<&str> = self.known.iter().map(RoleName::as_str).collect();
        Err(NoRole::Unknown { role: name.to_owned(), known: known.join(", ") })
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn routes(arguments: &[&str]) -> Result<Routes, String> {
        let options = Options::try_parse_from(["call_server"].iter().chain(arguments)).map_err(|e| e.to_string())?;
        Routes::of(&options).map_err(|error| error.to_string())
    }

    const TABLE: [&str; 4] = ["--hears", "agent=customer,coach", "--hears", "coach=agent,customer"];

    #[test]
    fn everybody_joins_as_the_options_say() {
        let routes = routes(&[&TABLE[..], &["--role", "a=b=agent", "--apart", "ben"]].concat()).unwrap();
        assert_eq!(routes.of_id("a=b"), Routing::Role("agent".into()));
        assert_eq!((routes.of_id("ben"), routes.of_id("cleo")), (Routing::Apart, Routing::DefaultGroup));
        assert!(routes.table().is_heard("agent", "coach") && !routes.table().is_heard("customer", "coach"));
    }

    #[test]
    fn a_role_that_is_only_heard_is_one_and_others_are_refused_by_name() {
        let with = routes(&TABLE).unwrap();
        assert_eq!(with.role("customer"), Ok("customer".into()));
        let told = with.role("boss").unwrap_err().to_string();
        assert_eq!(told, "the call has no role \"boss\": its roles are agent, coach, customer");
        assert_eq!(routes(&[]).unwrap().role("agent"), Err(NoRole::Without("agent".into())));
    }

    #[test]
    fn options_that_contradict_each_other_are_refused() {
        let refused = |more: &[&str]| routes(&[&TABLE[..], more].concat()).unwrap_err();
        assert!(refused(&["--role", "a=boss"]).contains("--role a=boss: the call has no role \"boss\""));
        for twice in [["--role", "a=agent", "--role", "a=coach"], ["--role", "a=agent", "--apart", "a"]] {
            assert_eq!(refused(&twice), "\"a\" can have one --role, or be --apart");
        }
        assert!(routes(&["--role", "a=agent"]).unwrap_err().contains("--hears"));
    }
}
