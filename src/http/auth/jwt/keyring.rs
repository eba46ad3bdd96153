//! Keys that are fetched: [`Keyring`]. It keeps the keys and decides when to fetch them again. It
//! knows nothing of HTTP, and of tokens only that one may need newer keys.

use std::{
    fmt,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{runtime::Handle, sync::watch};

use super::{JwksReadings, JwksRefresh, JwtError, clock::Clock, keys::Keys, quote::cut};
use crate::http::auth::Refusal;

/// A source of keys.
pub(super) trait Fetch: fmt::Debug + Send + Sync + 'static {
    /// Fetches the keys. Has to end within a bounded time.
    fn fetch(&self) -> impl Future<Output = Result<Keys, JwtError>> + Send;
}

/// The keys of an issuer, fetched again when they are too old.
#[derive(Debug)]
pub(super) struct Keyring<F> {
    fetch: F,
    refresh: JwksRefresh,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The newest keys, and when they were fetched.
    keys: Option<(Arc<Keys>, Instant)>,
    /// When the last fetch began, or ended if it has.
    attempt: Option<Instant>,
    readings: JwksReadings,
    /// The running fetch; its channel closes when it has ended.
    running: Option<FetchEnd>,
}

/// What waits for the end of a fetch.
type FetchEnd = watch::Receiver<()>;

impl<F: Fetch> Keyring<F> {
    /// Makes a keyring that starts with `keys`, if there are any.
    pub fn new(fetch: F, keys: Option<Keys>, refresh: JwksRefresh, clock: Clock) -> Self {
        let keys = keys.map(|keys| (Arc::new(keys), clock.instant()));
        Self { fetch, refresh, clock, state: Mutex::new(State { keys, ..State::default() }) }
    }

    /// The keys to check a token with. If they are too old, the caller waits until they are fetched
    /// again. If the last fetch has failed, the caller gets the old keys at once and the next fetch
    /// runs in the background.
    pub async fn keys(self: &Arc<Self>) -> Result<Arc<Keys>, Refusal> {
        let fetch = {
            let mut state = self.state();
            let old = match self.usable(&state) {
                Some((keys, true)) => return Ok(keys),
                Some((keys, false)) => Some(keys),
                None => None,
            };
            let failed = state.readings.failure.is_some();
            match (self.start_or_join(&mut state), old) {
                (Some(fetch), None) => fetch,
                (Some(fetch), Some(_)) if !failed => fetch,
                (_, Some(old)) => return Ok(old),
                (None, None) => return Err(self.unavailable(&state)),
            }
        };
        ended(fetch).await;
        let state = self.state();
        self.usable(&state).map(|(keys, _)| keys).ok_or_else(|| self.unavailable(&state))
    }

    /// Newer keys than `than`, for a token that names an unknown key; or the same keys if they have
    /// just been fetched.
    ///
    /// # Errors
    /// If the newest keys could not be fetched: they might have the key.
    pub async fn newer(self: &Arc<Self>, than: &Arc<Keys>) -> Result<Arc<Keys>, Refusal> {
        let fetch = {
            let mut state = self.state();
            match self.usable(&state) {
                Some((keys, _)) if !Arc::ptr_eq(&keys, than) => return Ok(keys),
                _ => self.start_or_join(&mut state),
            }
        };
        if let Some(fetch) = fetch {
            ended(fetch).await;
        }
        let state = self.state();
        match self.usable(&state) {
            Some((keys, _)) if state.readings.failure.is_none() => Ok(keys),
            _ => Err(self.unavailable(&state)),
        }
    }

    /// How the fetches have gone.
    pub fn readings(&self) -> JwksReadings {
        self.state().readings.clone()
    }

    /// How long until the next fetch may begin.
    pub fn pause(&self) -> Duration {
        self.pause_after(&self.state())
    }

    /// The keys if they may still be used, and whether they are fresh, so that no fetch is needed.
    fn usable(&self, state: &State) -> Option<(Arc<Keys>, bool)> {
        let (keys, at) = state.keys.as_ref()?;
        let age = self.clock.since(*at);
        let fresh = age < self.refresh.after;
        (fresh || age < self.refresh.after.saturating_add(self.refresh.keep_for)).then(|| (keys.clone(), fresh))
    }

    /// The running fetch, or a new one; `None` if the pause after the last one is not over.
    fn start_or_join(self: &Arc<Self>, state: &mut State) -> Option<FetchEnd> {
        // A fetch has also ended if its task was dropped together with its runtime.
        if let Some(fetch) = state.running.as_ref().filter(|fetch| fetch.has_changed().is_ok()) {
            return Some(fetch.clone());
        }
        if !self.pause_after(state).is_zero() {
            return None;
        }
        let runtime = Handle::try_current().ok()?;
        let (running, fetch) = watch::channel(());
        state.attempt = Some(self.clock.instant());
        state.running = Some(fetch.clone());
        // A task of its own, so that the fetch goes on when the client that started it disconnects.
        runtime.spawn(self.clone().run(running));
        Some(fetch)
    }

    /// Fetches once. Those who wait continue when `running` is dropped, also if the fetch panics.
    async fn run(self: Arc<Self>, running: watch::Sender<()>) {
        let ring = self.clone();
        let fetched = tokio::spawn(async move { ring.fetch.fetch().await }).await;
        let fetched = fetched.unwrap_or_else(|error| Err(JwtError::Fetch { problem: error.to_string() }));
        self.store(fetched);
        drop(running);
    }

    fn store(&self, fetched: Result<Keys, JwtError>) {
        let now = self.clock.instant();
        let mut state = self.state();
        state.running = None;
        state.attempt = Some(now);
        let failure = fetched.as_ref().err().map(|error| cut(&error.to_string(), 500));
        state.readings.fetches += 1;
        state.readings.failures += u64::from(failure.is_some());
        state.readings.failure.clone_from(&failure);
        match fetched {
            Ok(keys) => state.keys = Some((Arc::new(keys), now)),
            // The issuer has answered with a JWKS without a usable key: the old keys are withdrawn.
            Err(JwtError::NoKey { .. }) => state.keys = None,
            Err(_) => {}
        }
        let goes_on = self.usable(&state).is_some();
        drop(state);
        log(failure.as_deref(), goes_on);
    }

    fn pause_after(&self, state: &State) -> Duration {
        state.attempt.map_or(Duration::ZERO, |at| self.refresh.pause.saturating_sub(self.clock.since(at)))
    }

    /// The refusal, with the time until the next fetch in whole seconds: at least 1 s, at most an
    /// hour.
    fn unavailable(&self, state: &State) -> Refusal {
        let pause = self.pause_after(state).min(Duration::from_secs(3600));
        let seconds = pause.as_secs() + u64::from(pause.subsec_nanos() > 0);
        Refusal::Unavailable { retry_after: Duration::from_secs(seconds.max(1)) }
    }

    /// A poisoned lock is used as it is: nothing under it can panic half way.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for the end of a fetch. Nothing is ever sent on the channel: it closes when the sender is
/// dropped.
async fn ended(mut fetch: FetchEnd) {
    let _closed = fetch.changed().await;
}

#[cfg(feature = "tracing")]
fn log(failure: Option<&str>, goes_on: bool) {
    match failure {
        Some(failure) if goes_on => {
            tracing::warn!(target: "mixminus", failure, "keys to check tokens with were not fetched; those that are known go on");
        }
        Some(failure) => tracing::warn!(target: "mixminus", failure, "no keys to check tokens with were fetched"),
        None => tracing::debug!(target: "mixminus", "fetched the keys to check tokens with"),
    }
}

#[cfg(not(feature = "tracing"))]
fn log(_: Option<&str>, _: bool) {}
