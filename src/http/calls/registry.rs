//! The live and the ended calls of a service.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use super::{Call, CallError, EndedCall, Identity, Ledger};
use crate::http::OperationOptions;

/// The calls of a service.
#[derive(Debug, Default)]
pub(in crate::http) struct Registry {
    live: HashMap<String, Arc<Call>>,
    /// The oldest first. Several may have the same id, which may be that of a live call too.
    ended: VecDeque<EndedCall>,
    closed: bool,
}

/// A call whose operations can be read.
#[derive(Debug)]
pub(in crate::http) struct Found {
    pub identity: Arc<Identity>,
    pub ledger: Arc<Ledger>,
    /// The call itself, until it ends.
    pub live: Option<Arc<Call>>,
}

impl Registry {
    pub fn add(&mut self, id: String, start: impl FnOnce(String) -> Result<Call, CallError>) -> Result<(), CallError> {
        if self.closed {
            return Err(CallError::ShuttingDown);
        } else if matches!(id.as_str(), "" | "." | "..") {
            return Err(CallError::Unreachable { id });
        } else if self.live.contains_key(&id) {
            return Err(CallError::Taken { id });
        }
        self.live.insert(id.clone(), Arc::new(start(id)?));
        Ok(())
    }

    /// Allows no more calls to be added. Returns the live calls.
    pub fn close(&mut self) -> Vec<Arc<Call>> {
        self.closed = true;
        self.live()
    }

    /// Every call of this id, the newest first.
    pub fn all(&self, id: &str) -> Vec<Found> {
        let live = self.live.get(id).map(Found::live);
        let ended = self.ended.iter().rev().filter(|call| call.identity.id == id).map(Found::ended);
        live.into_iter().chain(ended).collect()
    }

    /// Moves a call to the ended ones.
    pub fn end(&mut self, id: &str) -> Option<Arc<Call>> {
        let call = self.live.remove(id)?;
        self.ended.push_back(call.ended());
        Some(call)
    }

    /// Forgets calls that ended too long ago, and the oldest ones if there are too many. Returns
    /// them, to be dropped without the registry's lock.
    #[must_use = "to be dropped without the lock"]
    pub fn forget(&mut self, options: &OperationOptions) -> Vec<EndedCall> {
        let too_many = self.ended.len().saturating_sub(options.kept_calls);
        let too_old = self.ended.iter().take_while(|call| call.ended.elapsed() > options.kept_for).count();
        self.ended.drain(..too_many.max(too_old)).collect()
    }

    /// The live calls.
    pub fn live(&self) -> Vec<Arc<Call>> {
        self.live.values().cloned().collect()
    }
}

impl Found {
    fn live(call: &Arc<Call>) -> Self {
        let (identity, ledger) = (Arc::clone(&call.identity), Arc::clone(&call.ledger));
        Self { identity, ledger, live: Some(Arc::clone(call)) }
    }

    fn ended(call: &EndedCall) -> Self {
        Self { identity: Arc::clone(&call.identity), ledger: Arc::clone(&call.ledger), live: None }
    }
}
