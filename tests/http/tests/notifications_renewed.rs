//! Callbacks that are replaced during a call, and the report of calls that were already removed.

use std::time::Duration;

use axum::http::StatusCode;
use mixminus::http::{Callback, DeliveryState, OperationOptions, ServiceOptions};
use mixminus_http_tests::notified::{Host, TOKEN, callback, never, now, quick};

#[tokio::test]
async fn a_new_token_is_used_from_the_next_attempt_on_also_for_waiting_notifications() {
    let right = format!("Bearer {TOKEN}.renewed");
    let (url, log) = callback(move |seen, _| match seen.header("authorization") == right {
        true => now(StatusCode::OK),
        false => now(StatusCode::SERVICE_UNAVAILABLE),
    })
    .await;
    let host = Host::new(quick()).await;
    host.add("call", &url);
    host.configure("call").await;
    host.configure("call").await;
    host.until("call", |all| all.len() == 2 && all[0].attempts > 2).await;
    let renewed = Callback::new(&format!("{url}/elsewhere"), &format!("{TOKEN}.renewed")).unwrap();
    assert!(host.service.set_callback("call", renewed.clone()));
    let deliveries = host.until_ended("call", 2).await;
    assert!(deliveries.iter().all(|it| it.state == DeliveryState::Delivered), "{deliveries:?}");
    let seen = log.all();
    let new = seen.iter().position(|one| one.line == "POST /elsewhere").unwrap();
    assert!(new > 2 && seen[..new].iter().all(|one| one.header("authorization") == format!("Bearer {TOKEN}")));
    assert!(seen[new..].iter().all(|one| one.header("authorization").ends_with(".renewed")), "{seen:?}");
    assert!(!host.service.set_callback("other call", renewed.clone()));
    assert!(host.service.end_call("call") && !host.service.set_callback("call", renewed));
}

#[tokio::test]
async fn a_shutdown_also_reports_removed_calls_and_only_what_it_gives_up_itself() {
    let (url, log) = callback(|_, before| if before == 0 { now(StatusCode::GONE) } else { never() }).await;
    let operations = OperationOptions { kept: 0, kept_calls: 0, ..OperationOptions::default() };
    let options = ServiceOptions { notifications: quick(), operations, ..ServiceOptions::default() };
    let host = Host::with(options).await;
    host.add("call", &url);
    let refused = host.one("call").await;
    assert_eq!(refused.state, DeliveryState::GivenUp);
    let lost = host.configure("call").await;
    host.until("call", |all| all.len() == 2 && all[1].attempts == 1).await;
    assert!(host.service.end_call("call"));
    assert_eq!(host.service.deliveries("call"), [], "the call is forgotten");
    let report = host.service.shutdown(Duration::from_millis(100)).await;
    let [(call, delivery)] = &report.undelivered[..] else { panic!("{report:?}") };
    assert_eq!((call.as_str(), &delivery.operation, delivery.state), ("call", &lost, DeliveryState::GivenUp));
    assert!(delivery.last_error.as_deref().unwrap().starts_with("the service was shut down"));
    let again = host.service.shutdown(Duration::ZERO).await;
    assert_eq!(again.undelivered, [], "the notification was reported before");
    assert_eq!(log.all().len(), 2);
}
