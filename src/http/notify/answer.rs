//! The outcome of an attempt: [`Answer`], by the status of an HTTP answer or by the error before
//! one.

use std::time::{Duration, SystemTime};

use axum::http::{HeaderMap, StatusCode};

use super::retry;
use crate::http::outgoing::words;

/// The outcome of an attempt. Nothing of it may show a token, or a URL's path and query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// The callback has taken it.
    Taken { status: u16 },
    /// It may work another time, after a wait that the callback may have asked for.
    Failed { status: Option<u16>, error: String, retry_after: Option<Duration> },
    /// It will not work another time either.
    Refused { status: Option<u16>, error: String },
}

impl Answer {
    /// By an answer that is no redirect.
    pub fn by(status: StatusCode, headers: &HeaderMap) -> Self {
        let number = status.as_u16();
        let error = || format!("the callback answered {status}");
        if status.is_success() {
            Self::Taken { status: number }
        } else if is_passing(status) {
            let retry_after = retry::retry_after(headers, SystemTime::now());
            Self::Failed { status: Some(number), error: error(), retry_after }
        } else {
            Self::Refused { status: Some(number), error: error() }
        }
    }

    /// By the client's error before there was an answer.
    pub fn without(error: reqwest::Error) -> Self {
        // A request that cannot be made now cannot be made later either.
        let lasting = error.is_builder();
        let error = words(error);
        if lasting {
            Self::Refused { status: None, error }
        } else {
            Self::Failed { status: None, error, retry_after: None }
        }
    }

    /// There was no answer in time.
    pub fn late(limit: Duration) -> Self {
        let error = format!("the callback did not answer within {} ms", limit.as_millis());
        Self::Failed { status: None, error, retry_after: None }
    }
}

fn is_passing(status: StatusCode) -> bool {
    matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS) || status.is_server_error()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderValue, header};

    #[test]
    fn every_status_has_one_meaning() {
        for number in 100..1000 {
            let status = StatusCode::from_u16(number).unwrap();
            let answer = Answer::by(status, &HeaderMap::new());
            let right = match number {
                200..300 => matches!(answer, Answer::Taken { .. }),
                408 | 429 | 500..600 => matches!(answer, Answer::Failed { retry_after: None, .. }),
                _ => matches!(answer, Answer::Refused { .. }),
            };
            assert!(right, "{answer:?}");
        }
    }

    #[test]
    fn an_answer_may_ask_to_wait() {
        let headers = HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from_static("7"))]);
        let error = "the callback answered 429 Too Many Requests".to_owned();
        let wait = Some(Duration::from_secs(7));
        let expected = Answer::Failed { status: Some(429), error, retry_after: wait };
        assert_eq!(Answer::by(StatusCode::TOO_MANY_REQUESTS, &headers), expected);
    }
}
