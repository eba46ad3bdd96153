//! The configuration of one listener as it is in force, in the mixer's units.

use crate::{
    audio::PairKind,
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
    data::{id::ParticipantId, level::Gain, pan::Pan},
};

/// How a listener's mix differs from the default, which is everybody else at gain 1.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct ListenerConfig {
    /// Whether the listener hears only listed sources.
    pub exclusive: bool,
    /// How sources are ducked. Sources that duck others never are.
    pub ducking: Option<Ducking>,
    /// The listed sources, in the order of their ids.
    pub sources: Vec<SourceConfig>,
}

/// A source in a listener's configuration.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SourceConfig {
    /// The id of the source.
    pub source: ParticipantId,
    /// Its gain, before ducking.
    pub gain: Gain,
    /// Its pan, in a stereo mixer.
    pub pan: Pan,
    /// Whether the other sources are ducked while it is active. It is never ducked itself.
    pub ducks_others: bool,
    /// Whether it is not ducked, whether or not it ducks others.
    pub exempt: bool,
    /// Whether its gain was set. A pan, or being exempt, lists a source without setting its gain.
    pub(crate) asked_for: bool,
}

impl SourceConfig {
    /// Gives the source a gain. Whether it ducks others, and its pan, stay as they were.
    pub(crate) fn set_gain(&mut self, gain: Gain) {
        (self.gain, self.asked_for) = (gain, true);
    }

    /// Whether it is mixed even when it is not among the loudest: if it ducks others, or if its
    /// gain was set and is not 0.
    pub(crate) fn is_wanted(&self) -> bool {
        self.ducks_others || self.asked_for && self.gain > Gain::SILENCE
    }

    /// Whether it says nothing that a source that is not listed has not.
    pub(crate) fn is_empty(&self) -> bool {
        !self.asked_for && !self.ducks_others && !self.exempt && self.pan == Pan::CENTRE
    }

    /// What ducking is to it.
    pub(crate) fn kind(&self) -> PairKind {
        match (self.ducks_others, self.exempt) {
            (true, _) => PairKind::Ducker,
            (false, true) => PairKind::Exempt,
            (false, false) => PairKind::Ducked,
        }
    }
}

impl ListenerConfig {
    /// The configuration in the units of the wire, for the listener of this id. Gains are rounded
    /// to the nearest percent. Pans, and which sources are exempt, are left out, because the wire has neither.
    ///
    /// ```
    /// # use mixminus::{Gain, JoinOptions, MixerConfig};
    /// # let (controller, _processor) = MixerConfig::default().build()?;
    /// controller.join("anna", JoinOptions::default())?;
    /// controller.join("ben", JoinOptions::default())?;
    /// controller.set_gain("anna", "ben", Gain::new(0.5)?)?;
    /// let level = controller.configuration("anna")?.mixer_level("anna");
    /// assert_eq!((level.source_levels[0].level, level.exclusive), (50, false));
    /// controller.configure(&[level])?; // puts the same in force
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn mixer_level(&self, listener: impl Into<String>) -> ParticipantMixerLevel {
        let listed = self.sources.iter().filter(|source| source.asked_for || source.ducks_others);
        let source_levels = listed.map(|source| SourceLevel {
            participant: source.source.as_str().to_owned(),
            level: (source.gain.factor() * 100.0).round() as i64,
            duck_others: source.ducks_others,
        });
        let source_levels = source_levels.collect();
        ParticipantMixerLevel {
            participant: listener.into(),
            exclusive: self.exclusive,
            ducking: self.ducking,
            source_levels,
        }
    }

    /// From checked levels of the wire, where every level is a gain. `name` finds a source's id in
    /// the call.
    pub(crate) fn from_wire(level: &ParticipantMixerLevel, name: impl Fn(&str) -> Option<ParticipantId>) -> Self {
        let source = |level: &SourceLevel| {
            Some(SourceConfig {
                source: name(&level.participant)?,
                gain: Gain::from_percent(level.level as f64).unwrap_or_default(),
                pan: Pan::CENTRE,
                ducks_others: level.duck_others,
                exempt: false,
                asked_for: true,
            })
        };
        let mut sources = Vec::with_capacity(level.source_levels.len());
        sources.extend(level.source_levels.iter().filter_map(source));
        sources.sort_by(|a, b| a.source.cmp(&b.source));
        Self { exclusive: level.exclusive, ducking: level.ducking, sources }
    }

    /// Takes over what the wire has no words for from the configuration that it replaces: pans, and who is exempt.
    pub(crate) fn keep_unwired(mut self, before: &Self) -> Self {
        for source in before.sources.iter().filter(|source| source.exempt || source.pan != Pan::CENTRE) {
            let entry = self.entry(&source.source);
            (entry.pan, entry.exempt) = (source.pan, source.exempt);
        }
        self
    }

    /// The entry of a source, if it is listed.
    pub(crate) fn get(&self, source: &ParticipantId) -> Option<&SourceConfig> {
        self.find(source.as_str()).ok().map(|at| &self.sources[at])
    }

    /// The entry of a source. A source that is not listed is listed first, at the gain that it has.
    pub(crate) fn entry(&mut self, source: &ParticipantId) -> &mut SourceConfig {
        let at = self.find(source.as_str()).unwrap_or_else(|at| {
            let gain = if self.exclusive { Gain::SILENCE } else { Gain::UNITY };
            let listed = SourceConfig {
                source: source.clone(),
                gain,
                pan: Pan::CENTRE,
                ducks_others: false,
                exempt: false,
                asked_for: false,
            };
            self.sources.insert(at, listed);
            at
        });
        &mut self.sources[at]
    }

    /// Takes a source off the list. The entry that it had.
    pub(crate) fn remove(&mut self, source: &str) -> Option<SourceConfig> {
        self.find(source).ok().map(|at| self.sources.remove(at))
    }

    fn find(&self, source: &str) -> Result<usize, usize> {
        self.sources.binary_search_by(|listed| listed.source.as_str().cmp(source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gain_lists_a_source_and_keeps_the_rest_of_its_entry() {
        let mut config = ListenerConfig::default();
        let (a, b) = (ParticipantId::from("a"), ParticipantId::from("b"));
        let ducker = SourceConfig { ducks_others: true, ..config.entry(&b).clone() };
        *config.entry(&b) = ducker;
        config.entry(&b).set_gain(Gain::SILENCE);
        config.entry(&a).pan = Pan::LEFT;
        let listed: Vec<_> = config.sources.iter().map(|s| (s.source.as_str(), s.gain, s.ducks_others)).collect();
        assert_eq!(listed, [("a", Gain::UNITY, false), ("b", Gain::SILENCE, true)]);
        assert!(config.remove("a").is_some() && config.remove("a").is_none());
    }
}
