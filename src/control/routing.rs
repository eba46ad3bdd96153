//! Changing who may be heard by whom, and asking for it: the methods of [`Controller`] and [`Changes`] for routings,
//! roles, private groups, exempt sources, and holds.

use super::{Changes, ControlError, Controller, events::Event};
use crate::data::{
    id::{Generation, GroupId},
    routing::{PrivateGroup, RoleTable, Routing},
};

impl Controller {
    /// Gives a participant another [`Routing`].
    ///
    /// # Errors
    /// See [`Changes::set_routing`].
    pub fn set_routing(&self, id: &str, routing: Routing) -> Result<Generation, ControlError> {
        self.change_one(|changes| changes.set_routing(id, routing))
    }

    /// Replaces the table of which roles hear which: see [`Changes::set_role_table`].
    pub fn set_role_table(&self, table: RoleTable) -> Generation {
        self.change(|changes| changes.set_role_table(table)).1
    }

    /// The table of which roles hear which.
    pub fn role_table(&self) -> RoleTable {
        self.registry().role_table().clone()
    }

    /// Makes a private group, or replaces the one that there is under this id: see [`Changes::set_private_group`].
    ///
    /// # Errors
    /// See [`Changes::set_private_group`].
    pub fn set_private_group(&self, id: impl Into<GroupId>, group: PrivateGroup) -> Result<Generation, ControlError> {
        self.change_one(|changes| changes.set_private_group(id, group))
    }

    /// Ends a private group.
    ///
    /// # Errors
    /// See [`Changes::remove_private_group`].
    pub fn remove_private_group(&self, id: &str) -> Result<Generation, ControlError> {
        self.change_one(|changes| changes.remove_private_group(id))
    }

    /// A private group. Who has left is in none.
    ///
    /// # Errors
    /// [`ControlError::UnknownGroup`].
    pub fn private_group(&self, id: &str) -> Result<PrivateGroup, ControlError> {
        self.registry().group(id).cloned()
    }

    /// All private groups, in the order of their ids.
    pub fn private_groups(&self) -> Vec<(GroupId, PrivateGroup)> {
        self.registry().groups().map(|(id, group)| (id.clone(), group.clone())).collect()
    }

    /// Whether a route leads from a source to a listener: by their [routings](Routing) or by a private group, and neither
    /// is on hold; or the listener is, and the source is its music. Whether it is heard, and how loud, is another
    /// question: of levels, exclusive mode and mutes.
    ///
    /// # Errors
    /// [`ControlError::Unknown`] of either.
    pub fn is_routed(&self, listener: &str, source: &str) -> Result<bool, ControlError> {
        self.registry().is_routed(listener, source)
    }

    /// Exempts a source from the ducking of a listener, or takes that back: see [`Changes::set_exempt`].
    ///
    /// # Errors
    /// See [`Changes::set_exempt`].
    pub fn set_exempt(&self, listener: &str, source: &str, exempt: bool) -> Result<Generation, ControlError> {
        self.change_one(|changes| changes.set_exempt(listener, source, exempt))
    }

    /// Puts a participant on hold: see [`Changes::hold`].
    ///
    /// ```
    /// # use mixminus::{JoinOptions, MixerConfig, Routing};
    /// # let (controller, _processor) = MixerConfig::default().build()?;
    /// # controller.join("anna", JoinOptions::default())?;
    /// # controller.join("ben", JoinOptions::default())?;
    /// controller.join("music", JoinOptions { routing: Routing::Apart, ..JoinOptions::default() })?;
    /// controller.hold("anna", &["music"])?;
    /// assert!(controller.is_routed("anna", "music")? && !controller.is_routed("anna", "ben")?);
    /// controller.resume("anna")?;
    /// assert!(!controller.is_routed("anna", "music")? && controller.is_routed("anna", "ben")?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// See [`Changes::hold`].
    pub fn hold(&self, id: &str, music: &[&str]) -> Result<Generation, ControlError> {
        self.change_one(|changes| changes.hold(id, music))
    }

    /// Ends the hold of a participant: see [`Changes::resume`].
    ///
    /// # Errors
    /// See [`Changes::resume`].
    pub fn resume(&self, id: &str) -> Result<Generation, ControlError> {
        self.change_one(|changes| changes.resume(id))
    }
}

impl Changes<'_> {
    /// Gives a participant another [`Routing`]. What changes by it fades over the smoothing time. It may be one with a
    /// role that the table does not name (yet).
    ///
    /// # Errors
    /// [`ControlError::Unknown`].
    pub fn set_routing(&mut self, id: &str, routing: Routing) -> Result<(), ControlError> {
        let done = self.require_here(id).and_then(|()| self.registry.set_routing(id, routing.clone()));
        self.events.note("set_routing", done, || Event::Routed { participant: id.into(), routing })
    }

    /// Replaces the table of which roles hear which, for the whole call. Participants keep their roles. What changes
    /// by it fades over the smoothing time.
    pub fn set_role_table(&mut self, table: RoleTable) {
        self.events.push(|| Event::RoleTable { listeners: table.listeners().count() });
        self.registry.set_role_table(table);
    }

    /// Makes a private group, or replaces the one that there is under this id, as a whole. A participant who leaves is
    /// taken out of it; the group stays, if need be without anybody, until it is removed. Its sources are heard by its
    /// receivers however loud others are (see [`MixerConfig::loudest`](crate::MixerConfig::loudest)).
    ///
    /// # Errors
    /// [`ControlError::Unknown`] of one who is to be in it: nothing has changed.
    pub fn set_private_group(&mut self, id: impl Into<GroupId>, group: PrivateGroup) -> Result<(), ControlError> {
        let id = id.into();
        let (sources, receivers) = (group.sources.len(), group.receivers.len());
        let done = self.registry.set_group(id.clone(), group);
        self.events.note("set_private_group", done, || Event::Grouped { group: id, sources, receivers })
    }

    /// Ends a private group, and the routes that only it has made.
    ///
    /// # Errors
    /// [`ControlError::UnknownGroup`].
    pub fn remove_private_group(&mut self, id: &str) -> Result<(), ControlError> {
        let done = self.registry.remove_group(id);
        self.events.note("remove_private_group", done, || Event::GroupRemoved { group: id.into() })
    }

    /// Exempts a source from the ducking of a listener, or takes that back. An exempt source is not ducked, and does not
    /// duck others by that. Its gain stays; it stays exempt when the listener is [configured](Self::configure).
    ///
    /// # Errors
    /// [`ControlError::Unknown`] of either, [`ControlError::OwnVoice`].
    pub fn set_exempt(&mut self, listener: &str, source: &str, exempt: bool) -> Result<(), ControlError> {
        let done = self.configure_source(listener, source, |entry| entry.exempt = exempt);
        let event = || Event::Exempt { listener: listener.into(), source: source.into(), exempt };
        self.events.note("set_exempt", done, event)
    }

    /// Puts a participant on hold. It hears these sources only, each as it is sent, whatever routes and its configuration
    /// say; nobody hears it, and it is not active. Its configuration, its place in those of others, its routing and its
    /// groups stay. A source of the music that leaves is not heard any more. One who is on hold already gets other music;
    /// no music is silence.
    ///
    /// # Errors
    /// [`ControlError::Unknown`] of it or of a source, [`ControlError::OwnVoice`]: nothing has changed.
    pub fn hold(&mut self, id: &str, music: &[&str]) -> Result<(), ControlError> {
        let done = self.require_here(id).and_then(|()| self.registry.hold(id, music));
        self.events.note("hold", done, || Event::Held { participant: id.into(), sources: music.len() })
    }

    /// Ends the hold of a participant. It hears and is heard as before. What had come for its input port, and was not
    /// heard yet, is dropped.
    ///
    /// # Errors
    /// [`ControlError::Unknown`], [`ControlError::NotOnHold`].
    pub fn resume(&mut self, id: &str) -> Result<(), ControlError> {
        let done = self.require_here(id).and_then(|()| self.registry.resume(id));
        self.events.note("resume", done, || Event::Resumed { participant: id.into() })
    }
}
