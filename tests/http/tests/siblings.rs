//! What the requests beside configureMixer have in common with it: their paths, tokens, limits, refusals and notifications.

use std::num::NonZeroU32;

use mixminus::http::{Limits, ServiceOptions};
use mixminus_http_tests::service::{CALL, Rig, refused};
use reqwest::{Method, StatusCode};
use serde_json::Value;

/// The requests that begin an operation: below the call, with a body that is accepted, and the status of the answer.
const ACTIONS: [(&str, &str, u16); 7] = [
    ("participants/anna/mute", "{}", 200),
    ("participants/anna/startHoldMusic", "{}", 202),
    ("participants/anna/stopHoldMusic", "{}", 202),
    ("mute", "{}", 200),
    ("unmute", "{}", 200),
    ("playPrompt", r#"{"prompts": [{"mediaInfo": {"uri": "https://h/x.wav"}}]}"#, 200),
    ("cancelMediaProcessing", "{}", 200),
];

/// Those without an operation, with the status of an answer in their order.
const RESOURCES: [(Method, &str, Option<&str>, u16); 7] = [
    (Method::GET, "audioRoutingGroups", None, 200),
    (
        Method::POST,
        "audioRoutingGroups",
        Some(r#"{"id": "g", "routingMode": "oneToOne", "sources": ["ben"], "receivers": ["anna"]}"#),
        201,
    ),
    (Method::GET, "audioRoutingGroups/g", None, 200),
    (Method::PATCH, "audioRoutingGroups/g", Some(r#"{"receivers": ["anna"]}"#), 200),
    (Method::DELETE, "audioRoutingGroups/g", None, 204),
    (Method::GET, "participants/ben", None, 200),
    (Method::DELETE, "participants/ben", None, 204),
];

async fn send(rig: &Rig, token: &str, method: Method, path: &str, body: Option<&str>) -> reqwest::Response {
    let mut request = rig.request_as(Some(token), method, path);
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body.to_owned());
    }
    request.send().await.unwrap()
}

#[tokio::test]
async fn every_action_is_there_under_every_name_of_the_call() {
    let rig = Rig::start().await;
    for version in ["", "/beta", "/v1.0"] {
        for (family, slash) in [("/app", ""), ("/applications/some-app", "/"), ("/communications", "")] {
            let call = format!("{version}{family}/calls/room");
            for (action, body, status) in ACTIONS {
                let answer = rig.post(&format!("{call}/{action}{slash}"), body).await;
                assert_eq!(answer.status().as_u16(), status, "{call}/{action}");
                let location = answer.headers()["location"].to_str().unwrap().to_owned();
                assert!(location.starts_with(&format!("http://{}{call}/operations/", rig.address)), "{location}");
                assert_ne!(rig.ended(&location).await["status"], "running");
            }
        }
    }
}

#[tokio::test]
async fn every_resource_is_there_under_every_name_of_the_call() {
    for call in ["/app/calls/room", "/v1.0/communications/calls/room", "/beta/applications/a/calls/room"] {
        let rig = Rig::start().await;
        for (method, path, body, status) in RESOURCES {
            let answer = send(&rig, "good", method.clone(), &format!("{call}/{path}"), body).await;
            assert_eq!(answer.status().as_u16(), status, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn a_client_without_a_right_token_learns_and_changes_nothing() {
    let rig = Rig::start().await;
    let before = rig.controller.published();
    let actions = ACTIONS.map(|(path, body, _)| (Method::POST, path, Some(body), 0));
    for (method, path, body, _) in actions.into_iter().chain(RESOURCES) {
        for (token, status, code) in
            [("forged", 401, "unauthorized"), ("powerless", 403, "forbidden"), ("whenever", 503, "serviceUnavailable")]
        {
            let answer = send(&rig, token, method.clone(), &format!("{CALL}/{path}"), body).await;
            refused(answer, status, code).await;
        }
        let elsewhere = send(&rig, "good", method, &format!("/app/calls/nowhere/{path}"), body).await;
        refused(elsewhere, 404, "notFound").await;
    }
    assert_eq!(rig.controller.published(), before);
}

#[tokio::test]
async fn a_body_is_json_within_the_limits() {
    let limits = Limits { body_bytes: 300, ..Limits::default() };
    let rig = Rig::with(ServiceOptions { limits, ..ServiceOptions::default() }).await;
    let before = rig.controller.published();
    for (path, ..) in ACTIONS {
        let path = format!("{CALL}/{path}");
        refused(rig.post(&path, format!("{{}}{}", " ".repeat(300))).await, 413, "requestTooLarge").await;
        refused(rig.post(&path, "{\"clientContext\":").await, 400, "badRequest").await;
        refused(rig.post(&path, "[".repeat(250)).await, 400, "badRequest").await;
        let fault = refused(rig.post(&path, r#"{"exlusive": true}"#).await, 400, "badRequest").await;
        assert!(fault.contains("exlusive"), "{fault}");
        let text = rig.request(Method::POST, &path).header("content-type", "text/plain").body("{}");
        refused(text.send().await.unwrap(), 415, "unsupportedMediaType").await;
    }
    assert_eq!(rig.controller.published(), before);
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let rig = Rig::start().await;
    for (path, allowed) in [
        ("participants/anna", "GET,HEAD,DELETE"),
        ("participants/anna/mute", "POST"),
        ("audioRoutingGroups", "GET,HEAD,POST"),
        ("audioRoutingGroups/g", "GET,HEAD,PATCH,DELETE"),
        ("playPrompt", "POST"),
    ] {
        let answer = send(&rig, "good", Method::PUT, &format!("{CALL}/{path}"), None).await;
        assert_eq!(answer.headers()["allow"], allowed, "{path}");
        refused(answer, 405, "methodNotAllowed").await;
    }
}

#[tokio::test]
async fn an_action_needs_a_place_among_the_operations() {
    let limits = Limits { operations: 1, ..Limits::default() };
    let rig = Rig::with(ServiceOptions { limits, ..ServiceOptions::default() }).await;
    rig.mix(false);
    assert_eq!(rig.post(&format!("{CALL}/participants/ben/mute"), "{}").await.status(), StatusCode::OK);
    let before = rig.controller.published();
    let actions = ACTIONS.map(|(path, body, _)| (Method::POST, path, Some(body), 0));
    let changes = RESOURCES.into_iter().filter(|(method, path, ..)| *method != Method::GET && !path.ends_with("/g"));
    for (method, path, body, _) in actions.into_iter().chain(changes) {
        let answer = send(&rig, "good", method, &format!("{CALL}/{path}"), body).await;
        assert_eq!(answer.headers()["retry-after"], "1", "{path}");
        refused(answer, 429, "tooManyRequests").await;
    }
    assert_eq!(rig.controller.published(), before);
}

#[tokio::test]
async fn all_requests_count_for_the_rate_of_their_call() {
    let few = NonZeroU32::new(3).unwrap();
    let limits = Limits { requests_per_second: NonZeroU32::MIN, requests_at_once: few, ..Limits::default() };
    let rig = Rig::with(ServiceOptions { limits, ..ServiceOptions::default() }).await;
    let mut refusals = 0;
    for (path, body, status) in ACTIONS {
        let answer = rig.post(&format!("{CALL}/{path}"), body).await;
        if answer.status().as_u16() != status {
            assert_eq!(answer.headers()["retry-after"], "1");
            refused(answer, 429, "tooManyRequests").await;
            refusals += 1;
        }
    }
    assert!(refusals >= 3, "{refusals} of seven requests in far less than four seconds");
}

#[tokio::test]
async fn a_client_that_prefers_no_body_gets_none() {
    let rig = Rig::start().await;
    for (path, body, status) in ACTIONS {
        let request = rig.request(Method::POST, &format!("{CALL}/{path}")).header("prefer", "respond-async");
        let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        // Where the API has 202 anyway, it has a body with it.
        assert_eq!(answer.bytes().await.unwrap().is_empty(), status == 200, "{path}");
        assert_ne!(rig.ended(&location).await["status"], "running");
    }
}

#[tokio::test]
async fn a_shut_down_service_takes_on_nothing() {
    let rig = Rig::start().await;
    rig.service.shutdown(std::time::Duration::from_secs(1)).await;
    for (path, body, _) in ACTIONS {
        let answer = rig.post(&format!("{CALL}/{path}"), body).await;
        let (status, error) = (answer.status(), answer.json::<Value>().await.unwrap());
        assert!([404, 503].contains(&status.as_u16()), "{path}: {error}");
    }
}
