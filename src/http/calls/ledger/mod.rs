//! The operations of one call, from the request to the end: [`Ledger`]. Knows generations and
//! dates, but not HTTP. Most operations end with the tick that has their change; a prompt ends when it is told to.

#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::sync::Notify;

use super::{End, Failure, events::Ended};
use crate::{
    Generation,
    config::{CommsNotifications, CommsOperation, OperationKind, OperationStatus},
    http::{OperationOptions, date, notify::Outbox},
};

/// The operations of one call. Those that run until they are mixed are in the order of their generations, so that
/// they end, and are notified, in that order.
#[derive(Debug)]
pub(in crate::http) struct Ledger {
    /// The call's id, escaped for a path.
    call: String,
    options: OperationOptions,
    most_running: usize,
    outbox: Option<Outbox>,
    state: Mutex<State>,
    /// Wakes the watcher when an operation begins, and when the ledger is closed.
    begun: Notify,
    order: Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    phase: Phase,
    /// The number of places for operations whose levels are being put in force.
    reserved: usize,
    running: VecDeque<Running>,
    /// Those that run until they are told to end.
    untimed: Vec<String>,
    ended: VecDeque<(Instant, String)>,
    operations: HashMap<String, CommsOperation>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Phase {
    #[default]
    Open,
    /// No operation can begin; running ones go on.
    Draining,
    /// All operations have ended, for this reason. One that has a place still fails as soon as it
    /// begins.
    Closed(Failure),
}

#[derive(Debug)]
struct Running {
    id: String,
    generation: Generation,
    /// `None` if it is too far away for an [`Instant`].
    deadline: Option<Instant>,
}

/// Why no operation can begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum NoPlace {
    /// As many operations run as are allowed.
    Full {
        most: usize,
    },
    Draining,
    Ended(Failure),
}

/// The progress of the audio side.
#[derive(Debug, Clone, Copy)]
pub(in crate::http) struct Progress {
    pub mixed: Generation,
    /// Whether the processor was dropped, so that nothing more will be mixed.
    pub gone: bool,
}

impl Ledger {
    pub fn new(call: String, options: OperationOptions, most_running: usize, outbox: Option<Outbox>) -> Self {
        Self {
            call,
            options,
            most_running,
            outbox,
            state: Mutex::default(),
            begun: Notify::new(),
            order: Mutex::default(),
        }
    }

    /// Reserves a place for an operation, before its levels are put in force. Dropping the place
    /// frees it.
    pub fn reserve(&self) -> Result<Place<'_>, NoPlace> {
        let mut state = self.state();
        match state.phase {
            Phase::Open if state.reserved + state.running() >= self.most_running => {
                Err(NoPlace::Full { most: self.most_running })
            }
            Phase::Open => {
                state.reserved += 1;
                Ok(Place { ledger: self })
            }
            Phase::Draining => Err(NoPlace::Draining),
            Phase::Closed(failure) => Err(NoPlace::Ended(failure)),
        }
    }

    pub fn get(&self, id: &str) -> Option<CommsOperation> {
        let mut state = self.state();
        state.forget(&self.options);
        state.operations.get(id).cloned()
    }

    /// Ends the operations that have been mixed, that never will be, and that are over the time
    /// limit.
    pub fn advance(&self, progress: Progress, now: Instant) {
        self.advance_locked(progress, now).iter().for_each(|ended| ended.tell(&self.call));
    }

    fn advance_locked(&self, progress: Progress, now: Instant) -> Vec<Ended> {
        let (mut state, mut ended) = (self.state(), Vec::new());
        while let Some(next) = state.running.front() {
            let end = if next.generation <= progress.mixed {
                End::Mixed
            } else if progress.gone {
                End::Failed(Failure::MixerGone)
            } else if next.deadline.is_some_and(|deadline| deadline <= now) {
                End::Failed(Failure::NotMixedWithin(self.options.time_limit))
            } else {
                break;
            };
            let id = state.running.pop_front().expect("looked at").id;
            ended.extend(self.end(&mut state, id, end));
        }
        ended
    }

    /// Ends an operation that runs until it is told to. Does nothing if it has ended, as it has once the ledger is
    /// closed.
    pub fn finish(&self, id: &str, end: End) {
        let ended = {
            let mut state = self.state();
            let Some(at) = state.untimed.iter().position(|running| running == id) else { return };
            let id = state.untimed.remove(at);
            self.end(&mut state, id, end)
        };
        ended.iter().for_each(|ended| ended.tell(&self.call));
    }

    /// Lets an operation that runs until it is told to end end with a generation instead. To be called in the order of
    /// generations. Does nothing if it has ended.
    pub fn await_mix(&self, id: &str, generation: Generation) {
        let mut state = self.state();
        if let Some(at) = state.untimed.iter().position(|running| running == id) {
            let (id, deadline) = (state.untimed.remove(at), self.deadline());
            state.running.push_back(Running { id, generation, deadline });
            self.begun.notify_one();
        }
    }

    /// When an operation that begins now has failed.
    fn deadline(&self) -> Option<Instant> {
        Instant::now().checked_add(self.options.time_limit)
    }

    /// Held from a change until its operation begins, so that operations are in the order of their
    /// generations.
    pub fn order(&self) -> MutexGuard<'_, ()> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an operation runs.
    #[cfg(test)]
    pub fn is_running(&self, id: &str) -> bool {
        self.state().operations.get(id).is_some_and(|operation| !operation.status.is_final())
    }

    /// Lets no more operations begin.
    pub fn drain(&self) {
        let mut state = self.state();
        if state.phase == Phase::Open {
            state.phase = Phase::Draining;
        }
    }

    /// Fails all running operations, and later those that have a place still. Returns how many were
    /// running.
    pub fn close(&self, failure: Failure) -> usize {
        let mut state = self.state();
        if !matches!(state.phase, Phase::Closed(_)) {
            state.phase = Phase::Closed(failure);
        }
        let running = std::mem::take(&mut state.running).into_iter().map(|running| running.id);
        let running: Vec<_> = running.chain(std::mem::take(&mut state.untimed)).collect();
        let ended = running.into_iter().filter_map(|id| self.end(&mut state, id, End::Failed(failure)));
        let ended: Vec<_> = ended.collect();
        self.close_outbox(&state);
        self.begun.notify_one();
        drop(state);
        ended.iter().for_each(|ended| ended.tell(&self.call));
        ended.len()
    }

    /// Forgets ended operations that are over the limits of age and number.
    pub fn forget(&self) {
        self.state().forget(&self.options);
    }

    /// Whether no operation runs, and none has a place.
    pub fn is_idle(&self) -> bool {
        let state = self.state();
        state.reserved + state.running() == 0
    }

    /// Waits until an operation runs, which returns `true`, or the ledger is closed, which returns
    /// `false`.
    pub async fn wait_for_work(&self) -> bool {
        loop {
            {
                let state = self.state();
                if !state.running.is_empty() {
                    return true;
                } else if let Phase::Closed(_) = state.phase {
                    return false;
                }
            }
            self.begun.notified().await;
        }
    }

    #[cfg(feature = "http-notify")]
    pub fn outbox(&self) -> Option<&Outbox> {
        self.outbox.as_ref()
    }

    /// Ends one operation. Called under the lock, so that notifications are in the order in which
    /// operations end.
    fn end(&self, state: &mut State, id: String, end: End) -> Option<Ended> {
        let operation = state.operations.get_mut(&id)?;
        operation.last_action_date_time = date::now();
        operation.completion_reason = end.completion_reason();
        operation.result_info = end.info();
        operation.status =
            if operation.result_info.is_none() { OperationStatus::Completed } else { OperationStatus::Failed };
        if let Some(outbox) = &self.outbox {
            outbox.post(&id, CommsNotifications::ended(&self.call, operation));
        }
        state.ended.push_back((Instant::now(), id.clone()));
        state.forget(&self.options);
        Some(Ended { id, end })
    }

    /// Closes the outbox once no more notifications can come.
    fn close_outbox(&self, state: &State) {
        if let (Phase::Closed(_), 0, Some(outbox)) = (state.phase, state.reserved, &self.outbox) {
            outbox.close();
        }
    }

    /// Ignores poisoning: a panic under the lock leaves no state that is worse than stopping the
    /// service.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// How many operations run.
    fn running(&self) -> usize {
        self.running.len() + self.untimed.len()
    }

    /// Forgets operations that ended too long ago, and the oldest ones if there are too many. After
    /// the end of its call no operation is forgotten by age: the call is kept, and later forgotten,
    /// as a whole.
    fn forget(&mut self, options: &OperationOptions) {
        let by_time = !matches!(self.phase, Phase::Closed(_));
        while let Some((ended, id)) = self.ended.front()
            && (self.ended.len() > options.kept || by_time && ended.elapsed() > options.kept_for)
        {
            self.operations.remove(id);
            self.ended.pop_front();
        }
    }
}

/// A place for one operation.
#[derive(Debug)]
pub(in crate::http) struct Place<'a> {
    ledger: &'a Ledger,
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
