//! Tokens that an issuer has signed, with the permission and without it.

use std::{
    fs,
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    issuer::{SigningKey, jwks},
    rig::{Server, client, failure, message},
};

fn claims(roles: &[&str]) -> Value {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    json!({"iss": "https://login.example/", "aud": "mixer", "exp": now + 600, "roles": roles})
}

#[tokio::test]
async fn a_token_of_the_issuer_with_a_role_is_accepted() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.json");
    let key = SigningKey::p256("of-today");
    fs::write(&path, jwks(&[&key])).unwrap();
    let keys = path.to_str().unwrap();
    let server = Server::start(&["--jwks", keys, "--issuer", "https://login.example/", "--audience", "mixer"]);
    assert_eq!(server.token, None);
    let url = format!("{}/app/calls/{}/participants", server.url, server.call);
    for (token, status) in [
        (key.token(&claims(&["Calls.MeetingJoin"])), 200),
        (key.token(&claims(&["Mail.Read"])), 403),
        (SigningKey::p256("of-today").token(&claims(&["Calls.MeetingJoin"])), 401),
    ] {
        assert_eq!(client().get(&url).bearer_auth(token).send().await.unwrap().status(), status);
    }
    assert_eq!(client().get(&url).send().await.unwrap().status(), 401);
}

#[test]
fn keys_that_cannot_be_fetched_are_an_error_at_the_start() {
    let options = ["--issuer", "i", "--audience", "a", "--jwks"];
    for (keys, wanted) in [
        ("no/such/file.json", "cannot read the JWKS in no/such/file.json"),
        ("http://127.0.0.1:1/keys", "cannot fetch the JWKS"),
        ("http://login.example/keys", "https"),
    ] {
        let (code, said) = failure(&[&options[..], &[keys]].concat());
        let last = said.lines().last().unwrap();
        assert!(code == Some(2) && last.starts_with("call_server: --jwks: ") && last.contains(wanted), "{said}");
    }
    let (code, said) = failure(&["--jwks", "keys.json"]);
    assert!(code == Some(2) && said.contains("--issuer"), "{said}");
}

#[tokio::test]
async fn keys_that_are_too_long_are_told_and_those_that_are_known_go_on() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.json");
    let (key, new) = (SigningKey::p256("of-today"), SigningKey::p256("of-tomorrow"));
    fs::write(&path, jwks(&[&key])).unwrap();
    let keys = path.to_str().unwrap();
    let mut server = Server::start(&["--jwks", keys, "--issuer", "https://login.example/", "--audience", "mixer"]);
    let figure = async |name: &str| {
        let text = client().get(format!("{}/metrics", server.url)).send().await.unwrap().text().await.unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned));
        line.unwrap_or_else(|| panic!("no {name}: {text}"))
    };
    assert_eq!(
        (figure("call_server_jwks_failing").await, figure("call_server_jwks_failures_total").await),
        ("0".into(), "0".into())
    );
    // The known key is still among them, behind more than is read.
    fs::write(&path, format!("{}{}", " ".repeat(4 << 20), jwks(&[&key, &new]))).unwrap();
    let url = format!("{}/app/calls/{}/participants", server.url, server.call);
    let status = async |key: &SigningKey| {
        let token = key.token(&claims(&["Calls.MeetingJoin"]));
        client().get(&url).bearer_auth(token).send().await.unwrap().status().as_u16()
    };
    let told = async {
        // Only once the pause after the first reading is over is the file read again.
        while status(&new).await != 503 || figure("call_server_jwks_failing").await != "1" {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(crate::rig::PATIENCE, told).await.expect("the file is read again");
    assert_eq!(status(&key).await, 200);
    assert_ne!(figure("call_server_jwks_failures_total").await, "0");
    server.signal(rustix::process::Signal::TERM);
    let said = server.ended().1.join("\n");
    assert!(said.contains("it is longer than") && said.contains("those that are known go on"), "{said}");
}

#[tokio::test]
async fn a_socket_ends_with_its_token() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.json");
    let key = SigningKey::p256("of-today");
    fs::write(&path, jwks(&[&key])).unwrap();
    let keys = path.to_str().unwrap();
    let mut server = Server::start(&["--jwks", keys, "--issuer", "https://login.example/", "--audience", "mixer"]);
    let mut soon = claims(&["Calls.MeetingJoin"]);
    soon["exp"] = json!(soon["exp"].as_u64().unwrap() - 597);
    server.token = Some(key.token(&soon));
    let mut socket = server.socket("/desk/state").await;
    let goodbye = loop {
        match message(&mut socket).await {
            Message::Close(frame) => break frame.unwrap(),
            Message::Text(_) => {}
            other => panic!("{other}"),
        }
    };
    assert_eq!(goodbye.reason.as_str(), "the token has expired");
}
