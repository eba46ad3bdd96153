//! Whether the call goes on: `/healthz`.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::Web;

/// How often the counter is looked at, and how many times: a tick of 10 ms may be late on a busy machine.
const LOOK: Duration = Duration::from_millis(10);
const LOOKS: usize = 50;

/// 200 as soon as a tick is made, 503 if none is for half a second.
pub async fn health(State(web): State<Arc<Web>>) -> Response {
    let ticks = || web.ticker.readings().map(|readings| readings.ticks);
    let before = ticks();
    for _ in 0..LOOKS {
        tokio::time::sleep(LOOK).await;
        let now = ticks();
        if now.is_none() {
            break;
        } else if now != before {
            return Json(json!({ "status": "ok" })).into_response();
        }
    }
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "the mixer does not tick" }))).into_response()
}
