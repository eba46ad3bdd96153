//! Protects a server without tokens from pages of other sites: [`only_own`] checks the host name of
//! each request. A page of a site whose name is resolved to this address (DNS rebinding) sends its
//! own name, which is not this server's.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};
use mixminus::config::ErrorCode;

use super::refused::Refused;

/// Passes on requests for an IP address, for localhost, or for the server's own name.
pub async fn only_own(State(own): State<Arc<Option<String>>>, request: Request, next: Next) -> Response {
    let asked = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let asked = asked.or_else(|| request.uri().authority().map(Authority::as_str));
    if asked.is_some_and(|host| is_own(host, (*own).as_deref())) {
        return next.run(request).await;
    }
    let message = "without tokens this server answers to its address, to localhost, and to the name in --public-url";
    Refused::new(ErrorCode::Forbidden, message).into_response()
}

fn is_own(host: &str, own: Option<&str>) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host();
    let is_address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
    is_address || name.eq_ignore_ascii_case("localhost") || own.is_some_and(|own| own.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::is_own;

    #[test]
    fn a_configured_name_is_the_server_s_own() {
        for own in ["127.0.0.1:8080", "[::1]:8080", "10.1.2.3", "LocalHost:1", "mixer.example:443"] {
            assert!(is_own(own, Some("mixer.example")), "{own}");
        }
        for other in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "mixer.example.evil"] {
            assert!(!is_own(other, Some("mixer.example")), "{other}");
        }
        assert!(!is_own("mixer.example", None));
    }
}
