//! The service itself: [`Service`], what a host calls. The routes of the clients are in `routes`.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::http::Uri;
use tokio::runtime::{Handle, TryCurrentError};

use super::{
    Authorizer, ServiceOptions,
    calls::{Call, CallError, CallOptions, Failure},
    notify::Outbox,
    routes,
    state::ServiceState,
    work::Work,
};
#[cfg(feature = "http-notify")]
use super::{Callback, Delivery};

/// The configureMixer service: a registry of calls, and a router for their clients. Clones share
/// one service.
#[derive(Debug, Clone)]
pub struct Service {
    state: Arc<ServiceState>,
}

/// Why a service could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// A service needs a tokio runtime for its tasks.
    #[error("a service has to be made on a runtime of tokio: {0}")]
    NoRuntime(#[from] TryCurrentError),
    /// The URLs in answers could not begin with [`ServiceOptions::public_url`].
    #[error("ServiceOptions::public_url {problem}, as in https://media.example/mixer")]
    PublicUrl {
        /// What would be right.
        problem: &'static str,
    },
    /// The longest body would never find room.
    #[error(
        "Limits::bytes_at_once is {bytes_at_once}, and has to be {least} at least, eight times Limits::body_bytes: one caller has at \
         most a quarter for a body and its answer"
    )]
    BytesAtOnce {
        /// [`Limits::bytes_at_once`](super::Limits::bytes_at_once).
        bytes_at_once: usize,
        /// What it has to be.
        least: usize,
    },
}

/// What a service had not finished when it was shut down.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ShutdownReport {
    /// How many operations were still running. They have failed.
    pub failed_operations: usize,
    /// The notifications that were not delivered, each with the id of its call. With the feature
    /// `http-notify`.
    #[cfg(feature = "http-notify")]
    pub undelivered: Vec<(String, Delivery)>,
}

/// How often a shutdown checks whether the last operation has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(5);

impl Service {
    /// Makes a service without calls. Must be called on a tokio runtime, which then runs the
    /// service's tasks.
    ///
    /// # Errors
    /// [`ServiceError`].
    pub fn new(options: ServiceOptions, authorizer: impl Authorizer) -> Result<Self, ServiceError> {
        options.public_url.as_ref().map_or(Ok(()), check)?;
        let (bytes_at_once, least) = (options.limits.bytes_at_once, Work::least_bytes(&options.limits));
        if bytes_at_once < least {
            return Err(ServiceError::BytesAtOnce { bytes_at_once, least });
        }
        Ok(Self { state: ServiceState::new(options, authorizer, Handle::try_current()?) })
    }

    /// Adds a call. May be called on any thread except an audio thread. The id of an ended call can
    /// be used again; it is then a different call.
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
        let ServiceState { options: service, tasks, runtime, work, .. } = &*self.state;
        // Not under the registry's lock: preparing the first callback takes a while.
        let open = self.prepare(&options);
        self.state.calls().add(id.into(), |id| Call::start(id, options, service, open, (tasks, runtime, work)))
    }

    /// What opens the outbox of a call, if it has a callback.
    #[cfg(feature = "http-notify")]
    fn prepare<'a>(
        &'a self,
        options: &CallOptions,
    ) -> impl FnOnce(&str) -> Result<Option<Outbox>, CallError> + use<'a> {
        let ServiceState { notifier, tasks, .. } = &*self.state;
        let prepared = options.callback.clone().map(|callback| notifier.prepare(callback)).transpose();
        |call| {
            let prepared = prepared.map_err(|problem| CallError::Client { problem })?;
            Ok(prepared.map(|prepared| prepared.open(call.to_owned(), tasks)))
        }
    }

    /// What opens no outbox.
    #[cfg(not(feature = "http-notify"))]
    fn prepare<'a>(
        &'a self,
        _options: &CallOptions,
    ) -> impl FnOnce(&str) -> Result<Option<Outbox>, CallError> + use<'a> {
        |_call| Ok(None)
    }

    /// Ends a call. Operations that were not mixed yet have failed, and the call takes no more
    /// requests. Its ended operations can still be read for as long as the options keep them.
    /// Returns `false` if there is no such call.
    pub fn end_call(&self, id: &str) -> bool {
        let ended = self.state.calls().end(id);
        self.state.sweep();
        if let Some(call) = &ended {
            call.end(Failure::CallEnded);
        }
        ended.is_some()
    }

    /// The routes of the API, to be merged into a host's router or nested under one of its paths.
    /// The router has no fallback: other paths are the host's.
    ///
    /// What is below the routes is the server's, which a host chooses and bounds: how many connections there are, how long a
    /// head may take and be, and whether a request has one Host (RFC 9112, section 3.2). hyper, and `axum::serve` on it, lets
    /// requests through without one, and drops the answer to a client that closes its side once it has sent a request, unless
    /// `half_close` is on. The example `call_server` does all of this, in its `server.rs`, `connections.rs` and `web/head.rs`.
    pub fn router(&self) -> axum::Router {
        routes::router(Arc::clone(&self.state))
    }

    /// Shuts the service down: takes no more changes, waits until all operations have ended and all
    /// callbacks are notified, and then ends all calls. After `limit`, operations that still run
    /// fail and undelivered notifications are given up; the report lists both. Call it before the
    /// HTTP server stops, so that clients can read how their operations ended.
    pub async fn shutdown(&self, limit: Duration) -> ShutdownReport {
        // `None` if the limit is beyond the range of the clock: then there is no deadline.
        let deadline = Instant::now().checked_add(limit);
        let in_time = || deadline.is_none_or(|deadline| Instant::now() < deadline);
        let calls = self.state.calls().close();
        for call in &calls {
            call.ledger.drain();
            call.media.drain();
        }
        while !calls.iter().all(|call| call.ledger.is_idle()) && in_time() {
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        let failed_operations = calls.iter().map(|call| call.end(Failure::ShutDown)).sum();
        self.state.tasks.close();
        match deadline {
            Some(deadline) => drop(tokio::time::timeout_at(deadline.into(), self.state.tasks.wait()).await),
            None => self.state.tasks.wait().await,
        }
        ShutdownReport {
            failed_operations,
            #[cfg(feature = "http-notify")]
            undelivered: self.state.notifier.abandon_all(),
        }
    }
}

/// What a host does about the notifications of its calls, with the feature `http-notify`.
#[cfg(feature = "http-notify")]
impl Service {
    /// Replaces the callback of a call, for example when its token expires. All attempts from now
    /// on use the new callback, also those for notifications that wait already. Returns `false` and
    /// changes nothing if the call does not exist, has ended, or was added without a callback.
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
        let call = self.state.calls().all(id).into_iter().find_map(|found| found.live);
        let outbox = call.as_ref().and_then(|call| call.ledger.outbox());
        outbox.map(|outbox| outbox.set_callback(callback)).is_some()
    }

    /// The state of the newest notifications of a call, oldest first, also of a call that has
    /// ended. Empty if the call has no callback.
    pub fn deliveries(&self, id: &str) -> Vec<Delivery> {
        let newest = self.state.calls().all(id).into_iter().next();
        newest.and_then(|call| call.ledger.outbox().map(|outbox| outbox.deliveries())).unwrap_or_default()
    }
}

/// Whether the URLs in answers can begin with this one.
fn check(public_url: &Uri) -> Result<(), ServiceError> {
    let authority = public_url.authority().map_or("", |authority| authority.as_str());
    let problem = if !matches!(public_url.scheme_str(), Some("http" | "https")) {
        "has to begin with http:// or https://"
    } else if authority.contains('@') {
        "must have no user name and no password in it: every client would read them"
    } else if public_url.query().is_some() {
        "must have no query"
    } else {
        return Ok(());
    };
    Err(ServiceError::PublicUrl { problem })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_longest_body_has_to_find_room() {
        let limits = crate::http::Limits { body_bytes: 20 << 20, ..Default::default() };
        let options = ServiceOptions { limits, ..ServiceOptions::default() };
        let error = Service::new(options, crate::http::AllowEverybody).unwrap_err().to_string();
        assert!(error.starts_with("Limits::bytes_at_once is 67108864, and has to be 167772160 at least"), "{error}");
    }

    #[test]
    fn a_public_url_is_a_place_that_every_client_may_know() {
        let check = |url: &str| check(&url.parse().unwrap()).map_err(|error| error.to_string());
        assert_eq!(["http://h", "https://h:1/", "https://h/a/b"].map(check), [Ok(()), Ok(()), Ok(())]);
        for url in ["h", "/mixer", "ftp://h/"] {
            assert!(check(url).unwrap_err().contains("has to begin with http:// or https://"), "{url}");
        }
        let secret = check("https://me:word@h/").unwrap_err();
        assert!(secret.contains("no password") && !secret.contains("word@"), "{secret}");
        assert!(check("https://h/a?b").unwrap_err().contains("no query"));
    }
}
