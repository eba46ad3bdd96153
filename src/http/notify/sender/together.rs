//! Notifications that go in one letter: with the clock and the scripts of the other tests.

use tokio::time::sleep;

use super::{
    tests::{Case, SECOND, failed, states, taken},
    *,
};
use crate::http::DeliveryState::{Delivered, GivenUp};

#[tokio::test(start_paused = true)]
async fn a_slow_callback_keeps_up() {
    // 25 ms an answer, 100 in a second.
    let answer = |_: &str, _| (Duration::from_millis(25), Answer::Taken { status: 200 });
    let case = Case::new(NotificationOptions { queue: 10, records: 5000, ..Default::default() }, answer);
    for number in 0..3000 {
        case.post(&[&number.to_string()]);
        sleep(Duration::from_millis(10)).await;
    }
    let (deliveries, seen, took) = case.end().await;
    assert!(deliveries.len() == 3000 && deliveries.iter().all(|it| it.state == Delivered && it.attempts == 1));
    let order: Vec<usize> = seen.iter().flat_map(|(names, _)| names.split('+').map(|it| it.parse().unwrap())).collect();
    assert!(order.into_iter().eq(0..3000) && took < 31 * SECOND, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn no_letter_has_more_than_may() {
    let case = Case::new(NotificationOptions::default(), |_, _| taken());
    let names: Vec<_> = (0..250).map(|number| number.to_string()).collect();
    case.post(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let (_, seen, _) = case.end().await;
    let counts: Vec<_> = seen.iter().map(|(names, _)| names.split('+').count()).collect();
    assert_eq!(counts, [100, 100, 50]);
}

#[tokio::test(start_paused = true)]
async fn a_letter_stays_as_it_is_from_attempt_to_attempt() {
    let case = Case::new(NotificationOptions::default(), |name, attempt| match (name, attempt) {
        ("a+b", 1..4) => failed(Some(SECOND)),
        _ => taken(),
    });
    case.post(&["a", "b"]);
    sleep(SECOND / 2).await;
    case.post(&["c"]);
    let (deliveries, seen, _) = case.end().await;
    assert_eq!(states(&deliveries), [("a", Delivered, 4), ("b", Delivered, 4), ("c", Delivered, 1)]);
    assert!(seen.iter().map(|(names, _)| names.as_str()).eq(["a+b", "a+b", "a+b", "a+b", "c"]), "{seen:?}");
    assert_eq!(deliveries[0].request_id, deliveries[1].request_id);
    assert_ne!(deliveries[0].request_id, deliveries[2].request_id);
}

#[tokio::test(start_paused = true)]
async fn what_is_too_old_takes_nothing_with_it_that_is_not() {
    let options = NotificationOptions { age: 100 * SECOND, ..Default::default() };
    let case = Case::new(options, |name, attempt| match (name, attempt) {
        ("first", _) => (9 * SECOND, Answer::Taken { status: 200 }),
        ("old+older+new", 1) => failed(Some(95 * SECOND)),
        _ => taken(),
    });
    case.post(&["first"]);
    sleep(SECOND).await;
    case.post(&["old", "older"]);
    sleep(7 * SECOND).await;
    case.post(&["new"]);
    let (deliveries, seen, _) = case.end().await;
    let expected = [("first", Delivered, 1), ("old", GivenUp, 1), ("older", GivenUp, 1), ("new", Delivered, 2)];
    assert_eq!(states(&deliveries), expected);
    assert!(seen[2].0 == "new" && seen[2].1 >= 104 * SECOND, "no sooner than was asked for: {seen:?}");
    assert_ne!(deliveries[3].request_id, deliveries[2].request_id, "it is another letter");
}
