//! What is known of the names of hosts, and which are to be looked up next: [`Names`]. Plain data without locks, threads or waits.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use tokio::{sync::watch, time::Instant};

/// How many are looked up at once: the system's resolver blocks a thread for each.
const ORDINARY: usize = 64;
/// How many more, when all those hang: the newest name gets one, each [`RESERVE_EVERY`]. A resolver gives up after 30 s at the most, so that one is always left.
/// Both together are a part of the 512 threads that tokio has for what blocks, unless its host says otherwise.
const RESERVE: usize = 64;
pub(super) const RESERVE_EVERY: Duration = Duration::from_millis(500);
/// How many of [`ORDINARY`] are for names that have failed before.
const DOUBTFUL: usize = 32;
/// How long an answer is as good as new.
const GOOD_FOR: Duration = Duration::from_secs(60);
/// How long a name that has failed is not looked up again.
const FAILED_FOR: Duration = Duration::from_secs(30);
/// How many names are known: of more the one goes that was not asked for the longest.
pub(super) const MOST: usize = 4096;

pub(super) type Found = Result<Arc<[SocketAddr]>, Arc<str>>;
/// Is something once the lookup has ended.
pub(super) type Outcome = watch::Receiver<Option<Found>>;

#[derive(Debug, Default)]
pub(super) struct Names {
    all: HashMap<Arc<str>, Name>,
    /// Those that wait to be looked up, never failed before; the newest goes first, as the others may be waiting behind what hangs.
    fresh: Vec<Arc<str>>,
    /// Those that have.
    doubtful: VecDeque<Arc<str>>,
    running: usize,
    running_doubtful: usize,
    /// When one of the reserve was begun last.
    reserve_begun: Option<Instant>,
}

#[derive(Debug)]
struct Name {
    asked: Instant,
    good: Option<(Instant, Arc<[SocketAddr]>)>,
    failed: Option<(Instant, Arc<str>)>,
    lookup: Option<Lookup>,
}

/// A lookup that waits or runs; whoever asks meanwhile waits for this one.
#[derive(Debug)]
struct Lookup {
    since: Instant,
    outcome: watch::Sender<Option<Found>>,
    doubtful: bool,
}

/// What there is for who asks.
#[derive(Debug)]
pub(super) enum Asked {
    Known(Found),
    /// It is being looked up since then, and this was the last good answer.
    Wait {
        since: Instant,
        outcome: Outcome,
        last: Option<Arc<[SocketAddr]>>,
    },
}

impl Names {
    pub fn ask(&mut self, name: &str, now: Instant) -> Asked {
        if !self.all.contains_key(name) && !self.make_room() {
            return Asked::Known(Err(format!("{MOST} names of hosts are being looked up already").into()));
        }
        let key: Arc<str> = name.into();
        let new = || Name { asked: now, good: None, failed: None, lookup: None };
        let name = self.all.entry(Arc::clone(&key)).or_insert_with(new);
        name.asked = now;
        let last = name.good.as_ref().map(|(_, good)| Arc::clone(good));
        if let Some((_, good)) = name.good.as_ref().filter(|(at, _)| now.duration_since(*at) < GOOD_FOR) {
            return Asked::Known(Ok(Arc::clone(good)));
        } else if let Some((_, why)) = name.failed.as_ref().filter(|(at, _)| now.duration_since(*at) < FAILED_FOR) {
            return Asked::Known(last.ok_or_else(|| Arc::clone(why)));
        }
        let doubtful = name.failed.is_some();
        let lookup = name.lookup.get_or_insert_with(|| {
            if doubtful {
                self.doubtful.push_back(key)
            } else {
                self.fresh.push(key)
            }
            Lookup { since: now, outcome: watch::Sender::new(None), doubtful }
        });
        Asked::Wait { since: lookup.since, outcome: lookup.outcome.subscribe(), last }
    }

    /// The next to be looked up now.
    pub fn begin(&mut self, now: Instant) -> Option<Arc<str>> {
        if self.running < ORDINARY {
            let may_doubt = self.running_doubtful < DOUBTFUL;
            let next = self.fresh.pop().or_else(|| if may_doubt { self.doubtful.pop_front() } else { None })?;
            self.running_doubtful += usize::from(self.is_doubtful(&next));
            self.running += 1;
            return Some(next);
        }
        let rested = self.reserve_begun.is_none_or(|begun| now.duration_since(begun) >= RESERVE_EVERY);
        let next = if rested && self.running < ORDINARY + RESERVE { self.fresh.pop() } else { None }?;
        self.reserve_begun = Some(now);
        self.running += 1;
        Some(next)
    }

    /// What a lookup came to that was begun.
    pub fn end(&mut self, name: &str, found: Found, now: Instant) {
        self.running -= 1;
        self.running_doubtful -= usize::from(self.is_doubtful(name));
        self.note(name, found, now);
    }

    /// Ends those too that wait: nothing can be looked up.
    pub fn end_all(&mut self, why: &Arc<str>, now: Instant) {
        let waiting: Vec<_> = self.fresh.drain(..).chain(self.doubtful.drain(..)).collect();
        waiting.iter().for_each(|name| self.note(name, Err(Arc::clone(why)), now));
    }

    fn note(&mut self, name: &str, found: Found, now: Instant) {
        let Some(name) = self.all.get_mut(name) else { return };
        match &found {
            Ok(good) => (name.good, name.failed) = (Some((now, Arc::clone(good))), None),
            Err(why) => name.failed = Some((now, Arc::clone(why))),
        }
        if let Some(lookup) = name.lookup.take() {
            lookup.outcome.send_replace(Some(found));
        }
    }

    fn is_doubtful(&self, name: &str) -> bool {
        self.all.get(name).and_then(|name| name.lookup.as_ref()).is_some_and(|lookup| lookup.doubtful)
    }

    /// Forgets a name if there are too many; `false` if all are being looked up.
    fn make_room(&mut self) -> bool {
        if self.all.len() < MOST {
            return true;
        }
        let idle = self.all.iter().filter(|(_, name)| name.lookup.is_none());
        let oldest = idle.min_by_key(|(_, name)| name.asked).map(|(key, _)| Arc::clone(key));
        oldest.is_some_and(|key| self.all.remove(&key).is_some())
    }
}
