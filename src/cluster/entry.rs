//! What each node knows of each participant of the conference: [`Entry`], as it is written in messages. Pure data.

use serde::{Deserialize, Serialize};

use crate::{
    Gain, Pan, ParticipantId, Routing,
    config::Ducking,
    control::{Known, ListenerConfig, SourceConfig},
};

/// The longest id, name of a role or text, in bytes.
pub(super) const LONGEST_ID: usize = 1024;

/// No term is ever as great: it could not be followed by another.
const MOST_TERM: u64 = 1 << 48;

/// A participant, as its node tells of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// How often its id has gone over to another node. The newest stay is the one that counts.
    pub term: u64,
    /// The slot and the stay of its key at its node, by which its samples are named.
    pub place: Place,
    pub sends: bool,
    pub hears: bool,
    pub muted: bool,
    pub deafened: bool,
    /// What it hears on hold, if it is.
    pub hold: Option<Vec<String>>,
    /// Whether it is heard where only the loudest are, whoever lists it.
    pub always_wanted: bool,
    pub route: Route,
    pub config: Config,
}

/// The slot and the stay of a key at the node of its participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Place {
    pub slot: u32,
    pub stay: u32,
}

/// A [`Routing`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Route {
    Default,
    Apart,
    Role(String),
}

/// A [`ListenerConfig`].
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct Config {
    pub exclusive: bool,
    /// Ramp down, ramp up, lower and upper level.
    pub ducking: Option<[i64; 4]>,
    pub sources: Vec<Listed>,
}

/// A [`SourceConfig`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Listed {
    pub source: String,
    pub gain: f64,
    pub pan: f32,
    pub ducks_others: bool,
    pub exempt: bool,
    pub asked_for: bool,
}

impl Entry {
    pub fn of(known: &Known, term: u64) -> Self {
        let Known { participant, config, always_wanted, music } = known;
        Self {
            term,
            place: Place { slot: participant.key.slot, stay: participant.key.stay },
            sends: participant.direction.sends(),
            hears: participant.direction.hears(),
            muted: participant.muted,
            deafened: participant.deafened,
            hold: music.as_ref().map(|music| music.iter().map(ToString::to_string).collect()),
            always_wanted: *always_wanted,
            route: Route::of(&participant.routing),
            config: Config::of(config),
        }
    }

    /// Whether all of it is within its bounds: it may come from anybody who is a member.
    pub fn is_sound(&self) -> bool {
        let role = match &self.route {
            Route::Role(role) => role.len() <= LONGEST_ID,
            Route::Default | Route::Apart => true,
        };
        let music = self.hold.iter().flatten().all(|id| id.len() <= LONGEST_ID);
        self.term < MOST_TERM && role && music && (self.sends || self.hears) && self.config.is_sound()
    }

    /// The sources that are to be heard by it however loud others are.
    pub fn wanted(&self) -> impl Iterator<Item = &str> {
        self.config.wanted().chain(self.hold.iter().flatten().map(String::as_str))
    }
}

impl Route {
    pub fn of(routing: &Routing) -> Self {
        match routing {
            Routing::DefaultGroup => Self::Default,
            Routing::Apart => Self::Apart,
            Routing::Role(role) => Self::Role(role.as_str().to_owned()),
        }
    }

    pub fn routing(&self) -> Routing {
        match self {
            Self::Default => Routing::DefaultGroup,
            Self::Apart => Routing::Apart,
            Self::Role(role) => Routing::Role(role.as_str().into()),
        }
    }
}

impl Config {
    pub fn of(config: &ListenerConfig) -> Self {
        Self {
            exclusive: config.exclusive,
            ducking: config.ducking.map(figures),
            sources: config.sources.iter().map(Listed::of).collect(),
        }
    }

    /// In the mixer's units. What is out of range has not come this far.
    pub fn listener_config(&self) -> ListenerConfig {
        let mut sources: Vec<_> = self.sources.iter().map(Listed::source_config).collect();
        sources.sort_by(|a, b| a.source.cmp(&b.source));
        sources.dedup_by(|a, b| a.source == b.source);
        ListenerConfig { exclusive: self.exclusive, ducking: self.ducking.map(ducking), sources }
    }

    fn wanted(&self) -> impl Iterator<Item = &str> {
        let wanted = |listed: &&Listed| listed.ducks_others || listed.asked_for && listed.gain > 0.0;
        self.sources.iter().filter(wanted).map(|listed| listed.source.as_str())
    }

    fn is_sound(&self) -> bool {
        let ducking = self.ducking.is_none_or(|[down, up, lower, upper]| {
            (0..=5000).contains(&down) && (0..=5000).contains(&up) && 0 <= lower && lower <= upper && upper <= 100
        });
        ducking && self.sources.iter().all(Listed::is_sound)
    }
}

/// A [`Ducking`] as it is written.
pub(super) fn figures(ducking: Ducking) -> [i64; 4] {
    [ducking.ramp_active, ducking.ramp_inactive, ducking.lower_level, ducking.upper_level]
}

/// And read again.
pub(super) fn ducking([ramp_active, ramp_inactive, lower_level, upper_level]: [i64; 4]) -> Ducking {
    Ducking { ramp_active, ramp_inactive, lower_level, upper_level }
}

impl Listed {
    fn of(source: &SourceConfig) -> Self {
        Self {
            source: source.source.as_str().to_owned(),
            gain: source.gain.factor(),
            pan: source.pan.position(),
            ducks_others: source.ducks_others,
            exempt: source.exempt,
            asked_for: source.asked_for,
        }
    }

    fn source_config(&self) -> SourceConfig {
        SourceConfig {
            source: ParticipantId::from(self.source.as_str()),
            gain: Gain::new(self.gain).unwrap_or_default(),
            pan: Pan::new(self.pan).unwrap_or_default(),
            ducks_others: self.ducks_others,
            exempt: self.exempt,
            asked_for: self.asked_for,
        }
    }

    fn is_sound(&self) -> bool {
        self.source.len() <= LONGEST_ID && Gain::new(self.gain).is_ok() && Pan::new(self.pan).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(source: &str, gain: f64) -> Listed {
        Listed { source: source.into(), gain, pan: 0.5, ducks_others: false, exempt: true, asked_for: true }
    }

    #[test]
    fn a_configuration_comes_back_as_it_was() {
        let config = Config {
            exclusive: true,
            ducking: Some([50, 60, 10, 20]),
            sources: vec![listed("a", 0.3), listed("b", 0.0)],
        };
        assert_eq!(Config::of(&config.listener_config()), config);
        assert_eq!(config.wanted().collect::<Vec<_>>(), ["a"], "one at 0 is not heard");
    }

    #[test]
    fn what_is_out_of_range_is_not_sound() {
        let sound = |config: Config| config.is_sound();
        let ducking = |figures| Config { ducking: Some(figures), ..Config::default() };
        assert!(sound(ducking([0, 5000, 0, 100])) && sound(ducking([0, 0, 7, 7])));
        for figures in [[-1, 0, 0, 1], [0, 5001, 0, 1], [0, 0, 2, 1], [0, 0, 0, 101], [0, 0, -1, 1]] {
            assert!(!sound(ducking(figures)), "{figures:?}");
        }
        for gain in [f64::NAN, -0.1, f64::INFINITY] {
            assert!(!sound(Config { sources: vec![listed("a", gain)], ..Config::default() }), "{gain}");
        }
        assert!(!sound(Config { sources: vec![listed(&"a".repeat(1025), 1.0)], ..Config::default() }));
    }
}
