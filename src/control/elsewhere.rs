//! Participants who are at other nodes of a cluster, and what the other nodes know of those who are here: for the module
//! `cluster` alone.

use super::{
    Changes, ControlError, Controller, JoinOptions, ListenerConfig, Participant, SourceConfig,
    events::Event,
    registry::{Member, Registry},
};
use crate::data::{
    detector::Detector,
    direction::Direction,
    id::{ParticipantId, ParticipantKey},
    routing::Routing,
};

/// What the other nodes know of a participant who is here.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub participant: Participant,
    pub config: ListenerConfig,
    /// Whether it is heard where only the loudest are, whoever lists it.
    pub always_wanted: bool,
    /// What it hears on hold, if it is.
    pub music: Option<Vec<ParticipantId>>,
}

impl Controller {
    /// The figures of the mixer, if it is the one with this number.
    pub(crate) fn node_figures(&self, mixer: u32) -> Option<crate::data::figures::Figures> {
        let registry = self.registry();
        (registry.mixer() == mixer).then(|| registry.figures())
    }

    /// Whether it is noted who changes.
    pub(crate) fn is_node(&self) -> bool {
        self.registry().is_noting()
    }

    /// From now on it is noted who changes. Everybody who is here counts as changed.
    pub(crate) fn note_touched(&self) {
        self.registry().note_touched();
    }

    /// Everybody who has changed in any way since the last call, as they are now; `None` of who has left. Those who are
    /// at other nodes are not among them.
    pub(crate) fn take_touched(&self) -> Vec<(ParticipantId, Option<Known>)> {
        let mut registry = self.registry();
        let touched = registry.take_touched();
        let known = |id: ParticipantId| match registry.member(id.as_str()) {
            Ok(member) if member.is_elsewhere() => None,
            Ok(member) => Some((id.clone(), Some(member.known(&id)))),
            Err(_) => Some((id, None)),
        };
        touched.into_iter().filter_map(known).collect()
    }
}

impl Changes<'_> {
    /// Lets in a source that is at another node.
    pub(crate) fn join_elsewhere(
        &mut self,
        id: &ParticipantId,
        routing: Routing,
        always_wanted: bool,
    ) -> Result<ParticipantKey, ControlError> {
        let options =
            JoinOptions { direction: Direction::Source, detector: Detector::Host, routing, ..JoinOptions::default() };
        let key = self.join(id.clone(), options)?;
        self.registry.put_elsewhere(id);
        if always_wanted {
            self.registry.want_always(id);
        }
        Ok(key)
    }

    /// Takes one out of the mixer who may be at another node.
    pub(crate) fn take_out(&mut self, id: &str) -> Result<(), ControlError> {
        let done = self.registry.leave(id);
        self.events.note("leave", done, || Event::Left { participant: id.into() })
    }

    /// Routes one by another rule who is at another node.
    pub(crate) fn reroute(&mut self, id: &str, routing: Routing) -> Result<(), ControlError> {
        let done = self.registry.set_routing(id, routing.clone());
        self.events.note("set_routing", done, || Event::Routed { participant: id.into(), routing })
    }

    /// Whether a participant is in the mixer as one who is at another node.
    pub(crate) fn is_elsewhere(&self, id: &str) -> bool {
        self.registry.member(id).is_ok_and(Member::is_elsewhere)
    }

    /// Whether somebody at another node wants to hear a source however loud others are.
    pub(crate) fn want_elsewhere(&mut self, id: &str, wanted: bool) {
        self.registry.want_elsewhere(id, wanted);
    }

    /// The entries for a source in the configurations of all listeners.
    pub(crate) fn entries_for(&self, source: &str) -> Vec<(ParticipantId, SourceConfig)> {
        self.registry.entries_for(source)
    }

    /// Puts entries for a source back that it had before it left.
    pub(crate) fn put_entries(&mut self, entries: &[(ParticipantId, SourceConfig)]) {
        for (listener, before) in entries {
            // Who has left meanwhile has no entries.
            let _gone =
                self.configure_source(listener.as_str(), before.source.as_str(), |entry| *entry = before.clone());
        }
    }

    /// Puts a configuration in force that a listener had at another node. Sources that are not in the mixer are passed over.
    pub(crate) fn put_configuration(&mut self, listener: &ParticipantId, config: &ListenerConfig) {
        self.registry.put_configuration(listener, config);
        self.events.push(|| Event::configured(&config.mixer_level(listener.as_str())));
    }
}

impl Member {
    fn known(&self, id: &ParticipantId) -> Known {
        Known {
            participant: self.participant(id),
            config: self.config.clone(),
            always_wanted: self.always_wanted,
            music: self.music.clone(),
        }
    }
}

impl Registry {
    fn entries_for(&self, source: &str) -> Vec<(ParticipantId, SourceConfig)> {
        let (Ok(source), Ok(member)) = (self.name(source), self.member(source)) else { return Vec::new() };
        let listed = member.listed_by.iter().filter_map(|slot| {
            let listener = self.id_in(*slot)?;
            let config = &self.member(listener.as_str()).ok()?.config;
            Some((listener.clone(), config.get(&source)?.clone()))
        });
        listed.collect()
    }
}
