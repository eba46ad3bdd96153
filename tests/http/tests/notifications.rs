//! The notifications of ended operations, and the retries if a callback does not accept them at once.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    http::{HeaderValue, StatusCode},
    response::IntoResponse,
};
use mixminus::http::{DeliveryState, NotificationOptions};
use mixminus_http_tests::notified::{
    Answer, Host, LONG, Seen, TOKEN, callback, callback_router, never, now, quick, serve_on,
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket},
    sync::Semaphore,
};

#[tokio::test]
async fn a_notification_has_the_published_body_and_the_token() {
    let (url, log) = callback(|_, _| now(StatusCode::ACCEPTED)).await;
    let host = Host::new(quick()).await;
    host.add("a call", &format!("{url}/bot/calls?tenant=7"));
    let operation = host.configure("a%20call").await;
    let delivery = host.until_ended("a call", 1).await.remove(0);
    assert_eq!((delivery.state, delivery.attempts, delivery.last_status), (DeliveryState::Delivered, 1, Some(202)));
    assert_eq!((&delivery.operation, &delivery.last_error), (&operation, &None));
    let [seen] = &log.all()[..] else { panic!("one request") };
    let resource = format!("/app/calls/a%20call/operations/{operation}");
    let expected = json!({
        "@odata.type": "#microsoft.graph.commsNotifications",
        "value": [{
            "changeType": "deleted",
            "resource": resource,
            "resourceUrl": format!("/communications/calls/a%20call/operations/{operation}"),
            "resourceData": {
                "@odata.type": "#microsoft.graph.commsOperation",
                "@odata.id": resource,
                "@odata.etag": "W/\"1\"",
                "clientContext": "context",
                "status": "completed"
            }
        }]
    });
    assert_eq!(seen.json(), expected);
    assert_eq!(seen.line, "POST /bot/calls?tenant=7");
    assert_eq!(seen.header("authorization"), format!("Bearer {TOKEN}"));
    assert_eq!(seen.header("content-type"), "application/json");
    assert_eq!(seen.header("user-agent"), format!("mixminus/{}", env!("CARGO_PKG_VERSION")));
    assert_eq!(seen.header("client-request-id"), delivery.request_id);
    let told = serde_json::to_value(&delivery).unwrap();
    assert_eq!((&told["state"], &told["lastStatus"]), (&json!("delivered"), &json!(202)));
}

#[tokio::test]
async fn a_failed_operation_is_notified_with_its_reason() {
    let (url, log) = callback(|_, _| now(StatusCode::OK)).await;
    let host = Host::new(quick()).await;
    host.add_unmixed("call", &url);
    host.configure("call").await;
    assert!(host.service.end_call("call"));
    host.until_ended("call", 1).await;
    let data = &log.all()[0].json()["value"][0]["resourceData"];
    assert_eq!((&data["status"], &data["resultInfo"]["code"]), (&json!("failed"), &json!(410)));
}

#[tokio::test]
async fn temporary_failures_are_retried_with_the_same_id() {
    let host = Host::new(quick()).await;
    for status in [408, 429, 500, 502, 503, 599] {
        let status = StatusCode::from_u16(status).unwrap();
        let (url, log) = callback(move |_, before| now(if before < 2 { status } else { StatusCode::OK })).await;
        host.add(status.as_str(), &url);
        let delivery = host.one(status.as_str()).await;
        assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Delivered, 3), "{status}");
        let seen = log.all();
        assert!(seen.iter().all(|one| one.header("client-request-id") == delivery.request_id), "{seen:?}");
        assert!(seen.iter().all(|one| one.body == seen[0].body), "{seen:?}");
    }
}

#[tokio::test]
async fn permanent_failures_are_given_up_at_once_with_the_reason() {
    let host = Host::new(quick()).await;
    for status in [301, 303, 304, 400, 401, 404, 410, 425] {
        let status = StatusCode::from_u16(status).unwrap();
        let (url, log) = callback(move |_, before| now(if before == 0 { status } else { StatusCode::OK })).await;
        host.add(status.as_str(), &url);
        let delivery = host.one(status.as_str()).await;
        assert_eq!((delivery.state, delivery.attempts), (DeliveryState::GivenUp, 1));
        assert_eq!(delivery.last_status, Some(status.as_u16()));
        let error = delivery.last_error.unwrap();
        assert!(error.starts_with(&format!("the callback answered {status}")), "{error}");
        host.configure(status.as_str()).await;
        let next = host.until_ended(status.as_str(), 2).await.remove(1);
        assert_eq!(next.state, DeliveryState::Delivered, "the next notification is not affected");
        assert_eq!(log.all().len(), 2);
    }
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let (url, log) = callback(|_, _| now((StatusCode::OK, "thank you"))).await;
    let host = Host::new(quick()).await;
    host.add("one", &url);
    host.add("other", &url);
    for count in 1..=10 {
        host.configure("one").await;
        host.configure("other").await;
        host.until_ended("one", count).await;
        host.until_ended("other", count).await;
    }
    let connections: HashSet<_> = log.all().iter().map(|seen| seen.from).collect();
    assert!(log.all().len() == 20 && connections.len() <= 10, "{connections:?}");
}

#[tokio::test]
async fn a_callback_can_ask_to_wait() {
    let busy = |_: &_, before| match before {
        0 => now((StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")])),
        1 => {
            let soon = httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(2));
            now((StatusCode::SERVICE_UNAVAILABLE, [("retry-after", HeaderValue::from_str(&soon).unwrap())]))
        }
        _ => now(StatusCode::NO_CONTENT),
    };
    let (url, log) = callback(busy).await;
    let host = Host::new(quick()).await;
    host.add("call", &url);
    let delivery = host.one("call").await;
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Delivered, 3));
    let at: Vec<Instant> = log.all().iter().map(|seen| seen.at).collect();
    assert!(at[1] - at[0] >= Duration::from_secs(1), "the options say 20 ms at most");
    assert!(at[2] - at[1] >= Duration::from_millis(900), "a date has whole seconds: 2 s ahead is cut to at least 1 s");
}

#[tokio::test]
async fn a_callback_that_hangs_times_out_and_is_retried() {
    let (url, log) = callback(|_, before| if before == 0 { never() } else { now(StatusCode::OK) }).await;
    let host = Host::new(NotificationOptions { attempt_time: Duration::from_millis(300), ..quick() }).await;
    host.add("call", &url);
    let delivery = host.one("call").await;
    assert_eq!(delivery.state, DeliveryState::Delivered);
    assert!(delivery.attempts >= 2 && log.all().len() >= 2);
}

#[tokio::test]
async fn a_slow_callback_is_waited_for() {
    let slow = |_: &_, _| -> Answer {
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            axum::response::IntoResponse::into_response(StatusCode::OK)
        })
    };
    let (url, log) = callback(slow).await;
    let host = Host::new(quick()).await;
    host.add("call", &url);
    assert_eq!(host.one("call").await.attempts, 1);
    assert_eq!(log.all().len(), 1);
}

#[tokio::test]
async fn a_callback_that_starts_later_is_reached() {
    // A bound socket that does not listen: it refuses connections, and no other program gets the port.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    let host = Host::new(quick()).await;
    host.add("call", &url);
    host.configure("call").await;
    let waiting = host.until("call", |all| all.first().is_some_and(|first| first.attempts > 2)).await.remove(0);
    assert_eq!((waiting.state, waiting.last_status, waiting.ended), (DeliveryState::Waiting, None, None));
    let (router, log) = callback_router(|_, _| now(StatusCode::OK));
    serve_on(socket.listen(10).unwrap(), router);
    let delivery = host.until_ended("call", 1).await.remove(0);
    assert_eq!((delivery.state, delivery.last_error), (DeliveryState::Delivered, None));
    assert_eq!(log.all()[0].header("client-request-id"), waiting.request_id);
}

#[tokio::test]
async fn a_broken_connection_is_retried_unless_the_status_has_come() {
    for (answer, attempts) in
        [("", 2), ("HTTP/1.1 200 OK\r\nContent-Le", 2), ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", 1)]
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            for answer in [answer, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"] {
                let (mut stream, _) = listener.accept().await.unwrap();
                // Reads up to the end of the body.
                let mut got = Vec::new();
                while !got.ends_with(b"}]}") {
                    assert_ne!(stream.read_buf(&mut got).await.unwrap(), 0);
                }
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        let host = Host::new(quick()).await;
        host.add("call", &url);
        let begin = Instant::now();
        let delivery = host.one("call").await;
        assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Delivered, attempts), "{answer}");
        assert!(begin.elapsed() < LONG);
        server.abort();
    }
}

#[tokio::test]
async fn waiting_notifications_share_a_request_or_go_one_by_one_if_refused() {
    let host = Host::new(quick()).await;
    for (call, refuses) in [("takes", false), ("refuses", true)] {
        // Holds the first notification until the others wait.
        let gate = Arc::new(Semaphore::new(0));
        let held = Arc::clone(&gate);
        let (url, log) = callback(move |seen, before| {
            let (held, count) = (Arc::clone(&held), seen.operations().len());
            Box::pin(async move {
                if before == 0 {
                    drop(held.acquire().await);
                }
                let status = if refuses && count > 1 { StatusCode::BAD_REQUEST } else { StatusCode::OK };
                status.into_response()
            })
        })
        .await;
        host.add(call, &url);
        let mut operations = vec![host.configure(call).await];
        host.until(call, |all| all.first().is_some_and(|first| first.attempts == 1)).await;
        for count in 2..5 {
            operations.push(host.configure(call).await);
            host.until(call, |all| all.len() == count).await;
        }
        gate.close();
        let deliveries = host.until_ended(call, 4).await;
        let told: Vec<_> = deliveries.iter().map(|it| (it.state, it.attempts)).collect();
        let attempts = 1 + u32::from(refuses);
        assert_eq!(told[0], (DeliveryState::Delivered, 1));
        assert_eq!(told[1..], [(DeliveryState::Delivered, attempts); 3]);
        let seen = log.all();
        assert_eq!(seen[1].operations(), operations[1..]);
        let last = seen[if refuses { 2 } else { 1 }..].iter().flat_map(Seen::operations);
        assert!(last.eq(operations[1..].iter().cloned()));
        let ids: HashSet<_> = seen.iter().map(|one| one.header("client-request-id")).collect();
        assert_eq!((seen.len(), ids.len()), if refuses { (5, 5) } else { (2, 2) });
        assert_eq!(seen.last().unwrap().header("client-request-id"), deliveries[3].request_id);
    }
}
