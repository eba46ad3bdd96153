//! `GET …/participants`: the participants in the call, with what each hears if requested; a page at
//! a time.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::header,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    blocking,
    caller::Caller,
    location::Asked,
    one_participant::{Detail, Expand, OneParticipant},
    openapi::OfRead,
};
use crate::{
    config::{ErrorBody, ErrorCode},
    http::{calls::Call, refused::Refused, state::ServiceState, work::Size},
};

/// The participants in the call, in an order that stays, or a page of them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Participants {
    value: Vec<OneParticipant>,
    /// The URL of the next page, if this is not the last one.
    #[serde(rename = "@odata.nextLink", skip_serializing_if = "Option::is_none")]
    next_link: Option<String>,
}

/// The most participants on a page.
const PARTICIPANTS: usize = 1000;
/// A page ends at this many source levels: a call of thousands who list each other would fill memory.
const LEVELS: usize = 2000;

#[derive(Debug, Deserialize)]
pub(super) struct Parameters {
    #[serde(rename = "$expand")]
    expand: Option<String>,
    #[serde(rename = "$skiptoken")]
    skip_token: Option<String>,
}

/// The page that is requested, and its detail.
#[derive(Debug, Clone, Copy)]
struct Page {
    detail: Detail,
    /// The place after which the page begins. A participant who joins or leaves meanwhile moves
    /// nobody else to another page.
    after: Option<usize>,
}

/// Who is in the call.
#[utoipa::path(
    get,
    path = "/app/calls/{call}/participants",
    operation_id = "participants",
    params(
        ("call" = String, Path, description = "The call's id."),
        ("$expand" = inline(Expand), Query,
            description = "mixerLevel, for what each hears, as a request would have it."),
        ("$skiptoken" = Option<u64>, Query, description = "From the @odata.nextLink of the page before."),
    ),
    responses(
        (status = 200, description = "The participants, or a page of them.", body = Participants),
        (status = 400, description = "$expand or $skiptoken is something else.", body = ErrorBody),
        OfRead
    )
)]
pub(super) async fn participants(
    State(service): State<Arc<ServiceState>>,
    caller: Caller,
    asked: Asked,
    query: Result<Query<Parameters>, QueryRejection>,
) -> Result<Response, Refused> {
    let call = caller.live_call(&service).await?;
    let page = page(query)?;
    let subject = caller.subject().map(str::to_owned);
    let body = blocking::run(&service, subject, Size::Small, move || {
        // Serialised here, because that takes milliseconds for a page of many levels.
        serde_json::to_vec(&read(&call, page, &asked)).unwrap_or_default()
    });
    Ok(([(header::CONTENT_TYPE, "application/json")], body.await?).into_response())
}

fn page(query: Result<Query<Parameters>, QueryRejection>) -> Result<Page, Refused> {
    let refuse = |message| Refused::new(ErrorCode::BadRequest, message);
    let Query(Parameters { expand, skip_token }) = query.map_err(|rejection| refuse(rejection.body_text()))?;
    let detail = Detail::expanded(expand.as_deref())?;
    let place = |token: String| {
        let is_number = token.bytes().all(|byte| byte.is_ascii_digit());
        let place = token.parse::<i64>().ok().filter(|_| is_number);
        // Nobody is after a number that is too large to be a place.
        let place = place.map(|place| usize::try_from(place).unwrap_or(usize::MAX));
        place.ok_or_else(|| refuse(format!("$skiptoken={token} is from no @odata.nextLink of this service")))
    };
    Ok(Page { detail, after: skip_token.map(place).transpose()? })
}

fn read(call: &Arc<Call>, page: Page, asked: &Asked) -> Participants {
    let mut here = call.members().into_iter().peekable();
    if let Some(after) = page.after {
        while here.next_if(|member| member.order <= after).is_some() {}
    }
    let (mut value, mut levels, mut last) = (Vec::new(), 0, None);
    // Two of one place are on one page.
    while value.len() < PARTICIPANTS && levels < LEVELS || here.peek().is_some_and(|next| Some(next.order) == last) {
        let Some(member) = here.next() else { break };
        last = Some(member.order);
        let one = OneParticipant::new(call, member, page.detail);
        levels += one.levels();
        value.push(one);
    }
    let expand = if page.detail == Detail::MixerLevel { "$expand=mixerLevel&" } else { "" };
    let next = last.filter(|_| here.peek().is_some());
    Participants { value, next_link: next.map(|place| asked.with_query(&format!("{expand}$skiptoken={place}"))) }
}
