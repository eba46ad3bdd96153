//! The state of a service: [`ServiceState`], which the host's calls and the routes of the clients share.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

#[cfg(feature = "http-notify")]
use super::notify::Notifier;
use super::{
    Authorizer, ServiceOptions,
    calls::{Failure, Registry},
    work::Work,
};

/// The shortest and longest interval between two removals of expired operations and calls: short
/// enough for short keeping times, and long enough to cost nothing.
const SWEEP_MIN: Duration = Duration::from_millis(50);
const SWEEP_MAX: Duration = Duration::from_secs(10);

/// What a service is made of. Freed with the last clone of the service, of its router and of a
/// running request.
#[derive(Debug)]
pub(super) struct ServiceState {
    pub options: ServiceOptions,
    pub authorizer: Box<dyn Authorizer>,
    #[cfg(feature = "http-notify")]
    pub notifier: Notifier,
    /// Runs the tasks of the service.
    pub runtime: Handle,
    /// The tasks that a shutdown waits for.
    pub tasks: TaskTracker,
    /// What is done at a time.
    pub work: Work,
    calls: Mutex<Registry>,
}

impl ServiceState {
    /// The state of a service without calls. A task on the runtime sweeps it until it is dropped.
    pub fn new(options: ServiceOptions, authorizer: impl Authorizer, runtime: Handle) -> Arc<Self> {
        let state = Arc::new(Self {
            #[cfg(feature = "http-notify")]
            notifier: Notifier::new(options.notifications.clone()),
            work: Work::new(&options.limits),
            options,
            authorizer: Box::new(authorizer),
            runtime,
            tasks: TaskTracker::new(),
            calls: Mutex::default(),
        });
        state.runtime.spawn(sweep(Arc::downgrade(&state)));
        state
    }

    /// The registry, locked.
    ///
    /// A poisoned lock is used as it is: a panic leaves no call half added.
    pub fn calls(&self) -> MutexGuard<'_, Registry> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes expired operations and calls, and music that nobody hears. They are dropped outside of the lock, because that can
    /// free much memory.
    pub fn sweep(&self) {
        let (forgotten, live) = {
            let mut calls = self.calls();
            (calls.forget(&self.options.operations), calls.live())
        };
        drop(forgotten);
        for call in live {
            call.ledger.forget();
            call.media.sweep();
            call.controller.reclaim();
        }
    }
}

/// Sweeps at intervals until the service is dropped, so that memory is freed also when no request
/// comes.
async fn sweep(state: Weak<ServiceState>) {
    let Some(kept_for) = state.upgrade().map(|state| state.options.operations.kept_for) else { return };
    let every = (kept_for / 4).clamp(SWEEP_MIN, SWEEP_MAX);
    loop {
        tokio::time::sleep(every).await;
        let Some(state) = state.upgrade() else { return };
        let _swept = tokio::task::spawn_blocking(move || state.sweep()).await;
    }
}

impl Drop for ServiceState {
    /// A service that was dropped without a shutdown leaves behind no tasks, and none of the mixers
    /// that the tasks hold.
    fn drop(&mut self) {
        let calls = self.calls.get_mut().unwrap_or_else(PoisonError::into_inner);
        for call in calls.close() {
            call.end(Failure::ShutDown);
        }
        #[cfg(feature = "http-notify")]
        self.notifier.abandon_all();
    }
}
