//! The participants as resources: all of them and one, muted and removed.

use std::sync::{Arc, Mutex};

use mixminus::{
    Controller, Direction, JoinOptions,
    config::{ParticipantMixerLevel, SourceLevel},
    http::{CallOptions, Removal, ServiceOptions},
};
use mixminus_http_tests::service::{CALL, Rig, refused};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// A participant who sends and hears, as the service describes it.
fn participant(id: &str, place: usize, muted: bool) -> Value {
    let typed = |name: &str, mut value: Value| {
        value["@odata.type"] = format!("#microsoft.graph.{name}").into();
        value
    };
    let user = typed("identity", json!({"id": id, "displayName": id}));
    let stream = json!({
        "mediaType": "audio", "label": "main-audio", "sourceId": place.to_string(), "direction": "sendReceive",
        "serverMuted": muted,
    });
    typed(
        "participant",
        json!({
            "id": id,
            "info": typed("participantInfo", json!({"identity": typed("identitySet", json!({"user": user}))})),
            "isInLobby": false,
            "isMuted": muted,
            "mediaStreams": [typed("mediaStream", stream)],
        }),
    )
}

#[tokio::test]
async fn participants_are_listed_with_what_they_hear_if_asked() {
    let rig = Rig::start().await;
    rig.controller.set_muted("ben", true).unwrap();
    let body = concat!(
        r#"{"participantMixerLevels":[{"participant":"anna","exclusive":true,"#,
        r#""sourceLevels":[{"participant":"ben","level":7}]}]}"#
    );
    assert_eq!(rig.configure(body).await.status(), StatusCode::OK);
    let path = format!("{CALL}/participants");
    let here: Value = rig.get(&path).await.json().await.unwrap();
    assert_eq!(here, json!({"value": [participant("anna", 0, false), participant("ben", 1, true)]}));

    let here: Value = rig.get(&format!("{path}?$expand=mixerLevel")).await.json().await.unwrap();
    let sources = json!([{"participant": "ben", "level": 7, "duckOthers": false}]);
    let level = json!({"participant": "anna", "exclusive": true, "sourceLevels": sources});
    assert_eq!(here["value"][0]["mixerLevel"], level);
    let message = refused(rig.get(&format!("{path}?$expand=meeting")).await, 400, "badRequest").await;
    assert_eq!(message, "$expand=meeting is not known; mixerLevel is");
}

#[tokio::test]
async fn many_participants_come_in_pages() {
    let rig = Rig::start().await;
    let names: Vec<_> = (0..2500).map(|n| n.to_string()).collect();
    rig.controller
        .change(|changes| names.iter().for_each(|id| drop(changes.join(id.as_str(), JoinOptions::default()))));
    let listed = |listener: &str| {
        let others = names.iter().filter(|id| *id != listener).take(900).map(SourceLevel::new).collect();
        ParticipantMixerLevel { source_levels: others, ..ParticipantMixerLevel::new(listener) }
    };
    let levels: Vec<_> = ["anna", "ben", "0", "1", "2"].map(listed).into();
    rig.controller.configure(&levels).unwrap();
    for (query, first) in [("", 1000), ("?$expand=mixerLevel", 4)] {
        let (mut url, mut pages) = (Some(format!("{CALL}/participants{query}")), Vec::new());
        while let Some(asked) = url {
            let mut page: Value = rig.get(&asked).await.json().await.unwrap();
            url = page["@odata.nextLink"].as_str().map(str::to_owned);
            let Value::Array(value) = page["value"].take() else { panic!("{asked}") };
            pages.push(value);
            if pages.len() == 1 {
                rig.controller.leave("anna").unwrap();
            }
        }
        assert_eq!(pages[0].len(), first, "{query}");
        let ids: Vec<_> = pages.iter().flatten().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ids, [&["anna".to_owned(), "ben".to_owned()], &names[..]].concat(), "{query}");
        assert!(pages.iter().flatten().all(|one| one["mixerLevel"].is_object() != query.is_empty()));
        rig.controller.join("anna", JoinOptions::default()).unwrap();
    }
    let message = refused(rig.get(&format!("{CALL}/participants?$skiptoken=x")).await, 400, "badRequest").await;
    assert_eq!(message, "$skiptoken=x is from no @odata.nextLink of this service");
}

#[tokio::test]
async fn one_participant_is_as_in_the_list() {
    let rig = Rig::start().await;
    rig.controller.set_muted("ben", true).unwrap();
    let options = JoinOptions { direction: Direction::Listener, ..JoinOptions::default() };
    rig.controller.join("ear/1", options).unwrap();
    let path = format!("{CALL}/participants");
    let ben: Value = rig.get(&format!("{path}/ben")).await.json().await.unwrap();
    assert_eq!(ben, participant("ben", 1, true));
    let ear: Value = rig.get(&format!("{path}/ear%2F1/")).await.json().await.unwrap();
    assert_eq!((&ear["id"], &ear["mediaStreams"][0]["direction"]), (&"ear/1".into(), &"receiveOnly".into()));
    let anna: Value = rig.get(&format!("{path}/anna?$expand=mixerLevel")).await.json().await.unwrap();
    assert_eq!(anna["mixerLevel"], json!({"participant": "anna", "exclusive": false, "sourceLevels": []}));
    let message = refused(rig.get(&format!("{path}/zoe")).await, 404, "notFound").await;
    assert_eq!(message, r#"there is no participant "zoe" in this call"#);
    refused(rig.get(&format!("{path}/anna?$expand=meeting")).await, 400, "badRequest").await;
}

#[tokio::test]
async fn a_participant_is_muted_by_an_operation() {
    let rig = Rig::start().await;
    let path = format!("{CALL}/participants/ben/mute");
    for again in 0..2 {
        let answer = rig.post(&path, r#"{"clientContext": "c"}"#).await;
        assert_eq!(answer.status(), StatusCode::OK, "{again}");
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        assert!(location.starts_with(&format!("http://{}{CALL}/operations/", rig.address)), "{location}");
        let operation: Value = answer.json().await.unwrap();
        assert_eq!(operation["@odata.type"], "#microsoft.graph.muteParticipantOperation");
        let ended = rig.ended(&location).await;
        assert_eq!((&ended["status"], &ended["clientContext"]), (&"completed".into(), &"c".into()));
        assert_eq!(ended["@odata.type"], "#microsoft.graph.muteParticipantOperation");
        assert!(rig.controller.participant("ben").unwrap().muted);
    }
    refused(rig.post(&format!("{CALL}/participants/zoe/mute"), "{}").await, 404, "notFound").await;
    let faults = refused(rig.post(&path, r#"{"context": 1}"#).await, 400, "badRequest").await;
    assert_eq!(faults, r#"context: unknown property "context"; known here: clientContext"#);
    refused(rig.post(&path, "").await, 400, "badRequest").await;
}

/// A host's connections: notes which are ended, and lets the participant leave only if it is told to.
#[derive(Debug)]
struct Connections {
    ended: Arc<Mutex<Vec<String>>>,
    controller: Option<Controller>,
}

impl Removal for Connections {
    fn remove(&self, participant: &str) {
        self.ended.lock().unwrap().push(participant.to_owned());
        if let Some(controller) = &self.controller {
            controller.leave(participant).unwrap();
        }
    }
}

#[tokio::test]
async fn a_removed_participant_is_out_of_the_call_and_its_connection_ends() {
    for leaves_by_itself in [false, true] {
        let ended = Arc::default();
        let rig = Rig::of(ServiceOptions::default(), |options| {
            let controller = leaves_by_itself.then(|| options.controller.clone());
            let connections = Connections { ended: Arc::clone(&ended), controller };
            CallOptions { removal: Some(Arc::new(connections)), ..options }
        })
        .await;
        let path = format!("{CALL}/participants/ben");
        let remove = || rig.request(Method::DELETE, &path).send();
        let answer = remove().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        assert_eq!(answer.bytes().await.unwrap().len(), 0);
        assert!(!rig.controller.is_here("ben") && rig.controller.is_here("anna"));
        refused(remove().await.unwrap(), 404, "notFound").await;
        assert_eq!(*ended.lock().unwrap(), ["ben"]);
    }
}

#[tokio::test]
async fn a_call_without_connections_lets_a_removed_participant_leave() {
    let rig = Rig::start().await;
    let answer = rig.request(Method::DELETE, &format!("{CALL}/participants/anna")).send().await.unwrap();
    assert_eq!((answer.status(), rig.controller.is_here("anna")), (StatusCode::NO_CONTENT, false));
}
