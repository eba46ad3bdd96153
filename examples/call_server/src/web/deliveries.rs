//! What became of the call's notifications: `/desk/deliveries`.

use std::sync::Arc;

use axum::{Json, extract::State};
use mixminus::http::{Delivery, DeliveryState};
use serde_json::{Value, json};

use super::{Web, door::Bearer};

/// The newest ones, oldest first.
pub async fn deliveries(_bearer: Bearer, State(web): State<Arc<Web>>) -> Json<Value> {
    let deliveries: Vec<Value> = web.service.deliveries(&web.call).iter().map(wire).collect();
    Json(json!({ "call": web.call, "deliveries": deliveries }))
}

fn wire(delivery: &Delivery) -> Value {
    let state = match delivery.state {
        DeliveryState::Waiting => "waiting",
        DeliveryState::Delivered => "delivered",
        DeliveryState::GivenUp => "givenUp",
        _ => "unknown",
    };
    json!({
        "operation": delivery.operation,
        "state": state,
        "attempts": delivery.attempts,
        "lastError": delivery.last_error,
    })
}
