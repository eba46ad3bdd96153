//! A participant as clients read it: [`OneParticipant`], the API's resource as far as a mixer knows it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Direction,
    config::{ErrorCode, ParticipantMixerLevel},
    http::{
        calls::{Call, Member},
        refused::Refused,
    },
};

/// A participant.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "@odata.type", rename = "#microsoft.graph.participant", rename_all = "camelCase")]
pub(super) struct OneParticipant {
    /// Its id.
    id: String,
    /// Who it is.
    info: ParticipantInfo,
    /// Whether it waits to be let in: nobody does here.
    is_in_lobby: bool,
    /// Whether nobody hears it.
    is_muted: bool,
    /// What it sends and hears.
    media_streams: [MediaStream; 1],
    /// The node that it is at, in a conference on several nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    /// How its mix differs from the default, with `$expand=mixerLevel`.
    #[serde(skip_serializing_if = "Option::is_none")]
    mixer_level: Option<ParticipantMixerLevel>,
}

/// Who a participant is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "@odata.type", rename = "#microsoft.graph.participantInfo", rename_all = "camelCase")]
struct ParticipantInfo {
    /// Its names.
    identity: IdentitySet,
}

/// The names of a participant.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "@odata.type", rename = "#microsoft.graph.identitySet", rename_all = "camelCase")]
struct IdentitySet {
    /// Its id in the call, which is all that is known of it.
    user: Identity,
}

/// A name.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "@odata.type", rename = "#microsoft.graph.identity", rename_all = "camelCase")]
struct Identity {
    /// For people.
    display_name: String,
    /// For programs.
    id: String,
}

/// The sound of a participant.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "@odata.type", rename = "#microsoft.graph.mediaStream", rename_all = "camelCase")]
struct MediaStream {
    /// Whether it sends, hears, or both.
    direction: StreamDirection,
    /// What the stream is called.
    label: &'static str,
    /// What the stream has.
    media_type: &'static str,
    /// Whether the mixer drops what it sends.
    server_muted: bool,
    /// The number of its place in the mixer. One who only hears, at another node, has none here.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_id: Option<String>,
}

/// Whether a participant sends, hears, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
enum StreamDirection {
    SendReceive,
    SendOnly,
    ReceiveOnly,
}

/// How much of a participant is returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    Itself,
    MixerLevel,
}

/// The values of `$expand`, for the OpenAPI document.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "only its schema is of use")]
pub(super) enum Expand {
    #[schema(rename = "mixerLevel")]
    MixerLevel,
}

impl Detail {
    /// What `$expand` asks for.
    pub fn expanded(expand: Option<&str>) -> Result<Self, Refused> {
        match expand {
            None => Ok(Self::Itself),
            Some("mixerLevel") => Ok(Self::MixerLevel),
            Some(other) => {
                let message = format!("$expand={other} is not known; mixerLevel is");
                Err(Refused::new(ErrorCode::BadRequest, message))
            }
        }
    }
}

impl OneParticipant {
    pub fn new(call: &Call, member: Member, detail: Detail) -> Self {
        let Member { id, direction, muted: is_muted, key, node, .. } = member;
        let id = id.as_str();
        // A participant who has left meanwhile has no configuration.
        let level = || call.mixer_level(id);
        Self {
            id: id.to_owned(),
            info: ParticipantInfo {
                identity: IdentitySet { user: Identity { display_name: id.to_owned(), id: id.to_owned() } },
            },
            is_in_lobby: false,
            is_muted,
            media_streams: [MediaStream {
                direction: direction.into(),
                label: "main-audio",
                media_type: "audio",
                server_muted: is_muted,
                source_id: key.map(|key| key.index().to_string()),
            }],
            node,
            mixer_level: (detail == Detail::MixerLevel).then(level).flatten(),
        }
    }

    /// How many source levels it has.
    pub fn levels(&self) -> usize {
        self.mixer_level.as_ref().map_or(0, |level| level.source_levels.len())
    }
}

impl From<Direction> for StreamDirection {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::Both => Self::SendReceive,
            Direction::Source => Self::SendOnly,
            Direction::Listener => Self::ReceiveOnly,
        }
    }
}
