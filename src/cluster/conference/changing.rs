//! How changes are begun, for participants of any node.

use std::collections::BTreeMap;

use super::{Conference, error::ConferenceError};
use crate::{
    GroupId, PrivateGroup, RoleTable,
    cluster::{
        ChangeNumber, NodeName,
        change::Order,
        entry::LONGEST_ID,
        message::{Act, Level},
        readings::LinkHealth,
        settings::{Group, Setting, Value},
        state::State,
    },
    config::{ParticipantMixerLevel, UncheckedRequest},
};

impl Conference {
    /// Begins to replace whole configurations, of listeners at any nodes: all of them or, if any breaks a rule, none. A request
    /// that names one who has left since is refused by its node: see [`ChangeState::Refused`](crate::cluster::ChangeState::Refused).
    ///
    /// # Errors
    /// [`ConferenceError::Faults`] has every fault with its JSON path; [`ConferenceError::Nowhere`].
    pub fn configure(&self, levels: &[ParticipantMixerLevel]) -> Result<ChangeNumber, ConferenceError> {
        self.configure_request(UncheckedRequest::new(levels))
    }

    /// The same of a request as a client has sent it.
    ///
    /// # Errors
    /// As [`configure`](Self::configure).
    pub fn configure_request(&self, request: UncheckedRequest<'_>) -> Result<ChangeNumber, ConferenceError> {
        let mut state = self.shared.state();
        state.tell();
        let checked = request.check(|id| state.is_here(id))?;
        let acts = checked.participant_mixer_levels.iter().map(|level| Act::Configure(Level::of(level)));
        begin(&mut state, acts.collect())
    }

    /// Begins to mute a participant at any node, or to unmute it.
    ///
    /// # Errors
    /// [`ConferenceError::Unknown`], [`ConferenceError::Nowhere`].
    pub fn set_muted(&self, id: &str, muted: bool) -> Result<ChangeNumber, ConferenceError> {
        self.begin(vec![Act::Mute { id: id.into(), muted }])
    }

    /// Begins to mute several participants, or to unmute them, each at one tick boundary: all of them or none.
    ///
    /// # Errors
    /// [`ConferenceError::Unknown`], [`ConferenceError::Nowhere`].
    pub fn set_all_muted<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a str>,
        muted: bool,
    ) -> Result<ChangeNumber, ConferenceError> {
        self.begin(ids.into_iter().map(|id| Act::Mute { id: id.into(), muted }).collect())
    }

    /// Begins to deafen a participant at any node, or to let it hear again.
    ///
    /// # Errors
    /// [`ConferenceError::Unknown`], [`ConferenceError::Nowhere`].
    pub fn set_deafened(&self, id: &str, deafened: bool) -> Result<ChangeNumber, ConferenceError> {
        self.begin(vec![Act::Deafen { id: id.into(), deafened }])
    }

    /// Begins to put a participant at any node on hold: see [`Changes::hold`](crate::Changes::hold). The sources of its music may be at any node, too; one that
    /// leaves is not heard any more. A participant who goes over to another node is not on hold there.
    ///
    /// # Errors
    /// [`ConferenceError::Unknown`] of it or of a source, [`ConferenceError::Nowhere`].
    pub fn hold(&self, id: &str, music: &[&str]) -> Result<ChangeNumber, ConferenceError> {
        let mut state = self.shared.state();
        state.tell();
        if let Some(absent) = music.iter().find(|source| !state.is_here(source)) {
            return Err(ConferenceError::Unknown { id: (*absent).into() });
        }
        let music = music.iter().map(ToString::to_string).collect();
        begin(&mut state, vec![Act::Hold { id: id.into(), music }])
    }

    /// Begins to end the hold of a participant at any node. Does nothing if it is not on hold.
    ///
    /// # Errors
    /// [`ConferenceError::Unknown`], [`ConferenceError::Nowhere`].
    pub fn resume(&self, id: &str) -> Result<ChangeNumber, ConferenceError> {
        self.begin(vec![Act::Resume { id: id.into() }])
    }

    /// Begins to take a participant at any node out of the conference. The host there is told by a
    /// [`ClusterEvent::Removed`](crate::cluster::ClusterEvent::Removed), and ends its connection.
    ///
    /// # Errors
    /// [`ConferenceError::Unknown`], [`ConferenceError::Nowhere`].
    pub fn remove(&self, id: &str) -> Result<ChangeNumber, ConferenceError> {
        self.begin(vec![Act::Remove { id: id.into() }])
    }

    /// Begins to make a private group, or to replace it as a whole, whose members may be at any nodes. All nodes that can be reached do
    /// it, each at one tick boundary; the others do once they can. Of two that are made at two nodes at the same time one is in force,
    /// everywhere the same. Groups that the [`Controller`](crate::Controller) makes are of one mixer alone.
    ///
    /// # Errors
    /// [`ConferenceError::Unknown`] of one who is to be in it.
    pub fn set_private_group(
        &self,
        id: impl Into<GroupId>,
        group: &PrivateGroup,
    ) -> Result<ChangeNumber, ConferenceError> {
        let (id, group) = (id.into(), Group::of(group));
        let mut state = self.shared.state();
        state.tell();
        if let Some(absent) = group.members().find(|member| !state.is_here(member)) {
            return Err(ConferenceError::Unknown { id: absent.into() });
        }
        set(&mut state, Value::Group { id: id.as_str().to_owned(), group: Some(group) })
    }

    /// Begins to end a private group.
    ///
    /// # Errors
    /// [`ConferenceError::UnknownGroup`].
    pub fn remove_private_group(&self, id: &str) -> Result<ChangeNumber, ConferenceError> {
        let mut state = self.shared.state();
        if state.settings.group(id).is_none() {
            return Err(ConferenceError::UnknownGroup { group: id.into() });
        }
        set(&mut state, Value::Group { id: id.to_owned(), group: None })
    }

    /// Begins to replace the table of which roles hear which, for the whole conference.
    ///
    /// # Errors
    /// [`ConferenceError::TooLong`].
    pub fn set_role_table(&self, table: &RoleTable) -> Result<ChangeNumber, ConferenceError> {
        set(&mut self.shared.state(), Value::roles(table))
    }

    /// Asks the node of a participant to let it go, so that it can be [admitted](Self::admit) here; `None` if there is nobody to be
    /// asked: it is in no conference, at this node, or its node is lost. Once the change is [running](crate::cluster::ChangeState::Running) it
    /// is being let go. If it is not admitted anywhere then, it leaves after
    /// [`leave_after`](crate::cluster::NodeOptions::leave_after).
    pub fn claim(&self, id: &str) -> Option<ChangeNumber> {
        let mut state = self.shared.state();
        state.tell();
        let node = state.node_of(id)?.clone();
        let up = state.peers.get(&node).is_some_and(|peer| peer.health == LinkHealth::Up);
        if !up {
            return None;
        }
        begin(&mut state, vec![Act::Yield { id: id.into() }]).ok()
    }

    fn begin(&self, acts: Vec<Act>) -> Result<ChangeNumber, ConferenceError> {
        let mut state = self.shared.state();
        state.tell();
        begin(&mut state, acts)
    }
}

/// Begins a change whose parts are done where those are whom they are of.
fn begin(state: &mut State, acts: Vec<Act>) -> Result<ChangeNumber, ConferenceError> {
    let mut parts: BTreeMap<NodeName, Vec<Act>> = BTreeMap::new();
    for act in acts {
        let id = act.whose();
        let node = state.node_of(id).ok_or_else(|| match state.is_here(id) {
            true => ConferenceError::Nowhere { id: id.into() },
            false => ConferenceError::Unknown { id: id.into() },
        })?;
        let node = node.clone();
        parts.entry(node).or_default().push(act);
    }
    let lost: Vec<_> = parts.keys().filter(|node| !state.reaches(node)).cloned().collect();
    let (mut orders, deadline) = (Vec::new(), state.now + state.options.check_limit);
    let change = state.changes.begin(parts, deadline, &mut orders);
    for node in lost {
        state.changes.fail(&node, change.0, "it is not reachable", &mut orders);
        orders.retain(|(_, order)| !matches!(order, Order::Prepare(..) | Order::Cancel(_)));
    }
    state.give(orders);
    Ok(change)
}

/// Begins a change for the whole conference, which all nodes do that can be reached.
fn set(state: &mut State, value: Value) -> Result<ChangeNumber, ConferenceError> {
    let own = state.options.name.clone();
    let setting = Setting { stamp: state.settings.next_stamp(own.as_str(), state.incarnation), value };
    if !setting.is_sound() {
        return Err(ConferenceError::TooLong { most: LONGEST_ID });
    }
    let others = state.peers.keys().filter(|node| state.reaches(node)).cloned();
    let parts = others.chain([own]).map(|node| (node, vec![Act::Set(setting.clone())])).collect();
    let (mut orders, deadline) = (Vec::new(), state.now + state.options.check_limit);
    let change = state.changes.begin(parts, deadline, &mut orders);
    state.give(orders);
    Ok(change)
}
