//! The headers of a request that concern its body and the answer.

use axum::http::{HeaderMap, header};

use crate::{config::ErrorCode, http::refused::Refused};

/// Refuses a request unless its headers say that the body is `application/json` in UTF-8, not
/// compressed.
pub(super) fn require_json(headers: &HeaderMap) -> Result<(), Refused> {
    let refuse = |message: String| Err(Refused::new(ErrorCode::UnsupportedMediaType, message));
    let Some(content_type) = headers.get(header::CONTENT_TYPE) else {
        return refuse("there is no Content-Type; application/json is required".into());
    };
    let text = String::from_utf8_lossy(content_type.as_bytes());
    if !is_json(&text) {
        return refuse(format!("the Content-Type {text} is not application/json in UTF-8"));
    }
    match headers.get(header::CONTENT_ENCODING) {
        Some(encoding) if !encoding.as_bytes().eq_ignore_ascii_case(b"identity") => {
            refuse("a Content-Encoding is not understood; send the body as it is".into())
        }
        _ => Ok(()),
    }
}

fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let is_type = parts.next().is_some_and(|media| media.eq_ignore_ascii_case("application/json"));
    is_type
        && parts.filter_map(|parameter| parameter.split_once('=')).all(|(name, value)| {
            !name.trim().eq_ignore_ascii_case("charset") || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
}

/// Whether the client prefers 202 and an empty body: `Prefer: respond-async` (RFC 7240).
pub(super) fn prefers_async(headers: &HeaderMap) -> bool {
    let values = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    let mut preferences = values.flat_map(|value| value.split(','));
    preferences.any(|preference| {
        let name = preference.split([';', '=']).next().unwrap_or_default();
        name.trim().eq_ignore_ascii_case("respond-async")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn json_has_one_type_and_one_charset() {
        for right in
            ["application/json", "Application/JSON; charset=\"UTF-8\"", "application/json;odata.metadata=minimal"]
        {
            assert!(is_json(right), "{right}");
        }
        for wrong in ["", "text/json", "application/json; charset=latin1", "application/jsonp", "application/xml"] {
            assert!(!is_json(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_preference_may_stand_among_others() {
        let prefers = |value: &'static str| {
            prefers_async(&HeaderMap::from_iter([("prefer".parse().unwrap(), HeaderValue::from_static(value))]))
        };
        assert!(prefers("respond-async") && prefers("wait=10, Respond-Async; foo") && prefers("respond-async=\"\""));
        assert!(
            !prefers("respond-asynchronously") && !prefers("foo; respond-async") && !prefers_async(&HeaderMap::new())
        );
    }
}
