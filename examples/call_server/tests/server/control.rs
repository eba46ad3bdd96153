//! The configureMixer service, with the token and without.

use serde_json::{Value, json};

use crate::rig::{Server, client};

#[tokio::test]
async fn a_change_is_mixed() {
    let mut server = Server::start(&["--token", "open-sesame", "--call", "room 7/8"]);
    assert_eq!((server.token.as_deref(), server.call.as_str()), (Some("open-sesame"), "room 7/8"));
    assert_eq!(server.participants, ["speaker", "interpreter", "chair", "delegate", "guest"]);
    server.call = "room%207%2F8".into();
    server
        .configure(json!([{ "participant": "guest", "sourceLevels": [{ "participant": "chair", "level": 50 }] }]))
        .await;
}

#[tokio::test]
async fn nobody_changes_anything_without_the_token() {
    let mut server = Server::start(&[]);
    assert!(server.token.as_ref().is_some_and(|token| token.len() >= 32), "a random one");
    for token in [None, Some("wrong".to_owned())] {
        server.token = token;
        assert_eq!(server.post(json!([])).await.status(), 401);
        let deliveries = server.get("/desk/deliveries").await;
        assert_eq!((deliveries.status().as_u16(), deliveries.headers().contains_key("www-authenticate")), (401, true));
    }
}

#[tokio::test]
async fn deliveries_can_be_read_with_the_token() {
    let server = Server::start(&["--callback", "http://127.0.0.1:9/", "--callback-token", "t"]);
    let answer = server.get("/desk/deliveries").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "call": server.call, "deliveries": [] }));
}

#[tokio::test]
async fn anonymous_access_has_to_be_asked_for() {
    let server = Server::start(&["--anonymous"]);
    assert_eq!(server.token, None);
    server.configure(json!([{ "participant": "guest", "exclusive": true }])).await;
    server.knock("/desk/state", "mixminus.desk", None).await.unwrap();
    let by_another_name = client().get(&server.url).header("host", "evil.example").send().await.unwrap();
    assert_eq!(by_another_name.status(), 403);
}

#[tokio::test]
async fn unknown_paths_are_errors_in_the_format_of_the_api() {
    let server = Server::start(&[]);
    let answer = server.get("/nothing/here").await;
    assert_eq!(answer.status(), 404);
    assert_eq!(answer.json::<Value>().await.unwrap()["error"]["code"], "notFound");
    let answer = client().post(format!("{}/healthz", server.url)).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["allow"].to_str().unwrap()), (405, "GET,HEAD"));
    assert_eq!(answer.json::<Value>().await.unwrap()["error"]["code"], "methodNotAllowed");
}
