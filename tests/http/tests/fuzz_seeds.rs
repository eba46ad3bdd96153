//! The seeds of the fuzz target `service`, sent over a socket: every answer is JSON, none is a failure, and all that is
//! refused has an error body. The target itself takes minutes to build, and is run by hand.

use std::{fs, path::Path};

use mixminus::JoinOptions;
use mixminus_http_tests::service::{CALL, Rig};
use reqwest::Method;
use serde_json::Value;

#[tokio::test]
async fn every_seed_is_answered_and_what_is_refused_has_an_error_body() {
    let rig = Rig::start().await;
    for id in ["a", "b", "c", "l", "s"] {
        rig.controller.join(id, JoinOptions::default()).unwrap();
    }
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/service");
    let mut answered = 0;
    for seed in fs::read_dir(seeds).unwrap().map(|seed| seed.unwrap().path()) {
        // Requests, with the record separator of ASCII between them.
        for request in fs::read_to_string(&seed).unwrap().split('\u{1e}') {
            let (line, body) = request.split_once('\n').unwrap_or((request, ""));
            let (method, path) = line.split_once(' ').unwrap();
            let path = if path.starts_with('/') { path.to_owned() } else { format!("{CALL}/{path}") };
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let sent = rig.request(method, &path).header("content-type", "application/json").body(body.to_owned());
            let answer = sent.send().await.unwrap();
            let (status, text) = (answer.status(), answer.text().await.unwrap());
            assert!(!status.is_server_error(), "{}: {line}: {status} {text}", seed.display());
            if !text.is_empty() {
                let json: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(json.get("error").is_some(), status.is_client_error(), "{}: {line}: {text}", seed.display());
            }
            answered += 1;
        }
    }
    assert!(answered > 20, "{answered} requests");
}
