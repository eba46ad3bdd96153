//! When attempts are made and what becomes of notifications: with a clock that the tests turn and a
//! callback that follows a script.

use std::sync::Mutex;

use tokio::{task::JoinHandle, time::sleep};

use super::*;
use crate::{
    config::{CommsNotifications, CommsOperation},
    http::{
        Callback,
        DeliveryState::{Delivered, GivenUp, Waiting},
    },
};

pub(super) const SECOND: Duration = Duration::from_secs(1);

/// Answers by the notifications in an attempt and by how many attempts there were, and notes who
/// asked when.
struct Script<F> {
    begin: Instant,
    seen: Arc<Mutex<Vec<(String, Duration)>>>,
    answer: F,
}

impl<F: Fn(&str, usize) -> (Duration, Answer) + Send + Sync + 'static> Transport for Script<F> {
    async fn send(&self, letter: &Letter) -> Answer {
        let names: Vec<_> = letter.resources().map(|path| path.rsplit('/').next().unwrap()).collect();
        let name = names.join("+");
        let attempt = {
            let mut seen = self.seen.lock().unwrap();
            seen.push((name.clone(), self.begin.elapsed()));
            seen.iter().filter(|(other, _)| *other == name).count()
        };
        let (takes, answer) = (self.answer)(&name, attempt);
        sleep(takes).await;
        answer
    }
}

pub(super) struct Case {
    outbox: Outbox,
    seen: Arc<Mutex<Vec<(String, Duration)>>>,
    task: JoinHandle<()>,
    begin: Instant,
}

impl Case {
    pub fn new(
        options: NotificationOptions,
        answer: impl Fn(&str, usize) -> (Duration, Answer) + Send + Sync + 'static,
    ) -> Self {
        let (options, seen, begin) = (Arc::new(options), Arc::default(), Instant::now());
        let outbox = Outbox::new(Arc::clone(&options), Callback::new("http://bot/", "token").unwrap());
        let script = Script { begin, seen: Arc::clone(&seen), answer };
        let task = tokio::spawn(run(outbox.clone(), options, script));
        Self { outbox, seen, task, begin }
    }

    pub fn post(&self, names: &[&str]) {
        for name in names {
            let operation = CommsOperation::new(*name, None, "then");
            self.outbox.post(name, CommsNotifications::ended("call", &operation));
        }
    }

    /// Waits for its end: what became of each, who was sent when, and how long it took.
    pub async fn end(self) -> (Vec<Delivery>, Vec<(String, Duration)>, Duration) {
        self.outbox.close();
        self.task.await.unwrap();
        let seen = self.seen.lock().unwrap().clone();
        (self.outbox.deliveries(), seen, self.begin.elapsed())
    }
}

pub(super) fn taken() -> (Duration, Answer) {
    (Duration::ZERO, Answer::Taken { status: 200 })
}

pub(super) fn failed(retry_after: Option<Duration>) -> (Duration, Answer) {
    (Duration::ZERO, Answer::Failed { status: Some(503), error: "busy".into(), retry_after })
}

pub(super) fn states(deliveries: &[Delivery]) -> Vec<(&str, crate::http::DeliveryState, u32)> {
    deliveries.iter().map(|it| (it.operation.as_str(), it.state, it.attempts)).collect()
}

#[tokio::test(start_paused = true)]
async fn attempts_come_within_the_backoff_until_the_age() {
    let case = Case::new(NotificationOptions::default(), |_, _| failed(None));
    case.post(&["a"]);
    let (deliveries, seen, took) = case.end().await;
    assert!(seen.len() > 10, "{seen:?}");
    for (index, pair) in seen.windows(2).enumerate() {
        // A millisecond more, as tokio's timers have no finer step.
        let most = SECOND.saturating_mul(1 << index.min(10)).min(30 * SECOND) + Duration::from_millis(1);
        assert!(pair[1].1 - pair[0].1 <= most, "{index}: {pair:?}");
    }
    assert!(took <= 300 * SECOND, "{took:?}");
    assert_eq!((deliveries[0].state, deliveries[0].attempts as usize), (GivenUp, seen.len()));
    let why = "it would be older than 300000 ms at the next attempt; the last attempt: busy";
    assert_eq!(deliveries[0].last_error.as_deref(), Some(why));
}

#[tokio::test(start_paused = true)]
async fn a_callback_may_ask_for_a_longer_wait() {
    let case = Case::new(NotificationOptions::default(), |_, attempt| match attempt {
        1 => failed(Some(100 * SECOND)),
        _ => taken(),
    });
    case.post(&["a", "b"]);
    let (deliveries, seen, took) = case.end().await;
    assert_eq!(states(&deliveries), [("a", Delivered, 2), ("b", Delivered, 2)]);
    assert!(seen[1].1 - seen[0].1 >= 100 * SECOND && took < 202 * SECOND, "{seen:?}");
    assert_eq!((deliveries[0].last_status, &deliveries[0].last_error), (Some(200), &None));
}

#[tokio::test(start_paused = true)]
async fn but_for_none_longer_than_the_age() {
    for wait in [301 * SECOND, Duration::MAX] {
        let case = Case::new(NotificationOptions::default(), move |name, _| match name {
            "a" => failed(Some(wait)),
            _ => taken(),
        });
        case.post(&["a"]);
        sleep(10 * SECOND).await;
        assert_eq!(states(&case.outbox.deliveries()), [("a", GivenUp, 1)], "no attempt can come in time");
        case.post(&["b"]);
        let (deliveries, seen, _) = case.end().await;
        assert_eq!(states(&deliveries), [("a", GivenUp, 1), ("b", Delivered, 1)]);
        let at = seen[1].1;
        assert!(at >= 300 * SECOND && at < 301 * SECOND, "what it asked for holds for the next: {at:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_hangs_is_cut_at_each_attempt_and_at_the_age() {
    let options = NotificationOptions { attempt_time: 40 * SECOND, age: 70 * SECOND, ..Default::default() };
    let case = Case::new(options, |_, _| (Duration::MAX, Answer::Taken { status: 200 }));
    case.post(&["a", "b"]);
    let (deliveries, seen, took) = case.end().await;
    assert_eq!(states(&deliveries), [("a", GivenUp, 2), ("b", GivenUp, 2)]);
    assert!(seen.len() == 2 && took < 71 * SECOND, "{seen:?}");
    let why = deliveries[0].last_error.as_deref().unwrap();
    assert!(why.contains("; the last attempt: the callback did not answer within "), "{why}");
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_is_given_up_at_once_and_the_rest_goes_on_in_order() {
    let case = Case::new(NotificationOptions::default(), |name, attempt| match (name, attempt) {
        ("b", _) => (Duration::ZERO, Answer::Refused { status: Some(404), error: "no".into() }),
        ("c", 1..5) => failed(None),
        ("a+b+c+d", _) => (Duration::ZERO, Answer::Refused { status: Some(400), error: "too many".into() }),
        _ => taken(),
    });
    case.post(&["a", "b", "c", "d"]);
    let (deliveries, seen, _) = case.end().await;
    let expected = [("a", Delivered, 2), ("b", GivenUp, 2), ("c", Delivered, 6), ("d", Delivered, 2)];
    assert_eq!(states(&deliveries), expected);
    let ids: std::collections::HashSet<_> = deliveries.iter().map(|delivery| &delivery.request_id).collect();
    assert_eq!((ids.len(), deliveries[1].last_error.as_deref()), (4, Some("no")), "each by its own answer");
    assert!(seen[1..].is_sorted_by_key(|(name, _)| name.clone()) && seen.len() == 9, "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_abandoned_is_given_up_before_anything_else_happens() {
    let case = Case::new(NotificationOptions::default(), |_, _| (5 * SECOND, Answer::Taken { status: 200 }));
    case.post(&["a"]);
    sleep(SECOND).await;
    case.post(&["b", "c"]);
    sleep(6 * SECOND).await;
    let now = [("a", Delivered, 1), ("b", Waiting, 1), ("c", Waiting, 1)];
    assert_eq!(states(&case.outbox.deliveries()), now);
    case.outbox.abandon();
    let then = [("a", Delivered, 1), ("b", GivenUp, 1), ("c", GivenUp, 1)];
    assert_eq!(states(&case.outbox.deliveries()), then);
    case.post(&["d"]);
    let (deliveries, seen, took) = case.end().await;
    assert_eq!(states(&deliveries)[3], ("d", GivenUp, 0));
    assert!(seen.len() == 2 && took < 8 * SECOND, "its task ends at once: {took:?}");
}

#[tokio::test(start_paused = true)]
async fn no_options_make_it_spin_or_panic() {
    let none = NotificationOptions {
        attempt_time: Duration::ZERO,
        first_wait: Duration::ZERO,
        longest_wait: Duration::ZERO,
        age: Duration::ZERO,
        queue: 0,
        records: 0,
    };
    let all = NotificationOptions {
        attempt_time: Duration::MAX,
        first_wait: Duration::MAX,
        longest_wait: Duration::MAX,
        age: Duration::MAX,
        queue: usize::MAX,
        records: usize::MAX,
    };
    let case = Case::new(none, |_, _| failed(None));
    case.post(&["a", "b"]);
    assert_eq!(case.end().await.0, []);
    let case = Case::new(all, |_, attempt| if attempt == 1 { failed(Some(Duration::MAX)) } else { taken() });
    case.post(&["a", "b"]);
    sleep(SECOND).await;
    case.outbox.abandon();
    assert_eq!(states(&case.end().await.0)[1], ("b", GivenUp, 1));
}
