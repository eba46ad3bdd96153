//! The state of the call's notifications: `/desk/deliveries`.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde_json::{Value, json};

use super::{Web, door::Bearer};

/// The newest notifications, oldest first.
pub async fn deliveries(_bearer: Bearer, State(web): State<Arc<Web>>) -> Json<Value> {
    let deliveries = web.service.deliveries(&web.call);
    Json(json!({ "call": web.call, "deliveries": deliveries }))
}
