//! Who may be heard by whom: [`Routing`], [`RoleTable`] and [`PrivateGroup`]. Pure data, of the control side.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::id::{ParticipantId, RoleName};

/// By which rule a participant is routed to others: whether its voice may reach them at all, and theirs may reach it.
/// Levels are multiplied by that: where no route leads, nothing is heard, whatever a listener's configuration says.
/// [Private groups](PrivateGroup) add routes to those of the rule.
///
/// ```
/// use mixminus::{JoinOptions, MixerConfig, RoleTable, Routing};
/// let (controller, _processor) = MixerConfig::default().build()?;
/// controller.change(|changes| {
///     changes.set_role_table(RoleTable::new()
///         .hears("customer", ["agent"])
///         .hears("agent", ["customer", "supervisor"]) // the supervisor whispers to the agent
///         .hears("supervisor", ["customer", "agent"]));
///     for (id, role) in [("anna", "customer"), ("ben", "agent"), ("cleo", "supervisor")] {
///         changes.join(id, JoinOptions { routing: Routing::Role(role.into()), ..JoinOptions::default() })?;
///     }
///     Ok::<(), mixminus::ControlError>(())
/// }).0?;
/// assert!(controller.is_routed("ben", "cleo")? && !controller.is_routed("anna", "cleo")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Routing {
    /// It is in the default group, whose members hear each other.
    #[default]
    DefaultGroup,
    /// By its class it hears nobody and is heard by nobody: only private groups route to and from it.
    Apart,
    /// It hears those whose roles the [table](RoleTable) names for its role.
    Role(RoleName),
}

impl Routing {
    /// The role, if it is one.
    pub fn role(&self) -> Option<&RoleName> {
        if let Self::Role(role) = self { Some(role) } else { None }
    }
}

/// Which roles hear which. A role that it does not name hears nobody and is heard by nobody; one that is named as heard
/// only hears nobody.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct RoleTable(BTreeMap<RoleName, BTreeSet<RoleName>>);

impl RoleTable {
    /// A table that names no role.
    pub fn new() -> Self {
        Self::default()
    }

    /// Those of a role hear those of these roles, beside those that were named before. A role may hear itself: its
    /// members then hear each other.
    ///
    /// ```
    /// use mixminus::RoleTable;
    /// let table = RoleTable::new().hears("guest", ["host"]).hears("host", ["guest", "host"]);
    /// assert!(table.is_heard("host", "host") && !table.is_heard("guest", "guest"));
    /// ```
    #[must_use]
    pub fn hears<R: Into<RoleName>>(
        mut self,
        listener: impl Into<RoleName>,
        sources: impl IntoIterator<Item = R>,
    ) -> Self {
        self.0.entry(listener.into()).or_default().extend(sources.into_iter().map(Into::into));
        self
    }

    /// Whether those of the role `listener` hear those of the role `source`.
    pub fn is_heard(&self, listener: &str, source: &str) -> bool {
        self.0.get(listener).is_some_and(|heard| heard.contains(source))
    }

    /// The roles that a role hears, in their order.
    pub fn heard_by(&self, listener: &str) -> impl Iterator<Item = &RoleName> {
        self.0.get(listener).into_iter().flatten()
    }

    /// The roles that hear any, in their order.
    pub fn listeners(&self) -> impl Iterator<Item = &RoleName> {
        self.0.keys()
    }

    /// Whether it names a role, as one that hears or one that is heard.
    pub fn names(&self, role: &str) -> bool {
        self.0.contains_key(role) || self.0.values().any(|heard| heard.contains(role))
    }

    /// All roles that it names, some of them more than once.
    pub(crate) fn named(&self) -> impl Iterator<Item = &RoleName> {
        self.0.iter().flat_map(|(listener, heard)| std::iter::once(listener).chain(heard))
    }
}

/// Participants of whom some hear the others, whatever their [`Routing`] says. Its sources hear none of its receivers
/// by it, and nobody else hears them by it: it only adds routes.
///
/// ```
/// use mixminus::{JoinOptions, MixerConfig, PrivateGroup, Routing};
/// let (controller, _processor) = MixerConfig::default().build()?;
/// controller.change(|changes| {
///     changes.join("anna", JoinOptions::default())?;
///     changes.join("ben", JoinOptions::default())?;
///     changes.join("coach", JoinOptions { routing: Routing::Apart, ..JoinOptions::default() })?;
///     changes.set_private_group("whisper", PrivateGroup::new(["coach"], ["ben"]))?;
///     changes.set_private_group("listen", PrivateGroup::new(["anna", "ben"], ["coach"]))
/// }).0?;
/// assert!(controller.is_routed("ben", "coach")? && !controller.is_routed("anna", "coach")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrivateGroup {
    /// Those who are heard.
    pub sources: BTreeSet<ParticipantId>,
    /// Those who hear them. One who is a source, too, hears the other sources.
    pub receivers: BTreeSet<ParticipantId>,
}

impl PrivateGroup {
    /// These receivers hear these sources.
    pub fn new<S: Into<ParticipantId>, R: Into<ParticipantId>>(
        sources: impl IntoIterator<Item = S>,
        receivers: impl IntoIterator<Item = R>,
    ) -> Self {
        let sources = sources.into_iter().map(Into::into).collect();
        Self { sources, receivers: receivers.into_iter().map(Into::into).collect() }
    }

    /// Everybody in it, some of them twice.
    pub(crate) fn members(&self) -> impl Iterator<Item = &ParticipantId> {
        self.sources.iter().chain(&self.receivers)
    }

    /// Whether a receiver hears a source by it.
    pub(crate) fn has(&self, (receiver, source): &(&ParticipantId, &ParticipantId)) -> bool {
        receiver != source && self.receivers.contains(*receiver) && self.sources.contains(*source)
    }

    /// Each receiver with each source that it hears.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&ParticipantId, &ParticipantId)> {
        let sources = |receiver| self.sources.iter().map(move |source| (receiver, source));
        self.receivers.iter().flat_map(sources).filter(|(receiver, source)| receiver != source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_role_is_that_of_the_rule() {
        assert_eq!(Routing::Role("agent".into()).role().map(ToString::to_string).as_deref(), Some("agent"));
        assert_eq!([Routing::DefaultGroup.role(), Routing::Apart.role()], [None, None]);
    }

    #[test]
    fn a_table_tells_what_it_was_told() {
        let table =
            RoleTable::new().hears("guest", ["host"]).hears("host", ["guest", "host"]).hears("guest", ["tutor"]);
        let pairs = [("guest", "host"), ("guest", "tutor"), ("host", "host"), ("guest", "guest"), ("tutor", "guest")];
        assert_eq!(pairs.map(|(listener, source)| table.is_heard(listener, source)), [true, true, true, false, false]);
        let told = |roles: Vec<&RoleName>| roles.into_iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(told(table.heard_by("guest").collect()), ids(&["host", "tutor"]));
        assert_eq!(told(table.listeners().collect()), ids(&["guest", "host"]));
        assert_eq!(told(table.named().collect()), ids(&["guest", "host", "tutor", "host", "guest", "host"]));
        assert_eq!(["guest", "tutor", "nobody"].map(|role| table.names(role)), [true, true, false]);
    }

    #[test]
    fn a_group_leads_from_its_sources_to_its_receivers_and_nobody_to_oneself() {
        let group = PrivateGroup::new(["anna", "ben"], ["ben", "cleo"]);
        let [anna, ben, cleo] = ["anna", "ben", "cleo"].map(ParticipantId::from);
        let pairs = [(&ben, &anna), (&cleo, &anna), (&cleo, &ben), (&ben, &ben), (&anna, &ben), (&anna, &cleo)];
        assert_eq!(pairs.map(|pair| group.has(&pair)), [true, true, true, false, false, false]);
        assert_eq!(group.pairs().collect::<Vec<_>>(), pairs[..3]);
        assert_eq!(group.members().collect::<Vec<_>>(), [&anna, &ben, &ben, &cleo]);
    }
}
