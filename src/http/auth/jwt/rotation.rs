//! Tests of a [`Keyring`] over time: when it fetches, how often at most, and which keys it uses
//! when it cannot fetch.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{sync::Semaphore, task::JoinSet};

use super::{
    JwksRefresh, JwtError,
    algorithm::Algorithm,
    clock::Clock,
    issuer::{SigningKey, jwks},
    keyring::{Fetch, Keyring},
    keys::Keys,
};
use crate::http::auth::Refusal;

/// An issuer whose answers the test sets.
#[derive(Debug, Clone)]
struct Script {
    inner: Arc<Mutex<Issuer>>,
    /// Each fetch takes a permit; without permits a fetch hangs.
    answers: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Issuer {
    jwks: String,
    fetches: usize,
    panics: bool,
}

impl Fetch for Script {
    async fn fetch(&self) -> Result<Keys, JwtError> {
        self.inner.lock().unwrap().fetches += 1;
        self.answers.acquire().await.unwrap().forget();
        let issuer = self.inner.lock().unwrap();
        assert!(!issuer.panics, "as it was told");
        match issuer.jwks.as_str() {
            "" => Err(JwtError::Fetch { problem: "down".into() }),
            jwks => Keys::parse(jwks.as_bytes()),
        }
    }
}

struct Rig {
    ring: Arc<Keyring<Script>>,
    script: Script,
    clock: Clock,
}

const REFRESH: JwksRefresh = JwksRefresh {
    after: Duration::from_secs(600),
    keep_for: Duration::from_secs(3600),
    pause: Duration::from_secs(10),
    fetch_time: Duration::from_secs(5),
    bytes: 1000,
};

impl Rig {
    fn new() -> Self {
        let script = Script { inner: Arc::default(), answers: Arc::new(Semaphore::new(1000)) };
        let clock = Clock::manual(0);
        Self { ring: Arc::new(Keyring::new(script.clone(), None, REFRESH, clock.clone())), script, clock }
    }

    /// Sets the keys that the issuer serves from now on; without any, its server is down.
    fn serve(&self, ids: &[&str]) {
        let keys: Vec<SigningKey> = ids.iter().map(|id| SigningKey::p256(id)).collect();
        let text = if ids.is_empty() { String::new() } else { jwks(&keys.iter().collect::<Vec<_>>()) };
        self.script.inner.lock().unwrap().jwks = text;
    }

    fn fetches(&self) -> usize {
        self.script.inner.lock().unwrap().fetches
    }

    fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    async fn has(&self, id: &str) -> bool {
        has(&self.ring.keys().await.unwrap(), id)
    }

    /// Lets all tasks run until the fetches that have begun have ended.
    async fn settle(&self) {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
}

fn has(keys: &Keys, id: &str) -> bool {
    keys.pick(Some(id), Algorithm::Es256).is_ok()
}

fn in_seconds(seconds: u64) -> Refusal {
    Refusal::Unavailable { retry_after: Duration::from_secs(seconds) }
}

#[tokio::test]
async fn keys_are_fetched_once_and_again_when_they_are_old() {
    let rig = Rig::new();
    rig.serve(&["a"]);
    assert!(rig.has("a").await && rig.has("a").await);
    rig.serve(&["b"]);
    rig.advance(599);
    assert!(rig.has("a").await);
    assert_eq!(rig.fetches(), 1);
    rig.advance(1);
    assert!(rig.has("b").await && !rig.has("a").await);
    assert_eq!(rig.fetches(), 2);
}

#[tokio::test]
async fn all_waiting_callers_share_one_fetch() {
    let rig = Rig::new();
    rig.serve(&["a"]);
    rig.script.answers.forget_permits(1000);
    let mut waiting = JoinSet::new();
    for _ in 0..100 {
        let ring = rig.ring.clone();
        waiting.spawn(async move { has(&ring.keys().await.unwrap(), "a") });
    }
    rig.settle().await;
    assert_eq!(rig.fetches(), 1);
    rig.script.answers.add_permits(1);
    assert!(waiting.join_all().await.into_iter().all(|has| has));
    assert_eq!(rig.fetches(), 1);
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_stop_the_fetch() {
    let rig = Rig::new();
    rig.serve(&["a"]);
    rig.script.answers.forget_permits(1000);
    let ring = rig.ring.clone();
    let first = tokio::spawn(async move { ring.keys().await.map(drop) });
    rig.settle().await;
    first.abort();
    rig.settle().await;
    rig.script.answers.add_permits(1);
    assert!(rig.has("a").await);
    assert_eq!(rig.fetches(), 1);
}

#[tokio::test]
async fn a_first_fetch_that_fails_says_when_to_try_again() {
    let rig = Rig::new();
    assert_eq!(rig.ring.keys().await.unwrap_err(), in_seconds(10));
    rig.advance(9);
    assert_eq!(rig.ring.keys().await.unwrap_err(), in_seconds(1));
    assert_eq!(rig.fetches(), 1);
    rig.serve(&["a"]);
    rig.advance(1);
    assert!(rig.has("a").await);
}

#[tokio::test]
async fn old_keys_are_used_while_the_issuer_is_down_for_a_limited_time() {
    let rig = Rig::new();
    rig.serve(&["a"]);
    assert!(rig.has("a").await);
    rig.serve(&[]);
    for _ in 0..6 {
        rig.advance(600);
        assert!(rig.has("a").await);
        rig.settle().await;
    }
    assert_eq!(rig.fetches(), 7);
    rig.advance(600);
    assert_eq!(rig.ring.keys().await.unwrap_err(), in_seconds(10));
    rig.advance(10);
    rig.serve(&["b"]);
    assert!(rig.has("b").await);
}

#[tokio::test]
async fn after_a_failure_no_caller_waits_for_an_issuer_that_hangs() {
    let rig = Rig::new();
    rig.serve(&["a"]);
    assert!(rig.has("a").await);
    rig.serve(&[]);
    rig.advance(600);
    assert!(rig.has("a").await);
    rig.script.answers.forget_permits(1000);
    rig.advance(10);
    let twice = async { rig.has("a").await && rig.has("a").await };
    assert_eq!(tokio::time::timeout(Duration::from_secs(5), twice).await, Ok(true));
    rig.settle().await;
    assert_eq!(rig.fetches(), 3);
    rig.serve(&["b"]);
    rig.script.answers.add_permits(1);
    rig.settle().await;
    assert!(rig.has("b").await);
}

#[tokio::test]
async fn unknown_keys_cause_one_fetch_per_pause() {
    let rig = Rig::new();
    rig.serve(&["a"]);
    let old = rig.ring.keys().await.unwrap();
    rig.serve(&["b"]);
    for _ in 0..1000 {
        assert!(has(&rig.ring.newer(&old).await.unwrap(), "a"));
    }
    assert_eq!(rig.fetches(), 1);
    rig.advance(10);
    for _ in 0..1000 {
        assert!(has(&rig.ring.newer(&old).await.unwrap(), "b"));
    }
    assert_eq!(rig.fetches(), 2);
}

#[tokio::test]
async fn an_unknown_key_is_not_refused_for_good_while_the_issuer_is_down() {
    let rig = Rig::new();
    rig.serve(&["a"]);
    let old = rig.ring.keys().await.unwrap();
    rig.serve(&[]);
    rig.advance(10);
    assert_eq!(rig.ring.newer(&old).await.unwrap_err(), in_seconds(10));
    assert_eq!(rig.ring.readings().failure.as_deref(), Some("cannot fetch the JWKS: down"));
    assert!(rig.has("a").await, "those that are known go on");
    rig.serve(&["a", "b"]);
    rig.advance(10);
    assert!(has(&rig.ring.newer(&old).await.unwrap(), "b"));
    let readings = rig.ring.readings();
    assert_eq!((readings.fetches, readings.failures, readings.failure), (3, 1, None));
}

#[tokio::test]
async fn an_issuer_can_withdraw_every_key() {
    let rig = Rig::new();
    rig.serve(&["a"]);
    assert!(rig.has("a").await);
    rig.script.inner.lock().unwrap().jwks = "{\"keys\": []}".into();
    rig.advance(600);
    assert_eq!(rig.ring.keys().await.unwrap_err(), in_seconds(10));
}

#[tokio::test]
async fn a_fetch_that_panics_counts_as_failed_and_releases_its_callers() {
    let rig = Rig::new();
    rig.serve(&["a"]);
    rig.script.inner.lock().unwrap().panics = true;
    assert_eq!(rig.ring.keys().await.unwrap_err(), in_seconds(10));
    // The panic has poisoned the lock of the test's issuer, not that of the keyring.
    rig.script.inner.clear_poison();
    rig.script.inner.lock().unwrap().panics = false;
    rig.advance(10);
    assert!(rig.has("a").await);
}

#[test]
fn a_fetch_that_ends_with_its_runtime_releases_its_callers() {
    let rig = Rig::new();
    rig.serve(&["a"]);
    rig.script.answers.forget_permits(1000);
    let runtime = || tokio::runtime::Builder::new_current_thread().build().unwrap();
    let first = runtime();
    let ring = rig.ring.clone();
    first.spawn(async move { ring.keys().await.map(drop) });
    first.block_on(rig.settle());
    drop(first);
    rig.script.answers.add_permits(1);
    rig.advance(10);
    assert!(runtime().block_on(rig.has("a")));
    assert_eq!(rig.fetches(), 2);
}

#[tokio::test]
async fn the_longest_times_do_not_overflow() {
    let rig = Rig::new();
    let most = Duration::MAX;
    let refresh = JwksRefresh { after: most, keep_for: most, pause: most, fetch_time: most, bytes: usize::MAX };
    let ring = Arc::new(Keyring::new(rig.script.clone(), None, refresh, rig.clock.clone()));
    assert_eq!(ring.keys().await.unwrap_err(), in_seconds(3600));
    assert_eq!(ring.keys().await.unwrap_err(), in_seconds(3600));
    assert_eq!(ring.pause(), most);
}
