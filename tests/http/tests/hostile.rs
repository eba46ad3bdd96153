//! Clients that break off, or send too much, too deeply nested JSON, too slowly, or something that
//! is not HTTP: each gets an answer or is disconnected, and no other client notices.

use std::time::{Duration, Instant};

use mixminus::http::{Limits, ServiceOptions};
use mixminus_http_tests::service::{CALL, NOTHING, Rig, refused};
use proptest::prelude::{ProptestConfig, any, prop, prop_assert, proptest};
use reqwest::StatusCode;
use tokio::{io::AsyncWriteExt, net::TcpStream};

const WAIT: Duration = Duration::from_secs(20);

/// The bytes of a request whose header gives the length of the body as `length`.
fn bytes(length: &str, body: &str) -> String {
    format!(
        "POST {CALL}/participants/configureMixer HTTP/1.1\r\nHost: mixer\r\nAuthorization: Bearer good\r\n\
         Content-Type: application/json\r\n{length}\r\n\r\n{body}"
    )
}

async fn is_well(rig: &Rig) {
    assert_eq!(rig.configure(NOTHING).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_body_that_breaks_off_changes_nothing() {
    let rig = Rig::start().await;
    let before = rig.controller.published();
    let body = r#"{"participantMixerLevels":[{"participant":"anna","exclusive":true}]}"#;
    for cut in [0, 1, 30, body.len()] {
        let mut stream = TcpStream::connect(&rig.address).await.unwrap();
        let announced = format!("Content-Length: {}", body.len() + 1);
        stream.write_all(bytes(&announced, &body[..cut]).as_bytes()).await.unwrap();
        drop(stream);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(rig.controller.published(), before);
    is_well(&rig).await;
}

#[tokio::test]
async fn a_body_that_is_announced_as_huge_is_refused_before_it_comes() {
    let rig = Rig::start().await;
    let begin = Instant::now();
    let answer = rig.raw(bytes("Content-Length: 9000000000000", ""), WAIT).await;
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("connection: close"), "{answer}");
    let expecting = bytes("Content-Length: 9000000000000\r\nExpect: 100-continue", "");
    let answer = rig.raw(expecting, WAIT).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(begin.elapsed() < WAIT);
    is_well(&rig).await;
}

#[tokio::test]
async fn bytes_that_are_not_http_are_refused() {
    let rig = Rig::start().await;
    for garbage in [
        "\r\n\r\n\r\n",
        "GET\r\n\r\n",
        "\u{0}\u{1}\u{2}\r\n\r\n",
        &bytes("Content-Length: -1", NOTHING),
        &bytes("Content-Length: 5\r\nContent-Length: 6", "12345"),
        &bytes("Transfer-Encoding: chunked", "zz\r\n\r\n"),
    ] {
        let answer = rig.raw(garbage, Duration::from_secs(2)).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{garbage:?}: {answer}");
    }
    is_well(&rig).await;
}

#[tokio::test]
async fn a_slow_body_times_out() {
    let limits = Limits { body_time: Duration::from_millis(300), ..Limits::default() };
    let rig = Rig::with(ServiceOptions { limits, ..ServiceOptions::default() }).await;
    let mut slow = Vec::new();
    for _ in 0..50 {
        let mut stream = TcpStream::connect(&rig.address).await.unwrap();
        stream.write_all(bytes("Content-Length: 40", "{").as_bytes()).await.unwrap();
        slow.push(stream);
    }
    is_well(&rig).await;
    let answer = rig.raw(bytes("Content-Length: 40", "{\"participant"), WAIT).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("requestTimeout"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
}

#[tokio::test]
async fn deeply_nested_and_very_long_bodies_are_refused() {
    let rig = Rig::start().await;
    for body in ["[".repeat(200_000), "{\"a\":".repeat(40_000), format!("[{}", "{},".repeat(60_000))] {
        refused(rig.configure(body).await, 400, "badRequest").await;
    }
    // Two faults in each of 1,000 elements, and one in the last.
    let body = format!(r#"{{"participantMixerLevels":[{}{{}}]}}"#, "{\"x\":1},".repeat(1000));
    let answer = rig.configure(body).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let error: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(error["error"]["details"].as_array().unwrap().len(), 1000);
    let message = error["error"]["message"].as_str().unwrap();
    assert!(message.starts_with("2001 faults") && message.ends_with("the details end after 1000"), "{message}");
    is_well(&rig).await;
}

#[tokio::test]
async fn a_hostile_host_cannot_write_headers() {
    let rig = Rig::start().await;
    let length = format!("Content-Length: {}\r\nConnection: close", NOTHING.len());
    let request = bytes(&length, NOTHING).replace("Host: mixer", "Host: evil\"><script>/../x");
    let answer = rig.raw(request, WAIT).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("location: /app/calls/room/operations/"), "{answer}");
}

/// Where bodies are posted to.
const PATHS: [&str; 9] = [
    "participants/configureMixer",
    "participants/anna/mute",
    "participants/anna/startHoldMusic",
    "participants/anna/stopHoldMusic",
    "audioRoutingGroups",
    "mute",
    "unmute",
    "playPrompt",
    "cancelMediaProcessing",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The answer to any body is one of the API, and never a failure of the service.
    #[test]
    fn any_body_is_answered(path in prop::sample::select(&PATHS), body in prop::collection::vec(any::<u8>(), 0..300)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let status = runtime.block_on(async {
            let rig = Rig::start().await;
            rig.post(&format!("{CALL}/{path}"), body).await.status().as_u16()
        });
        prop_assert!([200, 201, 202, 400].contains(&status), "{path}: {status}");
    }
}
