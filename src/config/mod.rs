//! The configureMixer interface as data: its requests, what is wrong with them, and its answers.
//!
//! Knows the JSON and nothing of audio: it says which participants a request names and whether it keeps the rules; what the levels do to a mix is decided elsewhere.
//! The types need no feature; reading bytes needs the feature `json`.

mod check;
mod draft;
mod error_body;
mod fault;
#[cfg(feature = "json")]
mod json;
mod near;
mod notification;
mod operation;
mod path;
mod raw;
mod read;
#[cfg(feature = "json")]
mod trailing;
mod types;
mod walk;

pub use check::check;
pub use error_body::{ApiError, ErrorBody, ErrorCode, ErrorDetail, InnerError};
pub use fault::{Fault, FaultKind, Faults};
#[cfg(feature = "json")]
pub use json::{Malformed, RequestError, read_json, read_request};
pub use notification::{ChangeType, CommsNotification, CommsNotifications, NotifiedOperation};
pub use operation::{CommsOperation, OperationStatus, ResultInfo};
pub use types::{ConfigureMixerRequest, Ducking, ParticipantMixerLevel, SourceLevel};
