//! `GET …/operations/{operation}`: an operation as it stands, also after its call.

use axum::{Json, extract::State};

use super::caller::Caller;
use crate::{
    config::{CommsOperation, ErrorCode},
    http::{Service, refused::Refused},
};

pub(super) async fn operation(State(service): State<Service>, caller: Caller) -> Result<Json<CommsOperation>, Refused> {
    let id = caller.operation();
    let found = caller.calls(&service)?.iter().find_map(|call| call.ledger.get(id));
    let message = || format!("there is no operation \"{id}\" in this call, or not any more");
    found.map(Json).ok_or_else(|| Refused::new(ErrorCode::NotFound, message()))
}
