//! Notifications that wait: their order, their number and their time, and their end when a call or
//! the service ends.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{http::StatusCode, response::IntoResponse};
use mixminus::http::{
    Delivery,
    DeliveryState::{self, Delivered, GivenUp, Waiting},
    NotificationOptions,
};
use mixminus_http_tests::notified::{Answer, Host, LONG, Log, Seen, callback, never, now, quick};
use tokio::{sync::Semaphore, task::JoinSet};

/// A callback that answers once the gate is open.
async fn gated() -> (String, Log, Arc<Semaphore>) {
    let gate = Arc::new(Semaphore::new(0));
    let given = Arc::clone(&gate);
    let answer = move |_: &Seen, _| -> Answer {
        let gate = Arc::clone(&gate);
        Box::pin(async move {
            drop(gate.acquire().await);
            StatusCode::OK.into_response()
        })
    };
    let (url, log) = callback(answer).await;
    (url, log, given)
}

fn states(deliveries: &[Delivery]) -> Vec<DeliveryState> {
    deliveries.iter().map(|delivery| delivery.state).collect()
}

async fn configure_often(host: &Host, call: &str, times: usize) -> Vec<String> {
    let mut operations = Vec::new();
    for _ in 0..times {
        operations.push(host.configure(call).await);
    }
    operations
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notifications_come_in_the_order_of_the_operations_in_spite_of_retries() {
    // Every third attempt fails.
    let fails = |_: &Seen, before| now(if before % 3 == 2 { StatusCode::BAD_GATEWAY } else { StatusCode::OK });
    let (url, log) = callback(fails).await;
    let host = Arc::new(Host::new(quick()).await);
    host.add("call", &url);
    let mut clients = JoinSet::new();
    for _ in 0..4 {
        let host = Arc::clone(&host);
        clients.spawn(async move { configure_often(&host, "call", 8).await });
    }
    let asked = clients.join_all().await;
    let deliveries = host.until_ended("call", 32).await;
    assert_eq!(states(&deliveries), [Delivered; 32]);
    let mut operations = log.operations();
    let mut before = HashSet::new();
    operations.retain(|operation| before.insert(operation.clone()));
    assert!(deliveries.iter().map(|delivery| &delivery.operation).eq(&operations));
    for own in asked {
        let told: Vec<_> = operations.iter().filter(|operation| own.contains(operation)).collect();
        assert!(told.into_iter().eq(&own), "in the order of the client's requests");
    }
}

#[tokio::test]
async fn a_dead_callback_delays_no_other_call() {
    let (url, _) = callback(|seen, _| if seen.line.ends_with("/dead") { never() } else { now(StatusCode::OK) }).await;
    let (elsewhere, _) = callback(|_, _| now(StatusCode::OK)).await;
    let host = Host::new(quick()).await;
    for call in ["dead", "deaf", "mute"] {
        host.add(call, &format!("{url}/dead"));
        configure_often(&host, call, 2).await;
    }
    // A second call on the same host, and one on another.
    for (call, url) in [("same", format!("{url}/alive")), ("other", elsewhere)] {
        host.add(call, &url);
        configure_often(&host, call, 5).await;
        assert_eq!(states(&host.until_ended(call, 5).await), [Delivered; 5]);
    }
    for call in ["dead", "deaf", "mute"] {
        assert_eq!(states(&host.until(call, |all| all.len() == 2).await), [Waiting; 2]);
    }
}

#[tokio::test]
async fn beyond_the_limit_the_oldest_waiting_notification_is_given_up() {
    let (url, log, gate) = gated().await;
    let host = Host::new(NotificationOptions { queue: 2, ..quick() }).await;
    host.add("call", &url);
    let mut operations = vec![host.configure("call").await];
    host.until("call", |all| all.iter().any(|first| first.attempts == 1)).await;
    operations.extend(configure_often(&host, "call", 5).await);
    let deliveries = host.until("call", |all| all.len() == 6).await;
    assert_eq!(states(&deliveries), [Waiting, GivenUp, GivenUp, GivenUp, Waiting, Waiting]);
    assert!(deliveries.iter().map(|delivery| &delivery.operation).eq(&operations));
    assert_eq!(deliveries[1].last_error.as_deref(), Some("more than 2 waited"));
    gate.close();
    host.until_ended("call", 6).await;
    assert_eq!(log.operations(), [0, 4, 5].map(|index| operations[index].clone()));
}

#[tokio::test]
async fn the_newest_records_of_ended_notifications_are_kept() {
    let (url, _) = callback(|_, _| now(StatusCode::OK)).await;
    let host = Host::new(NotificationOptions { records: 3, ..quick() }).await;
    host.add("call", &url);
    let operations = configure_often(&host, "call", 5).await;
    let newest = |all: &[Delivery]| all.last().is_some_and(|it| it.operation == operations[4] && it.state == Delivered);
    let kept = host.until("call", newest).await;
    assert!(kept.iter().map(|delivery| &delivery.operation).eq(&operations[2..]));
}

#[tokio::test]
async fn notifications_that_are_too_old_are_given_up() {
    let (url, _) = callback(|_, _| now(StatusCode::SERVICE_UNAVAILABLE)).await;
    let host = Host::new(NotificationOptions { age: Duration::from_millis(300), ..quick() }).await;
    host.add("call", &url);
    configure_often(&host, "call", 3).await;
    for delivery in host.until_ended("call", 3).await {
        assert_eq!(delivery.state, GivenUp);
        let error = delivery.last_error.as_deref().unwrap();
        assert!(error.starts_with("it would be older than 300 ms at the next attempt"), "{error}");
        assert!(delivery.ended.unwrap() >= delivery.posted);
    }
}

#[tokio::test]
async fn the_notifications_of_an_ended_call_are_still_delivered() {
    let (url, log, gate) = gated().await;
    let host = Host::new(quick()).await;
    host.add_unmixed("call", &url);
    let operations = configure_often(&host, "call", 3).await;
    assert!(host.service.end_call("call"));
    assert_eq!(states(&host.service.deliveries("call")), [Waiting; 3]);
    gate.close();
    assert_eq!(states(&host.until_ended("call", 3).await), [Delivered; 3]);
    assert_eq!(log.operations(), operations);
    assert_eq!(host.service.shutdown(LONG).await.undelivered, []);
}

#[tokio::test]
async fn a_shutdown_delivers_what_it_can_and_reports_the_rest() {
    let (url, log) = callback(|seen, before| match (seen.line.ends_with("/dead"), before % 2) {
        (true, _) => never(),
        (false, 0) => now(StatusCode::INTERNAL_SERVER_ERROR),
        (false, _) => now(StatusCode::OK),
    })
    .await;
    let host = Host::new(quick()).await;
    host.add("dead", &format!("{url}/dead"));
    let mut lost = configure_often(&host, "dead", 2).await;
    // An ended call is reported too.
    assert!(host.service.end_call("dead"));
    host.add("dead", &format!("{url}/dead"));
    lost.extend(configure_often(&host, "dead", 2).await);
    host.add_unmixed("alive", &format!("{url}/alive"));
    let told = configure_often(&host, "alive", 3).await;
    let begin = Instant::now();
    let report = host.service.shutdown(Duration::from_secs(2)).await;
    assert!(begin.elapsed() < LONG / 2, "{:?}", begin.elapsed());
    assert_eq!(report.failed_operations, 3, "those of the call that is not mixed");
    let mut undelivered: Vec<String> = Vec::new();
    for (call, delivery) in report.undelivered.iter().filter(|(call, _)| call == "dead") {
        assert_eq!((call.as_str(), delivery.state), ("dead", GivenUp));
        let error = delivery.last_error.as_deref().unwrap();
        assert!(error.starts_with("the service was shut down"), "{error}");
        undelivered.push(delivery.operation.clone());
    }
    undelivered.sort_by_key(|operation| lost.iter().position(|other| other == operation));
    assert_eq!(undelivered, lost);
    // Operations that fail when the limit is over are delivered or reported: none is lost.
    let alive: Vec<_> = host.service.deliveries("alive");
    assert!(alive.iter().map(|delivery| &delivery.operation).eq(&told));
    let reported = report.undelivered.iter().filter(|(call, _)| call == "alive").count();
    assert_eq!(reported, alive.iter().filter(|delivery| delivery.state == GivenUp).count());
    let count = log.all().len();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(log.all().len(), count, "nothing is sent after a shutdown");
}

#[tokio::test]
async fn a_shutdown_waits_no_longer_than_the_last_delivery() {
    let (url, log) = callback(|_, before| match before {
        0..4 => now(StatusCode::INTERNAL_SERVER_ERROR),
        _ => now(StatusCode::OK),
    })
    .await;
    let host = Host::new(quick()).await;
    host.add("call", &url);
    let operations = configure_often(&host, "call", 4).await;
    let begin = Instant::now();
    let report = host.service.shutdown(10 * LONG).await;
    assert!(begin.elapsed() < LONG);
    assert_eq!((report.failed_operations, report.undelivered), (0, vec![]));
    let taken: Vec<_> = log.all()[4..].iter().flat_map(Seen::operations).collect();
    assert_eq!(taken, operations);
    assert_eq!(states(&host.service.deliveries("call")), [Delivered; 4]);
}
