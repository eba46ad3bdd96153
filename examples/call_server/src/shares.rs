//! A bounded whole that clients share, such as connections, memory or threads: [`Shares`]. No client can have all of it, so that
//! there is something for the next one whatever another does.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// So many permits, of which each client may have half.
#[derive(Debug)]
pub struct Shares<K> {
    all: Arc<Semaphore>,
    each: usize,
    /// What is left of the half of each client that has or waits for permits.
    clients: Mutex<HashMap<K, Weak<Semaphore>>>,
}

/// Permits of one client, which are free again when this is dropped.
#[derive(Debug)]
pub struct Share {
    own: OwnedSemaphorePermit,
    of_all: OwnedSemaphorePermit,
}

/// How many clients are known before those are forgotten that have no permit any more.
const FEW: usize = 64;

impl<K: Eq + Hash + Clone> Shares<K> {
    pub fn new(permits: usize) -> Self {
        let permits = permits.min(Semaphore::MAX_PERMITS);
        Self { all: Arc::new(Semaphore::new(permits)), each: permits.div_ceil(2), clients: Mutex::default() }
    }

    /// Waits for one permit. Those of one client wait in line for each other, and at most half as many as there are permits for
    /// those of other clients.
    pub async fn wait(&self, client: &K) -> Share {
        let open = "the semaphores are never closed";
        let own = self.of(client).acquire_owned().await.expect(open);
        let of_all = Arc::clone(&self.all).acquire_owned().await.expect(open);
        Share { own, of_all }
    }

    /// So many permits, if they are free.
    pub fn take(&self, client: &K, permits: u32) -> Option<Share> {
        let own = self.of(client).try_acquire_many_owned(permits).ok()?;
        let of_all = Arc::clone(&self.all).try_acquire_many_owned(permits).ok()?;
        Some(Share { own, of_all })
    }

    fn of(&self, client: &K) -> Arc<Semaphore> {
        // Nothing under the lock can panic half way.
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = clients.get(client).and_then(Weak::upgrade) {
            return known;
        }
        if clients.len() >= FEW && clients.len() == clients.capacity() {
            clients.retain(|_, own| own.strong_count() > 0);
        }
        let own = Arc::new(Semaphore::new(self.each));
        clients.insert(client.clone(), Arc::downgrade(&own));
        own
    }
}

impl Share {
    /// Adds permits that the same client has of the same whole.
    pub fn add(&mut self, more: Self) {
        self.own.merge(more.own);
        self.of_all.merge(more.of_all);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_at_most_half_and_is_forgotten_when_it_has_nothing() {
        let shares = Shares::new(10);
        let mut first = shares.take(&0, 3).unwrap();
        assert!(shares.take(&0, 3).is_none());
        first.add(shares.take(&0, 2).unwrap());
        assert!(shares.take(&0, 1).is_none());
        (1..10_000).for_each(|client| drop(shares.take(&client, 1)));
        assert!(shares.clients.lock().unwrap().len() <= 2 * FEW && shares.take(&0, 1).is_none());
        let _second = shares.take(&1, 5).unwrap();
        assert!(shares.take(&2, 1).is_none(), "there are no more");
        drop(first);
        assert!(shares.take(&2, 1).is_some() && shares.take(&0, 5).is_some());
    }
}
