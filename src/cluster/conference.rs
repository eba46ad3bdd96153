//! The handle of a conference on many machines: [`Conference`], for any thread but the audio thread.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{
    ChangeNumber, ChangeState, ClusterEvent, NodeName, NodeReadings,
    change::Order,
    entry::{Entry, LONGEST_ID},
    member::ClusterParticipant,
    message::{Act, Level},
    meters::AudioMeters,
    readings::LinkHealth,
    settings::{Group, Setting, Value},
    state::{At, State},
};
use crate::{
    Changes, GroupId, ParticipantId, PrivateGroup, RoleTable,
    config::{Faults, ParticipantMixerLevel, UncheckedRequest},
    control::ListenerConfig,
};

/// A conference as one of its nodes sees it: who is in it, wherever that is, and changes for anybody in it. Clones are handles of
/// the same. Its methods take a lock, which is never held while the network is waited for, and allocate.
///
/// A change is begun here and done at the nodes of the participants that it is of. It has two rounds: all nodes check their parts,
/// and once all have said that theirs are possible, each does its own at one tick boundary. What one of them refuses
/// changes nothing anywhere. Where two nodes change the same listener at the same time, the listener's node has the last word:
/// what it does last is in force.
///
/// Participants at this node join, and leave, by the mixer's [`Controller`](crate::Controller) as ever; the other nodes are told. Whoever may be
/// elsewhere joins by [`admit`](Self::admit), so that nobody is in the conference twice. Those who are elsewhere are in the mixer here as
/// sources ([`Participant::elsewhere`](crate::Participant::elsewhere)): what a `Controller` does to them is done at this node alone, and
/// undone when their node tells of them next. An id of more than 1024 bytes is not told to the other nodes.
///
/// With the feature `tracing` the events of changes that other nodes have begun are emitted under the lock: a subscriber may not use a
/// `Conference`, and should be quick.
#[derive(Debug, Clone)]
pub struct Conference {
    pub(super) shared: Arc<Shared>,
}

/// What the handles and the driver share.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    pub audio: Arc<AudioMeters>,
    pub published: [super::meters::Figure; 3],
}

impl Shared {
    pub fn new(state: State, audio: Arc<AudioMeters>) -> Self {
        Self { state: Mutex::new(state), audio, published: Default::default() }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a change was not begun.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConferenceError {
    /// The request breaks a rule, or names somebody who is not in the conference.
    #[error(transparent)]
    Faults(#[from] Faults),
    /// Nobody in the conference has this id.
    #[error("no participant \"{id}\" is in the call")]
    Unknown {
        /// The id.
        id: ParticipantId,
    },
    /// The conference has no private group of this id.
    #[error("no private group \"{group}\" is in the call")]
    UnknownGroup {
        /// The id.
        group: GroupId,
    },
    /// The id of a group or of a member, or the name of a role, is too long to be told to other nodes.
    #[error(
        "an id of a group or a participant, or the name of a role, may have {most} bytes in a conference on several nodes"
    )]
    TooLong {
        /// How many bytes it may have.
        most: usize,
    },
    /// It is on its way from one node to another, or its node was started anew.
    #[error(
        "participant \"{id}\" is at no node at the moment: it is on its way to another, or its node was started anew; try again"
    )]
    Nowhere {
        /// The id.
        id: ParticipantId,
    },
}

/// How often a wait looks.
const LOOK: Duration = Duration::from_micros(500);

impl Conference {
    /// The name of this node.
    pub fn node(&self) -> NodeName {
        self.shared.state().options.name.clone()
    }

    /// Whether somebody is in the conference, at any node.
    pub fn is_here(&self, id: &str) -> bool {
        let mut state = self.shared.state();
        state.tell();
        state.is_here(id)
    }

    /// Everybody in the conference, by their ids.
    pub fn participants(&self) -> Vec<ClusterParticipant> {
        let mut state = self.shared.state();
        state.tell();
        let here = state.here.iter().map(|(id, entry)| ClusterParticipant::of(id, entry, Some(&state.options.name)));
        let elsewhere = state.elsewhere.iter().filter_map(|(id, elsewhere)| match &elsewhere.at {
            At::Node(node) => Some(ClusterParticipant::of(id, &elsewhere.entry, Some(node))),
            At::Nowhere { .. } => Some(ClusterParticipant::of(id, &elsewhere.entry, None)),
            At::Leaving { .. } => None,
        });
        let mut all: Vec<_> = here.chain(elsewhere).collect();
        all.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        all
    }

    /// One participant, at any node.
    ///
    /// # Errors
    /// [`ConferenceError::Unknown`].
    pub fn participant(&self, id: &str) -> Result<ClusterParticipant, ConferenceError> {
        self.look_up(id, ClusterParticipant::of)
    }

    /// The configuration of a listener at any node, as its node has told of it.
    ///
    /// # Errors
    /// [`ConferenceError::Unknown`].
    pub fn configuration(&self, id: &str) -> Result<ListenerConfig, ConferenceError> {
        self.look_up(id, |_, entry, _| entry.config.listener_config())
    }

    fn look_up<T>(
        &self,
        id: &str,
        of: impl Fn(&ParticipantId, &Entry, Option<&NodeName>) -> T,
    ) -> Result<T, ConferenceError> {
        let mut state = self.shared.state();
        state.tell();
        if let Some((id, entry)) = state.here.get_key_value(id) {
            return Ok(of(id, entry, Some(&state.options.name)));
        }
        match state.elsewhere.get_key_value(id) {
            Some((id, elsewhere)) => match &elsewhere.at {
                At::Node(node) => Ok(of(id, &elsewhere.entry, Some(node))),
                At::Nowhere { .. } => Ok(of(id, &elsewhere.entry, None)),
                At::Leaving { .. } => Err(ConferenceError::Unknown { id: id.clone() }),
            },
            None => Err(ConferenceError::Unknown { id: id.into() }),
        }
    }

    /// Begins to replace whole configurations, of listeners at any nodes: all of them or, if any breaks a rule, none. A request
    /// that names one who has left since is refused by its node: see [`ChangeState::Refused`].
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

    /// Begins to put a participant at any node on hold: see [`Changes::hold`]. The sources of its music may be at any node, too; one that
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
    /// [`ClusterEvent::Removed`], and ends its connection.
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

    /// All private groups of the conference, by their ids. Who has left is in none.
    pub fn private_groups(&self) -> Vec<(GroupId, PrivateGroup)> {
        let mut state = self.shared.state();
        state.tell();
        let here = |id: &str| state.is_here(id);
        let group = |(id, group): (&str, &Group)| (GroupId::from(id), group.private_group(here, here));
        state.settings.groups().map(group).collect()
    }

    /// Begins to replace the table of which roles hear which, for the whole conference.
    ///
    /// # Errors
    /// [`ConferenceError::TooLong`].
    pub fn set_role_table(&self, table: &RoleTable) -> Result<ChangeNumber, ConferenceError> {
        set(&mut self.shared.state(), Value::roles(table))
    }

    fn begin(&self, acts: Vec<Act>) -> Result<ChangeNumber, ConferenceError> {
        let mut state = self.shared.state();
        state.tell();
        begin(&mut state, acts)
    }

    /// Asks the node of a participant to let it go, so that it can be [admitted](Self::admit) here; `None` if there is nobody to be
    /// asked: it is in no conference, at this node, or its node is lost. Once the change is [running](ChangeState::Running) it
    /// is being let go. If it is not admitted anywhere then, it leaves after
    /// [`leave_after`](super::NodeOptions::leave_after).
    pub fn claim(&self, id: &str) -> Option<ChangeNumber> {
        let mut state = self.shared.state();
        state.tell();
        let Ok(node) = state.node_of(id).cloned() else { return None };
        let up = state.peers.get(&node).is_some_and(|peer| peer.health == LinkHealth::Up);
        if !up {
            return None;
        }
        begin(&mut state, vec![Act::Yield { id: id.into() }]).ok()
    }

    /// Lets a participant in at this node, by `join`, which may use
    /// [`Changes::join`] or [`Changes::join_with_ports`](crate::Changes::join_with_ports). One who was at another node and was
    /// [claimed](Self::claim), or whose node is lost, keeps its configuration, its mute, and its place in the
    /// configurations of others. `join` runs under the locks of the conference and of the mixer: it uses the [`Changes`] alone.
    ///
    /// ```
    /// use mixminus::{JoinOptions, MixerConfig, cluster::{NodeName, NodeOptions, node}};
    /// use std::time::Duration;
    /// let (controller, processor) = MixerConfig::default().build()?;
    /// let (conference, _driver, _audio) = node(controller, &processor, NodeOptions::new(NodeName::new("fra-1")?))?;
    /// if let Some(change) = conference.claim("anna") {
    ///     conference.wait_until_checked(change, Duration::from_secs(2)); // she is at another node
    /// }
    /// let anna = conference.admit("anna", |changes| changes.join("anna", JoinOptions::default()))?;
    /// assert!(conference.is_here("anna"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of `join`: then she is where she was.
    pub fn admit<T, E>(
        &self,
        id: impl Into<ParticipantId>,
        join: impl FnOnce(&mut Changes<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let id = id.into();
        let mut state = self.shared.state();
        state.tell();
        let joined = state.admit(&id, join);
        state.tell();
        joined
    }

    /// How far a change has come; `None` if it ended long ago: the last 10,000 that have ended are remembered.
    pub fn change_state(&self, change: ChangeNumber) -> Option<ChangeState> {
        self.shared.state().changes.state(change).cloned()
    }

    /// Waits until all nodes have said whether a change is possible, at most so long, and tells how far it is then. Blocks the
    /// thread, and looks every half millisecond; not for the thread that drives the node.
    pub fn wait_until_checked(&self, change: ChangeNumber, limit: Duration) -> Option<ChangeState> {
        self.wait(change, limit, |state| *state != ChangeState::Checking)
    }

    /// Waits until a change has ended, at most so long, and tells how far it is then. Blocks as
    /// [`wait_until_checked`](Self::wait_until_checked) does.
    pub fn wait_until_ended(&self, change: ChangeNumber, limit: Duration) -> Option<ChangeState> {
        self.wait(change, limit, ChangeState::has_ended)
    }

    fn wait(
        &self,
        change: ChangeNumber,
        limit: Duration,
        is_over: impl Fn(&ChangeState) -> bool,
    ) -> Option<ChangeState> {
        let begin = Instant::now();
        loop {
            let state = self.change_state(change)?;
            if is_over(&state) || begin.elapsed() >= limit {
                return Some(state);
            }
            std::thread::sleep(LOOK.min(limit));
        }
    }

    /// What has happened at this node since the last call, oldest first: the newest 10,000.
    pub fn take_events(&self) -> Vec<ClusterEvent> {
        self.shared.state().take_events()
    }

    /// How the node and its links are.
    pub fn readings(&self) -> NodeReadings {
        let state = self.shared.state();
        let mut participants: BTreeMap<&NodeName, usize> = BTreeMap::new();
        for elsewhere in state.elsewhere.values() {
            if let At::Node(node) = &elsewhere.at {
                *participants.entry(node).or_default() += 1;
            }
        }
        let links = state
            .peers
            .iter()
            .map(|(name, peer)| peer.readings(name, participants.get(name).copied().unwrap_or_default(), state.now));
        let [ticks, bytes, sources] = self.shared.published.each_ref().map(super::meters::Figure::get);
        NodeReadings {
            node: state.options.name.as_str().to_owned(),
            published_ticks: ticks,
            published_bytes: bytes,
            published_sources: sources,
            left_out_sources: self.shared.audio.left_out.get(),
            lost_ticks: self.shared.audio.lost.get(),
            hostile: state.hostile,
            running_changes: state.changes.running(),
            links: links.collect(),
        }
    }
}

/// Begins a change whose parts are done where those are whom they are of.
fn begin(state: &mut State, acts: Vec<Act>) -> Result<ChangeNumber, ConferenceError> {
    let mut parts: BTreeMap<NodeName, Vec<Act>> = BTreeMap::new();
    for act in acts {
        let node = match state.node_of(act.whose()) {
            Ok(node) => node.clone(),
            Err(_) => {
                let id = ParticipantId::from(act.whose());
                let is_here = state.is_here(act.whose());
                return Err(if is_here { ConferenceError::Nowhere { id } } else { ConferenceError::Unknown { id } });
            }
        };
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
