//! `GET …/audioRoutingGroups`: all groups; and `POST`, which makes one.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::put_in_force;
use crate::{
    config::{AudioRoutingGroup, ErrorBody, ErrorCode, NewAudioRoutingGroup, RequestError, UncheckedGroup, read_json},
    http::{
        calls::Call,
        limits::Limits,
        refused::Refused,
        routes::{
            action::{self, Action, Changed},
            blocking,
            caller::Caller,
            openapi::{OfChange, OfRead},
        },
        state::ServiceState,
        work::{Room, Size},
    },
};

/// The groups of a call, in the order of their ids.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::http::routes) struct AudioRoutingGroups {
    value: Vec<AudioRoutingGroup>,
}

/// All private routes of the call.
#[utoipa::path(
    get,
    path = "/app/calls/{call}/audioRoutingGroups",
    operation_id = "audioRoutingGroups",
    params(("call" = String, Path, description = "The call's id.")),
    responses((status = 200, description = "The groups.", body = AudioRoutingGroups), OfRead)
)]
pub(in crate::http::routes) async fn groups(
    State(service): State<Arc<ServiceState>>,
    caller: Caller,
) -> Result<Json<AudioRoutingGroups>, Refused> {
    let call = caller.live_call(&service).await?;
    let subject = caller.subject().map(str::to_owned);
    let read = blocking::run(&service, subject, Size::Small, move || call.groups.all(call.kept_groups()));
    Ok(Json(AudioRoutingGroups { value: read.await? }))
}

/// Makes a private route: the receivers hear the source, whatever else says.
///
/// The same request again leaves the same group. Everybody goes on hearing what they heard before: a route only adds.
#[utoipa::path(
    post,
    path = "/app/calls/{call}/audioRoutingGroups",
    operation_id = "createAudioRoutingGroup",
    params(("call" = String, Path, description = "The call's id.")),
    request_body(content = ref("#/components/schemas/NewAudioRoutingGroup")),
    responses(
        (status = 201, description = "The group is in force from the next tick on.", body = AudioRoutingGroup,
            headers(("Location" = String, description = "Where the group can be read."))),
        (status = 409, description = "There is another group of this id.", body = ErrorBody),
        OfChange
    )
)]
pub(in crate::http::routes) async fn create(
    State(service): State<Arc<ServiceState>>,
    action: Action,
) -> Result<Response, Refused> {
    let limits = service.options.limits.clone();
    let make = move |call: &Arc<Call>, caller: &Caller, body: &[u8], _: &mut Option<Room>| {
        let group = make(call, body, &limits)?;
        action::accepted(caller, None);
        Ok(group)
    };
    let Changed { done: group, asked, room } = action.change(&service, make).await?;
    Ok((StatusCode::CREATED, room, [(header::LOCATION, asked.below(&group.id))], Json(group)).into_response())
}

fn make(call: &Arc<Call>, body: &[u8], limits: &Limits) -> Result<AudioRoutingGroup, Refused> {
    let read = read_json::<UncheckedGroup<NewAudioRoutingGroup>>(body).map_err(RequestError::from)?;
    let group = read.create(|| uuid::Uuid::new_v4().to_string());
    let _in_order = call.ledger.order();
    let other = call.groups.get(call.kept_groups(), group.id());
    if other.is_none() && call.groups.count(call.kept_groups()) >= limits.groups {
        let message = format!("this call has {} audioRoutingGroups already: delete one first", limits.groups);
        return Err(Refused::new(ErrorCode::TooManyRequests, message).retry_after(Duration::from_secs(1)));
    }
    let is_taken = call.kept_groups().is_own(group.id()) || other.is_some_and(|other| !group.is(&other));
    if is_taken && group.is_sound() {
        let message = format!("there is another audioRoutingGroup \"{}\" in this call; change that one", group.id());
        return Err(Refused::new(ErrorCode::Conflict, message));
    }
    put_in_force(call, group, limits, |_| Ok(()))
}
