//! The operations of changes that several nodes make: [`Following`]. Each ends as its change does.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::{End, Ledger};
use crate::{
    cluster::{ChangeNumber, ChangeState, Conference},
    config::ResultInfo,
};

/// The time between two looks at the changes. A tick is mostly 10 or 20 ms.
const LOOK: Duration = Duration::from_millis(2);

/// The changes that have begun at this node and are not known to have ended.
#[derive(Debug)]
pub(in crate::http) struct Following {
    pub conference: Conference,
    ledger: Arc<Ledger>,
    /// How long a change may take: longer than the limits of the node itself, which ends it in time as long as its driver runs.
    limit: Duration,
    state: Mutex<State>,
    /// Wakes the task when a change begins, and at the end.
    begun: Notify,
}

#[derive(Debug, Default)]
struct State {
    followed: Vec<Followed>,
    is_closed: bool,
}

#[derive(Debug)]
struct Followed {
    operation: String,
    change: ChangeNumber,
    begun: Instant,
}

impl Following {
    pub fn new(conference: Conference, ledger: Arc<Ledger>, limit: Duration) -> Self {
        Self { conference, ledger, limit, state: Mutex::default(), begun: Notify::new() }
    }

    /// Lets an operation end as a change does.
    pub fn follow(&self, operation: &str, change: ChangeNumber) {
        let followed = Followed { operation: operation.to_owned(), change, begun: Instant::now() };
        self.state().followed.push(followed);
        self.begun.notify_one();
    }

    /// Ends the operations whose changes have ended.
    pub fn advance(&self) {
        let ended: Vec<_> = {
            let mut state = self.state();
            let mut ended = Vec::new();
            state.followed.retain(|followed| match self.end_of(followed) {
                Some(end) => {
                    ended.push((followed.operation.clone(), end));
                    false
                }
                None => true,
            });
            ended
        };
        ended.into_iter().for_each(|(operation, end)| self.ledger.finish(&operation, end));
    }

    fn end_of(&self, followed: &Followed) -> Option<End> {
        match self.conference.change_state(followed.change) {
            Some(ChangeState::Checking | ChangeState::Running) if followed.begun.elapsed() < self.limit => None,
            Some(ChangeState::Checking | ChangeState::Running) => Some(End::Elsewhere(stuck(self.limit))),
            Some(state) => Some(end(&state)),
            None => Some(End::Elsewhere(forgotten())),
        }
    }

    /// Advances until it is closed.
    pub async fn run(self: Arc<Self>) {
        while self.wait_for_work().await {
            self.advance();
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until there is a change, which returns `true`, or it is closed, which returns `false`.
    async fn wait_for_work(&self) -> bool {
        loop {
            {
                let state = self.state();
                if state.is_closed {
                    return false;
                } else if !state.followed.is_empty() {
                    return true;
                }
            }
            self.begun.notified().await;
        }
    }

    /// Follows nothing any more.
    pub fn close(&self) {
        self.state().is_closed = true;
        self.begun.notify_one();
    }

    /// A poisoned lock is used as it is: a panic leaves no entry half made.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of the operation of a change that has ended.
fn end(state: &ChangeState) -> End {
    match state {
        ChangeState::Refused { node, reason } => {
            let message = format!("node \"{node}\" does not take the change: {reason}; nothing has changed");
            End::Elsewhere(ResultInfo { code: 503, subcode: 26, message })
        }
        ChangeState::Failed { node, reason } => {
            let message = format!("node \"{node}\" has not mixed the change: {reason}; other nodes may have");
            End::Elsewhere(ResultInfo { code: 504, subcode: 27, message })
        }
        _ => End::Mixed,
    }
}

/// The driver of the node stands still: nobody says whether the change has been made.
fn stuck(limit: Duration) -> ResultInfo {
    let ms = limit.as_millis();
    let message = format!("the nodes have not said within {ms} ms whether the change is in a mix; it may be");
    ResultInfo { code: 504, subcode: 28, message }
}

fn forgotten() -> ResultInfo {
    let message = "so many changes have ended since that nothing is known of this one any more".to_owned();
    ResultInfo { code: 500, subcode: 29, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::NodeName;

    #[test]
    fn a_failure_names_the_node_and_says_what_has_changed() {
        let node = NodeName::new("fra-1").unwrap();
        let info = |state| end(&state).info().map(|info| (info.code, info.subcode, info.message));
        let reason = "it is not reachable".to_owned();
        let message = "node \"fra-1\" does not take the change: it is not reachable; nothing has changed";
        let refused = ChangeState::Refused { node: node.clone(), reason: reason.clone() };
        assert_eq!(info(refused), Some((503, 26, message.to_owned())));
        let message = "node \"fra-1\" has not mixed the change: it is not reachable; other nodes may have";
        assert_eq!(info(ChangeState::Failed { node, reason }), Some((504, 27, message.to_owned())));
        assert_eq!(info(ChangeState::Completed), None);
    }
}
