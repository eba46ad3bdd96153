//! Hold over HTTP: what a participant on hold hears, who hears it, and how the operations end.

use std::{sync::Arc, time::Duration};

use mixminus::{
    JoinOptions,
    http::{CallOptions, Limits, OperationOptions, ServiceOptions},
};
use mixminus_http_tests::{
    prompts::{Levels, clip},
    service::{CALL, Rig, refused},
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// A call whose hold music has the level 0.5. Nobody else sends anything.
async fn rig() -> Rig {
    rig_with(Limits::default()).await
}

async fn rig_with(limits: Limits) -> Rig {
    let operations = OperationOptions { kept_for: Duration::from_millis(200), ..OperationOptions::default() };
    let options = ServiceOptions { operations, limits, ..ServiceOptions::default() };
    let call = |call| CallOptions { prompts: Arc::new(Levels), hold_music: Some(clip(0.5, 20)), ..call };
    Rig::of(options, call).await
}

/// Sends a request that is accepted. Returns where its operation is.
async fn accepted(rig: &Rig, id: &str, action: &str, body: Value) -> String {
    let answer = rig.post(&format!("{CALL}/participants/{id}/{action}"), body.to_string()).await;
    assert_eq!(answer.status(), StatusCode::ACCEPTED);
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    let operation: Value = answer.json().await.unwrap();
    let kind = format!("#microsoft.graph.{action}Operation");
    assert_eq!((&operation["@odata.type"], operation["id"].is_string()), (&kind.into(), true));
    location
}

/// Sends a request, and returns its operation once it has ended.
async fn ended(rig: &Rig, id: &str, action: &str, body: Value) -> Value {
    rig.ended(&accepted(rig, id, action, body).await).await
}

fn own_music(uri: &str) -> Value {
    json!({"customPrompt": {"@odata.type": "#x", "mediaInfo": {"uri": uri}}})
}

fn is_on_hold(rig: &Rig, id: &str) -> bool {
    rig.controller.participant(id).unwrap().on_hold
}

#[tokio::test]
async fn who_is_on_hold_hears_the_music_and_comes_back() {
    let rig = rig().await;
    for _ in 0..2 {
        let held = ended(&rig, "anna", "startHoldMusic", json!({"clientContext": "c"})).await;
        assert_eq!((&held["status"], &held["clientContext"]), (&"completed".into(), &"c".into()));
        assert!(is_on_hold(&rig, "anna") && !is_on_hold(&rig, "ben"));
        rig.until_heard("anna", 0.5).await;
    }
    assert!(!rig.controller.is_routed("ben", "anna").unwrap(), "nobody hears her");
    assert_eq!(rig.heard("ben"), 0.0, "nobody else hears the music");
    let here: Value = rig.get(&format!("{CALL}/participants")).await.json().await.unwrap();
    assert_eq!(here["value"].as_array().unwrap().len(), 2, "the music is no participant for clients");
    for _ in 0..2 {
        let back = ended(&rig, "anna", "stopHoldMusic", json!({})).await;
        assert_eq!(back["status"], "completed");
        assert!(!is_on_hold(&rig, "anna"));
        rig.until_heard("anna", 0.0).await;
    }
    assert!(rig.controller.is_routed("ben", "anna").unwrap());
}

#[tokio::test]
async fn each_may_have_music_of_its_own_and_other_music_later() {
    let rig = rig().await;
    for (id, level) in [("anna", 0.25), ("ben", 0.125)] {
        let body = own_music(&format!("level:{level}:20"));
        assert_eq!(ended(&rig, id, "startHoldMusic", body).await["status"], "completed");
    }
    rig.until_heard("anna", 0.25).await;
    rig.until_heard("ben", 0.125).await;
    ended(&rig, "ben", "startHoldMusic", own_music("level:0.75:20")).await;
    rig.until_heard("ben", 0.75).await;
    ended(&rig, "ben", "startHoldMusic", json!({})).await;
    rig.until_heard("ben", 0.5).await;
    assert!((rig.heard("anna") - 0.25).abs() < 1e-4);
}

#[tokio::test]
async fn music_that_cannot_be_fetched_changes_nothing() {
    let rig = rig().await;
    let failed = ended(&rig, "anna", "startHoldMusic", own_music("https://h/x.wav")).await;
    let expected = (&json!("failed"), &json!(403));
    assert_eq!((&failed["status"], &failed["resultInfo"]["code"]), expected);
    assert!(!is_on_hold(&rig, "anna"));
    ended(&rig, "anna", "startHoldMusic", json!({})).await;
    ended(&rig, "anna", "startHoldMusic", own_music("https://h/x.wav")).await;
    rig.until_heard("anna", 0.5).await;
}

#[tokio::test]
async fn a_later_request_is_not_undone_by_an_earlier_one_whose_music_comes_late() {
    let rig = rig().await;
    let late = accepted(&rig, "anna", "startHoldMusic", own_music("late:200:level:0.25:20")).await;
    assert!(!is_on_hold(&rig, "anna"), "not before the music is there");
    assert_eq!(ended(&rig, "anna", "stopHoldMusic", json!({})).await["status"], "completed");
    let ended = rig.ended(&late).await;
    assert_eq!((&ended["status"], &ended["resultInfo"]["code"]), (&"failed".into(), &json!(409)));
    assert!(!is_on_hold(&rig, "anna"));
}

#[tokio::test]
async fn a_call_without_music_has_silence_on_hold() {
    let rig = Rig::start().await;
    assert_eq!(ended(&rig, "anna", "startHoldMusic", json!({})).await["status"], "completed");
    assert!(is_on_hold(&rig, "anna"));
    let refused = ended(&rig, "anna", "startHoldMusic", own_music("https://h/x.wav")).await;
    assert_eq!(refused["resultInfo"]["message"], "the prompt is not fetched: this service fetches none");
}

#[tokio::test]
async fn prompts_do_not_reach_who_is_on_hold() {
    let rig = rig().await;
    ended(&rig, "anna", "startHoldMusic", json!({})).await;
    let prompt = json!({"prompts": [{"mediaInfo": {"uri": "level:0.25:20"}}], "loop": true});
    assert_eq!(rig.post(&format!("{CALL}/playPrompt"), prompt.to_string()).await.status(), StatusCode::OK);
    rig.until_heard("ben", 0.25).await;
    assert!((rig.heard("anna") - 0.5).abs() < 1e-4);
}

#[tokio::test]
async fn music_ends_with_the_last_who_hears_it() {
    let rig = rig().await;
    ended(&rig, "anna", "startHoldMusic", own_music("level:0.25:20")).await;
    ended(&rig, "ben", "startHoldMusic", json!({})).await;
    assert_eq!(rig.controller.participants().len(), 4);
    let gone = rig.request(Method::DELETE, &format!("{CALL}/participants/anna")).send().await.unwrap();
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    rig.controller.resume("ben").unwrap();
    for _ in 0..500 {
        if rig.controller.participants().len() == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("somebody plays still: {:?}", rig.controller.participants());
}

#[tokio::test]
async fn who_comes_back_under_the_same_id_is_not_on_hold() {
    let rig = rig().await;
    ended(&rig, "anna", "startHoldMusic", json!({})).await;
    rig.controller.leave("anna").unwrap();
    rig.controller.join("anna", JoinOptions::default()).unwrap();
    assert!(!is_on_hold(&rig, "anna"));
    ended(&rig, "anna", "startHoldMusic", json!({})).await;
    rig.until_heard("anna", 0.5).await;
}

#[tokio::test]
async fn nobody_is_not_found_and_faults_are_listed() {
    let rig = rig().await;
    let post = async |id: &str, action: &str, body: &str| {
        rig.post(&format!("{CALL}/participants/{id}/{action}"), body.to_owned()).await
    };
    for action in ["startHoldMusic", "stopHoldMusic"] {
        refused(post("zoe", action, "{}").await, 404, "notFound").await;
        refused(post("anna", action, "[]").await, 400, "badRequest").await;
    }
    let fault = refused(post("anna", "startHoldMusic", r#"{"customPrompt": {}}"#).await, 400, "badRequest").await;
    assert_eq!(fault, "customPrompt.mediaInfo: is missing; an object is required");
}

#[tokio::test]
async fn a_call_holds_so_much_music_and_no_more() {
    let rig = rig_with(Limits { hold_music: Duration::from_millis(50), ..Limits::default() }).await;
    let music = |ms: u32| own_music(&format!("level:0.25:{ms}"));
    assert_eq!(ended(&rig, "anna", "startHoldMusic", music(40)).await["status"], "completed");
    let refused = ended(&rig, "ben", "startHoldMusic", music(20)).await;
    assert_eq!((&refused["status"], &refused["resultInfo"]["code"]), (&json!("failed"), &json!(429)));
    assert!(!is_on_hold(&rig, "ben"));
    assert_eq!(ended(&rig, "anna", "startHoldMusic", music(30)).await["status"], "completed", "instead of the other");
    assert_eq!(ended(&rig, "ben", "startHoldMusic", music(20)).await["status"], "completed");
}

#[tokio::test]
async fn a_call_that_waits_for_its_music_lets_no_other_call_wait() {
    let rig = rig_with(Limits { prompts_at_once: 2, prompt_wait: Duration::from_secs(1), ..Limits::default() }).await;
    let other = CallOptions { prompts: Arc::new(Levels), ..CallOptions::new(rig.controller.clone()) };
    rig.service.add_call("other", other).unwrap();
    let late = accepted(&rig, "anna", "startHoldMusic", own_music("late:3000:level:0.25:20")).await;
    let later = accepted(&rig, "ben", "startHoldMusic", own_music("level:0.25:20")).await;
    let prompts = json!({"prompts": [{"@odata.type": "#x", "mediaInfo": {"uri": "level:0.25:20"}}]});
    let played = rig.post("/app/calls/other/playPrompt", prompts.to_string()).await;
    let played = rig.ended(played.headers()["location"].to_str().unwrap()).await;
    assert_eq!(played["status"], "completed", "{played}");
    let failed = rig.ended(&later).await;
    let wanted = "the service is busy: it was not the turn of this prompt within 1s";
    assert_eq!((&failed["resultInfo"]["code"], &failed["resultInfo"]["message"]), (&json!(503), &json!(wanted)));
    assert_eq!(rig.ended(&late).await["status"], "completed");
}
