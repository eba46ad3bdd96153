//! What a host has lent to the service panics: that request or operation fails, and nothing else does.

use std::sync::Arc;

use mixminus::http::{CallOptions, ServiceOptions};
use mixminus_http_tests::{
    prompts::Levels,
    service::{CALL, Rig, anna_hears_ben_at},
};
use reqwest::{Method, StatusCode};
use serde_json::json;

async fn rig() -> Rig {
    Rig::of(ServiceOptions::default(), |call| CallOptions { prompts: Arc::new(Levels), ..call }).await
}

#[tokio::test]
async fn a_resolver_of_prompts_that_panics_fails_its_operation_alone() {
    let rig = rig().await;
    let play = async |uri: &str| {
        let prompts = json!({"prompts": [{"@odata.type": "#x", "mediaInfo": {"uri": uri}}]});
        let answer = rig.post(&format!("{CALL}/playPrompt"), prompts.to_string()).await;
        assert_eq!(answer.status(), StatusCode::OK);
        rig.ended(answer.headers()["location"].to_str().unwrap()).await
    };
    for _ in 0..4 {
        let ended = play("panics").await;
        assert_eq!(ended["status"], "failed", "{ended}");
    }
    let ended = play("level:0.25:10").await;
    assert_eq!(ended["status"], "completed", "{ended}");
}

#[tokio::test]
async fn an_authorizer_that_panics_fails_its_request_alone() {
    let rig = rig().await;
    for _ in 0..10 {
        let path = format!("http://{}{CALL}/participants", rig.address);
        let answer = reqwest::Client::new().request(Method::GET, path).bearer_auth("panics").send().await;
        let failed = answer.as_ref().map_or(true, |answer| answer.status().is_server_error());
        assert!(failed, "{answer:?}");
    }
    assert_eq!(rig.configure(anna_hears_ben_at(50)).await.status(), StatusCode::OK);
}
