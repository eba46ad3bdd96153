//! The configureMixer interface as data: its requests, what is wrong with them, and its answers.
//!
//! This module knows the JSON and nothing of audio: which participants a request names, and whether
//! it keeps the rules. What the levels do to a mix is decided in the control side. The types need
//! no feature, reading bytes needs the feature `json`.
//!
//! A body takes one way: bytes, a tree (`raw`), typed values (`walk`, by the table in `fields`),
//! which `rules` checks ([`UncheckedRequest`]). The control side then looks up who is in the call,
//! and puts the levels in force.
//!
//! From a body to the answer, in a host's request handler:
//! ```
//! use mixminus::{JoinOptions, MixerConfig, config};
//! # use std::time::Duration;
//! # let (controller, mut processor) = MixerConfig::default().build()?;
//! # controller.join("anna", JoinOptions::default())?;
//! let body = br#"{"clientContext": "d45", "participantMixerLevels": [{"participant": "anna", "exclusive": true}]}"#;
//! let request = config::read_json::<config::UncheckedRequest>(body)?; // or 400, with RequestError::error_body
//! let client_context = request.client_context().map(str::to_owned);
//! let generation = controller.configure_request(request)?; // or 400, in the same way
//! let mut operation = config::CommsOperation::new("0fe0623f", client_context, "2018-03-19T09:46:02Z");
//! # processor.enter().tick().mix();
//! operation.status = match controller.wait_until_mixed(generation, Duration::from_secs(1)) {
//!     Ok(()) => config::OperationStatus::Completed,
//!     Err(_) => config::OperationStatus::Failed,
//! };
//! assert_eq!(operation.status, config::OperationStatus::Completed);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "http")]
mod action_rules;
#[cfg(feature = "http")]
mod actions;
mod error_body;
mod fault;
mod faults;
mod fields;
mod findings;
#[cfg(feature = "http")]
mod groups;
#[cfg(feature = "json")]
mod json;
mod naming;
mod near;
mod notification;
mod operation;
mod path;
#[cfg(feature = "http")]
mod proposed;
mod raw;
mod rules;
#[cfg(feature = "json")]
mod trailing;
mod types;
mod unchecked;
mod value;
mod walk;

#[cfg(feature = "http")]
pub(crate) use action_rules::{Ruled, Unchecked};
#[cfg(feature = "http")]
pub use actions::{ActionRequest, MediaInfo, MediaPrompt, PlayPromptRequest, StartHoldMusicRequest};
pub use error_body::{ApiError, ErrorBody, ErrorCode, ErrorDetail, InnerError};
pub use fault::{Fault, FaultKind};
pub use faults::Faults;
#[cfg(feature = "http")]
pub(crate) use fields::{Field, Kind, Wire};
#[cfg(feature = "http")]
pub use groups::{AudioRoutingGroup, AudioRoutingGroupChange, NewAudioRoutingGroup, RoutingMode};
#[cfg(feature = "json")]
pub use json::{Malformed, RequestError, read_json, read_request};
pub use notification::{ChangeType, CommsNotification, CommsNotifications, NotifiedOperation};
pub use operation::{CommsOperation, CompletionReason, OperationKind, OperationStatus, ResultInfo};
#[cfg(feature = "http")]
pub(crate) use proposed::{ProposedGroup, UncheckedGroup};
pub use types::{ConfigureMixerRequest, Ducking, ParticipantMixerLevel, SourceLevel};
pub(crate) use unchecked::{Absent, Checked};
pub use unchecked::{UncheckedRequest, check};
