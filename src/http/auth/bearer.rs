//! Reads the bearer token from the headers of a request: [`bearer_token`].

use axum::http::{HeaderMap, header};

use super::Refusal;

/// The token of the `Authorization` header (RFC 6750, section 2.1), or `None` if there is no such
/// header. For a host's own routes beside the service, which then ask its
/// [`Authorizer`](super::Authorizer).
///
/// # Errors
/// [`Refusal::Missing`] if the header has another scheme than Bearer, in upper or lower case;
/// [`Refusal::Invalid`] if there is more than one header, or the header is not ASCII text.
///
/// ```
/// use axum::http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
/// use mixminus::http::bearer_token;
///
/// let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("Bearer abc"))]);
/// assert_eq!(bearer_token(&headers), Ok(Some("abc")));
/// assert_eq!(bearer_token(&HeaderMap::new()), Ok(None));
/// ```
pub fn bearer_token(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let invalid = |reason: &str| Refusal::Invalid { reason: reason.into() };
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(invalid("stands in one of several Authorization headers; send one"));
    }
    let text = value.to_str().map_err(|_| invalid("is not ASCII"))?;
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim_matches(' '))),
        _ => Err(Refusal::Missing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn token(values: &[&str]) -> Result<Option<String>, Refusal> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        bearer_token(&headers).map(|token| token.map(str::to_owned))
    }

    #[test]
    fn a_token_comes_after_its_scheme() {
        assert_eq!(token(&["Bearer abc"]), Ok(Some("abc".into())));
        assert_eq!(token(&["bEARER  abc "]), Ok(Some("abc".into())));
        assert_eq!(token(&[]), Ok(None));
        assert_eq!(token(&["Basic abc"]), Err(Refusal::Missing));
        assert_eq!(token(&["Bearer"]), Err(Refusal::Missing));
        assert!(matches!(token(&["Bearer a", "Bearer b"]), Err(Refusal::Invalid { .. })));
    }
}
