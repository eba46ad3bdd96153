//! One call: its mixer, who may change it, and its operations.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

#[cfg(feature = "cluster")]
use super::nodes::Nodes;
use super::{
    Failure, Groups, Identity, Kept, Ledger, Member, Removal,
    rate::{Large, Rate},
    watch::watch,
};
#[cfg(feature = "cluster")]
use crate::cluster::Conference;
#[cfg(feature = "http-notify")]
use crate::http::Callback;
use crate::{
    Controller, Participant,
    config::{ErrorCode, ParticipantMixerLevel},
    http::{
        ServiceOptions,
        media::{Media, Names, NoPrompts, Parts, PromptResolver},
        notify::Outbox,
        refused::Refused,
        work::Work,
    },
    stream::Clip,
};

/// The options of a call that is added to a service. A feature may add a field: end a literal with
/// `..CallOptions::new(controller)`.
///
/// ```
/// use mixminus::{MixerConfig, http::CallOptions};
/// let (controller, _processor) = MixerConfig::default().build()?;
/// let options = CallOptions { audience: Some("https://rooms.example/7".into()), ..CallOptions::new(controller) };
/// assert_eq!(options.application, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct CallOptions {
    /// The controller of the call's mixer.
    pub controller: Controller,
    /// The application whose call it is, for the paths that name one; if `None`, any name is
    /// accepted there.
    pub application: Option<String>,
    /// The audience that a token has to be meant for; if `None`, any token that the service's
    /// authorizer accepts will do. A JWT names it in its `aud`, beside one of
    /// `JwtOptions::audiences`.
    pub audience: Option<String>,
    /// Ends the connection of a participant whom a client removes; if `None`, the participant only leaves the mixer. Not asked
    /// in a conference on several nodes: there the host at the participant's node is told by
    #[cfg_attr(feature = "cluster", doc = "[`ClusterEvent::Removed`](crate::cluster::ClusterEvent::Removed).")]
    #[cfg_attr(not(feature = "cluster"), doc = "`ClusterEvent::Removed`.")]
    pub removal: Option<Arc<dyn Removal>>,
    /// What participants hear on hold, over and over, unless a client has music of its own for them; silence if `None`. At
    /// the mixer's rate.
    pub hold_music: Option<Clip>,
    /// Fetches the prompts that clients name.
    pub prompts: Arc<dyn PromptResolver>,
    /// The callback for its notifications; if `None`, there are no notifications. With the feature
    /// `http-notify`.
    #[cfg(feature = "http-notify")]
    pub callback: Option<Callback>,
    /// The conference whose node the mixer is, if the call is on several nodes. Then each node has this call in a service of
    /// its own, and clients may send requests to any: for participants of any node. Operations complete when all nodes have mixed
    /// them. Prompts and hold music are played by the node that was asked, and are heard at all; the participants that play
    /// have the name of the node in their ids: `$prompts.fra-1`. With the feature `cluster`.
    #[cfg(feature = "cluster")]
    pub cluster: Option<Conference>,
}

impl CallOptions {
    /// A call of any application, for any audience, without notifications and prompts, whose participants have no connection, and
    /// hear silence on hold.
    pub fn new(controller: Controller) -> Self {
        Self {
            controller,
            application: None,
            audience: None,
            removal: None,
            hold_music: None,
            prompts: Arc::new(NoPrompts),
            #[cfg(feature = "http-notify")]
            callback: None,
            #[cfg(feature = "cluster")]
            cluster: None,
        }
    }
}

/// Why a call was not added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// A live call has this id.
    #[error("there is a call \"{id}\" already; end it first, or give another id")]
    Taken {
        /// The id.
        id: String,
    },
    /// The id cannot be a segment of a path: it is empty, or leads elsewhere.
    #[error("no path can lead to a call of the id \"{id}\": it may not be empty, \".\" or \"..\"")]
    Unreachable {
        /// The id.
        id: String,
    },
    /// The call has a callback, and no HTTP client could be made for its notifications. With the
    /// feature `http-notify`.
    #[cfg(feature = "http-notify")]
    #[error("no HTTP client for notifications: {problem}")]
    Client {
        /// The reason: most often there are no certificate authorities.
        problem: String,
    },
    /// The service is being shut down.
    #[error("the service is being shut down; no call can be added")]
    ShuttingDown,
}

/// A live call.
#[derive(Debug)]
pub(in crate::http) struct Call {
    pub identity: Arc<Identity>,
    pub controller: Controller,
    pub ledger: Arc<Ledger>,
    rate: Rate,
    pub groups: Groups,
    pub media: Media,
    /// The conference that it is, if it is on several nodes.
    #[cfg(feature = "cluster")]
    pub nodes: Option<Nodes>,
    removal: Option<Arc<dyn Removal>>,
}

/// A call that has ended, while its operations can still be read.
#[derive(Debug, Clone)]
pub(in crate::http) struct EndedCall {
    pub identity: Arc<Identity>,
    pub ledger: Arc<Ledger>,
    pub ended: Instant,
}

impl Call {
    /// Starts a call, and the tasks that watch its mixer and deliver what is in its outbox, if it has
    /// one.
    pub fn start(
        id: String,
        options: CallOptions,
        service: &ServiceOptions,
        open: impl FnOnce(&str) -> Result<Option<Outbox>, CallError>,
        (tasks, runtime, work): (&TaskTracker, &Handle, &Work),
    ) -> Result<Self, CallError> {
        let _in_it = runtime.enter();
        let outbox = open(&id)?;
        #[cfg(feature = "cluster")]
        let (names, cluster) = {
            let node = options.cluster.as_ref().map(Conference::node);
            (Names::at(node.as_ref().map(|node| node.as_str())), options.cluster)
        };
        #[cfg(not(feature = "cluster"))]
        let names = Names::at(None);
        let CallOptions { controller, application, audience, removal, hold_music, prompts, .. } = options;
        let turns = Arc::clone(&work.prompts);
        let identity = Identity { id, application, audience };
        let ledger =
            Ledger::new(identity.id_in_a_path(), service.operations.clone(), service.limits.operations, outbox);
        let ledger = Arc::new(ledger);
        tasks.spawn(watch(controller.clone(), Arc::clone(&ledger)));
        #[cfg(feature = "cluster")]
        let nodes = cluster
            .map(|conference| Nodes::start(conference, &ledger, service.operations.time_limit, (tasks, runtime)));
        let parts = Parts {
            call: identity.id.clone(),
            names,
            #[cfg(feature = "cluster")]
            following: nodes.as_ref().map(|nodes| Arc::clone(&nodes.following)),
            turns,
            patience: service.limits.prompt_wait,
            controller: controller.clone(),
            ledger: Arc::clone(&ledger),
            resolver: prompts,
            time_limit: service.operations.time_limit,
            most_music: service.limits.hold_music,
        };
        let media = Media::start(parts, hold_music, (tasks, runtime));
        Ok(Self {
            identity: Arc::new(identity),
            controller,
            ledger,
            rate: Rate::new(&service.limits),
            groups: Groups::default(),
            media,
            #[cfg(feature = "cluster")]
            nodes,
            removal,
        })
    }

    /// Counts a request of a caller.
    ///
    /// # Errors
    /// The caller has sent too many.
    pub fn take(&self, caller: Option<&str>) -> Result<(), Refused> {
        self.rate.take(caller).map_err(|wait| self.too_many(wait))
    }

    /// Counts a request that is there already as more.
    ///
    /// # Errors
    /// The caller has sent too much.
    pub fn take_more(&self, caller: Option<&str>, large: Large) -> Result<(), Refused> {
        self.rate.take_more(caller, large).map_err(|wait| self.too_many(wait))
    }

    fn too_many(&self, wait: Duration) -> Refused {
        let message = format!("more than {} requests a second on this call", self.rate.per_second());
        Refused::new(ErrorCode::TooManyRequests, message).retry_after(wait)
    }

    /// Everybody in the call, at whatever node, in the order of a list; none of the services' own.
    pub fn members(&self) -> Vec<Member> {
        #[cfg(feature = "cluster")]
        if let Some(nodes) = &self.nodes {
            let mut members = nodes.members(&self.controller);
            members.retain(|member| !self.media.owns(member.id.as_str()));
            return members;
        }
        let here = self.controller.participants().into_iter();
        here.filter(|one| !self.media.owns(one.id.as_str())).map(Member::from).collect()
    }

    /// A participant of the call, at whatever node; `None` if there is none of this id, or it is one of the services' own.
    pub fn member(&self, id: &str) -> Option<Member> {
        #[cfg(feature = "cluster")]
        if let Some(nodes) = &self.nodes {
            return nodes.member(&self.controller, id).filter(|_| !self.media.owns(id));
        }
        self.participant(id).map(Member::from)
    }

    /// What has the groups of the call.
    pub fn kept_groups(&self) -> Kept<'_> {
        #[cfg(feature = "cluster")]
        if let Some(nodes) = &self.nodes {
            return Kept::Conference(&nodes.conference);
        }
        Kept::Mixer(&self.controller)
    }

    /// What is configured for a participant, as a request has it; `None` if it has left.
    pub fn mixer_level(&self, id: &str) -> Option<ParticipantMixerLevel> {
        #[cfg(feature = "cluster")]
        if let Some(nodes) = &self.nodes {
            return nodes.conference.configuration(id).ok().map(|config| config.mixer_level(id));
        }
        self.controller.configuration(id).ok().map(|config| config.mixer_level(id))
    }

    /// A participant in the mixer here; `None` if there is none of this id, or it is one of the service's own.
    pub fn participant(&self, id: &str) -> Option<Participant> {
        self.controller.participant(id).ok().filter(|_| !self.media.owns(id))
    }

    /// Takes a participant out of the call, and ends its connection. May take as long as the host takes for that.
    pub fn remove(&self, participant: &Participant) {
        let id = participant.id.as_str();
        if let Some(removal) = &self.removal {
            removal.remove(id);
        }
        // Who has come back under this id meanwhile is another participant.
        if self.participant(id).is_some_and(|here| here.key == participant.key) {
            // It may leave by itself at this moment.
            let _gone = self.controller.leave(id);
        }
    }

    /// Ends the call. Operations that were mixed are completed, the rest fail. Returns how many fail.
    pub fn end(&self, failure: Failure) -> usize {
        self.ledger.advance(self.controller.progress(), Instant::now());
        #[cfg(feature = "cluster")]
        self.nodes.iter().for_each(Nodes::close);
        let failed = self.ledger.close(failure);
        self.media.close();
        failed
    }

    pub fn ended(&self) -> EndedCall {
        EndedCall { identity: Arc::clone(&self.identity), ledger: Arc::clone(&self.ledger), ended: Instant::now() }
    }
}
