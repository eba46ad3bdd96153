//! `GET …/operations/{operation}`: an operation and its status, also after its call has ended.

use std::sync::Arc;

use axum::{Json, extract::State};

use super::{caller::Caller, openapi::OfRead};
use crate::{
    config::{CommsOperation, ErrorCode},
    http::{refused::Refused, state::ServiceState},
};

/// An operation and its present status.
///
/// It can be read for some minutes after it has ended, and after its call has.
#[utoipa::path(
    get,
    path = "/app/calls/{call}/operations/{operation}",
    operation_id = "operation",
    params(
        ("call" = String, Path, description = "The call's id."),
        ("operation" = String, Path, description = "The operation's id."),
    ),
    responses(
        (status = 200, description = "The operation.", body = CommsOperation),
        OfRead
    )
)]
pub(super) async fn operation(
    State(service): State<Arc<ServiceState>>,
    caller: Caller,
) -> Result<Json<CommsOperation>, Refused> {
    let id = caller.operation();
    let found = caller.calls(&service).await?.iter().find_map(|call| call.ledger.get(id));
    let message = || format!("there is no operation \"{id}\" in this call, or not any more");
    found.map(Json).ok_or_else(|| Refused::new(ErrorCode::NotFound, message()))
}
