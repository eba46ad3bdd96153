//! Hostile and broken callbacks: they get no token of another callback, delay no other call, and do
//! not make memory grow.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use mixminus::http::{DeliveryState, NotificationOptions};
use mixminus_http_tests::notified::{Host, LONG, Seen, TOKEN, callback, now, quick, redirect};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

#[tokio::test]
async fn a_redirect_on_the_same_host_keeps_everything() {
    for status in [307, 308] {
        let hop = move |seen: &Seen, _| match seen.line.as_str() {
            "POST /a?x" => redirect(status, "b"),
            "POST /b" => redirect(status, "/c?y"),
            _ => now(StatusCode::OK),
        };
        let (url, log) = callback(hop).await;
        let host = Host::new(quick()).await;
        host.add("call", &format!("{url}/a?x"));
        let delivery = host.one("call").await;
        assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Delivered, 1));
        let seen = log.all();
        let lines: Vec<&str> = seen.iter().map(|one| one.line.as_str()).collect();
        assert_eq!(lines, ["POST /a?x", "POST /b", "POST /c?y"]);
        for one in &seen {
            assert_eq!((&one.body, one.header("authorization")), (&seen[0].body, format!("Bearer {TOKEN}").as_str()));
            assert_eq!(one.header("client-request-id"), delivery.request_id);
        }
    }
}

#[tokio::test]
async fn a_redirect_to_another_host_is_never_followed() {
    let (elsewhere, stolen) = callback(|_, _| now(StatusCode::OK)).await;
    let port = elsewhere.rsplit(':').next().unwrap();
    for location in [elsewhere.clone(), format!("//localhost:{port}/"), format!("https://127.0.0.1:{port}/")] {
        let to = location.clone();
        let (url, log) = callback(move |_, _| redirect(307, &to)).await;
        let host = Host::new(quick()).await;
        host.add("call", &url);
        let delivery = host.one("call").await;
        assert_eq!((delivery.state, delivery.last_status), (DeliveryState::GivenUp, Some(307)));
        let error = delivery.last_error.unwrap();
        assert!(error.contains("is not the callback's scheme, host and port"), "{error}");
        assert_eq!((log.all().len(), stolen.all().len()), (1, 0), "{location}");
    }
}

#[tokio::test]
async fn redirects_in_a_circle_are_given_up() {
    let (url, log) = callback(|_, _| redirect(308, "")).await;
    let host = Host::new(quick()).await;
    host.add("call", &url);
    let delivery = host.one("call").await;
    assert_eq!((delivery.state, delivery.last_status), (DeliveryState::GivenUp, Some(308)));
    assert_eq!((delivery.last_error.as_deref(), log.all().len()), (Some("more than 5 redirects"), 6));
}

/// A callback that sends `beginning` and then `rest` without end to each client. Returns its URL,
/// and a reference that each connection shares.
async fn endless(beginning: &'static str, rest: &'static str) -> (String, Arc<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let connected = Arc::new(());
    let given = Arc::clone(&connected);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let connected = Arc::clone(&connected);
            tokio::spawn(async move {
                drop(stream.read(&mut [0; 4096]).await);
                stream.write_all(beginning.as_bytes()).await?;
                while stream.write_all(rest.as_bytes()).await.is_ok() {
                    tokio::task::yield_now().await;
                }
                drop(connected);
                Ok::<(), std::io::Error>(())
            });
        }
    });
    (url, given)
}

#[tokio::test]
async fn only_the_status_of_an_endless_answer_counts() {
    let (url, connected) = endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "4\r\nabcd\r\n").await;
    let host = Host::new(quick()).await;
    host.add("call", &url);
    let begin = Instant::now();
    for _ in 0..3 {
        host.configure("call").await;
    }
    let deliveries = host.until_ended("call", 3).await;
    assert!(deliveries.iter().all(|it| it.state == DeliveryState::Delivered && it.attempts == 1), "{deliveries:?}");
    // Only the references of the test and the listener are left.
    while Arc::strong_count(&connected) > 2 {
        assert!(begin.elapsed() < LONG, "an endless answer is still being read");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn an_invalid_answer_is_given_up_in_time() {
    let head = "HTTP/1.1 200 OK\r\n";
    let interim = "HTTP/1.1 103 Early Hints\r\n\r\n";
    let host = Host::new(NotificationOptions { age: Duration::from_secs(2), ..quick() }).await;
    let answers = [("", "SSH-2.0\r\n"), (head, "x: y\r\n"), (head, "aaaaaaaaaa"), ("", interim), ("", "\0\u{fffd}")];
    let begin = Instant::now();
    for (index, (beginning, rest)) in answers.into_iter().enumerate() {
        host.add(&index.to_string(), &endless(beginning, rest).await.0);
        host.configure(&index.to_string()).await;
    }
    for (index, (_, rest)) in answers.into_iter().enumerate() {
        let delivery = host.until_ended(&index.to_string(), 1).await.remove(0);
        assert_eq!((delivery.state, delivery.last_status), (DeliveryState::GivenUp, None), "{rest:?}: {delivery:?}");
        assert!(delivery.attempts >= 1 && delivery.last_error.unwrap().len() < 500);
    }
    assert!(begin.elapsed() < LONG);
}

#[tokio::test]
async fn a_callback_without_tls_is_given_up_in_time() {
    let (url, log) = callback(|_, _| now(StatusCode::OK)).await;
    let host = Host::new(NotificationOptions { age: Duration::from_millis(500), ..quick() }).await;
    host.add("call", &url.replace("http:", "https:"));
    let delivery = host.one("call").await;
    assert_eq!((delivery.state, delivery.last_status), (DeliveryState::GivenUp, None));
    assert_eq!(log.all().len(), 0);
}
