//! The access to the desk's own routes: [`Door`]. It uses the same tokens and permissions as the
//! service. Browsers cannot set headers for a WebSocket, so there the token is sent as a
//! subprotocol.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::SystemTime,
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, WebSocketUpgrade},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use mixminus::{
    config::ErrorCode,
    http::{Authorizer, Grant, Refusal, bearer_token},
};

use super::{Web, refused::Refused};
use crate::connections::network;

/// The subprotocol of the desk's WebSockets.
const PROTOCOL: &str = "mixminus.desk";
/// The prefix of the subprotocol that carries the token, in base64url without padding.
const TOKEN_PREFIX: &str = "bearer.";

/// Checks tokens.
#[derive(Debug)]
pub struct Door {
    pub authorizer: Arc<dyn Authorizer>,
    /// The permissions of which a token needs at least one.
    pub permissions: Vec<String>,
}

impl Door {
    /// Checks a token; returns what it grants.
    async fn admit(&self, token: Option<&str>) -> Result<Grant, Refused> {
        let grant = self.authorizer.authorize(token).await?;
        let enough = grant.permissions.include_any(&self.permissions);
        let wanted = || format!("the token has none of the permissions {}", self.permissions.join(", "));
        if enough { Ok(grant) } else { Err(Refused::new(ErrorCode::Forbidden, wanted())) }
    }
}

/// A client with a valid token in its `Authorization` header.
#[derive(Debug)]
pub struct Bearer(pub Client);

/// By what clients are told apart: the subject of the token, or else the network of the other end of the connection.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Client {
    Subject(String),
    Network(Option<IpAddr>),
}

impl Client {
    fn of(grant: Grant, parts: &Parts) -> Self {
        let peer = || parts.extensions.get().map(|ConnectInfo(peer): &ConnectInfo<SocketAddr>| network(peer.ip()));
        grant.subject.map_or_else(|| Self::Network(peer()), Self::Subject)
    }
}

impl FromRequestParts<Arc<Web>> for Bearer {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Refused> {
        let grant = web.door.admit(bearer_token(&parts.headers)?).await?;
        Ok(Self(Client::of(grant, parts)))
    }
}

/// A client that opens a WebSocket with a valid token, and comes from the desk's own page or is no
/// browser.
#[derive(Debug)]
pub struct Desk {
    pub upgrade: WebSocketUpgrade,
    /// When the token expires, if ever.
    pub expires: Option<SystemTime>,
}

impl FromRequestParts<Arc<Web>> for Desk {
    type Rejection = Response;

    /// Checks the token before the WebSocket request itself: a client without a token learns
    /// nothing else.
    async fn from_request_parts(parts: &mut Parts, web: &Arc<Web>) -> Result<Self, Self::Rejection> {
        let checks = async {
            same_origin(&parts.headers)?;
            web.door.admit(offered_token(&parts.headers)?.as_deref()).await
        };
        let expires = checks.await.map_err(Refused::into_response)?.expires;
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

/// Refuses WebSockets from pages of other sites. Clients that are no browsers send no origin, and
/// need the token anyway.
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
    fn clients_are_told_apart_by_subject_and_without_one_by_network() {
        let (mut parts, ()) = axum::http::Request::new(()).into_parts();
        let peer: SocketAddr = "[2001:db8::7]:1".parse().unwrap();
        parts.extensions.insert(ConnectInfo(peer));
        let client =
            |subject: Option<&str>| Client::of(Grant { subject: subject.map(Into::into), ..Grant::default() }, &parts);
        assert_eq!(client(Some("anna")), Client::Subject("anna".into()));
        assert_eq!(client(None), Client::Network("2001:db8::".parse().ok()));
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
    fn only_the_server_s_own_origin_passes() {
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
