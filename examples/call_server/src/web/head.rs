//! The head of a request, as RFC 9112 has it: [`refuse_malformed`]. The parser below the routes lets through what a server has to
//! refuse, as others on the way may have understood it otherwise.

use axum::{
    extract::Request,
    http::{
        HeaderValue, StatusCode, Version, header,
        request::Parts,
        uri::{Authority, Scheme},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use mixminus::config::ErrorCode;

use super::refused::Refused;

/// Why a request is refused.
type Fault = (StatusCode, &'static str);

/// Passes on requests that are for one host, in a body that is not coded. The connection of others is closed, and so is that of a
/// chunked body after its answer: a Content-Length beside it, which the parser hides, may be that of another request.
pub async fn refuse_malformed(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let is_chunked = parts.headers.contains_key(header::TRANSFER_ENCODING);
    let has_connection = parts.version <= Version::HTTP_11;
    let fault = host_fault(&parts).or_else(|| coding_fault(&parts));
    let mut answer = match fault {
        Some((status, message)) => Refused::new(ErrorCode::BadRequest, message).with_status(status).into_response(),
        None => next.run(Request::from_parts(parts, body)).await,
    };
    if has_connection && (fault.is_some() || is_chunked) {
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    answer
}

/// RFC 9112, section 3.2: one Host, as it is in the target.
fn host_fault(parts: &Parts) -> Option<Fault> {
    let bad = |message| Some((StatusCode::BAD_REQUEST, message));
    let mut hosts = parts.headers.get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        // An HTTP/2 request has its host in the target, and one of HTTP/1.0 none.
        (None, _) if parts.version != Version::HTTP_11 => return None,
        (None, _) => return bad("there is no Host; HTTP/1.1 requires one"),
        (Some(host), None) => host,
        (Some(_), Some(_)) => return bad("there are several Hosts; one is allowed"),
    };
    let Some(host) = authority(host) else { return bad("the Host is none: a name or an address, and a port") };
    match parts.uri.authority() {
        Some(asked) if !is_same(asked, &host, parts.uri.scheme()) => bad("the Host is not that of the target"),
        _ => None,
    }
}

/// RFC 9112, section 6.1: chunked is the one coding that is known here.
fn coding_fault(parts: &Parts) -> Option<Fault> {
    let codings: Vec<_> = parts.headers.get_all(header::TRANSFER_ENCODING).iter().collect();
    match codings[..] {
        [] => None,
        [coding] if coding.as_bytes().eq_ignore_ascii_case(b"chunked") => None,
        _ => Some((StatusCode::NOT_IMPLEMENTED, "Transfer-Encoding can be chunked, and nothing else beside it")),
    }
}

fn authority(host: &HeaderValue) -> Option<Authority> {
    let authority: Authority = host.to_str().ok()?.parse().ok()?;
    let port = authority.as_str().strip_prefix(authority.host())?;
    let is_port = match port.strip_prefix(':') {
        Some(number) => number.is_empty() || authority.port_u16().is_some(),
        None => port.is_empty(),
    };
    (is_port && !authority.host().is_empty()).then_some(authority)
}

fn is_same(one: &Authority, other: &Authority, scheme: Option<&Scheme>) -> bool {
    let usual = if scheme == Some(&Scheme::HTTPS) { 443 } else { 80 };
    let port = |authority: &Authority| authority.port_u16().unwrap_or(usual);
    one.host().eq_ignore_ascii_case(other.host()) && port(one) == port(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, Request};

    fn fault(version: Version, target: &str, headers: &[(HeaderName, &str)]) -> Option<u16> {
        let mut request = Request::builder().version(version).uri(target);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        host_fault(&parts).or_else(|| coding_fault(&parts)).map(|(status, _)| status.as_u16())
    }

    #[test]
    fn a_request_of_http_1_1_is_for_one_host() {
        let of = |target: &str, hosts: &[&str]| {
            let hosts: Vec<_> = hosts.iter().map(|host| (header::HOST, *host)).collect();
            fault(Version::HTTP_11, target, &hosts)
        };
        for right in ["h", "h:1", "h:", "127.0.0.1:65535", "[::1]:80", "a_b.example"] {
            assert_eq!(of("/", &[right]), None, "{right}");
        }
        for wrong in ["", ":80", "a b", "h:x", "h:65536", "me@h", "h/p", "[::1", "http://h", "é"] {
            assert_eq!(of("/", &[wrong]), Some(400), "{wrong}");
        }
        assert_eq!([of("/", &[]), of("/", &["h", "h"])], [Some(400); 2]);
        assert_eq!([of("http://H:80/", &["h"]), of("https://h/", &["h:443"])], [None; 2]);
        assert_eq!([of("http://h/", &["other"]), of("http://h:1/", &["h"]), of("http://h/", &[])], [Some(400); 3]);
    }

    #[test]
    fn other_versions_need_no_host() {
        assert_eq!(fault(Version::HTTP_10, "/", &[]), None);
        assert_eq!(fault(Version::HTTP_2, "https://h/", &[]), None);
        assert_eq!(fault(Version::HTTP_10, "/", &[(header::HOST, "a b")]), Some(400));
        assert_eq!(fault(Version::HTTP_2, "https://h/", &[(header::HOST, "other")]), Some(400));
    }

    #[test]
    fn a_body_is_chunked_or_has_a_length() {
        let of = |codings: &[&str]| {
            let mut headers = vec![(header::HOST, "h")];
            headers.extend(codings.iter().map(|coding| (header::TRANSFER_ENCODING, *coding)));
            fault(Version::HTTP_11, "/", &headers)
        };
        assert_eq!([of(&[]), of(&["chunked"]), of(&["Chunked"])], [None; 3]);
        for wrong in [&["gzip, chunked"][..], &["gzip", "chunked"], &["chunked, chunked"], &["identity"]] {
            assert_eq!(of(wrong), Some(501), "{wrong:?}");
        }
    }
}
