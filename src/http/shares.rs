//! A bounded whole that clients share, such as connections, memory or threads: `Shares`. No client can have all of it, so that
//! there is something for the next one whatever another does.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// So many permits, of which each client may have half.
#[derive(Debug)]
pub(crate) struct Shares<K> {
    all: Arc<Semaphore>,
    each: usize,
    clients: Mutex<Clients<K>>,
}

/// What is left of the half of each client that has or waits for permits.
#[derive(Debug)]
struct Clients<K> {
    left: HashMap<K, Weak<Semaphore>>,
    /// With so many, those are forgotten that have no permit any more.
    most: usize,
}

/// Permits of one client, which are free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    own: OwnedSemaphorePermit,
    of_all: OwnedSemaphorePermit,
}

/// Why there is no share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoShare {
    /// The permits are not free now.
    Now,
    /// No client ever has as many.
    Ever,
}

/// How many clients are known at least before any is forgotten.
const FEW: usize = 64;

impl<K: Eq + Hash + Clone> Shares<K> {
    /// At least one permit.
    pub fn new(permits: usize) -> Self {
        let permits = permits.clamp(1, Semaphore::MAX_PERMITS);
        let clients = Mutex::new(Clients { left: HashMap::new(), most: FEW });
        Self { all: Arc::new(Semaphore::new(permits)), each: permits.div_ceil(2), clients }
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
    pub fn take(&self, client: &K, permits: usize) -> Result<Share, NoShare> {
        let number = u32::try_from(permits).ok().filter(|_| permits <= self.each).ok_or(NoShare::Ever)?;
        let own = self.of(client).try_acquire_many_owned(number).map_err(|_| NoShare::Now)?;
        let of_all = Arc::clone(&self.all).try_acquire_many_owned(number).map_err(|_| NoShare::Now)?;
        Ok(Share { own, of_all })
    }

    /// Has a share be of so many permits in all, if it is of fewer and those that lack are free.
    pub fn grow(&self, share: &mut Option<Share>, client: &K, permits: usize) -> Result<(), NoShare> {
        let lacking = permits.saturating_sub(share.as_ref().map_or(0, |share| share.own.num_permits()));
        if permits > self.each {
            return Err(NoShare::Ever);
        }
        let more = if lacking > 0 { Some(self.take(client, lacking)?) } else { None };
        match (&mut *share, more) {
            (Some(share), Some(more)) => share.add(more),
            (None, more) => *share = more,
            (Some(_), None) => {}
        }
        Ok(())
    }

    fn of(&self, client: &K) -> Arc<Semaphore> {
        // Nothing under the lock can panic half way.
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = clients.left.get(client).and_then(Weak::upgrade) {
            return known;
        }
        if clients.left.len() >= clients.most {
            clients.left.retain(|_, own| own.strong_count() > 0);
            clients.most = FEW.max(2 * clients.left.len());
        }
        let own = Arc::new(Semaphore::new(self.each));
        clients.left.insert(client.clone(), Arc::downgrade(&own));
        own
    }
}

impl Share {
    /// Adds permits that the same client has of the same whole.
    fn add(&mut self, more: Self) {
        self.own.merge(more.own);
        self.of_all.merge(more.of_all);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_client_has_at_most_half() {
        let shares = Shares::new(10);
        let mut first = None;
        assert_eq!([3, 2, 5].map(|permits| shares.grow(&mut first, &0, permits)), [Ok(()); 3]);
        assert_eq!([1, 6].map(|permits| shares.take(&0, permits).unwrap_err()), [NoShare::Now, NoShare::Ever]);
        assert_eq!(shares.grow(&mut first, &0, 6), Err(NoShare::Ever));
        let _second = shares.take(&1, 5).unwrap();
        assert_eq!(shares.take(&2, 1).unwrap_err(), NoShare::Now, "all have too many together");
        drop(first);
        assert!(shares.take(&2, 5).is_ok());
    }

    #[test]
    fn clients_that_have_nothing_are_forgotten() {
        let shares = Shares::new(10);
        let kept = shares.take(&0, 5).unwrap();
        (1..10_000).for_each(|client| drop(shares.take(&client, 1)));
        assert!(shares.clients.lock().unwrap().left.len() <= FEW);
        assert!(shares.take(&0, 1).is_err());
        drop(kept);
        assert!(shares.take(&0, 5).is_ok());
    }

    #[tokio::test]
    async fn those_of_one_client_wait_for_each_other_and_not_those_of_another() {
        let shares = Arc::new(Shares::new(2));
        let first = shares.wait(&"anna").await;
        let second = tokio::spawn({
            let shares = Arc::clone(&shares);
            async move { shares.wait(&"anna").await }
        });
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        let other = tokio::time::timeout(Duration::from_secs(10), shares.wait(&"ben")).await.unwrap();
        drop(first);
        let second = tokio::time::timeout(Duration::from_secs(10), second).await.unwrap().unwrap();
        drop((second, other));
    }
}
