//! `POST …/playPrompt`: plays prompts to everybody in the call. `POST …/cancelMediaProcessing`: cancels them.

use std::sync::Arc;

use axum::{extract::State, response::Response};

use super::{
    action::{self, Action, Form},
    openapi::OfChange,
};
use crate::{
    config::{ActionRequest, CommsOperation, OperationKind, PlayPromptRequest},
    http::{calls::Request, refused::Refused, state::ServiceState},
};

/// Plays prompts to everybody in the call, one after the other, behind those that are played already.
///
/// The operation is completed when the last one was heard to its end, or when they were cancelled: `completionReason` says
/// which. It has failed if one of them cannot be fetched or is no audio; then none of them was heard.
#[utoipa::path(
    post,
    path = "/app/calls/{call}/playPrompt",
    operation_id = "playPrompt",
    params(
        ("call" = String, Path, description = "The call's id."),
        ("Prefer" = Option<String>, Header, description = "respond-async, to be answered with 202 and no body.")
    ),
    request_body(content = ref("#/components/schemas/PlayPromptRequest")),
    responses(
        (status = 200, description = "The prompts are on their way.", body = CommsOperation,
            headers(("Location" = String, description = "Where the operation can be read."))),
        (status = 202, description = "The same, where the client prefers no body.",
            headers(("Location" = String, description = "Where the operation can be read."))),
        OfChange
    )
)]
pub(super) async fn play(State(service): State<Arc<ServiceState>>, action: Action) -> Result<Response, Refused> {
    action
        .run(&service, Form::Ok, |call, _, body| {
            let request: PlayPromptRequest = action::read(body)?;
            Ok(call.media.play(request, action::admit(call)?))
        })
        .await
}

/// Cancels all prompts: the one that is heard fades out, and those that wait are never heard.
///
/// Their operations are completed, with the `completionReason` mediaOperationCanceled.
#[utoipa::path(
    post,
    path = "/app/calls/{call}/cancelMediaProcessing",
    operation_id = "cancelMediaProcessing",
    params(
        ("call" = String, Path, description = "The call's id."),
        ("Prefer" = Option<String>, Header, description = "respond-async, to be answered with 202 and no body.")
    ),
    request_body(content = ref("#/components/schemas/ActionRequest")),
    responses(
        (status = 200, description = "The prompts are cancelled.", body = CommsOperation,
            headers(("Location" = String, description = "Where the operation can be read."))),
        (status = 202, description = "The same, where the client prefers no body.",
            headers(("Location" = String, description = "Where the operation can be read."))),
        OfChange
    )
)]
pub(super) async fn cancel(State(service): State<Arc<ServiceState>>, action: Action) -> Result<Response, Refused> {
    action
        .run(&service, Form::Ok, |call, _, body| {
            let ActionRequest { client_context } = action::read(body)?;
            let request = Request { kind: OperationKind::CancelMediaProcessing, client_context };
            Ok(call.media.cancel(request, action::admit(call)?))
        })
        .await
}
