//! The body of an error answer: a code, a message, and for a bad request every fault.
//!
//! Pure data. Request ids and dates (RFC 3339) come from the host.

use serde::{Deserialize, Serialize};

use super::{Fault, Faults};

/// The body of every error answer.
///
/// ```
/// use mixminus::config::{ErrorBody, ErrorCode, InnerError};
///
/// let inner = InnerError { request_id: "r-1".into(), date: "2018-03-19T09:46:02Z".into() };
/// let body = ErrorBody::new(ErrorCode::NotFound, "there is no such call", inner);
/// assert_eq!(
///     serde_json::to_string(&body)?,
///     r#"{"error":{"code":"notFound","message":"there is no such call","innerError":"#.to_owned()
///         + r#"{"request-id":"r-1","date":"2018-03-19T09:46:02Z"},"details":[]}}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// The error.
    pub error: ApiError,
}

impl ErrorBody {
    /// An error without details.
    pub fn new(code: ErrorCode, message: impl Into<String>, inner_error: InnerError) -> Self {
        Self { error: ApiError { code, message: message.into(), inner_error, details: Vec::new() } }
    }

    /// A bad request, with every fault that is listed in the details: the first 1,000.
    ///
    /// ```
    /// use mixminus::config::{ErrorBody, InnerError, ParticipantMixerLevel, check};
    ///
    /// let faults = check(&[ParticipantMixerLevel::new("bob")], |_| false).unwrap_err();
    /// let inner = InnerError { request_id: "r-1".into(), date: "2018-03-19T09:46:02Z".into() };
    /// let body = ErrorBody::from_faults(&faults, inner);
    /// assert_eq!(body.error.code.status(), 400);
    /// assert_eq!(body.error.details[0].target, "participantMixerLevels[0].participant");
    /// ```
    pub fn from_faults(faults: &Faults, inner_error: InnerError) -> Self {
        let mut message = match faults.len() {
            1 => faults.first().to_string(),
            count => format!("{count} faults, each in the details; the first: {}", faults.first()),
        };
        if faults.len() > faults.iter().len() {
            message.push_str(&format!("; the details end after {}", faults.iter().len()));
        }
        let mut body = Self::new(ErrorCode::BadRequest, message, inner_error);
        body.error.details = faults.iter().map(ErrorDetail::from).collect();
        body
    }
}

/// What went wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ApiError {
    /// The kind of error, for programs.
    pub code: ErrorCode,
    /// The error in words, for people.
    pub message: String,
    /// Identifies the request.
    pub inner_error: InnerError,
    /// The faults of a bad request, the first 1,000 of them; empty for other errors.
    #[serde(default)]
    pub details: Vec<ErrorDetail>,
}

/// Identifies a request, and says when it was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub struct InnerError {
    /// The host's id of the request.
    pub request_id: String,
    /// When it was refused, in RFC 3339.
    #[cfg_attr(feature = "http", schema(format = DateTime))]
    pub date: String,
}

/// One fault of a bad request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
pub struct ErrorDetail {
    /// The kind of fault: see [`FaultKind::code`](super::FaultKind::code).
    pub code: String,
    /// The fault in words.
    pub message: String,
    /// The JSON path of the value.
    pub target: String,
}

impl From<&Fault> for ErrorDetail {
    fn from(fault: &Fault) -> Self {
        Self { code: fault.kind().code().into(), message: fault.message(), target: fault.path().into() }
    }
}

/// The kinds of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ErrorCode {
    /// The body is malformed, or has faults.
    BadRequest = 400,
    /// There is no token, or it is not valid.
    Unauthorized = 401,
    /// The token lacks the permission.
    Forbidden = 403,
    /// There is no such call, or no such operation.
    NotFound = 404,
    /// There is something else under this id.
    Conflict = 409,
    /// The body is over the limit.
    RequestTooLarge = 413,
    /// The headers do not say that the body is JSON.
    UnsupportedMediaType = 415,
    /// Over the rate limit, or over the backlog limit.
    TooManyRequests = 429,
    /// The path exists, but not with this method.
    MethodNotAllowed = 405,
    /// The body took too long to arrive.
    RequestTimeout = 408,
    /// The service has failed.
    InternalServerError = 500,
    /// The service accepts no requests now.
    ServiceUnavailable = 503,
}

impl ErrorCode {
    /// The HTTP status of an answer with this code.
    pub fn status(self) -> u16 {
        self as u16
    }
}

#[cfg(test)]
mod tests {
    use super::{ErrorBody, ErrorCode, InnerError};
    use crate::config::{Fault, FaultKind, Faults};
    use serde_json::json;

    fn body(faults: Vec<Fault>) -> ErrorBody {
        let inner = InnerError { request_id: "r".into(), date: "2018-03-19T09:46:02Z".into() };
        ErrorBody::from_faults(&Faults::new(faults).unwrap(), inner)
    }

    #[test]
    fn lists_every_fault_both_ways() {
        let over = FaultKind::Over { value: 101, most: 100, unit: "%" };
        let body = body(vec![Fault::new("a.level", over), Fault::new("b", FaultKind::NoDucking)]);
        let json = json!({"error": {
            "code": "badRequest",
            "message": "2 faults, each in the details; the first: a.level: 101 is over 100 %",
            "innerError": {"request-id": "r", "date": "2018-03-19T09:46:02Z"},
            "details": [
                {"code": "over", "message": "101 is over 100 %", "target": "a.level"},
                {"code": "noDucking", "message": "true needs ducking on the same listener", "target": "b"},
            ],
        }});
        assert_eq!(serde_json::to_value(&body).unwrap(), json);
        assert_eq!(serde_json::from_value::<ErrorBody>(json).unwrap(), body);
    }

    #[test]
    fn the_message_has_the_number_of_all_where_the_details_end() {
        let body = body(vec![Fault::new("b", FaultKind::NoDucking); 1001]);
        let message = &body.error.message;
        assert!(message.starts_with("1001 faults, ") && message.ends_with("; the details end after 1000"), "{message}");
        assert_eq!(body.error.details.len(), 1000);
    }

    #[test]
    fn one_fault_is_the_message() {
        let body = body(vec![Fault::new("b", FaultKind::NoDucking)]);
        assert_eq!(body.error.message, "b: true needs ducking on the same listener");
    }

    #[test]
    fn every_code_has_its_wire_name() {
        use ErrorCode::{
            BadRequest, Conflict, Forbidden, InternalServerError, MethodNotAllowed, NotFound, RequestTimeout,
            RequestTooLarge, ServiceUnavailable, TooManyRequests, Unauthorized, UnsupportedMediaType,
        };
        let table = [
            (BadRequest, 400, "badRequest"),
            (Unauthorized, 401, "unauthorized"),
            (Forbidden, 403, "forbidden"),
            (NotFound, 404, "notFound"),
            (Conflict, 409, "conflict"),
            (RequestTooLarge, 413, "requestTooLarge"),
            (UnsupportedMediaType, 415, "unsupportedMediaType"),
            (TooManyRequests, 429, "tooManyRequests"),
            (MethodNotAllowed, 405, "methodNotAllowed"),
            (RequestTimeout, 408, "requestTimeout"),
            (InternalServerError, 500, "internalServerError"),
            (ServiceUnavailable, 503, "serviceUnavailable"),
        ];
        for (code, status, name) in table {
            assert_eq!((code.status(), serde_json::to_value(code).unwrap()), (status, json!(name)));
        }
    }
}
