//! How telephones and gateways come by plain RTP: `POST /rtp/{participant}` with an offer, `?role=` with a role. What that answers as the
//! location takes further offers, `GET` for the figures, and `DELETE` to leave.

use std::sync::Arc;

use axum::{
    Json,
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
    whip::{self, SDP},
};
use crate::live::{Call, ConnectionId, Newcomer, NoCall};

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
    welcome(web, &client, Newcomer { id: Some(whip::wanted(&id)?), role }, (&headers, body)).await
}

async fn welcome(
    web: Arc<Web>,
    client: &Client,
    newcomer: Newcomer,
    offer: (&HeaderMap, Body),
) -> Result<Response, Refused> {
    let server = Arc::clone(&web);
    let welcome = move |offer: &str| server.rtp.welcome(&server.people, newcomer, offer.as_bytes());
    let call = whip::offered(&web, client, offer, welcome).await?;
    let Call { id, connection, sdp } = call.map_err(no_call)?;
    let location = format!("/rtp/{}/{connection}", utf8_percent_encode(&id, NON_ALPHANUMERIC));
    let told = [(header::LOCATION, location), (header::CONTENT_TYPE, SDP.to_owned())];
    Ok((StatusCode::CREATED, told, [(header::CACHE_CONTROL, "no-store")], sdp).into_response())
}

/// Another offer of somebody who is here: a hold, another codec, another address.
pub async fn change(
    Bearer(client): Bearer,
    State(web): State<Arc<Web>>,
    Path((id, connection)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refused> {
    let connection = parse(&connection)?;
    let server = Arc::clone(&web);
    let change = move |offer: &str| server.rtp.change(&server.people, &id, connection, offer.as_bytes());
    let sdp = whip::offered(&web, &client, (&headers, body), change).await?.map_err(no_call)?;
    Ok(([(header::CONTENT_TYPE, SDP), (header::CACHE_CONTROL, "no-store")], sdp).into_response())
}

/// What is counted and measured of a connection.
pub async fn figures(
    _bearer: Bearer,
    State(web): State<Arc<Web>>,
    Path((id, connection)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let figures = web.rtp.figures(&id, parse(&connection)?);
    figures.map(|figures| Json(figures).into_response()).ok_or_else(|| no_call(NoCall::Gone))
}

fn parse(connection: &str) -> Result<ConnectionId, Refused> {
    connection.parse().map_err(|_| no_call(NoCall::Gone))
}

fn no_call(reason: NoCall) -> Refused {
    let message = reason.to_string();
    let refused = |code| Refused::new(code, message);
    match reason {
        NoCall::Offer(fault) if !fault.is_well_formed() => refused(ErrorCode::BadRequest),
        NoCall::Offer(_) | NoCall::Family { .. } | NoCall::NoWay { .. } => {
            refused(ErrorCode::BadRequest).with_status(StatusCode::NOT_ACCEPTABLE)
        }
        NoCall::Ports(_) => refused(ErrorCode::ServiceUnavailable).retry_after_s(5),
        NoCall::Place(reason) => whip::no_place(&reason),
        NoCall::Ended => refused(ErrorCode::ServiceUnavailable),
        NoCall::Gone => refused(ErrorCode::NotFound),
    }
}
