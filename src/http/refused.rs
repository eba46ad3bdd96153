//! Error answers: [`Refused`], with the API's error body, a request id and a date.

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{Refusal, date};
use crate::config::{ErrorBody, ErrorCode, InnerError, RequestError};

/// A refused request. It has changed nothing.
#[derive(Debug)]
pub(super) struct Refused {
    code: ErrorCode,
    reason: Reason,
    /// In a box, because `Refused` is often the error of a `Result` and has to be small.
    headers: Box<HeaderMap>,
}

#[derive(Debug)]
enum Reason {
    Words(String),
    /// The faults of a body, written already: that takes milliseconds, which the threads for connections do not have.
    Faults {
        request_id: String,
        json: Vec<u8>,
    },
}

impl Refused {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, reason: Reason::Words(message.into()), headers: Box::default() }
    }

    fn with(mut self, name: header::HeaderName, value: impl TryInto<HeaderValue>) -> Self {
        if let Ok(value) = value.try_into() {
            self.headers.insert(name, value);
        }
        self
    }

    /// Adds a Retry-After header: whole seconds, rounded up, at least 1.
    pub fn retry_after(self, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.with(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)))
    }

    /// Closes the connection after the answer: the unread rest of the body would be taken for the
    /// next request.
    pub fn close(self) -> Self {
        self.with(header::CONNECTION, "close")
    }

    pub fn no_such_call(call: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("there is no call \"{call}\""))
    }

    /// The answer to a missing or invalid token, with a challenge (RFC 6750, section 3).
    pub fn unauthorized(reason: &Refusal) -> Self {
        let challenge = match reason {
            Refusal::Missing => "Bearer realm=\"mixminus\"".to_owned(),
            reason => {
                let words: String = reason.to_string().chars().filter(|c| is_quotable(*c)).collect();
                format!("Bearer realm=\"mixminus\", error=\"invalid_token\", error_description=\"{words}\"")
            }
        };
        Self::new(ErrorCode::Unauthorized, reason.to_string()).with(header::WWW_AUTHENTICATE, challenge)
    }

    pub fn forbidden(wanted: &[String]) -> Self {
        let message = format!("the token has none of the permissions {}; one is required", wanted.join(", "));
        let challenge = "Bearer realm=\"mixminus\", error=\"insufficient_scope\"";
        Self::new(ErrorCode::Forbidden, message).with(header::WWW_AUTHENTICATE, challenge)
    }
}

/// Whether a character is allowed in an `error_description`: printable ASCII without quotes and
/// backslashes.
fn is_quotable(c: char) -> bool {
    matches!(c, ' '..='~') && !matches!(c, '"' | '\\')
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unavailable { retry_after } => {
                Self::new(ErrorCode::ServiceUnavailable, refusal.to_string()).retry_after(retry_after)
            }
            Refusal::Missing | Refusal::Invalid { .. } => Self::unauthorized(&refusal),
        }
    }
}

impl From<RequestError> for Refused {
    fn from(error: RequestError) -> Self {
        let (request_id, inner) = inner_error();
        let json = serde_json::to_vec(&error.error_body(inner)).unwrap_or_default();
        Self { code: ErrorCode::BadRequest, reason: Reason::Faults { request_id, json }, headers: Box::default() }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        match self.reason {
            Reason::Words(message) => {
                let (request_id, inner) = inner_error();
                let body = Json(ErrorBody::new(self.code, message, inner));
                (status, *self.headers, [("request-id", request_id)], body).into_response()
            }
            Reason::Faults { request_id, json } => {
                let own = [("request-id", request_id.as_str()), ("content-type", "application/json")];
                (status, *self.headers, own, json).into_response()
            }
        }
    }
}

/// A new id for a refused request, and what its answer says with it.
fn inner_error() -> (String, InnerError) {
    let request_id = uuid::Uuid::new_v4().to_string();
    (request_id.clone(), InnerError { request_id, date: date::now() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_whole_seconds_and_never_none() {
        let header = |ms| {
            let refused = Refused::new(ErrorCode::TooManyRequests, "").retry_after(Duration::from_millis(ms));
            refused.into_response().headers()[header::RETRY_AFTER].clone()
        };
        assert_eq!([header(0), header(1000), header(1001)], ["1", "1", "2"]);
    }

    #[test]
    fn a_challenge_has_no_quotes_or_line_ends_from_outside() {
        let reason = Refusal::Invalid { reason: "is \"bad\"\r\n\\ é".into() };
        let answer = Refused::unauthorized(&reason).into_response();
        let challenge = "Bearer realm=\"mixminus\", error=\"invalid_token\", error_description=\"the token is bad \"";
        assert_eq!(answer.headers()[header::WWW_AUTHENTICATE], challenge);
    }
}
