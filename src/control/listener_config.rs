//! The configuration of one listener as it is in force, in the mixer's units, and its conversion to
//! a row of the matrix.

use std::hash::RandomState;

use crate::{
    audio::{Listed, Row, RowIdentity, RowMemory},
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
    data::{
        channels::Channel,
        envelope::DuckRange,
        id::{ParticipantId, ParticipantKey},
        level::Gain,
        pan::Pan,
        timing::Timing,
    },
    link::mailbox::Mailbox,
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
    /// Whether its gain was set. A pan lists a source without setting its gain.
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
}

impl ListenerConfig {
    /// The configuration in the units of the wire, for the listener of this id. Gains are rounded
    /// to the nearest percent. Pans are left out, because the wire has none.
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
                asked_for: true,
            })
        };
        let mut sources = Vec::with_capacity(level.source_levels.len());
        sources.extend(level.source_levels.iter().filter_map(source));
        sources.sort_by(|a, b| a.source.cmp(&b.source));
        Self { exclusive: level.exclusive, ducking: level.ducking, sources }
    }

    /// Takes over the pans of the configuration that it replaces, because the wire has none.
    pub(crate) fn keep_pans(mut self, before: &Self) -> Self {
        let panned = before.sources.iter().filter(|source| source.pan != Pan::CENTRE);
        panned.for_each(|source| self.entry(&source.source).pan = source.pan);
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
            let listed =
                SourceConfig { source: source.clone(), gain, pan: Pan::CENTRE, ducks_others: false, asked_for: false };
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

    /// The sources that are in the call, in the order of their slots, at their gains in one channel.
    /// `key` returns the key of a source.
    pub(crate) fn listed(
        &self,
        channel: Channel,
        key: impl Fn(&ParticipantId) -> Option<ParticipantKey>,
    ) -> Vec<Listed> {
        let listed = |config: &SourceConfig| {
            let (source, gain) = (key(&config.source)?, config.gain.factor() * config.pan.factor(channel));
            Some(Listed { source, gain, ducks_others: config.ducks_others })
        };
        let mut listed: Vec<Listed> = self.sources.iter().filter_map(listed).collect();
        listed.sort_unstable_by_key(|listed| listed.source.slot);
        listed
    }

    /// The row that lists these sources in each channel, with memory for `room` pairs.
    pub(crate) fn row(&self, listed: &[Vec<Listed>], room: usize, timing: &Timing, keys: &[RandomState; 2]) -> Row {
        let unlisted = if self.exclusive { 0.0 } else { 1.0 };
        let ducking = self.ducking.map_or(DuckRange::NONE, |ducking| range(&ducking, timing));
        let listed = listed.iter().map(Vec::as_slice);
        Row {
            identity: RowIdentity::of(keys, unlisted, &ducking, listed.clone()),
            unlisted,
            ducking,
            panned: self.sources.iter().any(|source| source.pan != Pan::CENTRE),
            memory: Some(Mailbox::new(RowMemory::new(listed, room))),
        }
    }
}

fn range(ducking: &Ducking, timing: &Timing) -> DuckRange {
    let factor = |percent: i64| percent as f64 / 100.0;
    DuckRange::new(
        factor(ducking.lower_level),
        factor(ducking.upper_level),
        ducking.ramp_active as f64,
        ducking.ramp_inactive as f64,
        timing,
    )
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
        let gains = |channel| {
            config
                .listed(channel, |id| {
                    Some(ParticipantKey { slot: u32::from(id.as_str() == "b"), ..ParticipantKey::NOBODY })
                })
                .iter()
                .map(|listed| listed.gain)
                .collect::<Vec<_>>()
        };
        assert_eq!([Channel::Left, Channel::Right, Channel::Mono].map(gains), [[1.0, 0.0], [0.0, 0.0], [1.0, 0.0]]);
        assert!(config.remove("a").is_some() && config.remove("a").is_none());
    }
}
