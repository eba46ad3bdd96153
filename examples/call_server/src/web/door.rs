//! Who may come in: [`Door`]. The same tokens and permissions as the service's; for WebSockets, of which browsers set no headers, the token comes as a subprotocol.

use std::{sync::Arc, time::SystemTime};

use axum::{
    extract::{FromRequestParts, WebSocketUpgrade},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use mixminus::{
    config::ErrorCode,
    http::{Authorizer, Refusal, bearer_token},
};

use super::{Web, refused::Refused};

/// What a WebSocket of the desk speaks.
const PROTOCOL: &str = "mixminus.desk";
/// Before the token, which is base64url without padding.
const TOKEN_PREFIX: &str = "bearer.";

/// What checks tokens.
#[derive(Debug)]
pub struct Door {
    pub authorizer: Arc<dyn Authorizer>,
    /// Any of these is enough.
    pub permissions: Vec<String>,
}

impl Door {
    /// Until when, if not for ever.
    async fn admit(&self, token: Option<&str>) -> Result<Option<SystemTime>, Refused> {
        let grant = self.authorizer.authorize(token).await?;
        let enough = grant.permissions.include_any(&self.permissions);
        let wanted = || format!("the token has none of the permissions {}", self.permissions.join(", "));
        if enough { Ok(grant.expires) } else { Err(Refused::new(ErrorCode::Forbidden, wanted())) }
    }
}

/// A client with a good token in its `Authorization` header.
#[derive(Debug)]
pub struct Bearer;

impl FromRequestParts<Arc<Web>> for Bearer {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Refused> {
        web.door.admit(bearer_token(&parts.headers)?).await?;
        Ok(Self)
    }
}

/// A client of the desk's own page, or of none, with a good token, who opens a WebSocket.
#[derive(Debug)]
pub struct Desk {
    pub upgrade: WebSocketUpgrade,
    /// When the token ends, if ever.
    pub expires: Option<SystemTime>,
}

impl FromRequestParts<Arc<Web>> for Desk {
    type Rejection = Response;

    /// All is checked before anything is said about WebSockets: who has no token is told nothing else.
    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Self::Rejection> {
        let checks = async {
            same_origin(&parts.headers)?;
            web.door.admit(offered_token(&parts.headers)?.as_deref()).await
        };
        let expires = checks.await.map_err(Refused::into_response)?;
        let upgrade = WebSocketUpgrade::from_request_parts(parts, web).await.map_err(IntoResponse::into_response)?;
        let upgrade = upgrade.protocols([PROTOCOL]);
        if upgrade.selected_protocol().is_none() {
            let message = format!("a WebSocket of the desk speaks {PROTOCOL}: offer it as a subprotocol");
            return Err(Refused::new(ErrorCode::BadRequest, message).into_response());
        }
        Ok(Self { upgrade, expires })
    }
}

/// The token among the subprotocols that a client offers.
fn offered_token(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let values = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    let mut tokens =
        values.flat_map(|value| value.split(',')).filter_map(|offer| offer.trim().strip_prefix(TOKEN_PREFIX));
    let Some(token) = tokens.next() else { return Ok(None) };
    if tokens.next().is_some() {
        return Err(invalid("is one of several that are offered; offer one"));
    }
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token);
    let text = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
    text.map(Some).ok_or_else(|| invalid("is not base64url without padding of UTF-8"))
}

fn invalid(reason: &str) -> Refusal {
    Refusal::Invalid { reason: reason.into() }
}

/// No page of another site opens a WebSocket here. Clients that are no browsers send no origin, and need the token all the same.
fn same_origin(headers: &HeaderMap) -> Result<(), Refused> {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let Some(origin) = origins.next() else { return Ok(()) };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let same = |origin: &HeaderValue, host: &str| {
        let origin = origin.to_str().ok()?;
        let of = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"))?;
        Some(of.eq_ignore_ascii_case(host))
    };
    let is_same = host.and_then(|host| same(origin, host)) == Some(true) && origins.next().is_none();
    let message = "a WebSocket is for the pages of this server only: the Origin is not the Host";
    if is_same { Ok(()) } else { Err(Refused::new(ErrorCode::Forbidden, message)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;

    fn headers(all: &[(HeaderName, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        all.iter().for_each(|(name, value)| {
            headers.append(name, HeaderValue::from_str(value).unwrap());
        });
        headers
    }

    #[test]
    fn a_token_is_one_of_the_subprotocols() {
        let token = |offers: &[&str]| {
            let all: Vec<_> = offers.iter().map(|offer| (header::SEC_WEBSOCKET_PROTOCOL, *offer)).collect();
            offered_token(&headers(&all))
        };
        assert_eq!(token(&["mixminus.desk, bearer.w6kvKw"]), Ok(Some("é/+".into())));
        assert_eq!(token(&["mixminus.desk", "bearer.dA"]), Ok(Some("t".into())));
        assert_eq!(token(&["mixminus.desk"]), Ok(None));
        for wrong in [&["bearer.dA=="][..], &["bearer.+/"], &["bearer._w"], &["bearer.dA,bearer.dA"]] {
            assert!(matches!(token(wrong), Err(Refusal::Invalid { .. })), "{wrong:?}");
        }
    }

    #[test]
    fn only_the_own_origin_passes() {
        let passes = |origins: &[&str]| {
            let mut all = vec![(header::HOST, "host:1")];
            all.extend(origins.iter().map(|origin| (header::ORIGIN, *origin)));
            same_origin(&headers(&all)).is_ok()
        };
        assert!(passes(&[]) && passes(&["http://host:1"]) && passes(&["https://HOST:1"]));
        for wrong in ["http://host", "http://host:12", "http://evil/host:1", "null", "", "host:1", "http://x@host:1"] {
            assert!(!passes(&[wrong]), "{wrong}");
        }
        assert!(!passes(&["http://host:1", "http://evil"]));
        assert!(same_origin(&headers(&[(header::ORIGIN, "http://host:1")])).is_err(), "there is no host");
    }
}
