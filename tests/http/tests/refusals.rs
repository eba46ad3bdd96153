//! Every kind of refusal over a socket: its status, code and headers. A refused request changes
//! nothing.

use std::{num::NonZeroU32, time::Duration};

use mixminus::http::{CallOptions, Limits, ServiceOptions};
use mixminus_http_tests::service::{CALL, NOTHING, Rig, anna_hears_ben_at, refused};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;

/// Longer than anything takes, on a busy machine too.
const LONG: Duration = Duration::from_secs(60);

const JSON: &str = "application/json";

async fn post(rig: &Rig, token: Option<&str>, call: &str, content_type: Option<&str>, body: &str) -> Response {
    let mut request = rig.request_as(token, Method::POST, &format!("{call}/participants/configureMixer"));
    if let Some(content_type) = content_type {
        request = request.header("content-type", content_type);
    }
    request.body(body.to_owned()).send().await.unwrap()
}

#[tokio::test]
async fn a_body_that_is_not_json_is_a_bad_request_with_its_place() {
    let rig = Rig::start().await;
    for (body, message) in [
        ("", "line 1, column 1: EOF while parsing a value"),
        ("{\n  \"participantMixerLevels\": [}", "line 2, column 30: expected value"),
        ("[]", "$: found an array, expected an object"),
        ("{}", "participantMixerLevels: is missing; an array is required"),
    ] {
        assert_eq!(refused(rig.configure(body).await, 400, "badRequest").await, message);
    }
    assert!(
        refused(rig.configure(&b"{\"clientContext\": \"\xff\"}"[..]).await, 400, "badRequest")
            .await
            .contains("not UTF-8")
    );
}

#[tokio::test]
async fn every_fault_of_a_body_is_in_the_details_and_nothing_changes() {
    let rig = Rig::start().await;
    let before = rig.controller.published();
    let body = r#"{"participantMixerLevels": [
        {"participant": "anna", "exclusive": true},
        {"participant": "ben", "exlusive": true, "sourceLevels": [{"participant": "zoe", "level": 101}]}]}"#;
    let answer = rig.configure(body).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let error: Value = answer.json().await.unwrap();
    let details = error["error"]["details"].as_array().unwrap();
    let targets: Vec<_> = details.iter().map(|detail| detail["target"].as_str().unwrap()).collect();
    let prefix = "participantMixerLevels[1]";
    let expected = [".exlusive", ".sourceLevels[0].participant", ".sourceLevels[0].level"];
    assert_eq!(targets, expected.map(|path| format!("{prefix}{path}")));
    assert!(!rig.controller.configuration("anna").unwrap().exclusive, "half of the request was applied");
    assert_eq!(rig.controller.published(), before);
}

#[tokio::test]
async fn an_invalid_token_is_refused() {
    let rig = Rig::start().await;
    let strict = CallOptions { audience: Some("here".into()), ..CallOptions::new(rig.controller.clone()) };
    rig.service.add_call("strict", strict).unwrap();
    for (token, call, challenge) in [
        (None, CALL, r#"Bearer realm="mixminus""#),
        (None, "/app/calls/nobody-knows", r#"Bearer realm="mixminus""#),
        (
            Some("forged"),
            CALL,
            r#"Bearer realm="mixminus", error="invalid_token", error_description="the token is not known""#,
        ),
        (
            Some("elsewhere"),
            "/app/calls/strict",
            concat!(
                r#"Bearer realm="mixminus", error="invalid_token", "#,
                r#"error_description="the token is not meant for this call""#
            ),
        ),
    ] {
        let answer = post(&rig, token, call, Some(JSON), NOTHING).await;
        assert_eq!(answer.headers()["www-authenticate"], challenge);
        refused(answer, 401, "unauthorized").await;
    }
    let basic = rig.request_as(None, Method::GET, &format!("{CALL}/participants")).basic_auth("anna", Some("good"));
    refused(basic.send().await.unwrap(), 401, "unauthorized").await;
    let elsewhere = post(&rig, Some("elsewhere"), CALL, Some(JSON), NOTHING).await;
    assert_eq!(elsewhere.status(), StatusCode::OK, "this call has no audience of its own");
}

#[tokio::test]
async fn a_token_needs_one_of_the_permissions() {
    let rig = Rig::start().await;
    let answer = post(&rig, Some("powerless"), CALL, Some(JSON), NOTHING).await;
    assert_eq!(answer.headers()["www-authenticate"], r#"Bearer realm="mixminus", error="insufficient_scope""#);
    assert!(refused(answer, 403, "forbidden").await.contains("Calls.MeetingJoin"));
    let hidden = post(&rig, Some("powerless"), "/app/calls/nobody-knows", Some(JSON), NOTHING).await;
    refused(hidden, 403, "forbidden").await;
    assert_eq!(post(&rig, Some("guest"), CALL, Some(JSON), NOTHING).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_are_not_the_client_s_fault() {
    let rig = Rig::start().await;
    let answer = post(&rig, Some("whenever"), CALL, Some(JSON), NOTHING).await;
    assert_eq!(answer.headers()["retry-after"], "7");
    refused(answer, 503, "serviceUnavailable").await;
}

#[tokio::test]
async fn unknown_calls_and_operations_are_not_found() {
    let rig = Rig::start().await;
    let own = CallOptions { application: Some("ours".into()), ..CallOptions::new(rig.controller.clone()) };
    rig.service.add_call("own", own).unwrap();
    let message =
        refused(post(&rig, Some("good"), "/app/calls/Room", Some(JSON), NOTHING).await, 404, "notFound").await;
    assert_eq!(message, r#"there is no call "Room""#);
    for path in ["/app/calls/nowhere/participants", "/applications/theirs/calls/own/participants"] {
        refused(rig.get(path).await, 404, "notFound").await;
    }
    assert_eq!(rig.get("/applications/ours/calls/own/participants").await.status(), StatusCode::OK);
    assert_eq!(rig.get("/app/calls/own/participants").await.status(), StatusCode::OK);
    let message = refused(rig.get(&format!("{CALL}/operations/none")).await, 404, "notFound").await;
    assert_eq!(message, r#"there is no operation "none" in this call, or not any more"#);

    let operation: Value = rig.configure(NOTHING).await.json().await.unwrap();
    let elsewhere = format!("/app/calls/own/operations/{}", operation["id"].as_str().unwrap());
    refused(rig.get(&elsewhere).await, 404, "notFound").await;
}

#[tokio::test]
async fn a_body_over_a_limit_is_too_large() {
    let limits = Limits { body_bytes: 300, listeners: 2, ..Limits::default() };
    let rig = Rig::with(ServiceOptions { limits, ..ServiceOptions::default() }).await;
    let padded = |length: usize| format!("{NOTHING}{}", " ".repeat(length - NOTHING.len()));
    assert_eq!(rig.configure(padded(300)).await.status(), StatusCode::OK);
    let answer = rig.configure(padded(301)).await;
    assert!(refused(answer, 413, "requestTooLarge").await.contains("300 bytes"));
    // Without a length, the service notices the size while it reads.
    let pieces = in_two_pieces(padded(301));
    refused(rig.configure(pieces).await, 413, "requestTooLarge").await;

    rig.controller.join("carol", mixminus::JoinOptions::default()).unwrap();
    let levels = ["anna", "ben", "carol"].map(|id| format!(r#"{{"participant":"{id}"}}"#)).join(",");
    let answer = rig.configure(format!(r#"{{"participantMixerLevels":[{levels}]}}"#)).await;
    assert!(refused(answer, 413, "requestTooLarge").await.contains("3 listeners; at most 2"));
}

/// A body of two pieces without a length.
fn in_two_pieces(text: String) -> reqwest::Body {
    struct Pieces(Vec<axum::body::Bytes>);
    impl http_body::Body for Pieces {
        type Data = axum::body::Bytes;
        type Error = std::convert::Infallible;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
            std::task::Poll::Ready(self.0.pop().map(|piece| Ok(http_body::Frame::data(piece))))
        }
    }
    let (first, second) = text.split_at(150);
    reqwest::Body::wrap(Pieces([second, first].map(|piece| piece.to_owned().into()).into()))
}

#[tokio::test]
async fn a_body_needs_a_json_content_type() {
    let rig = Rig::start().await;
    for content_type in [None, Some("text/plain"), Some("application/json; charset=utf-16"), Some("application/xml")] {
        refused(post(&rig, Some("good"), CALL, content_type, NOTHING).await, 415, "unsupportedMediaType").await;
    }
    let right = post(&rig, Some("good"), CALL, Some("application/json; charset=UTF-8"), NOTHING).await;
    assert_eq!(right.status(), StatusCode::OK);
    let path = format!("{CALL}/participants/configureMixer");
    let zipped = rig.request(Method::POST, &path).header("content-type", JSON).header("content-encoding", "gzip");
    refused(zipped.body(NOTHING).send().await.unwrap(), 415, "unsupportedMediaType").await;
}

#[tokio::test]
async fn a_wrong_method_is_told_the_allowed_ones() {
    let rig = Rig::start().await;
    for (method, path, allowed) in [
        (Method::GET, "participants/configureMixer", "POST"),
        (Method::DELETE, "participants/configureMixer/", "POST"),
        (Method::POST, "participants", "GET,HEAD"),
        (Method::PUT, "operations/x", "GET,HEAD"),
    ] {
        let answer = rig.request(method, &format!("{CALL}/{path}")).send().await.unwrap();
        assert_eq!(answer.headers()["allow"], allowed, "{path}");
        refused(answer, 405, "methodNotAllowed").await;
    }
}

#[tokio::test]
async fn too_many_requests_are_told_when_to_try_again() {
    let few = NonZeroU32::new(3).unwrap();
    let limits = Limits { requests_per_second: NonZeroU32::MIN, requests_at_once: few, ..Limits::default() };
    let rig = Rig::with(ServiceOptions { limits, ..ServiceOptions::default() }).await;
    rig.service.add_call("quiet", CallOptions::new(rig.controller.clone())).unwrap();
    let mut refusals = 0;
    for _ in 0..20 {
        let answer = rig.configure(NOTHING).await;
        if answer.status() != StatusCode::OK {
            assert_eq!(answer.headers()["retry-after"], "1");
            refused(answer, 429, "tooManyRequests").await;
            refusals += 1;
        }
    }
    assert!(refusals > 0, "twenty requests in far less than seventeen seconds");
    assert_eq!(
        rig.get("/app/calls/quiet/participants").await.status(),
        StatusCode::OK,
        "each call has a rate of its own"
    );
}

#[tokio::test]
async fn each_caller_has_a_rate_and_large_bodies_leave_some_of_it() {
    let few = NonZeroU32::new(20).unwrap();
    let limits = Limits { requests_per_second: NonZeroU32::MIN, requests_at_once: few, ..Limits::default() };
    let rig = Rig::with(ServiceOptions { limits, ..ServiceOptions::default() }).await;
    let post = async |token: &str, body: String| {
        let request = rig.request_as(Some(token), Method::POST, &format!("{CALL}/participants/configureMixer"));
        request.header("content-type", "application/json").body(body).send().await.unwrap().status().as_u16()
    };
    let large = || format!("{}{NOTHING}", " ".repeat(200 << 10));
    // Each counts as seven; five requests are for small ones.
    let statuses = [post("of anna", large()).await, post("of anna", large()).await, post("of anna", large()).await];
    assert_eq!(statuses, [200, 200, 429]);
    for _ in 0..4 {
        assert_eq!(post("of anna", NOTHING.into()).await, 200);
    }
    while post("of anna", NOTHING.into()).await == 200 {}
    assert_eq!(post("of ben", NOTHING.into()).await, 200, "another caller");
}

#[tokio::test]
async fn a_body_without_a_length_is_let_in_again_once_it_has_waited() {
    let limits = Limits { requests_at_once: NonZeroU32::new(8).unwrap(), ..Limits::default() };
    let rig = Rig::with(ServiceOptions { limits, ..ServiceOptions::default() }).await;
    let large = || in_two_pieces(format!("{NOTHING}{}", " ".repeat(200 << 10)));
    let mut statuses = [0; 3];
    for status in &mut statuses {
        let answer = rig.configure(large()).await;
        *status = answer.status().as_u16();
        if let Some(seconds) = answer.headers().get("retry-after") {
            let seconds = seconds.to_str().unwrap().parse().unwrap();
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
    }
    assert!(statuses[0] == 200 && statuses[2] == 200, "{statuses:?}");
}

#[tokio::test]
async fn a_request_without_room_or_turn_is_refused_and_told_when_to_try_again() {
    let limits = Limits { body_bytes: 64 << 10, bytes_at_once: 512 << 10, body_time: LONG, ..Limits::default() };
    let rig = Rig::with(ServiceOptions { limits, ..ServiceOptions::default() }).await;
    assert_eq!(rig.configure(NOTHING).await.status(), StatusCode::OK);
    let refusal = async || {
        let mut held = Vec::new();
        loop {
            // Two of them take all that there is for one caller.
            held.push(rig.half_sent(64 << 10).await);
            let answer = rig.configure(format!("{}{NOTHING}", " ".repeat(60 << 10))).await;
            if answer.status() != StatusCode::OK {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let answer = tokio::time::timeout(LONG, refusal()).await.expect("a refusal");
    assert_eq!(answer.headers()["retry-after"], "1");
    let message = refused(answer, 503, "serviceUnavailable").await;
    assert_eq!(message, "the service is busy: there is no room for more requests of this size");
}

#[tokio::test]
async fn too_many_operations_at_a_time_are_refused_until_some_end() {
    let limits = Limits { operations: 2, ..Limits::default() };
    let rig = Rig::with(ServiceOptions { limits, ..ServiceOptions::default() }).await;
    rig.mix(false);
    for level in [1, 2] {
        assert_eq!(rig.configure(anna_hears_ben_at(level)).await.status(), StatusCode::OK);
    }
    let generation = rig.controller.published();
    let answer = rig.configure(anna_hears_ben_at(3)).await;
    assert_eq!(answer.headers()["retry-after"], "1");
    assert!(refused(answer, 429, "tooManyRequests").await.contains("2 operations"));
    refused(rig.configure("{}").await, 400, "badRequest").await;
    assert_eq!(rig.controller.published(), generation, "a refused request has changed something");
    rig.mix(true);
    for _ in 0..500 {
        if rig.configure(NOTHING).await.status() == StatusCode::OK {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no operation ended in 5 s");
}
