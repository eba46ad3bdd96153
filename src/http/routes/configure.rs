//! `POST …/participants/configureMixer`: new levels, and an operation.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{apart, body, caller::Caller, headers, location::Asked};
use crate::{
    config::{CommsOperation, ErrorCode, RequestError, read_request},
    http::{
        Service,
        calls::{Call, NoPlace},
        refused::Refused,
    },
};

pub(super) async fn configure(
    State(service): State<Service>,
    caller: Caller,
    asked: Asked,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let call = caller.live_call(&service)?;
    headers::require_json(&headers)?;
    let limits = &service.options().limits;
    let body = body::read(body, limits).await?;
    let most = limits.listeners;
    let operation = apart(&service, move || put_in_force(&call, &body, most)).await??;
    let location = [(header::LOCATION, asked.operation(&operation.id))];
    Ok(match headers::prefers_async(&headers) {
        false => (StatusCode::OK, location, Json(operation)).into_response(),
        true => (StatusCode::ACCEPTED, location, [("preference-applied", "respond-async")]).into_response(),
    })
}

/// All of a request, or nothing of it.
fn put_in_force(call: &Arc<Call>, body: &[u8], most_listeners: usize) -> Result<CommsOperation, Refused> {
    let request = read_request(body, |id| call.controller.is_here(id))?;
    let listeners = request.participant_mixer_levels.len();
    if listeners > most_listeners {
        let message =
            format!("the request configures {listeners} listeners; at most {most_listeners} are taken at once");
        return Err(Refused::new(ErrorCode::RequestTooLarge, message));
    }
    let place = call.ledger.reserve().map_err(|none| refuse(none, call))?;
    let _in_order = call.order();
    let generation = call.controller.configure(&request.participant_mixer_levels).map_err(RequestError::from)?;
    Ok(place.begin(request.client_context, generation))
}

fn refuse(none: NoPlace, call: &Call) -> Refused {
    let soon = std::time::Duration::from_secs(1);
    match none {
        NoPlace::Full { most } => {
            let message = format!("{most} operations of this call run already");
            Refused::new(ErrorCode::TooManyRequests, message).retry_after(soon)
        }
        NoPlace::Draining => {
            let message = "the service is being shut down and takes on no more changes";
            Refused::new(ErrorCode::ServiceUnavailable, message).retry_after(soon)
        }
        NoPlace::Ended => Refused::no_such_call(&call.identity.id),
    }
}
