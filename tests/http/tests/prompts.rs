//! Prompts over HTTP: who hears them, and how their operations end. A second of audio is mixed in about a tenth of a second.

use std::{sync::Arc, time::Duration};

use mixminus::{
    Direction, JoinOptions, Routing,
    http::{CallOptions, OperationOptions, ServiceOptions},
};
use mixminus_http_tests::{
    prompts::Levels,
    service::{CALL, Rig, refused},
};
use reqwest::StatusCode;
use serde_json::{Value, json};

async fn rig() -> Rig {
    Rig::of(ServiceOptions::default(), |call| CallOptions { prompts: Arc::new(Levels), ..call }).await
}

fn prompts(uris: &[&str], looped: bool) -> String {
    let prompts = uris.iter().map(|uri| json!({"@odata.type": "#x", "mediaInfo": {"uri": uri}}));
    json!({"clientContext": "c", "prompts": prompts.collect::<Vec<_>>(), "loop": looped}).to_string()
}

/// Sends a request that is accepted. Returns where its operation is.
async fn accepted(rig: &Rig, action: &str, body: String) -> String {
    let answer = rig.post(&format!("{CALL}/{action}"), body).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.headers()["location"].to_str().unwrap().to_owned()
}

async fn play(rig: &Rig, uris: &[&str], looped: bool) -> String {
    accepted(rig, "playPrompt", prompts(uris, looped)).await
}

async fn status(rig: &Rig, operation: &str) -> Value {
    rig.get(operation).await.json::<Value>().await.unwrap()["status"].clone()
}

/// How an operation of prompts has ended, once it has.
async fn reason(rig: &Rig, operation: &str) -> Value {
    let ended = rig.ended(operation).await;
    let expected = (&json!("completed"), &json!("#microsoft.graph.playPromptOperation"), &json!("c"));
    assert_eq!((&ended["status"], &ended["@odata.type"], &ended["clientContext"]), expected, "{ended}");
    ended["completionReason"].clone()
}

#[tokio::test]
async fn everybody_hears_a_prompt_and_it_is_completed_at_its_end() {
    let rig = rig().await;
    let apart = JoinOptions { routing: Routing::Apart, ..JoinOptions::default() };
    rig.controller.join("carol", apart.clone()).unwrap();
    let operation = play(&rig, &["level:0.25:3000", "level:0.5:3000"], false).await;
    for id in ["anna", "ben", "carol"] {
        rig.until_heard(id, 0.25).await;
    }
    rig.controller.join("dora", JoinOptions { direction: Direction::Listener, ..apart }).unwrap();
    rig.until_heard("dora", 0.5).await;
    assert_eq!(status(&rig, &operation).await, "running");
    assert_eq!(reason(&rig, &operation).await, "completedSuccessfully");
    rig.until_heard("anna", 0.0).await;
}

#[tokio::test]
async fn the_player_of_prompts_is_no_participant_for_clients() {
    let rig = rig().await;
    reason(&rig, &play(&rig, &["level:0.25:10"], false).await).await;
    assert!(rig.controller.is_here("$prompts"));
    let here: Value = rig.get(&format!("{CALL}/participants")).await.json().await.unwrap();
    let ids: Vec<_> = here["value"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["anna", "ben"]);
    refused(rig.get(&format!("{CALL}/participants/$prompts")).await, 404, "notFound").await;
    refused(rig.post(&format!("{CALL}/participants/$prompts/mute"), "{}").await, 404, "notFound").await;
    let group = json!({"id": "$prompts", "routingMode": "oneToOne", "sources": ["anna"], "receivers": ["ben"]});
    let answer = rig.post(&format!("{CALL}/audioRoutingGroups"), group.to_string()).await;
    refused(answer, 409, "conflict").await;
    // Its level is set as that of everybody else.
    let source = json!({"participant": "$prompts", "level": 50});
    let levels = json!({"participantMixerLevels": [{"participant": "anna", "sourceLevels": [source]}]});
    assert_eq!(rig.configure(levels.to_string()).await.status(), StatusCode::OK);
    let operation = play(&rig, &["level:0.5:3000"], false).await;
    rig.until_heard("ben", 0.5).await;
    rig.until_heard("anna", 0.25).await;
    assert_eq!(reason(&rig, &operation).await, "completedSuccessfully");
}

#[tokio::test]
async fn requests_wait_for_each_other_and_a_loop_ends_only_when_it_is_cancelled() {
    let rig = rig().await;
    let first = play(&rig, &["late:100:level:0.25:500"], false).await;
    let second = play(&rig, &["level:0.5:20", "level:0.5:30"], true).await;
    let third = play(&rig, &["level:0.75:20"], false).await;
    assert_eq!(reason(&rig, &first).await, "completedSuccessfully");
    rig.until_heard("anna", 0.5).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    rig.until_heard("anna", 0.5).await;
    assert_eq!([status(&rig, &second).await, status(&rig, &third).await], ["running"; 2]);

    let cancel = accepted(&rig, "cancelMediaProcessing", "{}".into()).await;
    let ended = rig.ended(&cancel).await;
    let kind = "#microsoft.graph.cancelMediaProcessingOperation";
    assert_eq!((&ended["status"], &ended["@odata.type"]), (&"completed".into(), &kind.into()));
    rig.until_heard("anna", 0.0).await;
    for operation in [&second, &third] {
        assert_eq!(reason(&rig, operation).await, "mediaOperationCanceled");
    }
    let again = accepted(&rig, "cancelMediaProcessing", "{}".into()).await;
    assert_eq!(rig.ended(&again).await["status"], "completed", "there is nothing to cancel");
    let later = play(&rig, &["level:0.25:500"], false).await;
    rig.until_heard("anna", 0.25).await;
    assert_eq!(reason(&rig, &later).await, "completedSuccessfully");
}

#[tokio::test]
async fn what_is_fetched_still_is_cancelled_too() {
    let rig = rig().await;
    let operation = play(&rig, &["late:60000:level:0.5:20"], false).await;
    let cancel = accepted(&rig, "cancelMediaProcessing", "{}".into()).await;
    assert_eq!(reason(&rig, &operation).await, "mediaOperationCanceled");
    assert_eq!(rig.ended(&cancel).await["status"], "completed");
    assert!(!rig.controller.is_here("$prompts"));
}

#[tokio::test]
async fn a_prompt_that_cannot_be_fetched_says_why_and_nothing_of_the_request_is_heard() {
    let rig = rig().await;
    let operation = play(&rig, &["level:0.5:5000", "https://h/nothing.wav"], false).await;
    let next = play(&rig, &["level:0.25:500"], false).await;
    let ended = rig.ended(&operation).await;
    let why = json!({"code": 403, "subcode": 5, "message": "the prompt is no level: https://h/nothing.wav"});
    assert_eq!((&ended["status"], &ended["resultInfo"]), (&"failed".into(), &why));
    rig.until_heard("anna", 0.25).await;
    assert_eq!(reason(&rig, &next).await, "completedSuccessfully");
}

#[tokio::test]
async fn a_prompt_that_does_not_fit_is_refused_as_a_whole() {
    let rig = rig().await;
    let operation = play(&rig, &["level:0.5:400000", "level:0.5:400000"], false).await;
    let ended = rig.ended(&operation).await;
    assert_eq!((&ended["status"], &ended["resultInfo"]["subcode"]), (&"failed".into(), &json!(12)), "{ended}");
    let next = play(&rig, &["level:0.25:500"], false).await;
    rig.until_heard("anna", 0.25).await;
    assert_eq!(reason(&rig, &next).await, "completedSuccessfully");
}

#[tokio::test]
async fn a_call_that_is_muted_plays_in_silence() {
    let rig = rig().await;
    let mute = rig.ended(&accepted(&rig, "mute", "{}".into()).await).await;
    assert_eq!(mute["@odata.type"], "#microsoft.graph.muteParticipantOperation");
    let operation = play(&rig, &["level:0.5:20"], true).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!((rig.heard("anna"), status(&rig, &operation).await), (0.0, "running".into()));
    let unmute = rig.ended(&accepted(&rig, "unmute", "{}".into()).await).await;
    assert_eq!(unmute["@odata.type"], "#microsoft.graph.unmuteParticipantOperation");
    rig.until_heard("anna", 0.5).await;
    rig.ended(&accepted(&rig, "mute", "{}".into()).await).await;
    rig.until_heard("anna", 0.0).await;
    accepted(&rig, "cancelMediaProcessing", "{}".into()).await;
    assert_eq!(reason(&rig, &operation).await, "mediaOperationCanceled");
}

#[tokio::test]
async fn faults_of_a_request_are_listed() {
    let rig = rig().await;
    let body = json!({"prompts": [{"mediaInfo": {"url": "x"}}], "looped": true});
    let error: Value = rig.post(&format!("{CALL}/playPrompt"), body.to_string()).await.json().await.unwrap();
    let details = error["error"]["details"].as_array().unwrap();
    let targets: Vec<_> = details.iter().map(|detail| detail["target"].as_str().unwrap()).collect();
    assert_eq!(targets, ["looped", "prompts[0].mediaInfo.url", "prompts[0].mediaInfo.uri"]);
    let none = refused(rig.post(&format!("{CALL}/playPrompt"), r#"{"prompts": []}"#).await, 400, "badRequest").await;
    assert_eq!(none, "prompts: has 0 of them; 1 to 20 prompts are played in a row");
}

#[tokio::test]
async fn prompts_end_with_their_call_and_their_player_leaves() {
    let rig = rig().await;
    let playing = play(&rig, &["level:0.5:20"], true).await;
    let waiting = play(&rig, &["level:0.5:20"], false).await;
    rig.until_heard("anna", 0.5).await;
    assert!(rig.service.end_call("room"));
    for operation in [playing, waiting] {
        let ended = rig.ended(&operation).await;
        assert_eq!((&ended["status"], &ended["resultInfo"]["code"]), (&"failed".into(), &json!(410)));
    }
    rig.until_heard("anna", 0.0).await;
    assert!(!rig.controller.is_here("$prompts"));
}

#[tokio::test]
async fn a_shutdown_waits_for_what_ends_and_cancels_what_does_not() {
    let rig = rig().await;
    let short = play(&rig, &["level:0.5:500"], false).await;
    let endless = play(&rig, &["level:0.25:20"], true).await;
    rig.until_heard("anna", 0.5).await;
    let report = rig.service.shutdown(Duration::from_secs(20)).await;
    assert_eq!(report.failed_operations, 0);
    assert_eq!(reason(&rig, &short).await, "completedSuccessfully");
    assert_eq!(reason(&rig, &endless).await, "mediaOperationCanceled");
}

#[tokio::test]
async fn a_mixer_that_stands_still_or_goes_fails_the_prompt() {
    let operations = OperationOptions { time_limit: Duration::from_millis(100), ..OperationOptions::default() };
    let options = ServiceOptions { operations, ..ServiceOptions::default() };
    let rig = Rig::of(options, |call| CallOptions { prompts: Arc::new(Levels), ..call }).await;
    let code = |ended: Value| ended["resultInfo"]["code"].clone();
    let stopped = play(&rig, &["level:0.5:20"], true).await;
    rig.until_heard("anna", 0.5).await;
    rig.mix(false);
    assert_eq!(code(rig.ended(&stopped).await), 504);
    let gone = play(&rig, &["level:0.5:20"], true).await;
    rig.drop_mixer();
    assert_eq!(code(rig.ended(&gone).await), 500);
}
