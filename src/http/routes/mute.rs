//! `POST …/participants/{participant}/mute`: mutes a participant for everybody. `POST …/mute` and `…/unmute`, of a call:
//! mutes what the call's prompts play, and ends that.

use std::sync::Arc;

use axum::{extract::State, response::Response};

use super::{
    action::{self, Action, Form},
    openapi::OfChange,
    participant,
};
use crate::{
    config::{ActionRequest, CommsOperation, OperationKind},
    http::{
        calls::{Call, Request},
        refused::Refused,
        state::ServiceState,
    },
};

/// Mutes a participant: nobody hears it, whatever it sends.
///
/// It stays muted until it, or the host, unmutes it.
#[utoipa::path(
    post,
    path = "/app/calls/{call}/participants/{participant}/mute",
    operation_id = "muteParticipant",
    params(
        ("call" = String, Path, description = "The call's id."),
        ("participant" = String, Path, description = "The participant's id."),
        ("Prefer" = Option<String>, Header, description = "respond-async, to be answered with 202 and no body.")
    ),
    request_body(content = ref("#/components/schemas/ActionRequest")),
    responses(
        (status = 200, description = "The mixer is told to mute the participant.", body = CommsOperation,
            headers(("Location" = String, description = "Where the operation can be read."))),
        (status = 202, description = "The same, where the client prefers no body.",
            headers(("Location" = String, description = "Where the operation can be read."))),
        OfChange
    )
)]
pub(super) async fn mute_participant(
    State(service): State<Arc<ServiceState>>,
    action: Action,
) -> Result<Response, Refused> {
    action.run(&service, Form::Ok, |call, caller, body| put_in_force(call, caller.participant(), body)).await
}

fn put_in_force(call: &Arc<Call>, id: &str, body: &[u8]) -> Result<CommsOperation, Refused> {
    let ActionRequest { client_context } = action::read(body)?;
    #[cfg(feature = "cluster")]
    if let Some(nodes) = &call.nodes {
        participant::member(call, id)?;
        let place = action::admit(call)?;
        let change = nodes.conference.set_muted(id, true)?;
        return Ok(nodes.follow(change, Request { kind: OperationKind::MuteParticipant, client_context }, place));
    }
    let participant = participant::named(call, id)?;
    let place = action::admit(call)?;
    let _in_order = call.ledger.order();
    // Who leaves at this moment is not heard either.
    let (_muted, generation) = call.controller.change(|changes| match changes.key(id) {
        Ok(key) if key == participant.key => changes.set_muted(id, true),
        _ => Ok(()),
    });
    Ok(place.begin(Request { kind: OperationKind::MuteParticipant, client_context }, generation))
}

/// Mutes what the application itself plays: its prompts.
///
/// They go on in silence, those that are played and those that come. Hold music is heard: it belongs to the hold. In a
/// conference on several nodes, these are the prompts that the node plays which is asked.
#[utoipa::path(
    post,
    path = "/app/calls/{call}/mute",
    operation_id = "mute",
    params(
        ("call" = String, Path, description = "The call's id."),
        ("Prefer" = Option<String>, Header, description = "respond-async, to be answered with 202 and no body.")
    ),
    request_body(content = ref("#/components/schemas/ActionRequest")),
    responses(
        (status = 200, description = "The mixer is told to mute the prompts.", body = CommsOperation,
            headers(("Location" = String, description = "Where the operation can be read."))),
        (status = 202, description = "The same, where the client prefers no body.",
            headers(("Location" = String, description = "Where the operation can be read."))),
        OfChange
    )
)]
pub(super) async fn mute_call(State(service): State<Arc<ServiceState>>, action: Action) -> Result<Response, Refused> {
    action.run(&service, Form::Ok, |call, _, body| mute_prompts(call, body, true)).await
}

/// Ends the mute of what the application itself plays.
#[utoipa::path(
    post,
    path = "/app/calls/{call}/unmute",
    operation_id = "unmute",
    params(
        ("call" = String, Path, description = "The call's id."),
        ("Prefer" = Option<String>, Header, description = "respond-async, to be answered with 202 and no body.")
    ),
    request_body(content = ref("#/components/schemas/ActionRequest")),
    responses(
        (status = 200, description = "The mixer is told to let the prompts be heard.", body = CommsOperation,
            headers(("Location" = String, description = "Where the operation can be read."))),
        (status = 202, description = "The same, where the client prefers no body.",
            headers(("Location" = String, description = "Where the operation can be read."))),
        OfChange
    )
)]
pub(super) async fn unmute_call(State(service): State<Arc<ServiceState>>, action: Action) -> Result<Response, Refused> {
    action.run(&service, Form::Ok, |call, _, body| mute_prompts(call, body, false)).await
}

fn mute_prompts(call: &Arc<Call>, body: &[u8], muted: bool) -> Result<CommsOperation, Refused> {
    let ActionRequest { client_context } = action::read(body)?;
    let kind = if muted { OperationKind::MuteParticipant } else { OperationKind::UnmuteParticipant };
    let place = action::admit(call)?;
    let _in_order = call.ledger.order();
    Ok(place.begin(Request { kind, client_context }, call.media.set_muted(muted)))
}
