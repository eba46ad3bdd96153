//! `POST …/participants/configureMixer`: puts new levels in force, and begins an operation.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{blocking, body, caller::Caller, headers, location::Asked};
use crate::{
    config::{CommsOperation, ErrorBody, ErrorCode, RequestError, UncheckedRequest, read_json},
    control,
    http::{
        calls::{Call, Failure, NoPlace},
        refused::Refused,
        state::ServiceState,
    },
};

/// Sets who hears whom, and how loud.
///
/// All listeners that the request names get the levels that it has for them; a request with a fault
/// changes nothing.
#[utoipa::path(
    post,
    path = "/app/calls/{call}/participants/configureMixer",
    operation_id = "configureMixer",
    params(
        ("call" = String, Path, description = "The call's id."),
        ("Prefer" = Option<String>, Header, description = "respond-async, to be answered with 202 and no body.")
    ),
    request_body(content = ref("#/components/schemas/ConfigureMixerRequest")),
    responses(
        (status = 200, description = "The levels are on their way to the mixer.", body = CommsOperation,
            headers(("Location" = String, description = "Where the operation can be read."))),
        (status = 202, description = "The same, where the client prefers no body.",
            headers(("Location" = String, description = "Where the operation can be read."))),
        (status = 400, description = "The body is malformed or breaks rules, each of which is in the details.",
            body = ErrorBody),
        (status = 401, description = "No token, or one that does not check out.", body = ErrorBody),
        (status = 403, description = "The token lacks the permission.", body = ErrorBody),
        (status = 404, description = "There is no such call.", body = ErrorBody),
        (status = 429, description = "Over the rate, or too many operations run; see Retry-After.", body = ErrorBody),
        (status = 503, description = "Tokens cannot be checked now, or no changes are taken on any more.",
            body = ErrorBody),
        (status = 408, description = "The body took too long.", body = ErrorBody),
        (status = 413, description = "The body is too long, or has too many listeners.", body = ErrorBody),
        (status = 415, description = "The body is not JSON.", body = ErrorBody),
        (status = 500, description = "The service has failed.", body = ErrorBody),
    )
)]
pub(super) async fn configure(
    State(service): State<Arc<ServiceState>>,
    caller: Caller,
    asked: Asked,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let call = caller.live_call(&service)?;
    headers::require_json(&headers)?;
    let limits = &service.options.limits;
    let body = body::read(body, limits).await?;
    let most = limits.listeners;
    let operation = blocking::run(&service.tasks, move || put_in_force(&call, &body, most)).await??;
    #[cfg(feature = "tracing")]
    tracing::info!(
        target: "mixminus", call = caller.call(), operation = operation.id, subject = caller.subject(),
        "a request was accepted"
    );
    let location = [(header::LOCATION, asked.operation(&operation.id))];
    Ok(match headers::prefers_async(&headers) {
        false => (StatusCode::OK, location, Json(operation)).into_response(),
        true => (StatusCode::ACCEPTED, location, [("preference-applied", "respond-async")]).into_response(),
    })
}

/// Puts all of a request in force, or nothing of it. The request is checked once: its rules here,
/// and who is in the call under the controller's lock.
fn put_in_force(call: &Arc<Call>, body: &[u8], most_listeners: usize) -> Result<CommsOperation, Refused> {
    let request = read_json::<UncheckedRequest>(body).map_err(RequestError::from)?;
    let admit = || match request.listeners() {
        listeners if listeners > most_listeners => Err(too_many_listeners(listeners, most_listeners)),
        _ => call.ledger.reserve().map_err(|none| refuse(none, call)),
    };
    let in_order = call.order();
    match call.controller.change(|changes| changes.apply(&request, admit)) {
        (Ok(place), generation) => Ok(place?.begin(request.client_context().map(str::to_owned), generation)),
        (Err(absent), published) => {
            drop(in_order);
            Err(RequestError::from(control::refused(request, absent, published)).into())
        }
    }
}

fn too_many_listeners(listeners: usize, most: usize) -> Refused {
    let message = format!("the request configures {listeners} listeners; at most {most} are taken at once");
    Refused::new(ErrorCode::RequestTooLarge, message)
}

fn refuse(none: NoPlace, call: &Call) -> Refused {
    let soon = std::time::Duration::from_secs(1);
    match none {
        NoPlace::Full { most } => {
            let message = format!("{most} operations of this call run already");
            Refused::new(ErrorCode::TooManyRequests, message).retry_after(soon)
        }
        NoPlace::Draining | NoPlace::Ended(Failure::ShutDown) => {
            let message = "the service is being shut down and takes on no more changes";
            Refused::new(ErrorCode::ServiceUnavailable, message).retry_after(soon)
        }
        NoPlace::Ended(_) => Refused::no_such_call(&call.identity.id),
    }
}
