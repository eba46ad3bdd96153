//! Who is in the conference, as any node tells it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{CONFIGURE, THREE, hears, rig::Rig};

/// Everybody that a node lists, with the node that each is at.
async fn listed(rig: &Rig, node: usize) -> BTreeMap<String, String> {
    let page = rig.get(node, "/participants").await;
    let all = page["value"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let listed: BTreeMap<_, _> = all.iter().map(|one| (text(&one["id"]), text(&one["node"]))).collect();
    assert_eq!(listed.len(), all.len(), "nobody is there twice: {page}");
    listed
}

#[tokio::test(flavor = "multi_thread")]
async fn every_node_lists_everybody_with_the_node_that_they_are_at() {
    let rig = Rig::start(THREE).await;
    let expected = [("anna", "a"), ("ben", "b"), ("carol", "c")];
    let expected: BTreeMap<_, _> = expected.map(|(id, node)| (id.to_owned(), node.to_owned())).into();
    for node in 0..3 {
        assert_eq!(listed(&rig, node).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_participant_is_the_same_at_every_node() {
    let rig = Rig::start(THREE).await;
    assert_eq!(rig.done(2, CONFIGURE, &hears("ben", "carol", 7)).await["status"], "completed");
    let sources = json!([{"participant": "carol", "level": 7, "duckOthers": false}]);
    for node in 0..3 {
        let ben = rig.get(node, "/participants/ben?$expand=mixerLevel").await;
        assert_eq!(ben["node"], "b");
        assert_eq!(ben["mixerLevel"]["sourceLevels"], sources);
        assert_eq!(ben["mediaStreams"][0]["direction"], "sendReceive");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_participants_come_in_pages_at_any_node() {
    let names: Vec<_> = (0..1500).map(|n| n.to_string()).collect();
    let here: Vec<_> = names[..700].iter().map(|id| (id.as_str(), 0.0)).collect();
    let there: Vec<_> = names[700..].iter().map(|id| (id.as_str(), 0.0)).collect();
    let rig = Rig::start(&[("a", &here), ("b", &there)]).await;
    let first = rig.get(0, "/participants").await;
    let next = first["@odata.nextLink"].as_str().unwrap().split_once("/participants").unwrap().1;
    // The second page is asked for at the other node.
    let second = rig.get(1, &format!("/participants{next}")).await;
    assert!(second["@odata.nextLink"].is_null());
    let ids = |page: &Value| -> Vec<String> {
        page["value"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    let mut all = [ids(&first), ids(&second)].concat();
    all.sort_by_key(|id| id.parse::<usize>().unwrap());
    assert_eq!(all, names);
}
