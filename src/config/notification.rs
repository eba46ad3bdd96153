//! The body of the POST to a call's callback URL when an operation ends.
//!
//! Pure data. The host, or `http`, delivers it.

use serde::{Deserialize, Serialize};

use super::{CommsOperation, CompletionReason, OperationKind, OperationStatus, ResultInfo};

/// The body of a notification: a list of one or more changes.
///
/// ```
/// use mixminus::config::{CommsOperation, CommsNotifications, OperationStatus};
///
/// let mut operation = CommsOperation::new("op", None, "2018-03-19T09:46:02Z");
/// operation.status = OperationStatus::Completed;
/// let notifications = CommsNotifications::ended("call", &operation);
/// assert_eq!(notifications.value[0].resource, "/app/calls/call/operations/op");
/// assert_eq!(notifications.value[0].resource_data.status, OperationStatus::Completed);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "@odata.type", rename = "#microsoft.graph.commsNotifications")]
pub struct CommsNotifications {
    /// The changes, oldest first.
    pub value: Vec<CommsNotification>,
}

impl CommsNotifications {
    /// One notification: that an operation of a call has ended. The ids go into paths unescaped.
    pub fn ended(call: &str, operation: &CommsOperation) -> Self {
        Self { value: vec![CommsNotification::ended(call, operation)] }
    }
}

/// One change of one resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommsNotification {
    /// The kind of change.
    pub change_type: ChangeType,
    /// The resource's path, under the API's older name of this property.
    pub resource: String,
    /// The resource's path, under the newer name.
    pub resource_url: String,
    /// The resource after the change.
    pub resource_data: NotifiedOperation,
}

impl CommsNotification {
    fn ended(call: &str, operation: &CommsOperation) -> Self {
        let path = format!("calls/{call}/operations/{}", operation.id);
        let resource = format!("/app/{path}");
        Self {
            change_type: ChangeType::Deleted,
            resource_url: format!("/communications/{path}"),
            resource_data: NotifiedOperation {
                kind: operation.kind,
                id: resource.clone(),
                etag: "W/\"1\"".into(),
                client_context: operation.client_context.clone(),
                completion_reason: operation.completion_reason,
                status: operation.status,
                result_info: operation.result_info.clone(),
            },
            resource,
        }
    }
}

/// The kind of change of a resource. An operation that ends counts as deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ChangeType {
    /// The resource is new.
    Created,
    /// The resource has changed.
    Updated,
    /// The resource is gone.
    Deleted,
}

/// An operation, in a notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NotifiedOperation {
    /// The kind of operation: which request began it.
    #[serde(rename = "@odata.type")]
    pub kind: OperationKind,
    /// The operation's path.
    #[serde(rename = "@odata.id")]
    pub id: String,
    /// The operation's version.
    #[serde(rename = "@odata.etag")]
    pub etag: String,
    /// The client context of the request.
    pub client_context: Option<String>,
    /// How a prompt ended; left out for every other operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_reason: Option<CompletionReason>,
    /// How the operation ended.
    pub status: OperationStatus,
    /// Why it failed; left out otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_info: Option<ResultInfo>,
}

#[cfg(test)]
mod tests {
    use super::{CommsNotifications, CommsOperation, OperationStatus, ResultInfo};

    const PUBLISHED: &str = r##"{
  "@odata.type": "#microsoft.graph.commsNotifications",
  "value": [
    {
      "changeType": "deleted",
      "resource": "/app/calls/{call}/operations/{operation}",
      "resourceUrl": "/communications/calls/{call}/operations/{operation}",
      "resourceData": {
        "@odata.type": "#microsoft.graph.commsOperation",
        "@odata.id": "/app/calls/{call}/operations/{operation}",
        "@odata.etag": "W/\"1\"",
        "clientContext": "d45324c1-fcb5-430a-902c-f20af696537c",
        "status": "completed"
      }
    }
  ]
}"##;

    fn operation(status: OperationStatus) -> CommsOperation {
        let context = "d45324c1-fcb5-430a-902c-f20af696537c".to_owned();
        CommsOperation { status, ..CommsOperation::new("{operation}", Some(context), "2018-03-19T09:46:02Z") }
    }

    #[test]
    fn is_the_published_text_both_ways() {
        let ended = CommsNotifications::ended("{call}", &operation(OperationStatus::Completed));
        assert_eq!(serde_json::to_string_pretty(&ended).unwrap(), PUBLISHED);
        assert_eq!(serde_json::from_str::<CommsNotifications>(PUBLISHED).unwrap(), ended);
    }

    #[test]
    fn a_failure_says_why() {
        let info = ResultInfo { code: 500, subcode: 0, message: "the call ended".into() };
        let failed = CommsOperation { result_info: Some(info), ..operation(OperationStatus::Failed) };
        let json = serde_json::to_value(CommsNotifications::ended("c", &failed)).unwrap();
        let data = &json["value"][0]["resourceData"];
        assert_eq!((&data["status"], &data["resultInfo"]["message"]), (&"failed".into(), &"the call ended".into()));
    }
}
