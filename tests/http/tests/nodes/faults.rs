//! What cannot be done: by the request's own fault, or because a node is not there.

use mixminus_http_tests::service::refused;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{CONFIGURE, THREE, hears, rig::Rig};

#[tokio::test(flavor = "multi_thread")]
async fn all_faults_are_told_and_nothing_has_changed() {
    let rig = Rig::start(THREE).await;
    let body = json!({"participantMixerLevels": [
        {"participant": "ben", "sourceLevels": [{"participant": "carol", "level": 101}, {"participant": "nobody"}]},
        {"participant": "anna", "sourceLevels": [{"participant": "ben", "level": 5}]},
        {"participant": "dora"},
    ]});
    let answer = rig.post(0, CONFIGURE, &body.to_string()).await;
    assert_eq!(answer.status(), 400);
    let answer: Value = answer.json().await.unwrap();
    let details = answer["error"]["details"].as_array().unwrap().iter();
    let faults: Vec<_> = details.map(|detail| detail["target"].as_str().unwrap()).collect();
    let expected = [
        "participantMixerLevels[0].sourceLevels[0].level",
        "participantMixerLevels[0].sourceLevels[1].participant",
        "participantMixerLevels[2].participant",
    ];
    assert_eq!(faults, expected, "{answer}");
    for listener in ["anna", "ben"] {
        let one = rig.get(1, &format!("/participants/{listener}?$expand=mixerLevel")).await;
        assert_eq!(one["mixerLevel"]["sourceLevels"], json!([]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_a_node_that_is_cut_off_fails_with_its_name() {
    let rig = Rig::start(THREE).await;
    rig.cut_off(1);
    // Nobody knows of it yet.
    let operation = rig.begin(0, CONFIGURE, &hears("ben", "carol", 40)).await;
    let failed = rig.ended(0, &operation).await;
    assert_eq!((&failed["status"], &failed["resultInfo"]["code"]), (&json!("failed"), &json!(503)));
    let message = failed["resultInfo"]["message"].as_str().unwrap();
    assert!(message.starts_with("node \"b\" does not take the change: "), "{message}");
    // Now it is known.
    let failed = rig.begin(0, CONFIGURE, &hears("ben", "carol", 40)).await;
    assert_eq!(failed["status"], "failed", "at once");
    let message = failed["resultInfo"]["message"].as_str().unwrap();
    assert_eq!(message, "node \"b\" does not take the change: it is not reachable; nothing has changed");
    let message =
        refused(rig.send(0, Method::DELETE, "/participants/ben", None).await, 503, "serviceUnavailable").await;
    assert_eq!(message, "node \"b\" has not removed the participant: it is not reachable");
    let others = rig.done(0, CONFIGURE, &hears("anna", "carol", 40)).await;
    assert_eq!(others["status"], "completed");
    rig.until_heard("anna", 0.2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_cut_off_before_it_has_mixed_fails_the_request() {
    let rig = Rig::start(THREE).await;
    rig.mix("b", false).await;
    let operation = rig.begin(0, CONFIGURE, &hears("ben", "carol", 40)).await;
    assert_eq!(operation["status"], "running");
    rig.cut_off(1);
    let failed = rig.ended(0, &operation).await;
    assert_eq!((&failed["status"], &failed["resultInfo"]["code"]), (&json!("failed"), &json!(504)));
    let message = failed["resultInfo"]["message"].as_str().unwrap();
    assert_eq!(message, "node \"b\" has not mixed the change: it is not reachable; other nodes may have");
}
