//! A call that is a conference on several nodes: [`Nodes`]. Requests are checked here against who is in the conference, and done
//! at the nodes of those whom they are of.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

use super::{Ledger, Member, Place, Request, following::Following};
use crate::{
    Controller,
    cluster::{ChangeNumber, ChangeState, Conference, ConferenceError},
    config::{CommsOperation, ErrorCode, RequestError},
    http::refused::Refused,
};

/// How long a request waits until the other nodes have said whether what it asks for is possible: longer than a message takes
/// around the world. What takes longer, the client reads in its operation.
const CHECKED_WITHIN: Duration = Duration::from_millis(300);
/// How long a request waits until what it asks for is done, if there is no operation to tell.
const DONE_WITHIN: Duration = Duration::from_secs(3);
/// When a request may be sent again that came while a participant was at no node.
const AGAIN: Duration = Duration::from_secs(1);

/// The conference of a call, as its node sees it.
#[derive(Debug)]
pub(in crate::http) struct Nodes {
    pub conference: Conference,
    pub following: Arc<Following>,
    ledger: Arc<Ledger>,
}

impl Nodes {
    /// The nodes of a call, and the task that ends the operations of their changes.
    pub fn start(
        conference: Conference,
        ledger: &Arc<Ledger>,
        limit: Duration,
        (tasks, runtime): (&TaskTracker, &Handle),
    ) -> Self {
        let following = Arc::new(Following::new(conference.clone(), Arc::clone(ledger), limit));
        tasks.spawn_on(Arc::clone(&following).run(), runtime);
        Self { conference, following, ledger: Arc::clone(ledger) }
    }

    /// Everybody in the conference, in the order of a list.
    pub fn members(&self, controller: &Controller) -> Vec<Member> {
        let keys: HashMap<_, _> = controller.participants().into_iter().map(|here| (here.id, here.key)).collect();
        let all = self.conference.participants().into_iter();
        let mut all: Vec<_> = all.map(|one| Member::of(keys.get(&one.id).copied(), one)).collect();
        all.sort_unstable_by_key(|member| member.order);
        all
    }

    /// One participant of the conference.
    pub fn member(&self, controller: &Controller, id: &str) -> Option<Member> {
        let key = controller.participant(id).ok().map(|here| here.key);
        self.conference.participant(id).ok().map(|one| Member::of(key, one))
    }

    /// Begins an operation that ends as a change does, and waits a little until the nodes have said whether that is possible. Blocks.
    pub fn follow(&self, change: ChangeNumber, request: Request, place: Place<'_>) -> CommsOperation {
        let operation = place.begin_untimed(request);
        self.following.follow(&operation.id, change);
        self.conference.wait_until_checked(change, CHECKED_WITHIN);
        self.following.advance();
        self.ledger.get(&operation.id).unwrap_or(operation)
    }

    /// Waits until a change is done that has no operation. Blocks.
    ///
    /// # Errors
    /// A node has not done what `what` says.
    pub fn done(&self, change: ChangeNumber, what: &str) -> Result<(), Refused> {
        let unavailable = |message| Refused::new(ErrorCode::ServiceUnavailable, message).retry_after(AGAIN);
        match self.conference.wait_until_ended(change, DONE_WITHIN) {
            // All nodes do it: one of them only has not mixed since.
            Some(ChangeState::Completed | ChangeState::Running) | None => Ok(()),
            Some(ChangeState::Refused { node, reason } | ChangeState::Failed { node, reason }) => {
                Err(unavailable(format!("node \"{node}\" has not {what}: {reason}")))
            }
            Some(_) => {
                Err(unavailable(format!("not all nodes have said within {DONE_WITHIN:?} that they have {what}")))
            }
        }
    }

    /// Ends the operations whose changes have ended, and follows no more.
    pub fn close(&self) {
        self.following.advance();
        self.following.close();
    }
}

impl From<ConferenceError> for Refused {
    fn from(error: ConferenceError) -> Self {
        match error {
            ConferenceError::Faults(faults) => RequestError::from(faults).into(),
            ConferenceError::Unknown { .. } | ConferenceError::UnknownGroup { .. } => {
                Self::new(ErrorCode::NotFound, error.to_string())
            }
            ConferenceError::TooLong { .. } => Self::new(ErrorCode::BadRequest, error.to_string()),
            ConferenceError::Nowhere { .. } => {
                Self::new(ErrorCode::ServiceUnavailable, error.to_string()).retry_after(AGAIN)
            }
        }
    }
}
