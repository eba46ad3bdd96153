//! The record of a notification: [`Delivery`]. Pure data.

use serde::Serialize;

use crate::http::date;

/// What became of a notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Delivery {
    /// The operation that it tells of.
    pub operation: String,
    /// The `client-request-id` of its attempts. Notifications that are sent together share one; a
    /// notification that is sent by itself after that has another.
    pub request_id: String,
    /// How far it is.
    pub state: DeliveryState,
    /// When the operation ended (RFC 3339).
    pub posted: String,
    /// When it was delivered or given up (RFC 3339).
    pub ended: Option<String>,
    /// How many attempts there were.
    pub attempts: u32,
    /// The status of the callback's last answer, if it has answered at all.
    pub last_status: Option<u16>,
    /// The error of the last attempt, if it failed, and why the notification was given up, if it
    /// was.
    pub last_error: Option<String>,
}

/// How far a notification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum DeliveryState {
    /// It waits for those before it, or for the next attempt.
    Waiting,
    /// The callback has taken it.
    Delivered,
    /// It will not be sent again: refused, too old, too many, or the service was shut down.
    GivenUp,
}

impl Delivery {
    pub(super) fn posted(operation: &str) -> Self {
        Self {
            operation: operation.to_owned(),
            request_id: uuid::Uuid::new_v4().to_string(),
            state: DeliveryState::Waiting,
            posted: date::now(),
            ended: None,
            attempts: 0,
            last_status: None,
            last_error: None,
        }
    }

    /// Counts an attempt as it begins: it may have arrived even if no answer ever comes.
    pub(super) fn begun(&mut self) {
        self.attempts = self.attempts.saturating_add(1);
    }

    /// Notes the error of an attempt, if it failed.
    pub(super) fn attempted(&mut self, status: Option<u16>, error: Option<String>) {
        self.last_status = status.or(self.last_status);
        self.last_error = error;
    }

    pub(super) fn delivered(mut self) -> Self {
        self.state = DeliveryState::Delivered;
        self.ended = Some(date::now());
        self
    }

    /// The error of the last attempt is put behind the reason; without a reason, it is the reason.
    pub(super) fn given_up(mut self, reason: Option<String>) -> Self {
        self.state = DeliveryState::GivenUp;
        self.ended = Some(date::now());
        self.last_error = match (reason, self.last_error) {
            (Some(reason), Some(error)) => Some(format!("{reason}; the last attempt: {error}")),
            (reason, error) => reason.or(error),
        };
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_shows_it_as_json() {
        let mut delivery = Delivery { request_id: "r".into(), posted: "then".into(), ..Delivery::posted("o") };
        delivery.begun();
        delivery.attempted(Some(500), Some("the callback answered 500".into()));
        delivery.begun();
        delivery.attempted(None, Some("no connection".into()));
        let waiting = concat!(
            r#"{"operation":"o","requestId":"r","state":"waiting","posted":"then","ended":null,"#,
            r#""attempts":2,"lastStatus":500,"lastError":"no connection"}"#
        );
        assert_eq!(serde_json::to_string(&delivery).unwrap(), waiting);
        let given_up = serde_json::to_value(delivery.given_up(Some("too old".into()))).unwrap();
        assert_eq!(given_up["state"], "givenUp");
        assert_eq!(given_up["lastError"], "too old; the last attempt: no connection");
        assert!(given_up["ended"].is_string());
    }
}
