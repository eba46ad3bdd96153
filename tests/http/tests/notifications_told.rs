//! The `tracing` events about notifications, and what a host may print of a service: neither ever
//! shows a secret.

use std::{
    fmt::{Debug, Write},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use mixminus::http::{DeliveryState, NotificationOptions};
use mixminus_http_tests::notified::{Host, LONG, TOKEN, callback, never, now, quick, redirect};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
    subscriber::{DefaultGuard, set_default},
};

/// Records all events of this thread at every level, as `LEVEL target name=value ...`.
#[derive(Debug, Clone, Default)]
struct Everything(Arc<Mutex<Vec<String>>>);

/// An event or a span as text.
struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        let mut line = Line("span".into());
        attributes.record(&mut line);
        self.0.lock().unwrap().push(line.0);
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        let mut line = Line("span".into());
        values.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let mut line = Line(format!("{} {}", metadata.level(), metadata.target()));
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

impl Everything {
    /// Records on this thread, on which the runtime of a test runs.
    fn listen() -> (Self, DefaultGuard) {
        let everything = Self::default();
        (everything.clone(), set_default(everything))
    }

    /// The events about notifications.
    fn of_notifications(&self) -> Vec<String> {
        let told = self.0.lock().unwrap();
        told.iter()
            .filter(|line| line.contains("mixminus message=") && line.contains("notification"))
            .cloned()
            .collect()
    }
}

#[tokio::test]
async fn deliveries_failures_and_giving_up_are_logged() {
    let (url, _) = callback(|_, before| match before {
        0 => now((StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0")])),
        1 => now(StatusCode::OK),
        2 => now(StatusCode::NOT_FOUND),
        _ => never(),
    })
    .await;
    let begin = Instant::now();
    let (everything, _guard) = Everything::listen();
    let host = Host::new(NotificationOptions { queue: 1, first_wait: Duration::ZERO, ..quick() }).await;
    host.add("call", &url);
    let mut operations = Vec::new();
    for ended in 1..3 {
        operations.push(host.configure("call").await);
        host.until_ended("call", ended).await;
    }
    operations.push(host.configure("call").await);
    host.until("call", |all| all.last().is_some_and(|last| last.operation == operations[2] && last.attempts == 1))
        .await;
    for count in 4..6 {
        operations.push(host.configure("call").await);
        host.until("call", |all| all.len() == count).await;
    }
    host.service.shutdown(Duration::ZERO).await;
    let told = everything.of_notifications();
    let resource = |index: usize| format!("operation=\"/app/calls/call/operations/{}\"", operations[index]);
    let (first, second) = (resource(0), resource(1));
    let failed = "DEBUG mixminus message=an attempt to deliver a notification failed";
    assert!(told[0].starts_with(&format!("{failed} {first} error=\"the callback answered 429 Too Many Requests\"")));
    assert_eq!(told[1], format!("DEBUG mixminus message=a notification was delivered {first} attempts=2"));
    let given_up = "WARN mixminus message=a notification was given up";
    assert_eq!(told[2], format!("{given_up} {second} attempts=1 error=\"the callback answered 404 Not Found\""));
    let shut_down = "WARN mixminus message=notifications were given up, as the service was shut down count=2";
    assert!(told[3..].iter().any(|line| line == shut_down), "{told:#?}");
    let dropped = operations[3].as_str();
    let too_many = format!("newest=\"/app/calls/call/operations/{dropped}\" count=1 most=1");
    while !everything.of_notifications().iter().any(|line| line.ends_with(&too_many)) {
        assert!(begin.elapsed() < LONG, "{:#?}", everything.of_notifications());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn no_secret_is_ever_shown() {
    let (elsewhere, _) = callback(|_, _| now(StatusCode::OK)).await;
    let (url, log) = callback(move |seen, before| match (seen.line.rsplit('=').next().unwrap(), before) {
        ("fail", _) => now(StatusCode::BAD_GATEWAY),
        ("refuse", _) => now((StatusCode::BAD_REQUEST, TOKEN)),
        ("redirect", _) => redirect(307, &format!("{elsewhere}/{TOKEN}?{TOKEN}")),
        ("hang", _) => never(),
        _ => now((StatusCode::OK, TOKEN)),
    })
    .await;
    let (everything, guard) = Everything::listen();
    let ms = Duration::from_millis;
    let host = Host::new(NotificationOptions { attempt_time: ms(1000), age: ms(2000), ..quick() }).await;
    let secret = format!("{TOKEN}?code={TOKEN}&");
    for what in ["take", "fail", "refuse", "redirect", "hang"] {
        host.add(what, &format!("{url}/{secret}do={what}"));
    }
    host.add("no tls", &format!("{}/{secret}", url.replace("http:", "https:")));
    // Port 0, on which nothing can listen.
    host.add("no port", &format!("http://127.0.0.1:0/{secret}"));
    let calls = ["take", "fail", "refuse", "redirect", "hang", "no%20tls", "no%20port"];
    for call in calls {
        host.configure(call).await;
    }
    let mut shown = format!("{:?}", host.service);
    for call in calls.map(|call| call.replace("%20", " ")) {
        let deliveries = host.until_ended(&call, 1).await;
        assert_eq!(deliveries[0].state == DeliveryState::Delivered, call == "take", "{deliveries:?}");
        write!(shown, "{deliveries:?}{}", serde_json::to_string(&deliveries).unwrap()).unwrap();
    }
    write!(shown, "{:?}{:?}", host.service.shutdown(LONG).await, host.service).unwrap();
    drop(guard);
    let told = everything.0.lock().unwrap().join("\n");
    assert!(log.all().iter().all(|seen| seen.header("authorization").ends_with(TOKEN)) && told.contains("mixminus"));
    for text in [shown, told] {
        let found = text.find(TOKEN).map(|at| text[..at].chars().rev().take(300).collect::<Vec<_>>());
        assert_eq!(found.map(|before| before.into_iter().rev().collect::<String>()), None, "the text before the token");
    }
}
