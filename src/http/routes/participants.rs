//! `GET …/participants`: who is in the call, and what each hears, if asked.

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{apart, caller::Caller};
use crate::{
    Controller, Participant,
    config::{ErrorBody, ErrorCode, ParticipantMixerLevel},
    http::{Service, refused::Refused},
};

/// Who is in the call, in the order in which they got their places.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Participants {
    value: Vec<OneParticipant>,
}

/// A participant.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "@odata.type", rename = "#microsoft.graph.participant", rename_all = "camelCase")]
struct OneParticipant {
    /// Its id.
    id: String,
    /// Whether nobody hears it.
    is_muted: bool,
    /// What it hears differently from the default, with `$expand=mixerLevel`.
    #[serde(skip_serializing_if = "Option::is_none")]
    mixer_level: Option<ParticipantMixerLevel>,
}

/// What is to be told of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    Itself,
    MixerLevel,
}

/// What `$expand` may be, for the description.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only its schema is of use")]
enum Expand {
    #[schema(rename = "mixerLevel")]
    MixerLevel,
}

#[derive(Debug, Deserialize)]
pub(super) struct Parameters {
    #[serde(rename = "$expand")]
    expand: Option<String>,
}

/// Who is in the call.
#[utoipa::path(
    get,
    path = "/app/calls/{call}/participants",
    operation_id = "participants",
    params(
        ("call" = String, Path, description = "The call's id."),
        ("$expand" = inline(Expand), Query, description = "mixerLevel, for what each hears, as a request would have it."),
    ),
    responses(
        (status = 200, description = "The participants.", body = Participants),
        (status = 400, description = "$expand names something else.", body = ErrorBody),
        (status = 401, description = "No token, or one that does not check out.", body = ErrorBody),
        (status = 403, description = "The token lacks the permission.", body = ErrorBody),
        (status = 404, description = "There is no such call.", body = ErrorBody),
        (status = 429, description = "Over the rate; see Retry-After.", body = ErrorBody),
        (status = 500, description = "The service has failed.", body = ErrorBody),
        (status = 503, description = "Tokens cannot be checked now.", body = ErrorBody),
    )
)]
pub(super) async fn participants(
    State(service): State<Service>,
    caller: Caller,
    query: Result<Query<Parameters>, QueryRejection>,
) -> Result<Json<Participants>, Refused> {
    let call = caller.live_call(&service)?;
    let detail = detail(query)?;
    Ok(Json(apart(&service, move || read(&call.controller, detail)).await?))
}

fn detail(query: Result<Query<Parameters>, QueryRejection>) -> Result<Detail, Refused> {
    let refuse = |message| Err(Refused::new(ErrorCode::BadRequest, message));
    match query {
        Err(rejection) => refuse(rejection.body_text()),
        Ok(Query(Parameters { expand })) => match expand.as_deref() {
            None => Ok(Detail::Itself),
            Some("mixerLevel") => Ok(Detail::MixerLevel),
            Some(other) => refuse(format!("$expand={other} is not known; mixerLevel is")),
        },
    }
}

fn read(controller: &Controller, detail: Detail) -> Participants {
    let level = |participant: &Participant| {
        let id = participant.id.as_str();
        // Who leaves meanwhile hears nothing any more.
        (detail == Detail::MixerLevel)
            .then(|| controller.configuration(id).ok().map(|config| config.mixer_level(id)))?
    };
    let value = controller.participants().into_iter().map(|participant| OneParticipant {
        mixer_level: level(&participant),
        id: participant.id.as_str().to_owned(),
        is_muted: participant.muted,
    });
    Participants { value: value.collect() }
}
