//! `GET …/participants/{participant}`: one participant; and `DELETE`, which removes it from the call.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
};
use serde::Deserialize;

use super::{
    action, blocking,
    caller::Caller,
    one_participant::{Detail, Expand, OneParticipant},
    openapi::OfRead,
};
use crate::{
    Participant,
    config::{ErrorBody, ErrorCode},
    http::{
        calls::{Call, Member},
        refused::Refused,
        state::ServiceState,
        work::Size,
    },
};

#[derive(Debug, Deserialize)]
pub(super) struct Parameters {
    #[serde(rename = "$expand")]
    expand: Option<String>,
}

/// The participant of the path, at whatever node.
pub(super) fn member(call: &Call, id: &str) -> Result<Member, Refused> {
    call.member(id).ok_or_else(|| nobody(id))
}

/// The participant of the path, of a call that is on one machine.
pub(super) fn named(call: &Call, id: &str) -> Result<Participant, Refused> {
    call.participant(id).ok_or_else(|| nobody(id))
}

fn nobody(id: &str) -> Refused {
    Refused::new(ErrorCode::NotFound, format!("there is no participant \"{id}\" in this call"))
}

/// One participant in the call.
#[utoipa::path(
    get,
    path = "/app/calls/{call}/participants/{participant}",
    operation_id = "participant",
    params(
        ("call" = String, Path, description = "The call's id."),
        ("participant" = String, Path, description = "The participant's id."),
        ("$expand" = inline(Expand), Query,
            description = "mixerLevel, for what it hears, as a request would have it."),
    ),
    responses(
        (status = 200, description = "The participant.", body = OneParticipant),
        (status = 400, description = "$expand is something else.", body = ErrorBody),
        OfRead
    )
)]
pub(super) async fn participant(
    State(service): State<Arc<ServiceState>>,
    caller: Caller,
    query: Result<Query<Parameters>, QueryRejection>,
) -> Result<Json<OneParticipant>, Refused> {
    let call = caller.live_call(&service).await?;
    let query = query.map_err(|rejection| Refused::new(ErrorCode::BadRequest, rejection.body_text()))?;
    let detail = Detail::expanded(query.expand.as_deref())?;
    let subject = caller.subject().map(str::to_owned);
    let read = blocking::run(&service, subject, Size::Small, move || {
        Ok(OneParticipant::new(&call, member(&call, caller.participant())?, detail))
    });
    read.await?.map(Json)
}

/// Removes a participant from the call.
///
/// Its connection is ended, and what is configured for it is forgotten.
#[utoipa::path(
    delete,
    path = "/app/calls/{call}/participants/{participant}",
    operation_id = "removeParticipant",
    params(
        ("call" = String, Path, description = "The call's id."),
        ("participant" = String, Path, description = "The participant's id."),
    ),
    responses((status = 204, description = "The participant is out of the call."), OfRead)
)]
pub(super) async fn remove(State(service): State<Arc<ServiceState>>, caller: Caller) -> Result<StatusCode, Refused> {
    let call = caller.live_call(&service).await?;
    let subject = caller.subject().map(str::to_owned);
    let removed = blocking::run(&service, subject, Size::Small, move || {
        take_out(&call, caller.participant())?;
        action::accepted(&caller, None);
        Ok(StatusCode::NO_CONTENT)
    });
    removed.await?
}

fn take_out(call: &Call, id: &str) -> Result<(), Refused> {
    #[cfg(feature = "cluster")]
    if let Some(nodes) = &call.nodes {
        member(call, id)?;
        let _place = action::admit(call)?;
        return nodes.done(nodes.conference.remove(id)?, "removed the participant");
    }
    let participant = named(call, id)?;
    let _place = action::admit(call)?;
    call.remove(&participant);
    Ok(())
}
