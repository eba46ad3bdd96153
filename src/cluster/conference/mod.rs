//! The handle of a conference on many machines: [`Conference`], for any thread but the audio thread. [`changing`] begins changes.

mod changing;
mod error;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

pub use error::ConferenceError;

use super::{
    ChangeNumber, ChangeState, ClusterEvent, NodeName, NodeReadings,
    entry::Entry,
    member::ClusterParticipant,
    meters::{AudioMeters, Figure},
    settings::Group,
    state::{At, State},
};
use crate::{Changes, GroupId, ParticipantId, PrivateGroup, control::ListenerConfig};

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
    pub(in crate::cluster) shared: Arc<Shared>,
}

/// What the handles and the driver share.
#[derive(Debug)]
pub(in crate::cluster) struct Shared {
    state: Mutex<State>,
    pub audio: Arc<AudioMeters>,
    pub published: [Figure; 3],
}

impl Shared {
    pub fn new(state: State, audio: Arc<AudioMeters>) -> Self {
        Self { state: Mutex::new(state), audio, published: Default::default() }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
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

    /// All private groups of the conference, by their ids. Who has left is in none.
    pub fn private_groups(&self) -> Vec<(GroupId, PrivateGroup)> {
        let mut state = self.shared.state();
        state.tell();
        let here = |id: &str| state.is_here(id);
        let group = |(id, group): (&str, &Group)| (GroupId::from(id), group.private_group(here, here));
        state.settings.groups().map(group).collect()
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
        let [ticks, bytes, sources] = self.shared.published.each_ref().map(Figure::get);
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
