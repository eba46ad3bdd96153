//! What a monitoring system reads.

use serde_json::{Value, json};

use crate::rig::{Server, client};

#[tokio::test]
async fn health_is_good_while_the_mixer_ticks() {
    let server = Server::start(&[]);
    let answer = client().get(format!("{}/healthz", server.url)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "status": "ok" }));
}

#[tokio::test]
async fn figures_contain_no_ids() {
    let server = Server::start(&["--listener", "Mr Smith"]);
    server.get("/healthz").await;
    let answer = client().get(format!("{}/metrics", server.url)).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    let text = answer.text().await.unwrap();
    let ticks = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name) && line.contains("mixer=\"call_server\""))?;
        line.rsplit_once(' ')?.1.parse::<f64>().ok()
    };
    assert!(ticks("mixminus_ticks_total") > Some(0.0), "{text}");
    assert!(ticks("mixminus_runner_ticks_total") > Some(0.0), "{text}");
    assert!(!text.contains("Smith") && !text.contains("speaker"), "{text}");
}
