//! A request with holes: what could be read of a body, and nothing where a value is absent or faulty.
//!
//! The form that the rules run over, whether it comes from a body or from typed values.

use super::{ConfigureMixerRequest, Ducking, ParticipantMixerLevel, SourceLevel};

#[derive(Debug, Default)]
pub(super) struct Draft<'a> {
    pub(super) client_context: Option<&'a str>,
    /// One for each element of the body, faulty ones too: the index is that of the body.
    pub(super) levels: Vec<DraftLevel<'a>>,
}

#[derive(Debug, Default)]
pub(super) struct DraftLevel<'a> {
    pub(super) participant: Option<&'a str>,
    pub(super) exclusive: Option<bool>,
    /// Some if the body says anything there, so that what is faulty does not count as absent.
    pub(super) ducking: Option<DraftDucking>,
    pub(super) source_levels: Vec<DraftSource<'a>>,
}

/// rampActive, rampInactive, lowerLevel, upperLevel.
pub(super) type DraftDucking = [Option<i64>; 4];

#[derive(Debug, Default)]
pub(super) struct DraftSource<'a> {
    pub(super) participant: Option<&'a str>,
    pub(super) level: Option<i64>,
    pub(super) duck_others: Option<bool>,
}

impl<'a> From<&'a ParticipantMixerLevel> for DraftLevel<'a> {
    fn from(level: &'a ParticipantMixerLevel) -> Self {
        Self {
            participant: Some(&level.participant),
            exclusive: Some(level.exclusive),
            ducking: level.ducking.map(|ducking| {
                [ducking.ramp_active, ducking.ramp_inactive, ducking.lower_level, ducking.upper_level].map(Some)
            }),
            source_levels: level.source_levels.iter().map(DraftSource::from).collect(),
        }
    }
}

impl<'a> From<&'a SourceLevel> for DraftSource<'a> {
    fn from(source: &'a SourceLevel) -> Self {
        Self {
            participant: Some(&source.participant),
            level: Some(source.level),
            duck_others: Some(source.duck_others),
        }
    }
}

/// The request, of a draft without faults; none if a required value is not there.
impl Draft<'_> {
    pub(super) fn finish(&self) -> Option<ConfigureMixerRequest> {
        Some(ConfigureMixerRequest {
            client_context: self.client_context.map(str::to_owned),
            participant_mixer_levels: self.levels.iter().map(DraftLevel::finish).collect::<Option<_>>()?,
        })
    }
}

impl DraftLevel<'_> {
    fn finish(&self) -> Option<ParticipantMixerLevel> {
        Some(ParticipantMixerLevel {
            participant: self.participant?.to_owned(),
            exclusive: self.exclusive.unwrap_or(false),
            ducking: match &self.ducking {
                Some(ducking) => Some(finish_ducking(ducking)?),
                None => None,
            },
            source_levels: self.source_levels.iter().map(DraftSource::finish).collect::<Option<_>>()?,
        })
    }
}

fn finish_ducking(ducking: &DraftDucking) -> Option<Ducking> {
    let [ramp_active, ramp_inactive, lower_level, upper_level] = *ducking;
    Some(Ducking {
        ramp_active: ramp_active?,
        ramp_inactive: ramp_inactive?,
        lower_level: lower_level?,
        upper_level: upper_level?,
    })
}

impl DraftSource<'_> {
    fn finish(&self) -> Option<SourceLevel> {
        Some(SourceLevel {
            participant: self.participant?.to_owned(),
            level: self.level.unwrap_or(SourceLevel::DEFAULT_LEVEL),
            duck_others: self.duck_others.unwrap_or(false),
        })
    }
}
