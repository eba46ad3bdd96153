//! The request: what each listener is to hear, as the wire names it.
//!
//! Pure data. The fields are public and unchecked; [`check`](super::check) and the readers say whether they keep the rules.

use serde::Serialize;

/// A configureMixer request: new levels for any number of listeners.
///
/// Reading one (through serde or `read_request`) applies every rule, so what was read can break only one: naming participants who are not in the call, which serde cannot know.
///
/// ```
/// use mixminus::config::{ConfigureMixerRequest, ParticipantMixerLevel, SourceLevel};
///
/// let mut alice = ParticipantMixerLevel::new("alice");
/// alice.source_levels.push(SourceLevel { level: 50, ..SourceLevel::new("bob") });
/// let request = ConfigureMixerRequest::new([alice]);
/// assert_eq!(
///     serde_json::to_string(&request)?,
///     r#"{"participantMixerLevels":[{"participant":"alice","exclusive":false,"sourceLevels":[{"participant":"bob","level":50,"duckOthers":false}]}]}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigureMixerRequest {
    /// Text of the client's own, at most 256 characters, that comes back in the operation and the notification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_context: Option<String>,
    /// One entry a listener; may be empty; no listener twice.
    pub participant_mixer_levels: Vec<ParticipantMixerLevel>,
}

impl ConfigureMixerRequest {
    /// A request without a client context.
    pub fn new(levels: impl Into<Vec<ParticipantMixerLevel>>) -> Self {
        Self { client_context: None, participant_mixer_levels: levels.into() }
    }
}

/// What one listener is to hear.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ParticipantMixerLevel {
    /// The listener's id.
    pub participant: String,
    /// Whether the listener hears the listed sources only.
    pub exclusive: bool,
    /// How sources are ducked for this listener; needed once a source has `duck_others`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ducking: Option<Ducking>,
    /// One entry a source; no source twice, and not the listener.
    pub source_levels: Vec<SourceLevel>,
}

impl ParticipantMixerLevel {
    /// A listener who hears everyone as they are: not exclusive, no ducking, no source levels.
    ///
    /// ```
    /// use mixminus::config::ParticipantMixerLevel;
    /// let alice = ParticipantMixerLevel { exclusive: true, ..ParticipantMixerLevel::new("alice") };
    /// assert!(alice.exclusive && alice.source_levels.is_empty());
    /// ```
    pub fn new(participant: impl Into<String>) -> Self {
        Self { participant: participant.into(), ..Self::default() }
    }
}

/// How the other sources fade while a ducker is active.
///
/// ```
/// use mixminus::config::Ducking;
/// let ducking = Ducking { ramp_active: 50, ramp_inactive: 200, lower_level: 10, upper_level: 100 };
/// assert_eq!(
///     serde_json::to_string(&ducking)?,
///     r#"{"rampActive":50,"rampInactive":200,"lowerLevel":10,"upperLevel":100}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Ducking {
    /// Time for ducked sources to fade out, in ms, 0 to 5000.
    pub ramp_active: i64,
    /// Time for ducked sources to fade in, in ms, 0 to 5000.
    pub ramp_inactive: i64,
    /// Volume of ducked sources while a ducker is active, in %, 0 to 100.
    pub lower_level: i64,
    /// Volume of ducked sources while no ducker is active, in %, from `lower_level` to 100.
    pub upper_level: i64,
}

/// How loud one listener hears one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SourceLevel {
    /// The source's id.
    pub participant: String,
    /// Volume in %, 0 to 100.
    pub level: i64,
    /// Whether the other sources are ducked while this one is active; true needs `ducking` on the listener.
    pub duck_others: bool,
}

impl SourceLevel {
    /// The level of a source, as it is when its entry says nothing else.
    pub(super) const DEFAULT_LEVEL: i64 = 100;

    /// A source at its full level, 100 %, that ducks nobody.
    ///
    /// ```
    /// use mixminus::config::SourceLevel;
    /// let narrator = SourceLevel { duck_others: true, ..SourceLevel::new("narrator") };
    /// assert_eq!(narrator.level, 100);
    /// ```
    pub fn new(participant: impl Into<String>) -> Self {
        Self { participant: participant.into(), level: Self::DEFAULT_LEVEL, duck_others: false }
    }
}

#[cfg(test)]
mod tests {
    use super::{ConfigureMixerRequest, Ducking, ParticipantMixerLevel};

    #[test]
    fn writes_what_is_there_in_the_published_order() {
        let ducking = Ducking { ramp_active: 1, ramp_inactive: 2, lower_level: 3, upper_level: 4 };
        let level = ParticipantMixerLevel { ducking: Some(ducking), ..ParticipantMixerLevel::new("a") };
        let request = ConfigureMixerRequest { client_context: Some("c".into()), ..ConfigureMixerRequest::new([level]) };
        assert_eq!(
            serde_json::to_string(&request).unwrap(),
            r#"{"clientContext":"c","participantMixerLevels":[{"participant":"a","exclusive":false,"ducking":{"rampActive":1,"rampInactive":2,"lowerLevel":3,"upperLevel":4},"sourceLevels":[]}]}"#
        );
    }
}
