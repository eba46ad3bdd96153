//! Requests over HTTP: their accepted forms and paths, and their answers.

use mixminus::{
    Gain, JoinOptions,
    http::{Service, ServiceOptions},
};
use mixminus_http_tests::service::{CALL, Doors, NOTHING, Rig, refused};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// The published example, with its trailing comma.
const PUBLISHED: &str = include_str!("../../published-example.json");

#[tokio::test]
async fn the_published_example_is_applied_and_completes() {
    let rig = Rig::start().await;
    let [listener, source] = ["550fae72-d251-43ec-868c-373732c2704f", "632899f8-2ea1-4604-8413-27bd2892079f"];
    for id in [listener, source] {
        rig.controller.join(id, JoinOptions::default()).unwrap();
    }
    let answer = rig.configure(PUBLISHED).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "application/json");
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    let operation: Value = answer.json().await.unwrap();
    let (id, created) = (operation["id"].as_str().unwrap(), operation["createdDateTime"].as_str().unwrap());
    assert_eq!(
        operation,
        json!({
            "@odata.type": "#microsoft.graph.commsOperation",
            "clientContext": "d45324c1-fcb5-430a-902c-f20af696537c",
            "createdDateTime": created,
            "id": id,
            "lastActionDateTime": created,
            "resultInfo": null,
            "status": "running"
        })
    );
    assert_eq!(location, format!("http://{}{CALL}/operations/{id}", rig.address));
    let ended = rig.ended(&location).await;
    assert_eq!((&ended["status"], &ended["resultInfo"], &ended["id"]), (&"completed".into(), &Value::Null, &id.into()));

    let configuration = rig.controller.configuration(listener).unwrap();
    assert!(configuration.exclusive);
    assert_eq!(configuration.sources[0].gain, Gain::new(0.5).unwrap());
}

#[tokio::test]
async fn every_path_of_the_api_works_with_and_without_a_slash() {
    let rig = Rig::start().await;
    for version in ["", "/beta", "/v1.0"] {
        for family in ["/app", "/applications/some-app", "/communications"] {
            let call = format!("{version}{family}/calls/room");
            for slash in ["", "/"] {
                let answer = rig.configure_at(&format!("{call}/participants/configureMixer{slash}"), NOTHING).await;
                assert_eq!(answer.status(), StatusCode::OK, "{call}");
                let location = answer.headers()["location"].to_str().unwrap().to_owned();
                assert!(location.starts_with(&format!("http://{}{call}/operations/", rig.address)), "{location}");
                assert_eq!(rig.ended(&format!("{location}{slash}")).await["status"], "completed");
                let here = rig.get(&format!("{call}/participants{slash}")).await;
                assert_eq!(here.status(), StatusCode::OK, "{call}");
            }
        }
    }
}

#[tokio::test]
async fn a_client_that_prefers_no_body_gets_none() {
    let rig = Rig::start().await;
    let path = format!("{CALL}/participants/configureMixer");
    let request = rig.request(Method::POST, &path).header("prefer", "wait=5, respond-async");
    let answer = request.header("content-type", "application/json").body(NOTHING).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    assert_eq!(answer.headers()["preference-applied"], "respond-async");
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    assert!(!answer.headers().contains_key("content-type"));
    assert_eq!(answer.bytes().await.unwrap().len(), 0);
    assert_eq!(rig.ended(&location).await["status"], "completed");
}

#[tokio::test]
async fn the_same_request_twice_is_two_operations_and_one_state() {
    let rig = Rig::start().await;
    let body =
        r#"{"participantMixerLevels":[{"participant":"anna","sourceLevels":[{"participant":"ben","level":7}]}]}"#;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let operation: Value = rig.configure(body).await.json().await.unwrap();
        ids.push(operation["id"].clone());
        let level = rig.controller.configuration("anna").unwrap().mixer_level("anna");
        assert_eq!(level.source_levels.iter().map(|source| source.level).collect::<Vec<_>>(), [7]);
    }
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn ids_may_need_percent_signs() {
    let rig = Rig::start().await;
    let options = || mixminus::http::CallOptions::new(rig.controller.clone());
    for (id, path) in [("a/b c?", "a%2Fb%20c%3F"), ("żółw", "%C5%BC%C3%B3%C5%82w"), ("a+b", "a+b"), ("%41", "%2541")]
    {
        rig.service.add_call(id, options()).unwrap();
        let answer = rig.configure_at(&format!("/app/calls/{path}/participants/configureMixer"), NOTHING).await;
        assert_eq!(answer.status(), StatusCode::OK, "{id}");
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        assert!(location.contains(&format!("/app/calls/{path}/operations/")), "{location}");
        assert_eq!(rig.ended(&location).await["status"], "completed");
    }
    let message = refused(rig.get("/app/calls/A/participants").await, 404, "notFound").await;
    assert_eq!(message, r#"there is no call "A""#);
    refused(rig.get("/app/calls/%FF/participants").await, 404, "notFound").await;
}

#[tokio::test]
async fn a_host_may_describe_itself() {
    let service = Service::new(ServiceOptions { openapi: false, ..ServiceOptions::default() }, Doors).unwrap();
    let own = axum::Router::new().route("/openapi.json", axum::routing::get(|| async { "the host's" }));
    let _both: axum::Router = own.merge(service.router());
}

#[tokio::test]
async fn a_head_request_reads_without_a_body() {
    let rig = Rig::start().await;
    let path = format!("{CALL}/participants");
    let whole = rig.get(&path).await;
    let head = rig.request(Method::HEAD, &path).send().await.unwrap();
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(head.headers()["content-length"], whole.headers()["content-length"]);
    assert_eq!(head.bytes().await.unwrap().len(), 0);
}

#[tokio::test]
async fn the_openapi_description_needs_no_token() {
    let rig = Rig::start().await;
    let answer = rig.request_as(None, Method::GET, "/openapi.json").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let document: Value = answer.json().await.unwrap();
    assert_eq!(document["servers"][1]["url"], format!("http://{}/beta", rig.address));
    let example = &document["components"]["schemas"]["ConfigureMixerRequest"]["examples"][0];
    assert_eq!(example["participantMixerLevels"][0]["ducking"]["upperLevel"], 50);
}
