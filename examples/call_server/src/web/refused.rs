//! Error answers in the format of the API: [`Refused`].

use std::{any::Any, time::SystemTime};

use axum::{
    Json,
    http::{Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use mixminus::{
    config::{ErrorBody, ErrorCode, InnerError},
    http::Refusal,
};

/// A refused request.
#[derive(Debug)]
pub struct Refused {
    code: ErrorCode,
    status: StatusCode,
    message: String,
    retry_after_s: Option<u64>,
}

impl Refused {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { code, status, message: message.into(), retry_after_s: None }
    }

    /// A bad request whose status says more.
    pub fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// Sets after how many seconds the client may try again.
    pub fn retry_after_s(self, seconds: u64) -> Self {
        Self { retry_after_s: Some(seconds), ..self }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Unavailable { retry_after } => {
                Self::new(ErrorCode::ServiceUnavailable, message).retry_after_s(retry_after.as_secs().max(1))
            }
            _ => Self::new(ErrorCode::Unauthorized, message),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let date = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
        let inner = InnerError { request_id: uuid::Uuid::new_v4().to_string(), date };
        let wait = self.retry_after_s.map(|seconds| [(header::RETRY_AFTER, seconds.to_string())]);
        let challenge =
            (self.code == ErrorCode::Unauthorized).then_some([(header::WWW_AUTHENTICATE, "Bearer realm=\"mixminus\"")]);
        (self.status, wait, challenge, Json(ErrorBody::new(self.code, self.message, inner))).into_response()
    }
}

/// The answer to a path without a route.
pub async fn no_such_path(uri: Uri) -> Refused {
    Refused::new(ErrorCode::NotFound, format!("there is nothing at {}", uri.path()))
}

/// The answer to a method that a route does not have.
pub async fn wrong_method(method: Method) -> Refused {
    Refused::new(ErrorCode::MethodNotAllowed, format!("{method} is not for this path; see the Allow header"))
}

/// The answer if a handler panics. The log has the panic's message; the client does not get it.
pub fn panicked(_what: Box<dyn Any + Send>) -> Response {
    Refused::new(ErrorCode::InternalServerError, "the request could not be worked on").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_panic_tells_clients_nothing() {
        let answer = panicked(Box::new("the secret is 42"));
        assert_eq!(answer.status(), 500);
        assert!(!format!("{answer:?}").contains("42"));
    }

    #[test]
    fn a_client_without_a_token_is_told_the_scheme() {
        let answer = Refused::from(Refusal::Missing).into_response();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["www-authenticate"]),
            (401, &"Bearer realm=\"mixminus\"".parse().unwrap())
        );
        let later = Refused::from(Refusal::Unavailable { retry_after: Duration::ZERO }).into_response();
        assert_eq!((later.status().as_u16(), &later.headers()["retry-after"]), (503, &"1".parse().unwrap()));
    }
}
