//! Looking up the hosts of callbacks: [`Lookups`]. The system's resolver blocks a thread until it gives up, and the threads for that are those that requests are worked on with:
//! so that a name server which does not answer stops no request, only so many are taken.

use std::{io, net::ToSocketAddrs, sync::Arc};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

/// Of the 512 threads that tokio has for what blocks, unless its host says otherwise.
const AT_ONCE: usize = 128;

/// The system's resolver, so many times at once.
#[derive(Debug, Clone)]
pub(super) struct Lookups {
    free: Arc<Semaphore>,
}

impl Default for Lookups {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Resolve for Lookups {
    fn resolve(&self, name: Name) -> Resolving {
        let free = Arc::clone(&self.free);
        Box::pin(async move {
            let permit = free.acquire_owned().await?;
            let looked_up = tokio::task::spawn_blocking(move || {
                // Kept while the thread is blocked, also if nobody waits for it any more.
                let _permit = permit;
                look_up(&name)
            });
            Ok(looked_up.await??)
        })
    }
}

/// The port is put in by who asks.
fn look_up(name: &Name) -> io::Result<Addrs> {
    Ok(Box::new((name.as_str(), 0).to_socket_addrs()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_is_looked_up_and_its_place_is_free_again() {
        let lookups = Lookups::default();
        let found = lookups.resolve("localhost".parse().unwrap()).await.unwrap();
        assert!(found.map(|address| address.ip()).all(|address| address.is_loopback()));
        assert!(lookups.resolve("no.such.name.invalid".parse().unwrap()).await.is_err());
        assert_eq!(lookups.free.available_permits(), AT_ONCE);
    }

    #[tokio::test]
    async fn one_too_many_waits() {
        let lookups = Lookups::default();
        let taken = lookups.free.clone().acquire_many_owned(AT_ONCE as u32).await.unwrap();
        let resolving = lookups.resolve("localhost".parse().unwrap());
        tokio::pin!(resolving);
        let soon = std::time::Duration::from_millis(50);
        assert!(tokio::time::timeout(soon, &mut resolving).await.is_err());
        drop(taken);
        assert!(resolving.await.is_ok());
    }
}
