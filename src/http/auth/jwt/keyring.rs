//! Keys that are fetched: [`Keyring`]. Keeps them, and says when to fetch them again. Knows nothing of HTTP, and of tokens only that one may want newer keys.

use std::{
    fmt,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{runtime::Handle, sync::watch};

use super::{JwksRefresh, JwtError, clock::Clock, keys::Keys, quote::cut};
use crate::http::auth::Refusal;

/// How keys are had.
pub(super) trait Fetch: fmt::Debug + Send + Sync + 'static {
    /// Ends in a bounded time.
    fn fetch(&self) -> impl Future<Output = Result<Keys, JwtError>> + Send;
}

/// The keys of an issuer, as new as they have to be.
#[derive(Debug)]
pub(super) struct Keyring<F> {
    fetch: F,
    refresh: JwksRefresh,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The newest, and when they came.
    keys: Option<(Arc<Keys>, Instant)>,
    /// When a fetch has begun or ended last.
    attempt: Option<Instant>,
    /// Why the last one gave no keys, if so.
    failure: Option<String>,
    /// Closed when the one that runs has ended.
    flight: Option<Flight>,
}

/// What those wait on who wait for a fetch.
type Flight = watch::Receiver<()>;

impl<F: Fetch> Keyring<F> {
    /// With the keys that there are already, if any.
    pub fn new(fetch: F, keys: Option<Keys>, refresh: JwksRefresh, clock: Clock) -> Self {
        let keys = keys.map(|keys| (Arc::new(keys), clock.instant()));
        Self { fetch, refresh, clock, state: Mutex::new(State { keys, ..State::default() }) }
    }

    /// The keys to check a token with. The first who finds them too old waits until they are fetched again; if that has failed, they go on being used while it is tried again.
    pub async fn keys(self: &Arc<Self>) -> Result<Arc<Keys>, Refusal> {
        let flight = {
            let mut state = self.state();
            let old = match self.usable(&state) {
                Some((keys, true)) => return Ok(keys),
                Some((keys, false)) => Some(keys),
                None => None,
            };
            let failed = state.failure.is_some();
            match (self.fly(&mut state), old) {
                (Some(flight), None) => flight,
                (Some(flight), Some(_)) if !failed => flight,
                (_, Some(old)) => return Ok(old),
                (None, None) => return Err(self.unavailable(&state)),
            }
        };
        landed(flight).await;
        let state = self.state();
        self.usable(&state).map(|(keys, _)| keys).ok_or_else(|| self.unavailable(&state))
    }

    /// Newer keys than these, which do not have one that a token names; or the same, if they are as new as can be told.
    ///
    /// # Errors
    /// If the newest could not be had: they might have it.
    pub async fn newer(self: &Arc<Self>, than: &Arc<Keys>) -> Result<Arc<Keys>, Refusal> {
        let flight = {
            let mut state = self.state();
            match self.usable(&state) {
                Some((keys, _)) if !Arc::ptr_eq(&keys, than) => return Ok(keys),
                _ => self.fly(&mut state),
            }
        };
        if let Some(flight) = flight {
            landed(flight).await;
        }
        let state = self.state();
        match self.usable(&state) {
            Some((keys, _)) if state.failure.is_none() => Ok(keys),
            _ => Err(self.unavailable(&state)),
        }
    }

    /// Why the last fetch gave no keys, if so.
    pub fn failure(&self) -> Option<String> {
        self.state().failure.clone()
    }

    /// How long until there may be a fetch again.
    pub fn pause(&self) -> Duration {
        self.pause_after(&self.state())
    }

    /// Keys that are not too old to be used, and whether they are new enough not to be fetched again.
    fn usable(&self, state: &State) -> Option<(Arc<Keys>, bool)> {
        let (keys, at) = state.keys.as_ref()?;
        let age = self.clock.since(*at);
        let fresh = age < self.refresh.after;
        (fresh || age < self.refresh.after.saturating_add(self.refresh.keep_for)).then(|| (keys.clone(), fresh))
    }

    /// The fetch that runs, or a new one; none in the pause after the last.
    fn fly(self: &Arc<Self>, state: &mut State) -> Option<Flight> {
        // One whose task has gone without a word, with its runtime, has ended too.
        if let Some(flight) = state.flight.as_ref().filter(|flight| flight.has_changed().is_ok()) {
            return Some(flight.clone());
        }
        if !self.pause_after(state).is_zero() {
            return None;
        }
        let runtime = Handle::try_current().ok()?;
        let (running, flight) = watch::channel(());
        state.attempt = Some(self.clock.instant());
        state.flight = Some(flight.clone());
        // A task of its own: a client that goes away stops nobody's keys.
        runtime.spawn(self.clone().run(running));
        Some(flight)
    }

    /// Fetches once. Those who wait go on when `running` is dropped, also if the fetch panics.
    async fn run(self: Arc<Self>, running: watch::Sender<()>) {
        let ring = self.clone();
        let fetched = tokio::spawn(async move { ring.fetch.fetch().await }).await;
        let fetched = fetched.unwrap_or_else(|error| Err(JwtError::Fetch { problem: error.to_string() }));
        self.land(fetched);
        drop(running);
    }

    fn land(&self, fetched: Result<Keys, JwtError>) {
        let now = self.clock.instant();
        let mut state = self.state();
        state.flight = None;
        state.attempt = Some(now);
        state.failure = fetched.as_ref().err().map(|error| cut(&error.to_string(), 500));
        match fetched {
            Ok(keys) => state.keys = Some((Arc::new(keys), now)),
            // The issuer has answered, and has withdrawn every key.
            Err(JwtError::NoKey { .. }) => state.keys = None,
            Err(_) => {}
        }
        let failure = state.failure.clone();
        drop(state);
        tell(failure.as_deref());
    }

    fn pause_after(&self, state: &State) -> Duration {
        state.attempt.map_or(Duration::ZERO, |at| self.refresh.pause.saturating_sub(self.clock.since(at)))
    }

    /// In whole seconds, one at least and an hour at most.
    fn unavailable(&self, state: &State) -> Refusal {
        let pause = self.pause_after(state).min(Duration::from_secs(3600));
        let seconds = pause.as_secs() + u64::from(pause.subsec_nanos() > 0);
        Refusal::Unavailable { retry_after: Duration::from_secs(seconds.max(1)) }
    }

    /// Nothing under the lock can panic half way.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nothing is ever sent: it ends when the sender goes.
async fn landed(mut flight: Flight) {
    let _closed = flight.changed().await;
}

#[cfg(feature = "tracing")]
fn tell(failure: Option<&str>) {
    match failure {
        Some(failure) => tracing::warn!(target: "mixminus", failure, "no keys to check tokens with were fetched"),
        None => tracing::debug!(target: "mixminus", "fetched the keys to check tokens with"),
    }
}

#[cfg(not(feature = "tracing"))]
fn tell(_: Option<&str>) {}
