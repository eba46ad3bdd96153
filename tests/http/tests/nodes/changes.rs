//! Changes that are asked for at one node, of participants at others.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::{CONFIGURE, THREE, hears, rig::Rig};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_completed_once_the_node_of_the_listener_has_mixed_it() {
    let rig = Rig::start(THREE).await;
    rig.until_heard("ben", 0.5).await;
    rig.mix("b", false).await;
    let operation = rig.begin(0, CONFIGURE, &hears("ben", "carol", 40)).await;
    assert_eq!(operation["status"], "running");
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert_eq!(rig.now(0, &operation).await["status"], "running", "b mixes nothing");
    rig.mix("b", true).await;
    let ended = rig.ended(0, &operation).await;
    assert_eq!((&ended["status"], &ended["resultInfo"]), (&json!("completed"), &json!(null)));
    rig.until_heard("ben", 0.2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn listeners_of_all_nodes_are_configured_together() {
    let rig = Rig::start(THREE).await;
    let levels = ["anna", "ben"]
        .map(|listener| json!({"participant": listener, "sourceLevels": [{"participant": "carol", "level": 20}]}));
    let body = json!({"clientContext": "c-1", "participantMixerLevels": levels}).to_string();
    let ended = rig.done(2, CONFIGURE, &body).await;
    assert_eq!((&ended["status"], &ended["clientContext"]), (&json!("completed"), &json!("c-1")));
    rig.until_heard("anna", 0.1).await;
    rig.until_heard("ben", 0.1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_at_two_nodes_for_one_listener_end_the_same_everywhere() {
    let rig = Rig::start(THREE).await;
    let at = async |node: usize, levels: std::ops::Range<u32>| {
        for level in levels {
            let ended = rig.done(node, CONFIGURE, &hears("ben", "carol", level)).await;
            assert_eq!(ended["status"], "completed", "{ended}");
        }
    };
    tokio::join!(at(0, 10..20), at(2, 50..60));
    let path = "/participants/ben?$expand=mixerLevel";
    let level = rig.get(1, path).await["mixerLevel"].clone();
    let last = level["sourceLevels"][0]["level"].as_u64().unwrap();
    assert!(last == 19 || last == 59, "{level}");
    rig.until_heard("ben", 0.005 * last as f32).await;
    for node in [0, 2] {
        assert_eq!(rig.get(node, path).await["mixerLevel"], level);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_is_muted_at_its_node() {
    let rig = Rig::start(THREE).await;
    rig.until_heard("ben", 0.5).await;
    let ended = rig.done(0, "/participants/carol/mute", "{}").await;
    assert_eq!(
        (&ended["status"], &ended["@odata.type"]),
        (&json!("completed"), &json!("#microsoft.graph.muteParticipantOperation"))
    );
    rig.until_heard("ben", 0.0).await;
    for node in 0..3 {
        assert_eq!(rig.get(node, "/participants/carol").await["isMuted"], true);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_is_removed_at_its_node_whose_host_is_told() {
    let rig = Rig::start(THREE).await;
    rig.until_heard("ben", 0.5).await;
    let removed = rig.send(0, Method::DELETE, "/participants/carol", None).await;
    assert_eq!(removed.status(), StatusCode::NO_CONTENT);
    rig.until_heard("ben", 0.0).await;
    assert_eq!([0, 1, 2].map(|node| rig.removed(node)), [vec![], vec![], vec!["carol".to_owned()]]);
    for node in 0..3 {
        rig.until("carol is nowhere", || !rig.nodes[node].conference.is_here("carol")).await;
        let again = rig.send(node, Method::DELETE, "/participants/carol", None).await;
        assert_eq!(again.status(), StatusCode::NOT_FOUND);
    }
}
