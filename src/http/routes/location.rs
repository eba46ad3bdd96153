//! The URL of an operation: absolute, under the same prefix as the request.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, MatchedPath, OriginalUri},
    http::{HeaderMap, Uri, header, request::Parts, uri::Authority},
};

use crate::http::{ServiceOptions, calls::in_a_path, refused::Refused, state::ServiceState};

/// The URL of the request, as the client sees it: `https://host/prefix/calls/{call}/`.
#[derive(Debug)]
pub(super) struct Asked {
    base: String,
    path: String,
    /// The path of the call.
    call: String,
}

impl FromRequestParts<Arc<ServiceState>> for Asked {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, service: &Arc<ServiceState>) -> Result<Self, Refused> {
        // The whole path, also if the host has nested the router.
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        let base = base(&service.options, uri, &parts.headers);
        let route = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
        Ok(Self { base, path: uri.path().to_owned(), call: call_of(uri.path(), route).to_owned() })
    }
}

impl Asked {
    /// The URL that the router is mounted at, for a request to its `path`.
    pub fn mounted_at(&self, path: &str) -> String {
        format!("{}{}", self.base, self.path.strip_suffix(path).unwrap_or_default())
    }

    /// The URL of the request, with another query.
    pub fn with_query(&self, query: &str) -> String {
        format!("{}{}?{query}", self.base, self.path)
    }

    /// The URL of an operation of the call that the request is of.
    pub fn operation(&self, id: &str) -> String {
        format!("{}{}/operations/{id}", self.base, self.call)
    }

    /// The URL of a resource below the one that the request is to: `id` is escaped.
    pub fn below(&self, id: &str) -> String {
        format!("{}{}/{}", self.base, self.path.trim_end_matches('/'), in_a_path(id))
    }
}

/// The part of a path up to the call: without the segments that its route has after `{call}`.
fn call_of<'p>(path: &'p str, route: &str) -> &'p str {
    let after = route.rsplit_once("{call}").map_or("", |(_, after)| after);
    let end = path.rmatch_indices('/').map(|(at, _)| at).take(after.matches('/').count()).last();
    &path[..end.unwrap_or(path.len())]
}

/// The scheme and host: those that are configured, or else those of the request. Empty if the
/// request has no usable host, so that the URL is relative to that of the request.
fn base(options: &ServiceOptions, uri: &Uri, headers: &HeaderMap) -> String {
    if let Some(url) = &options.public_url {
        return url.to_string().trim_end_matches('/').to_owned();
    }
    let scheme = uri.scheme_str().unwrap_or(if options.https { "https" } else { "http" });
    let host = || headers.get(header::HOST)?.to_str().ok()?.parse::<Authority>().ok();
    // A user name and password must not get into a Location.
    let authority = uri.authority().cloned().or_else(host).filter(|authority| !authority.as_str().contains('@'));
    authority.map(|authority| format!("{scheme}://{authority}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn url(public: Option<&str>, uri: &str, host: Option<&'static str>) -> String {
        let public_url = public.map(|url| url.parse().unwrap());
        let options = ServiceOptions { public_url, ..ServiceOptions::default() };
        let uri: Uri = uri.parse().unwrap();
        let headers = host.map(|host| (header::HOST, HeaderValue::from_static(host))).into_iter().collect();
        let slash = if uri.path().ends_with('/') { "/" } else { "" };
        let route = format!("/x/app/calls/{{call}}/participants/configureMixer{slash}");
        let call = call_of(uri.path(), &route).to_owned();
        Asked { base: base(&options, &uri, &headers), path: uri.path().to_owned(), call }.operation("op")
    }

    #[test]
    fn is_beside_the_participants_that_were_asked() {
        let path = "/x/v1.0/app/calls/a%2Fb/participants/configureMixer";
        assert_eq!(url(None, path, Some("h:1")), "http://h:1/x/v1.0/app/calls/a%2Fb/operations/op");
        assert_eq!(url(None, &format!("{path}/"), Some("h")), "http://h/x/v1.0/app/calls/a%2Fb/operations/op");
        assert_eq!(url(None, &format!("https://h{path}"), None), "https://h/x/v1.0/app/calls/a%2Fb/operations/op");
        assert_eq!(
            url(Some("https://m.example/mixer/"), path, Some("h")),
            "https://m.example/mixer/x/v1.0/app/calls/a%2Fb/operations/op"
        );
    }

    #[test]
    fn a_call_has_what_its_route_has_up_to_it() {
        let call = |path, after| call_of(path, &format!("/app/calls/{{call}}{after}")).to_owned();
        assert_eq!(call("/calls/x/app/calls/a%2Fb/mute", "/mute"), "/calls/x/app/calls/a%2Fb");
        assert_eq!(call("/app/calls/c/participants/p/mute/", "/participants/{participant}/mute/"), "/app/calls/c");
        assert_eq!(call_of("/openapi.json", "/openapi.json"), "/openapi.json");
    }

    #[test]
    fn a_host_that_is_none_is_left_out() {
        let path = "/app/calls/c/participants/configureMixer";
        assert_eq!(url(None, path, None), "/app/calls/c/operations/op");
        assert_eq!(url(None, path, Some("a b/c")), "/app/calls/c/operations/op");
        assert_eq!(url(None, path, Some("me:secret@h")), "/app/calls/c/operations/op");
    }

    #[test]
    fn the_scheme_is_what_the_host_says_where_the_request_does_not() {
        let options = ServiceOptions { https: true, ..ServiceOptions::default() };
        let headers = [(header::HOST, HeaderValue::from_static("h"))].into_iter().collect();
        assert_eq!(base(&options, &Uri::from_static("/x"), &headers), "https://h");
    }
}
