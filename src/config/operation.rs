//! The answer to a request: an operation and its status.
//!
//! Pure data. Dates are RFC 3339 texts that the host supplies.

use serde::{Deserialize, Serialize};

/// A commsOperation, the body of the answer to a request.
///
/// ```
/// use mixminus::config::{CommsOperation, OperationStatus};
///
/// let mut operation = CommsOperation::new("op-1", None, "2018-03-19T09:46:02Z");
/// operation.status = OperationStatus::Running;
/// let json = serde_json::to_value(&operation)?;
/// assert_eq!(json["@odata.type"], "#microsoft.graph.commsOperation");
/// assert_eq!(json["status"], "running");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CommsOperation {
    /// The kind of operation: which request began it.
    #[serde(rename = "@odata.type")]
    pub kind: OperationKind,
    /// The client context of the request.
    pub client_context: Option<String>,
    /// How a prompt ended, once it has; absent for every other operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_reason: Option<CompletionReason>,
    /// When the request was accepted, in RFC 3339.
    #[cfg_attr(feature = "http", schema(format = DateTime))]
    pub created_date_time: String,
    /// The operation's id.
    pub id: String,
    /// When the status last changed, in RFC 3339.
    #[cfg_attr(feature = "http", schema(format = DateTime))]
    pub last_action_date_time: String,
    /// Why the operation failed; null for every other status.
    pub result_info: Option<ResultInfo>,
    /// The status of the operation.
    pub status: OperationStatus,
}

impl CommsOperation {
    /// A commsOperation that has not started, created at an RFC 3339 date.
    pub fn new(id: impl Into<String>, client_context: Option<String>, created: impl Into<String>) -> Self {
        let created = created.into();
        Self {
            kind: OperationKind::Comms,
            client_context,
            completion_reason: None,
            created_date_time: created.clone(),
            id: id.into(),
            last_action_date_time: created,
            result_info: None,
            status: OperationStatus::NotStarted,
        }
    }
}

/// Which request began an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub enum OperationKind {
    /// configureMixer.
    #[serde(rename = "#microsoft.graph.commsOperation")]
    Comms,
    /// mute, of a participant or of the call.
    #[serde(rename = "#microsoft.graph.muteParticipantOperation")]
    MuteParticipant,
    /// unmute, of the call.
    #[serde(rename = "#microsoft.graph.unmuteParticipantOperation")]
    UnmuteParticipant,
    /// startHoldMusic.
    #[serde(rename = "#microsoft.graph.startHoldMusicOperation")]
    StartHoldMusic,
    /// stopHoldMusic.
    #[serde(rename = "#microsoft.graph.stopHoldMusicOperation")]
    StopHoldMusic,
    /// playPrompt.
    #[serde(rename = "#microsoft.graph.playPromptOperation")]
    PlayPrompt,
    /// cancelMediaProcessing.
    #[serde(rename = "#microsoft.graph.cancelMediaProcessingOperation")]
    CancelMediaProcessing,
}

/// How a prompt ended that has not failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum CompletionReason {
    /// It was played to its end.
    CompletedSuccessfully,
    /// It was cancelled before its end.
    MediaOperationCanceled,
}

/// The status of an operation, in this order; the last two are final.
///
/// ```
/// use mixminus::config::OperationStatus;
/// assert!(OperationStatus::Failed.is_final() && !OperationStatus::Running.is_final());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum OperationStatus {
    /// Accepted, and nothing is done yet.
    NotStarted,
    /// The change is handed over to the mixer; a prompt waits for its turn, or is played.
    Running,
    /// A mix was made with the change; a prompt was played to its end, or cancelled.
    Completed,
    /// No mix was made with the change; a prompt could not be played.
    Failed,
}

impl OperationStatus {
    /// Whether the operation has ended.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }
}

/// Why an operation failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
pub struct ResultInfo {
    /// The kind of failure, as an HTTP status.
    pub code: i32,
    /// The cause, within that kind.
    pub subcode: i32,
    /// The cause in words.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::{CommsOperation, CompletionReason, OperationKind, OperationStatus, ResultInfo};

    const PUBLISHED: &str = r##"{
  "@odata.type": "#microsoft.graph.commsOperation",
  "clientContext": "d45324c1-fcb5-430a-902c-f20af696537c",
  "createdDateTime": "2018-03-19T09:46:02Z",
  "id": "0fe0623f-d628-42ed-b4bd-8ac290072cc5",
  "lastActionDateTime": "2018-03-19T09:46:02Z",
  "resultInfo": null,
  "status": "running"
}"##;

    fn running() -> CommsOperation {
        let context = "d45324c1-fcb5-430a-902c-f20af696537c".to_owned();
        let new = CommsOperation::new("0fe0623f-d628-42ed-b4bd-8ac290072cc5", Some(context), "2018-03-19T09:46:02Z");
        CommsOperation { status: OperationStatus::Running, ..new }
    }

    #[test]
    fn is_the_published_text_both_ways() {
        assert_eq!(serde_json::to_string_pretty(&running()).unwrap(), PUBLISHED);
        assert_eq!(serde_json::from_str::<CommsOperation>(PUBLISHED).unwrap(), running());
    }

    #[test]
    fn a_failure_says_why() {
        let info = ResultInfo { code: 500, subcode: 7, message: "the call ended".into() };
        let failed = CommsOperation { status: OperationStatus::Failed, result_info: Some(info), ..running() };
        let json = serde_json::to_value(&failed).unwrap();
        assert_eq!(json["resultInfo"], serde_json::json!({"code": 500, "subcode": 7, "message": "the call ended"}));
        assert_eq!(json["status"], "failed");
        assert_eq!(serde_json::from_value::<CommsOperation>(json).unwrap(), failed);
    }

    #[test]
    fn a_prompt_says_of_which_kind_it_is_and_how_it_ended() {
        let completion_reason = Some(CompletionReason::MediaOperationCanceled);
        let cancelled = CommsOperation { kind: OperationKind::PlayPrompt, completion_reason, ..running() };
        let json = serde_json::to_value(&cancelled).unwrap();
        assert_eq!(json["@odata.type"], "#microsoft.graph.playPromptOperation");
        assert_eq!(json["completionReason"], "mediaOperationCanceled");
        assert_eq!(serde_json::from_value::<CommsOperation>(json).unwrap(), cancelled);
    }

    #[test]
    fn every_status_has_its_wire_name() {
        use OperationStatus::{Completed, Failed, NotStarted, Running};
        let names = serde_json::to_string(&[NotStarted, Running, Completed, Failed]).unwrap();
        assert_eq!(names, r#"["notStarted","running","completed","failed"]"#);
    }
}
