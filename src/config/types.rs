//! The request: what each listener is to hear, in the units of the wire.
//!
//! Pure data: the fields are public and unchecked. [`check`](super::check) and the readers check
//! them. The names, ranges and defaults on the wire are in `fields`.

use serde::Serialize;

/// A configureMixer request: new levels for any number of listeners.
///
/// Reading one through `read_request` checks every rule. Reading one through serde checks every
/// rule but one: serde cannot know who is in the call.
///
/// ```
/// use mixminus::config::{ConfigureMixerRequest, ParticipantMixerLevel, SourceLevel};
///
/// let mut alice = ParticipantMixerLevel::new("alice");
/// alice.source_levels.push(SourceLevel { level: 50, ..SourceLevel::new("bob") });
/// let request = ConfigureMixerRequest::new([alice]);
/// assert_eq!(
///     serde_json::to_string(&request)?,
///     r#"{"participantMixerLevels":[{"participant":"alice","exclusive":false,"sourceLevels":"#.to_owned()
///         + r#"[{"participant":"bob","level":50,"duckOthers":false}]}]}"#
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigureMixerRequest {
    /// The client's own text, at most 256 characters, which comes back in the operation and the
    /// notification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_context: Option<String>,
    /// One entry for each listener. May be empty. No listener may occur twice.
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
    /// Whether the listener hears only the listed sources.
    pub exclusive: bool,
    /// How sources are ducked for this listener; needed once a source has `duck_others`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ducking: Option<Ducking>,
    /// One entry for each source. No source may occur twice, nor may the listener.
    pub source_levels: Vec<SourceLevel>,
}

impl ParticipantMixerLevel {
    /// A listener who hears everybody else at the default level: not exclusive, no ducking, no
    /// source levels.
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

/// How loud a listener hears one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SourceLevel {
    /// The source's id.
    pub participant: String,
    /// Volume in %, 0 to 100.
    pub level: i64,
    /// Whether the other sources are ducked while this one is active; true needs `ducking` on the
    /// listener.
    pub duck_others: bool,
}

impl SourceLevel {
    /// The level of a source whose entry has none.
    pub(super) const DEFAULT_LEVEL: i64 = 100;

    /// A source at its full level, 100 %, that does not duck others.
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
            concat!(
                r#"{"clientContext":"c","participantMixerLevels":[{"participant":"a","exclusive":false,"#,
                r#""ducking":{"rampActive":1,"rampInactive":2,"lowerLevel":3,"upperLevel":4},"sourceLevels":[]}]}"#
            )
        );
    }
}
