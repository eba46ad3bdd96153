//! How people come by WebRTC: `POST /whip/{participant}` with an offer, `DELETE` to leave (RFC 9725). An offer may
//! send, receive, or both; `?role=` gives who comes a role. Beside that, `PUT …/muted` tells everybody who is muted.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use mixminus::config::ErrorCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    Web,
    door::{Bearer, Client},
    refused::Refused,
    role::AsRole,
};
use crate::{
    arguments,
    live::{ConnectionId, Newcomer, NoPlace, Unwelcome, Welcome},
};

/// The longest offer in bytes: a browser's has 2 to 6 KB.
const LONGEST: usize = 64 * 1024;
/// The longest body that is true or false.
const LONGEST_FLAG: usize = 64;
/// The type of offers and answers.
pub(super) const SDP: &str = "application/sdp";

/// Somebody who comes without an id gets a random one.
pub async fn come(
    Bearer(client): Bearer,
    State(web): State<Arc<Web>>,
    AsRole(role): AsRole,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    welcome(web, &client, Newcomer { id: None, role }, (&headers, body)).await
}

/// Somebody who comes with an id; its place may have been kept, or is taken over.
pub async fn come_as(
    Bearer(client): Bearer,
    State(web): State<Arc<Web>>,
    Path(id): Path<String>,
    AsRole(role): AsRole,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    welcome(web, &client, Newcomer { id: Some(wanted(&id)?), role }, (&headers, body)).await
}

/// An id that somebody may come under.
pub(super) fn wanted(id: &str) -> Result<String, Refused> {
    arguments::id(id).map_err(|wanted| Refused::new(ErrorCode::BadRequest, wanted))
}

/// Somebody leaves, and its place is free.
pub async fn leave(
    Bearer(client): Bearer,
    State(web): State<Arc<Web>>,
    Path((id, connection)): Path<(String, String)>,
) -> Result<StatusCode, Refused> {
    let connection = self::connection(&connection)?;
    let people = Arc::clone(&web.people);
    let has_left = web.work.run(&client, move || people.leave(&id, connection)).await?;
    if has_left { Ok(StatusCode::OK) } else { Err(gone()) }
}

/// Somebody mutes itself, or speaks again: nobody hears it meanwhile, and the state says so.
pub async fn mute(
    Bearer(client): Bearer,
    State(web): State<Arc<Web>>,
    Path((id, connection)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Refused> {
    let wanted = || Refused::new(ErrorCode::BadRequest, "the body has to be true or false, as application/json");
    if !is_of(&headers, "application/json") {
        return Err(wanted());
    }
    let connection = self::connection(&connection)?;
    let people = Arc::clone(&web.people);
    let mute = move |body: Vec<u8>| {
        let is_muted = serde_json::from_slice(&body).ok()?;
        Some(people.mute(&id, connection, is_muted))
    };
    let is_done = web.work.on(&client, body, LONGEST_FLAG, mute).await?.ok_or_else(wanted)?;
    if is_done { Ok(StatusCode::NO_CONTENT) } else { Err(gone()) }
}

fn connection(text: &str) -> Result<ConnectionId, Refused> {
    text.parse().map_err(|_| gone())
}

fn gone() -> Refused {
    Refused::new(ErrorCode::NotFound, "there is no such connection, or it has ended")
}

async fn welcome(
    web: Arc<Web>,
    client: &Client,
    newcomer: Newcomer,
    offer: (&HeaderMap, Body),
) -> Result<Response, Refused> {
    let server = Arc::clone(&web);
    let welcomed = offered(&web, client, offer, move |offer| server.webrtc.welcome(&server.people, newcomer, offer));
    let Welcome { id, connection, sdp } = welcomed.await?.map_err(unwelcome)?;
    let location = format!("/whip/{}/{connection}", utf8_percent_encode(&id, NON_ALPHANUMERIC));
    let told = [
        (header::CONTENT_TYPE, SDP.to_owned()),
        (header::LOCATION, location),
        (header::ETAG, format!("\"{connection}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((StatusCode::CREATED, told, sdp).into_response())
}

/// Works on the offer, if the body is one by its type and its size.
pub(super) async fn offered<T: Send + 'static>(
    web: &Web,
    client: &Client,
    (headers, body): (&HeaderMap, Body),
    work: impl FnOnce(&str) -> T + Send + 'static,
) -> Result<T, Refused> {
    if !is_of(headers, SDP) {
        return Err(Refused::new(ErrorCode::UnsupportedMediaType, format!("the body has to be an offer, as {SDP}")));
    }
    let read = move |body: Vec<u8>| {
        let text = String::from_utf8(body);
        text.map(|offer| work(&offer)).map_err(|_| Refused::new(ErrorCode::BadRequest, "the offer is no UTF-8"))
    };
    web.work.on(client, body, LONGEST, read).await?
}

/// Whether the headers say that the body has a type.
fn is_of(headers: &HeaderMap, wanted: &str) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted))
}

fn unwelcome(reason: Unwelcome) -> Refused {
    let message = reason.to_string();
    match reason {
        Unwelcome::Offer(_) => Refused::new(ErrorCode::BadRequest, message),
        Unwelcome::Place(reason) => no_place(&reason),
        Unwelcome::Stopping => Refused::new(ErrorCode::ServiceUnavailable, message),
    }
}

pub(super) fn no_place(reason: &NoPlace) -> Refused {
    let message = reason.to_string();
    match reason {
        NoPlace::Recording(_) => Refused::new(ErrorCode::Forbidden, message),
        NoPlace::Full(_) => Refused::new(ErrorCode::TooManyRequests, message).retry_after_s(5),
        NoPlace::Role(_) => Refused::new(ErrorCode::BadRequest, message),
        NoPlace::Mixer(_) => Refused::new(ErrorCode::InternalServerError, message),
    }
}
