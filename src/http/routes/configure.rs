//! `POST …/participants/configureMixer`: puts new levels in force, and begins an operation.

use std::sync::Arc;

use axum::{extract::State, response::Response};

use super::{
    action::{self, Action, Form},
    openapi::OfChange,
};
#[cfg(feature = "cluster")]
use crate::http::calls::Nodes;
use crate::{
    config::{CommsOperation, ErrorCode, OperationKind, RequestError, UncheckedRequest, read_json},
    control,
    http::{
        calls::{Call, Request},
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
        OfChange
    )
)]
pub(super) async fn configure(State(service): State<Arc<ServiceState>>, action: Action) -> Result<Response, Refused> {
    let most = service.options.limits.listeners;
    action.run(&service, Form::Ok, move |call, _, body| put_in_force(call, body, most)).await
}

/// Puts all of a request in force, or nothing of it. The request is checked once: its rules here,
/// and who is in the call under the controller's lock.
fn put_in_force(call: &Arc<Call>, body: &[u8], most_listeners: usize) -> Result<CommsOperation, Refused> {
    let request = read_json::<UncheckedRequest>(body).map_err(RequestError::from)?;
    #[cfg(feature = "cluster")]
    if let Some(nodes) = &call.nodes {
        return on_nodes(call, nodes, request, most_listeners);
    }
    let admit = || match request.listeners() {
        listeners if listeners > most_listeners => Err(too_many_listeners(listeners, most_listeners)),
        _ => action::admit(call),
    };
    let in_order = call.ledger.order();
    match call.controller.change(|changes| changes.apply(&request, admit)) {
        (Ok(place), generation) => {
            let client_context = request.client_context().map(str::to_owned);
            Ok(place?.begin(Request { kind: OperationKind::Comms, client_context }, generation))
        }
        (Err(absent), published) => {
            drop(in_order);
            Err(RequestError::from(control::refused(request, absent, published)).into())
        }
    }
}

/// The same of a conference on several nodes: the operation ends when all of them have mixed the change.
#[cfg(feature = "cluster")]
fn on_nodes(
    call: &Arc<Call>,
    nodes: &Nodes,
    request: UncheckedRequest<'_>,
    most_listeners: usize,
) -> Result<CommsOperation, Refused> {
    if request.listeners() > most_listeners {
        return Err(too_many_listeners(request.listeners(), most_listeners));
    }
    let place = action::admit(call)?;
    let client_context = request.client_context().map(str::to_owned);
    let change = nodes.conference.configure_request(request)?;
    Ok(nodes.follow(change, Request { kind: OperationKind::Comms, client_context }, place))
}

fn too_many_listeners(listeners: usize, most: usize) -> Refused {
    let message = format!("the request configures {listeners} listeners; at most {most} are taken at once");
    Refused::new(ErrorCode::RequestTooLarge, message)
}
