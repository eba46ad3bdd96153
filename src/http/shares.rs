//! A bounded whole that callers share, such as threads or memory: [`Shares`]. No caller can have all of it, so that there is
//! something for the next one whatever another does.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// So many permits, of which each caller may have half.
#[derive(Debug)]
pub(super) struct Shares {
    all: Arc<Semaphore>,
    each: usize,
    /// What is left of the half of each caller who has or waits for permits.
    callers: Mutex<HashMap<Option<String>, Weak<Semaphore>>>,
}

/// Permits of one caller, which are free again when this is dropped.
#[derive(Debug)]
pub(super) struct Share {
    own: OwnedSemaphorePermit,
    of_all: OwnedSemaphorePermit,
}

/// How many callers are known before those are forgotten who have no permit any more.
const FEW: usize = 64;

impl Shares {
    pub fn new(permits: usize) -> Self {
        let permits = permits.clamp(1, Semaphore::MAX_PERMITS);
        Self { all: Arc::new(Semaphore::new(permits)), each: permits.div_ceil(2), callers: Mutex::default() }
    }

    /// How many permits a caller can have.
    pub fn most_of_one(&self) -> usize {
        self.each
    }

    /// Waits for one permit. Those of one caller wait in line for each other, and at most half as many as there are permits
    /// for those of other callers.
    pub async fn wait(&self, caller: Option<&str>) -> Share {
        let open = "the semaphores are never closed";
        let own = self.of(caller).acquire_owned().await.expect(open);
        let of_all = Arc::clone(&self.all).acquire_owned().await.expect(open);
        Share { own, of_all }
    }

    /// So many permits, if they are free.
    pub fn take(&self, caller: Option<&str>, permits: u32) -> Option<Share> {
        let own = self.of(caller).try_acquire_many_owned(permits).ok()?;
        let of_all = Arc::clone(&self.all).try_acquire_many_owned(permits).ok()?;
        Some(Share { own, of_all })
    }

    fn of(&self, caller: Option<&str>) -> Arc<Semaphore> {
        // Nothing under the lock can panic half way.
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        let caller = caller.map(str::to_owned);
        if let Some(known) = callers.get(&caller).and_then(Weak::upgrade) {
            return known;
        }
        if callers.len() >= FEW && callers.len() == callers.capacity() {
            callers.retain(|_, own| own.strong_count() > 0);
        }
        let own = Arc::new(Semaphore::new(self.each));
        callers.insert(caller, Arc::downgrade(&own));
        own
    }
}

impl Share {
    /// Adds permits that the same caller has of the same whole.
    pub fn add(&mut self, more: Self) {
        self.own.merge(more.own);
        self.of_all.merge(more.of_all);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn each_caller_has_at_most_half() {
        let shares = Shares::new(10);
        let mut anna = shares.take(Some("anna"), 3).unwrap();
        assert!(shares.take(Some("anna"), 3).is_none());
        anna.add(shares.take(Some("anna"), 2).unwrap());
        assert!(shares.take(Some("anna"), 1).is_none());
        let _nameless = shares.take(None, 5).unwrap();
        assert!(shares.take(Some("ben"), 1).is_none(), "all have too many together");
        drop(anna);
        assert!(shares.take(Some("ben"), 5).is_some());
    }

    #[test]
    fn callers_who_have_nothing_are_forgotten() {
        let shares = Shares::new(10);
        let kept = shares.take(Some("anna"), 5).unwrap();
        (0..10_000).for_each(|number| drop(shares.take(Some(&number.to_string()), 1)));
        assert!(shares.callers.lock().unwrap().len() <= 2 * FEW);
        assert!(shares.take(Some("anna"), 1).is_none());
        drop(kept);
        assert!(shares.take(Some("anna"), 5).is_some());
    }

    #[tokio::test]
    async fn those_of_one_caller_wait_for_each_other_and_not_those_of_another() {
        let shares = Arc::new(Shares::new(2));
        let first = shares.wait(Some("anna")).await;
        let second = tokio::spawn({
            let shares = Arc::clone(&shares);
            async move { shares.wait(Some("anna")).await }
        });
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        let other = tokio::time::timeout(Duration::from_secs(10), shares.wait(Some("ben"))).await.unwrap();
        drop(first);
        let second = tokio::time::timeout(Duration::from_secs(10), second).await.unwrap().unwrap();
        drop((second, other));
    }
}
