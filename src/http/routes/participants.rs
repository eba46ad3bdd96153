//! `GET …/participants`: who is in the call.

use axum::{Json, extract::State};
use serde::Serialize;

use super::{apart, caller::Caller};
use crate::{
    Participant,
    http::{Service, refused::Refused},
};

/// Who is in the call, in the order in which places were given.
#[derive(Debug, Serialize)]
pub(super) struct Participants {
    value: Vec<OneParticipant>,
}

/// A participant as the API shows one.
#[derive(Debug, Serialize)]
#[serde(tag = "@odata.type", rename = "#microsoft.graph.participant", rename_all = "camelCase")]
struct OneParticipant {
    id: String,
    is_muted: bool,
}

impl From<Participant> for OneParticipant {
    fn from(participant: Participant) -> Self {
        Self { id: participant.id.as_str().to_owned(), is_muted: participant.muted }
    }
}

pub(super) async fn participants(
    State(service): State<Service>,
    caller: Caller,
) -> Result<Json<Participants>, Refused> {
    let call = caller.live_call(&service)?;
    let here = apart(&service, move || call.controller.participants()).await?;
    let value = here.into_iter().map(OneParticipant::from).collect();
    Ok(Json(Participants { value }))
}
