//! The service itself: [`Service`]. What a host does with it; what clients do is in `routes`.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use tokio::runtime::{Handle, TryCurrentError};
use tokio_util::task::TaskTracker;

use super::{
    Authorizer, Callback, Delivery, ServiceOptions,
    calls::{Call, CallError, CallOptions, Failure, Registry},
    notify::Notifier,
    routes,
};

/// The configureMixer service: the calls that there are, and a router for their clients. Clones are the same service.
#[derive(Debug, Clone)]
pub struct Service {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    options: ServiceOptions,
    authorizer: Box<dyn Authorizer>,
    notifier: Notifier,
    runtime: Handle,
    tasks: TaskTracker,
    calls: Mutex<Registry>,
}

/// Why there is no service.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// It needs a runtime for its tasks.
    #[error("a service has to be made on a runtime of tokio: {0}")]
    NoRuntime(#[from] TryCurrentError),
}

/// What was left when a service was shut down: nothing of it was lost in silence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ShutdownReport {
    /// How many operations ran still, and have failed.
    pub failed_operations: usize,
    /// The notifications that were not delivered, with the id of the call.
    pub undelivered: Vec<(String, Delivery)>,
}

/// How often what is not kept any longer is forgotten: often enough for short times, and seldom enough to cost nothing.
const SWEEP_LEAST: Duration = Duration::from_millis(50);
const SWEEP_MOST: Duration = Duration::from_secs(10);

/// How often a shutdown looks whether the last operation has ended.
const LOOK: Duration = Duration::from_millis(5);

impl Service {
    /// A service without calls. To be made on a runtime of tokio, which runs its tasks.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub fn new(options: ServiceOptions, authorizer: impl Authorizer) -> Result<Self, ServiceError> {
        let inner = Inner {
            runtime: Handle::try_current()?,
            notifier: Notifier::new(options.notifications.clone()),
            options,
            authorizer: Box::new(authorizer),
            tasks: TaskTracker::new(),
            calls: Mutex::default(),
        };
        let inner = Arc::new(inner);
        inner.runtime.spawn(sweep(Arc::downgrade(&inner)));
        Ok(Self { inner })
    }

    /// Adds a call, from any thread but an audio thread. It is another call than one of this id that has ended.
    ///
    /// ```
    /// # use mixminus::{MixerConfig, http::{AllowEverybody, CallError, CallOptions, Service, ServiceOptions}};
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    /// # let _in_it = runtime.enter();
    /// let service = Service::new(ServiceOptions::default(), AllowEverybody)?;
    /// let (controller, _processor) = MixerConfig::default().build()?;
    /// service.add_call("room 7", CallOptions::new(controller.clone()))?;
    /// assert!(matches!(service.add_call("room 7", CallOptions::new(controller)), Err(CallError::Taken { .. })));
    /// assert!(service.end_call("room 7") && !service.end_call("room 7"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`CallError`].
    pub fn add_call(&self, id: impl Into<String>, options: CallOptions) -> Result<(), CallError> {
        let Inner { options: service, notifier, tasks, runtime, .. } = &*self.inner;
        // Before the registry is locked: it takes a while for the first callback.
        let mail = options.callback.clone().map(|callback| notifier.prepare(callback));
        self.calls().add(id.into(), |id| Call::start(id, options, service, mail, (tasks, runtime)))
    }

    /// Gives a call that was added with a callback another one, as when its token expires: from the next attempt on notifications go there, those that wait already, too.
    /// `false`, and nothing changes, if there is no such call, it has ended, or it has no callback.
    ///
    /// ```
    /// # use mixminus::{MixerConfig, http::{AllowEverybody, CallOptions, Callback, Service, ServiceOptions}};
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    /// # let _in_it = runtime.enter();
    /// let service = Service::new(ServiceOptions::default(), AllowEverybody)?;
    /// let (controller, _processor) = MixerConfig::default().build()?;
    /// let callback = Some(Callback::new("https://bot.example.org/calls", "token-of-monday")?);
    /// service.add_call("room 7", CallOptions { callback, ..CallOptions::new(controller) })?;
    ///
    /// let renewed = Callback::new("https://bot.example.org/calls", "token-of-tuesday")?;
    /// assert!(service.set_callback("room 7", renewed.clone()));
    /// assert!(!service.set_callback("room 8", renewed), "there is no such call");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_callback(&self, id: &str, callback: Callback) -> bool {
        let call = self.calls().all(id).into_iter().find_map(|found| found.live);
        let outbox = call.as_ref().and_then(|call| call.ledger.outbox());
        outbox.map(|outbox| outbox.set_callback(callback)).is_some()
    }

    /// Ends a call: what it has not mixed yet has failed, and no more requests are taken. Its operations can be read on for the time that they are kept. `false` if there is none.
    pub fn end_call(&self, id: &str) -> bool {
        let ended = self.calls().end(id);
        self.inner.sweep();
        if let Some(call) = &ended {
            call.end(Failure::CallEnded);
        }
        ended.is_some()
    }

    /// What became of the newest notifications of a call, also of one that has ended, oldest first; none if there is no callback.
    pub fn deliveries(&self, id: &str) -> Vec<Delivery> {
        let newest = self.calls().all(id).into_iter().next();
        newest.and_then(|call| call.ledger.outbox().map(|outbox| outbox.deliveries())).unwrap_or_default()
    }

    /// The routes of the API, to be merged into a host's router or nested under a path of it. It has no fallback: what is none of its paths is the host's.
    pub fn router(&self) -> axum::Router {
        routes::router(self.clone())
    }

    /// Takes on no more changes, waits until what runs has ended and all callbacks have been told, and ends all calls: what has not ended within `limit` has failed, and what is
    /// undelivered is given up; the report has both. To be called before the HTTP server is stopped, so that clients can see how their operations end.
    pub async fn shutdown(&self, limit: Duration) -> ShutdownReport {
        // What is longer than the clock can count is for ever.
        let deadline = Instant::now().checked_add(limit);
        let in_time = || deadline.is_none_or(|deadline| Instant::now() < deadline);
        let calls = self.calls().close();
        calls.iter().for_each(|call| call.ledger.drain());
        while !calls.iter().all(|call| call.ledger.is_idle()) && in_time() {
            tokio::time::sleep(LOOK).await;
        }
        let failed_operations = calls.iter().map(|call| call.end(Failure::ShutDown)).sum();
        self.inner.tasks.close();
        match deadline {
            Some(deadline) => drop(tokio::time::timeout_at(deadline.into(), self.inner.tasks.wait()).await),
            None => self.inner.tasks.wait().await,
        }
        ShutdownReport { failed_operations, undelivered: self.abandon() }
    }

    /// Gives up what was not delivered, of the calls that have ended and are forgotten, too.
    fn abandon(&self) -> Vec<(String, Delivery)> {
        self.inner.notifier.abandon_all()
    }

    pub(super) fn options(&self) -> &ServiceOptions {
        &self.inner.options
    }

    pub(super) fn authorizer(&self) -> &dyn Authorizer {
        &*self.inner.authorizer
    }

    pub(super) fn tasks(&self) -> &TaskTracker {
        &self.inner.tasks
    }

    pub(super) fn calls(&self) -> MutexGuard<'_, Registry> {
        self.inner.calls()
    }
}

impl Inner {
    /// A panic under the lock leaves no call half added.
    fn calls(&self) -> MutexGuard<'_, Registry> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what is not kept any longer. Much memory may go: not under the lock.
    fn sweep(&self) {
        let (forgotten, live) = {
            let mut calls = self.calls();
            (calls.forget(&self.options.operations), calls.ledgers())
        };
        drop(forgotten);
        live.iter().for_each(|ledger| ledger.forget());
    }
}

/// So that memory does not wait for somebody to ask: until the service is dropped.
async fn sweep(service: Weak<Inner>) {
    let Some(kept_for) = service.upgrade().map(|inner| inner.options.operations.kept_for) else { return };
    let every = (kept_for / 4).clamp(SWEEP_LEAST, SWEEP_MOST);
    loop {
        tokio::time::sleep(every).await;
        let Some(inner) = service.upgrade() else { return };
        let _swept = tokio::task::spawn_blocking(move || inner.sweep()).await;
    }
}

impl Drop for Inner {
    /// A service that was not shut down leaves no tasks behind, nor the mixers that they hold.
    fn drop(&mut self) {
        let calls = self.calls.get_mut().unwrap_or_else(PoisonError::into_inner);
        for call in calls.close() {
            call.end(Failure::ShutDown);
        }
        self.notifier.abandon_all();
    }
}
