//! Looking up the hosts of callbacks: [`Lookups`]. The system's resolver blocks a thread until it gives up, and the threads for that are those that requests are worked on with:
//! so that neither a name server that does not answer nor dead names stop anything, few are taken, and what is known is used. Which, is in `names`.

mod names;
#[cfg(test)]
mod tests;

use std::{
    fmt, io,
    net::{SocketAddr, ToSocketAddrs},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::{
    runtime::Handle,
    time::{Instant, timeout, timeout_at},
};

use names::{Asked, Found, Names, Outcome, RESERVE_EVERY};

/// How long a lookup may take before the last good answer is used again.
const HANGS: Duration = Duration::from_secs(1);

/// What looks a name up, blocking its thread.
type LookUp = dyn Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync;

/// The system's resolver, and what it has answered. Clones are the same.
#[derive(Clone)]
pub(super) struct Lookups {
    look_up: Arc<LookUp>,
    names: Arc<Mutex<Names>>,
}

impl Default for Lookups {
    /// The port is put in by who asks.
    fn default() -> Self {
        Self::by(|name| Ok((name, 0).to_socket_addrs()?.collect()))
    }
}

impl Lookups {
    fn by(look_up: impl Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync + 'static) -> Self {
        Self { look_up: Arc::new(look_up), names: Arc::default() }
    }

    async fn find(&self, name: &str) -> Found {
        let asked = self.names().ask(name, Instant::now());
        match asked {
            Asked::Known(found) => found,
            Asked::Wait { outcome, last: None, .. } => self.wait(outcome).await,
            Asked::Wait { since, outcome, last: Some(last) } => {
                let found = timeout_at(since + HANGS, self.wait(outcome)).await;
                found.ok().and_then(Result::ok).map_or(Ok(last), Ok)
            }
        }
    }

    async fn wait(&self, mut outcome: Outcome) -> Found {
        loop {
            self.begin(&Handle::current());
            // Looked at again and again while all hangs: there is a reserve.
            match timeout(RESERVE_EVERY, outcome.wait_for(Option::is_some)).await {
                Ok(Ok(found)) => return found.clone().unwrap_or_else(|| Err(broken_off())),
                Ok(Err(_gone)) => return Err(broken_off()),
                Err(_not_yet) => {}
            }
        }
    }

    /// Begins as many lookups as may be.
    fn begin(&self, runtime: &Handle) {
        loop {
            // The lock is not held while threads are asked for, as that may end the lookup at once.
            let Some(name) = self.names().begin(Instant::now()) else { return };
            let turn = Turn { lookups: self.clone(), runtime: runtime.clone(), name, found: None };
            runtime.spawn_blocking(|| turn.take());
        }
    }

    /// A panic under the lock leaves no name half noted.
    fn names(&self) -> MutexGuard<'_, Names> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Lookups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookups").finish_non_exhaustive()
    }
}

impl Resolve for Lookups {
    fn resolve(&self, name: Name) -> Resolving {
        let lookups = self.clone();
        Box::pin(async move {
            let found = lookups.find(name.as_str()).await.map_err(|why| why.to_string())?;
            let found: Vec<SocketAddr> = found.iter().copied().collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn broken_off() -> Arc<str> {
    "the lookup was broken off".into()
}

/// One lookup that is begun. Ends with this, also if its thread never comes to it.
struct Turn {
    lookups: Lookups,
    runtime: Handle,
    name: Arc<str>,
    found: Option<Found>,
}

impl Turn {
    fn take(mut self) {
        let found = (self.lookups.look_up)(&self.name);
        self.found = Some(found.map(Into::into).map_err(|error| error.to_string().into()));
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let now = Instant::now();
        if let Some(found) = self.found.take() {
            self.lookups.names().end(&self.name, found, now);
            self.lookups.begin(&self.runtime);
        } else {
            // Nothing more is begun: the runtime is about to go.
            let mut names = self.lookups.names();
            names.end(&self.name, Err(broken_off()), now);
            names.end_all(&broken_off(), now);
        }
    }
}
