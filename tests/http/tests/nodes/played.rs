//! Hold, private groups and prompts: what is played at one node, and heard at all.

use mixminus::Routing;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::{CONFIGURE, THREE, hears, rig::Rig};

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_is_put_on_hold_at_any_node_and_hears_the_music_of_that_node() {
    let rig = Rig::start(THREE).await;
    rig.until_heard("anna", 0.5).await;
    let begun = rig.post(0, "/participants/carol/startHoldMusic", "{}").await;
    assert_eq!(begun.status(), StatusCode::ACCEPTED);
    let ended = rig.ended(0, &begun.json().await.unwrap()).await;
    let kind = "#microsoft.graph.startHoldMusicOperation";
    assert_eq!((&ended["status"], &ended["@odata.type"]), (&json!("completed"), &json!(kind)));
    rig.until_heard("carol", 0.0625).await;
    rig.until_heard("anna", 0.0).await;
    // Another node ends it.
    let begun = rig.post(1, "/participants/carol/stopHoldMusic", "{}").await;
    assert_eq!(rig.ended(1, &begun.json().await.unwrap()).await["status"], "completed");
    rig.until_heard("anna", 0.5).await;
    rig.until_heard("carol", 0.0).await;
    assert_eq!(rig.post(1, "/participants/nobody/startHoldMusic", "{}").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_is_the_same_at_all_nodes_whoever_is_in_it() {
    let rig = Rig::start(THREE).await;
    let group = json!({"id": "g", "routingMode": "oneToOne", "sources": ["carol"], "receivers": ["ben"]});
    let made = rig.post(0, "/audioRoutingGroups", &group.to_string()).await;
    assert_eq!(made.status(), StatusCode::CREATED, "{:?}", made.text().await);
    for node in 0..3 {
        let read = rig.get(node, "/audioRoutingGroups/g").await;
        let [sources, receivers, mode] = ["sources", "receivers", "routingMode"].map(|name| &read[name]);
        assert_eq!((sources, receivers, mode), (&json!(["carol"]), &json!(["ben"]), &json!("oneToOne")));
        assert_eq!(rig.get(node, "/audioRoutingGroups").await["value"].as_array().unwrap().len(), 1);
    }
    let other = json!({"routingMode": "oneToOne", "sources": ["carol"], "receivers": ["nobody"]});
    assert_eq!(rig.post(1, "/audioRoutingGroups", &other.to_string()).await.status(), StatusCode::BAD_REQUEST);
    let change = json!({"receivers": ["anna"]}).to_string();
    let changed = rig.send(1, Method::PATCH, "/audioRoutingGroups/g", Some(&change)).await;
    assert_eq!(changed.status(), StatusCode::OK);
    assert_eq!(rig.get(2, "/audioRoutingGroups/g").await["receivers"], json!(["anna"]));
    let ended = rig.send(2, Method::DELETE, "/audioRoutingGroups/g", None).await;
    assert_eq!(ended.status(), StatusCode::NO_CONTENT);
    for node in 0..3 {
        let gone = rig.send(node, Method::GET, "/audioRoutingGroups/g", None).await;
        assert_eq!(gone.status(), StatusCode::NOT_FOUND);
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn prompts_reach_those_outside_the_default_group_at_other_nodes() {
    let rig = Rig::start(&[("a", &[("anna", 0.0)]), ("b", &[("ben", 0.0)])]).await;
    rig.nodes[1].controller.set_routing("ben", Routing::Apart).unwrap();
    let prompts = json!({"prompts": [{"mediaInfo": {"uri": "level:0.25:600000"}}]}).to_string();
    rig.begin(0, "/playPrompt", &prompts).await;
    rig.until_heard("ben", 0.25).await;
    for node in 0..2 {
        let groups = rig.get(node, "/audioRoutingGroups").await;
        assert_eq!(groups["value"], json!([]), "by a group of the service's own");
    }
    rig.nodes[1].controller.set_routing("ben", Routing::DefaultGroup).unwrap();
    rig.until("the group has ended", || rig.nodes[1].conference.private_groups().is_empty()).await;
    rig.until_heard("ben", 0.25).await;
}
