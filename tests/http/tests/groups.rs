//! Audio routing groups over HTTP: made, read, changed and ended, and where their routes lead.

use std::time::Duration;

use mixminus::{
    JoinOptions, PrivateGroup, Routing,
    http::{Limits, ServiceOptions},
};
use mixminus_http_tests::service::{CALL, Rig, refused};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

/// Longer than anything takes, on a busy machine too.
const LONG: Duration = Duration::from_secs(60);

/// The path of the groups.
fn groups() -> String {
    format!("{CALL}/audioRoutingGroups")
}

/// A service with anna and ben, and carol, who is out of the default group.
async fn rig() -> Rig {
    let rig = Rig::start().await;
    let apart = JoinOptions { routing: Routing::Apart, ..JoinOptions::default() };
    rig.controller.join("carol", apart).unwrap();
    rig
}

fn whisper() -> Value {
    json!({"id": "whisper", "routingMode": "oneToOne", "sources": ["carol"], "receivers": ["anna"]})
}

fn answered(group: &Value) -> Value {
    let mut group = group.clone();
    group["@odata.type"] = "#microsoft.graph.audioRoutingGroup".into();
    group
}

async fn create(rig: &Rig, group: &Value) -> Response {
    rig.post(&groups(), group.to_string()).await
}

async fn patch(rig: &Rig, id: &str, change: &Value) -> Response {
    let request = rig.request(Method::PATCH, &format!("{}/{id}", groups()));
    request.header("content-type", "application/json").body(change.to_string()).send().await.unwrap()
}

fn routes(rig: &Rig) -> [bool; 2] {
    ["anna", "ben"].map(|listener| rig.controller.is_routed(listener, "carol").unwrap())
}

#[tokio::test]
async fn a_group_is_made_read_changed_and_ended() {
    let rig = rig().await;
    let answer = create(&rig, &whisper()).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(location, format!("http://{}{}/whisper", rig.address, groups()));
    assert_eq!(answer.json::<Value>().await.unwrap(), answered(&whisper()));
    assert_eq!(routes(&rig), [true, false]);
    assert_eq!(rig.get(&location).await.json::<Value>().await.unwrap(), answered(&whisper()));

    let wider = patch(&rig, "whisper", &json!({"routingMode": "multicast", "receivers": ["ben", "anna"]})).await;
    assert_eq!(wider.status(), StatusCode::OK);
    let wide = json!({"id": "whisper", "routingMode": "multicast", "sources": ["carol"], "receivers": ["ben", "anna"]});
    assert_eq!(wider.json::<Value>().await.unwrap(), answered(&wide));
    assert_eq!(routes(&rig), [true, true]);
    let all: Value = rig.get(&groups()).await.json().await.unwrap();
    assert_eq!(all["value"][0]["receivers"], json!(["anna", "ben"]), "in the order of the ids");

    let remove = || rig.request(Method::DELETE, &location).send();
    assert_eq!(remove().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(routes(&rig), [false, false]);
    refused(remove().await.unwrap(), 404, "notFound").await;
    let message = refused(rig.get(&location).await, 404, "notFound").await;
    assert_eq!(message, r#"there is no audioRoutingGroup "whisper" in this call"#);
}

#[tokio::test]
async fn the_same_group_again_is_the_same_and_another_one_is_a_conflict() {
    let rig = rig().await;
    for _ in 0..2 {
        assert_eq!(create(&rig, &whisper()).await.status(), StatusCode::CREATED);
    }
    let mut other = whisper();
    other["receivers"] = json!(["ben"]);
    let message = refused(create(&rig, &other).await, 409, "conflict").await;
    assert_eq!(message, r#"there is another audioRoutingGroup "whisper" in this call; change that one"#);
    assert_eq!(routes(&rig), [true, false]);
    other.as_object_mut().unwrap().remove("id");
    let named: Value = create(&rig, &other).await.json().await.unwrap();
    assert_eq!(named["id"].as_str().unwrap().len(), 36, "a UUID");
    assert_eq!(routes(&rig), [true, true]);
}

#[tokio::test]
async fn a_group_with_faults_changes_nothing() {
    let rig = rig().await;
    let before = rig.controller.published();
    let group = json!({
        "id": "..", "routingMode": "oneToOne", "sources": ["carol"], "receivers": ["zoe", "anna"], "mode": null,
    });
    let answer = create(&rig, &group).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let error: Value = answer.json().await.unwrap();
    let targets: Vec<_> = error["error"]["details"].as_array().unwrap().iter().map(|fault| &fault["target"]).collect();
    assert_eq!(targets, ["mode", "id"]);
    let group = json!({"routingMode": "oneToOne", "sources": ["carol"], "receivers": ["zoe", "anna"]});
    let message = refused(create(&rig, &group).await, 400, "badRequest").await;
    assert!(message.starts_with("2 faults") && message.contains("receivers: has 2 of them"), "{message}");
    assert_eq!(rig.controller.published(), before);

    assert_eq!(create(&rig, &whisper()).await.status(), StatusCode::CREATED);
    let before = rig.controller.private_group("whisper").unwrap();
    for (change, path) in [
        (json!({"receivers": ["anna", "ben"]}), "receivers"),
        (json!({"sources": ["anna"]}), "receivers[0]"),
        (json!({"id": "shout"}), "id"),
        (json!({"routingMode": "unknownFutureValue"}), "routingMode"),
    ] {
        let error: Value = patch(&rig, "whisper", &change).await.json().await.unwrap();
        assert_eq!(error["error"]["details"][0]["target"], path, "{error}");
    }
    assert_eq!(rig.controller.private_group("whisper").unwrap(), before);
    refused(patch(&rig, "shout", &json!({})).await, 404, "notFound").await;
}

#[tokio::test]
async fn the_groups_of_the_host_are_listed_and_a_client_cannot_ask_for_all_of_them() {
    let rig = rig().await;
    rig.controller.set_private_group("duet", PrivateGroup::new(["anna", "ben"], ["carol"])).unwrap();
    let all: Value = rig.get(&groups()).await.json().await.unwrap();
    assert_eq!(all["value"][0]["routingMode"], "unknownFutureValue");
    let error: Value = patch(&rig, "duet", &json!({"receivers": ["carol"]})).await.json().await.unwrap();
    assert_eq!(error["error"]["details"][0]["target"], "routingMode");
    let solo = json!({"routingMode": "oneToOne", "sources": ["ben"]});
    assert_eq!(patch(&rig, "duet", &solo).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn who_leaves_is_in_no_group() {
    let rig = rig().await;
    assert_eq!(create(&rig, &whisper()).await.status(), StatusCode::CREATED);
    let gone = rig.request(Method::DELETE, &format!("{CALL}/participants/carol")).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    let group: Value = rig.get(&format!("{}/whisper", groups())).await.json().await.unwrap();
    assert_eq!((&group["sources"], &group["receivers"]), (&json!([]), &json!(["anna"])));
}

#[tokio::test]
async fn a_group_is_within_the_limits() {
    let limits = Limits { listeners: 1, ..Limits::default() };
    let rig = Rig::with(ServiceOptions { limits, ..ServiceOptions::default() }).await;
    let group = json!({"routingMode": "oneToOne", "sources": ["ben"], "receivers": ["anna"]});
    let message = refused(create(&rig, &group).await, 413, "requestTooLarge").await;
    assert_eq!(message, "the group names 2 participants; at most 1 are taken");
}

#[tokio::test]
async fn a_call_has_so_many_groups_and_no_more() {
    let limits = Limits { groups: 1, ..Limits::default() };
    let rig = Rig::with(ServiceOptions { limits, ..ServiceOptions::default() }).await;
    let group = |id| json!({"id": id, "routingMode": "oneToOne", "sources": ["ben"], "receivers": ["anna"]});
    assert_eq!(create(&rig, &group("first")).await.status(), StatusCode::CREATED);
    assert_eq!(create(&rig, &group("first")).await.status(), StatusCode::CREATED, "the same again");
    let message = refused(create(&rig, &group("second")).await, 429, "tooManyRequests").await;
    assert_eq!(message, "this call has 1 audioRoutingGroups already: delete one first");
}

#[tokio::test]
async fn the_groups_of_a_call_have_so_many_members_and_no_more() {
    let limits = Limits { group_members: 5, ..Limits::default() };
    let rig = Rig::with(ServiceOptions { limits, ..ServiceOptions::default() }).await;
    rig.controller.join("carol", JoinOptions::default()).unwrap();
    let group = |id, receivers: &[&str]| json!({"id": id, "routingMode": "multicast", "sources": ["ben"], "receivers": receivers});
    assert_eq!(create(&rig, &group("first", &["anna", "carol"])).await.status(), StatusCode::CREATED);
    assert_eq!(create(&rig, &group("second", &["anna"])).await.status(), StatusCode::CREATED);
    let message = refused(create(&rig, &group("third", &["anna"])).await, 429, "tooManyRequests").await;
    assert_eq!(message, "the audioRoutingGroups of this call would have over 5 members: delete one first");
    let change = |id: &str, receivers: Value| {
        let request =
            rig.request(Method::PATCH, &format!("{}/{id}", groups())).header("content-type", "application/json");
        request.body(json!({"receivers": receivers}).to_string()).send()
    };
    refused(change("second", json!(["anna", "carol"])).await.unwrap(), 429, "tooManyRequests").await;
    assert_eq!(change("first", json!(["anna"])).await.unwrap().status(), StatusCode::OK);
    assert_eq!(change("second", json!(["anna", "carol"])).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_change_whose_answer_finds_no_room_changes_nothing() {
    let limits = Limits { body_bytes: 40 << 10, bytes_at_once: 320 << 10, body_time: LONG, ..Limits::default() };
    let rig = Rig::with(ServiceOptions { limits, ..ServiceOptions::default() }).await;
    let receivers: Vec<_> = (0..120).map(|number| format!("{number:0250}")).collect();
    for id in &receivers {
        rig.controller.join(id.as_str(), JoinOptions::default()).unwrap();
    }
    let large = json!({"id": "large", "routingMode": "multicast", "sources": ["anna"], "receivers": receivers});
    assert_eq!(create(&rig, &large).await.status(), StatusCode::CREATED);
    // Three of them take all that there is for one caller.
    let mut held = Vec::new();
    for source in ["ben", "anna"].into_iter().cycle().take(100) {
        held.push(rig.half_sent(40 << 10).await);
        tokio::time::sleep(Duration::from_millis(20)).await;
        let before = rig.controller.private_groups();
        let answer = patch(&rig, "large", &json!({"sources": [source]})).await;
        assert_eq!(rig.controller.private_groups() != before, answer.status() == StatusCode::OK);
        if answer.status() != StatusCode::OK {
            refused(answer, 503, "serviceUnavailable").await;
            return;
        }
    }
    panic!("there is always room");
}
