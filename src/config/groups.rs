//! Audio routing groups: private routes from one source to its receivers, as clients see them, create and change them.
//!
//! Pure data. The rules are in `proposed`; what a route does to a mix is decided in the control side.

use serde::{Deserialize, Serialize};

/// A private route: its receivers hear its source, whatever the call's other routes say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
#[serde(tag = "@odata.type", rename = "#microsoft.graph.audioRoutingGroup", rename_all = "camelCase")]
pub struct AudioRoutingGroup {
    /// The group's id: unique in its call.
    pub id: String,
    /// How many sources and receivers it may have.
    pub routing_mode: RoutingMode,
    /// The ids of those who are heard.
    pub sources: Vec<String>,
    /// The ids of those who hear them.
    pub receivers: Vec<String>,
}

/// How many sources and receivers a group may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum RoutingMode {
    /// One source and one receiver.
    OneToOne,
    /// One source and any number of receivers, but at least one.
    Multicast,
    /// A group of the host's that is neither. A client cannot ask for it.
    UnknownFutureValue,
}

impl RoutingMode {
    /// Those that a client can ask for.
    pub(crate) const KNOWN: &'static [&'static str] = &["oneToOne", "multicast"];

    pub(super) fn from_text(text: &str) -> Option<Self> {
        match text {
            "oneToOne" => Some(Self::OneToOne),
            "multicast" => Some(Self::Multicast),
            _ => None,
        }
    }
}

/// The body of a request for a new group; what is absent is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewAudioRoutingGroup {
    /// The group, with all that is required.
    pub group: AudioRoutingGroupChange,
}

/// The body of a change of a group: what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AudioRoutingGroupChange {
    /// The group's id.
    pub id: Option<String>,
    /// How many sources and receivers it may have.
    pub routing_mode: Option<RoutingMode>,
    /// The ids of those who are heard.
    pub sources: Option<Vec<String>>,
    /// The ids of those who hear them.
    pub receivers: Option<Vec<String>>,
}
