//! A place among the operations of a call: [`Place`], from its reservation to the operation that takes it.

use super::{End, Ledger, Phase, Running, State};
use crate::{
    Generation,
    config::{CommsOperation, OperationKind, OperationStatus},
    http::date,
};

/// A place for one operation.
#[derive(Debug)]
pub(in crate::http) struct Place<'a> {
    ledger: &'a Ledger,
}

impl<'a> Place<'a> {
    /// The place that was reserved.
    pub(super) fn of(ledger: &'a Ledger) -> Self {
        Self { ledger }
    }
}

/// The request that begins an operation.
#[derive(Debug)]
pub(in crate::http) struct Request {
    pub kind: OperationKind,
    pub client_context: Option<String>,
}

impl Place<'_> {
    /// Begins the operation whose change is in force from `generation` on. To be called in the
    /// order of generations.
    pub fn begin(self, request: Request, generation: Generation) -> CommsOperation {
        let deadline = self.ledger.deadline();
        self.run(request, |state, id| state.running.push_back(Running { id, generation, deadline }))
    }

    /// Begins an operation that runs until [`Ledger::finish`] ends it.
    pub fn begin_untimed(self, request: Request) -> CommsOperation {
        self.run(request, |state, id| state.untimed.push(id))
    }

    fn run(self, request: Request, run: impl FnOnce(&mut State, String)) -> CommsOperation {
        let ledger = self.ledger;
        let id = uuid::Uuid::new_v4().to_string();
        let operation = CommsOperation {
            kind: request.kind,
            status: OperationStatus::Running,
            ..CommsOperation::new(id.clone(), request.client_context, date::now())
        };
        let mut state = ledger.state();
        state.operations.insert(id.clone(), operation.clone());
        if let Phase::Closed(failure) = state.phase {
            let ended = ledger.end(&mut state, id.clone(), End::Failed(failure));
            let failed = state.operations.get(&id).cloned();
            drop(state);
            ended.iter().for_each(|ended| ended.tell(&ledger.call));
            return failed.unwrap_or(operation);
        }
        run(&mut state, id);
        ledger.begun.notify_one();
        operation
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.ledger.state();
        state.reserved -= 1;
        self.ledger.close_outbox(&state);
    }
}
