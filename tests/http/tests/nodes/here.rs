//! What only the node of a participant does, and what is played at one node for all.

use mixminus_http_tests::service::refused;
use serde_json::json;

use crate::{CONFIGURE, THREE, hears, rig::Rig};

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_of_another_node_is_put_on_hold_there() {
    let rig = Rig::start(THREE).await;
    for path in ["/participants/ben/startHoldMusic", "/participants/ben/stopHoldMusic"] {
        let message = refused(rig.post(0, path, "{}").await, 421, "misdirectedRequest").await;
        let expected =
            "participant \"ben\" is at node \"b\" of this conference, and this is node \"a\": send the request there";
        assert_eq!(message, expected);
        assert_eq!(rig.post(1, path, "{}").await.status(), 202);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_has_members_of_one_node() {
    let two: crate::Cast = &[("a", &[("anna", 0.0), ("dora", 0.0)]), ("b", &[("ben", 0.0)])];
    let rig = Rig::start(two).await;
    let group =
        |receiver: &str| json!({"routingMode": "oneToOne", "sources": ["anna"], "receivers": [receiver]}).to_string();
    let message = refused(rig.post(0, "/audioRoutingGroups", &group("ben")).await, 421, "misdirectedRequest").await;
    assert!(message.starts_with("participant \"ben\" is at node \"b\""), "{message}");
    assert_eq!(rig.post(0, "/audioRoutingGroups", &group("nobody")).await.status(), 400);
    assert_eq!(rig.post(0, "/audioRoutingGroups", &group("dora")).await.status(), 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn prompts_of_two_nodes_are_heard_at_all() {
    let rig = Rig::start(&[("a", &[("anna", 0.0)]), ("b", &[("ben", 0.0)])]).await;
    let prompt = |level: &str| {
        let prompts = json!([{"@odata.type": "#microsoft.graph.mediaPrompt", "mediaInfo": {"uri": format!("level:{level}:600000")}}]);
        json!({"prompts": prompts}).to_string()
    };
    rig.begin(0, "/playPrompt", &prompt("0.25")).await;
    rig.until_heard("ben", 0.25).await;
    rig.begin(1, "/playPrompt", &prompt("0.125")).await;
    for id in ["anna", "ben"] {
        rig.until_heard(id, 0.375).await;
    }
    for node in 0..2 {
        let all = rig.get(node, "/participants").await;
        assert_eq!(all["value"].as_array().unwrap().len(), 2, "what plays is not listed: {all}");
        assert_eq!(rig.post(node, "/participants/$prompts.b/mute", "{}").await.status(), 404);
    }
    // A listener's levels may name what plays, wherever that is.
    let ended = rig.done(0, CONFIGURE, &hears("anna", "$prompts.b", 0)).await;
    assert_eq!(ended["status"], "completed");
    rig.until_heard("anna", 0.25).await;
    assert_eq!(rig.done(1, "/cancelMediaProcessing", "{}").await["status"], "completed");
    rig.until_heard("ben", 0.25).await;
}
