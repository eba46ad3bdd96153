//! `GET …/audioRoutingGroups/{group}`: one group; `PATCH`, which changes it; and `DELETE`, which ends it.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};

use super::{named, put_in_force};
use crate::{
    config::{AudioRoutingGroup, AudioRoutingGroupChange, RequestError, UncheckedGroup, read_json},
    http::{
        Limits,
        calls::Call,
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

/// One private route.
#[utoipa::path(
    get,
    path = "/app/calls/{call}/audioRoutingGroups/{group}",
    operation_id = "audioRoutingGroup",
    params(
        ("call" = String, Path, description = "The call's id."),
        ("group" = String, Path, description = "The group's id."),
    ),
    responses((status = 200, description = "The group.", body = AudioRoutingGroup), OfRead)
)]
pub(in crate::http::routes) async fn group(
    State(service): State<Arc<ServiceState>>,
    caller: Caller,
) -> Result<Json<AudioRoutingGroup>, Refused> {
    let call = caller.live_call(&service).await?;
    let subject = caller.subject().map(str::to_owned);
    blocking::run(&service, subject, Size::Small, move || named(&call, caller.group())).await?.map(Json)
}

/// Changes a private route: what the body does not have stays.
#[utoipa::path(
    patch,
    path = "/app/calls/{call}/audioRoutingGroups/{group}",
    operation_id = "updateAudioRoutingGroup",
    params(
        ("call" = String, Path, description = "The call's id."),
        ("group" = String, Path, description = "The group's id."),
    ),
    request_body(content = ref("#/components/schemas/AudioRoutingGroupChange")),
    responses(
        (status = 200, description = "The group, which is in force from the next tick on.", body = AudioRoutingGroup),
        OfChange
    )
)]
pub(in crate::http::routes) async fn update(
    State(service): State<Arc<ServiceState>>,
    action: Action,
) -> Result<impl IntoResponse, Refused> {
    let state = Arc::clone(&service);
    let change = move |call: &Arc<Call>, caller: &Caller, body: &[u8], room: &mut Option<Room>| {
        // It also has what the body does not change of the group.
        let admit_answer = |group: &AudioRoutingGroup| {
            let length = serde_json::to_vec(group).map_or(0, |answer| answer.len());
            room.as_mut().map_or(Ok(()), |room| state.work.grow(room, caller.subject(), length))
        };
        let group = change(call, (caller.group(), body), &state.options.limits, admit_answer)?;
        action::accepted(caller, None);
        Ok(group)
    };
    let Changed { done: group, room, .. } = action.change(&service, change).await?;
    Ok((room, Json(group)))
}

fn change(
    call: &Arc<Call>,
    (id, body): (&str, &[u8]),
    limits: &Limits,
    admit_answer: impl FnOnce(&AudioRoutingGroup) -> Result<(), Refused>,
) -> Result<AudioRoutingGroup, Refused> {
    let read = read_json::<UncheckedGroup<AudioRoutingGroupChange>>(body).map_err(RequestError::from)?;
    // From what the group is until it is another one, no other request changes it.
    let _in_order = call.ledger.order();
    put_in_force(call, read.update(named(call, id)?), limits, admit_answer)
}

/// Ends a private route.
#[utoipa::path(
    delete,
    path = "/app/calls/{call}/audioRoutingGroups/{group}",
    operation_id = "removeAudioRoutingGroup",
    params(
        ("call" = String, Path, description = "The call's id."),
        ("group" = String, Path, description = "The group's id."),
    ),
    responses((status = 204, description = "The group is gone, from the next tick on."), OfRead)
)]
pub(in crate::http::routes) async fn remove(
    State(service): State<Arc<ServiceState>>,
    caller: Caller,
) -> Result<StatusCode, Refused> {
    let call = caller.live_call(&service).await?;
    let subject = caller.subject().map(str::to_owned);
    let removed = blocking::run(&service, subject, Size::Small, move || {
        let _in_order = call.ledger.order();
        let group = named(&call, caller.group())?;
        let _place = action::admit(&call)?;
        end(&call, &group.id)?;
        action::accepted(&caller, None);
        Ok(StatusCode::NO_CONTENT)
    });
    removed.await?
}

fn end(call: &Call, id: &str) -> Result<(), Refused> {
    #[cfg(feature = "cluster")]
    if let Some(nodes) = &call.nodes {
        return nodes.done(nodes.conference.remove_private_group(id)?, "ended the group");
    }
    call.groups.forget(id);
    // The host may end it at this moment.
    let _gone = call.controller.remove_private_group(id);
    Ok(())
}
