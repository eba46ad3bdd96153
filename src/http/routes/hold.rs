//! `POST …/participants/{participant}/startHoldMusic` and `…/stopHoldMusic`: puts a participant on hold, and ends that.

use std::sync::Arc;

use axum::{extract::State, response::Response};

use super::{
    action::{self, Action, Form},
    openapi::OfChange,
    participant,
};
use crate::{
    config::{ActionRequest, CommsOperation, StartHoldMusicRequest},
    http::{refused::Refused, state::ServiceState},
};

/// Puts a participant on hold: it hears its hold music only, and nobody hears it.
///
/// It keeps its place, and what is configured for it. Who is on hold already gets other music. Music of the client's own
/// is fetched first: if that fails, nothing has changed.
#[utoipa::path(
    post,
    path = "/app/calls/{call}/participants/{participant}/startHoldMusic",
    operation_id = "startHoldMusic",
    params(
        ("call" = String, Path, description = "The call's id."),
        ("participant" = String, Path, description = "The participant's id."),
    ),
    request_body(content = ref("#/components/schemas/StartHoldMusicRequest")),
    responses(
        (status = 202, description = "The participant is on its way to hold.", body = CommsOperation,
            headers(("Location" = String, description = "Where the operation can be read."))),
        OfChange
    )
)]
pub(super) async fn start(State(service): State<Arc<ServiceState>>, action: Action) -> Result<Response, Refused> {
    action
        .run(&service, Form::Accepted, |call, caller, body| {
            let request: StartHoldMusicRequest = action::read(body)?;
            let participant = participant::member(call, caller.participant())?;
            Ok(call.media.hold(participant, request, action::admit(call)?))
        })
        .await
}

/// Ends the hold of a participant: it hears and is heard as before.
///
/// Nothing changes for one who is not on hold.
#[utoipa::path(
    post,
    path = "/app/calls/{call}/participants/{participant}/stopHoldMusic",
    operation_id = "stopHoldMusic",
    params(
        ("call" = String, Path, description = "The call's id."),
        ("participant" = String, Path, description = "The participant's id."),
    ),
    request_body(content = ref("#/components/schemas/ActionRequest")),
    responses(
        (status = 202, description = "The participant is on its way back.", body = CommsOperation,
            headers(("Location" = String, description = "Where the operation can be read."))),
        OfChange
    )
)]
pub(super) async fn stop(State(service): State<Arc<ServiceState>>, action: Action) -> Result<Response, Refused> {
    action
        .run(&service, Form::Accepted, |call, caller, body| {
            let request: ActionRequest = action::read(body)?;
            let participant = participant::member(call, caller.participant())?;
            Ok(call.media.resume(&participant, request, action::admit(call)?))
        })
        .await
}
