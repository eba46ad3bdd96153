//! The changes that a controller can make, before they are published.

use super::{
    ControlError, JoinOptions, ListenerConfig, Participant, Registry,
    events::{Event, Events},
    registry::Member,
};
use crate::{
    config::{self, Faults, ParticipantMixerLevel},
    data::{
        channels::Channels,
        id::{ParticipantId, ParticipantKey},
        level::Gain,
        line::Line,
        pan::Pan,
    },
};

/// Changes that will be published together: see [`Controller::change`](super::Controller::change). One that fails changes nothing.
#[derive(Debug)]
pub struct Changes<'a> {
    registry: &'a mut Registry,
    events: &'a mut Events,
}

impl<'a> Changes<'a> {
    pub(super) fn new(registry: &'a mut Registry, events: &'a mut Events) -> Self {
        Self { registry, events }
    }

    /// Lets a participant into the call: it is heard, and hears, from 0 up over the smoothing time. An id that left may join again and is
    /// somebody new: with a new key, without a configuration, in nobody's.
    ///
    /// # Errors
    /// [`ControlError::AlreadyHere`], [`ControlError::Detector`], [`ControlError::Full`].
    pub fn join(&mut self, id: impl Into<ParticipantId>, options: JoinOptions) -> Result<ParticipantKey, ControlError> {
        self.join_as(id.into(), options, None)
    }

    fn join_as(
        &mut self,
        participant: ParticipantId,
        options: JoinOptions,
        line: Option<Box<dyn Line>>,
    ) -> Result<ParticipantKey, ControlError> {
        let done = self.registry.join(participant.clone(), options, line);
        self.events.note("join", done, || Event::Joined { participant, role: options.role })
    }

    /// Lets a participant in whose frames and mixes go over a line.
    #[cfg(feature = "stream")]
    pub(crate) fn join_with_line(
        &mut self,
        id: ParticipantId,
        options: JoinOptions,
        line: Box<dyn Line>,
        meters: crate::data::ports::PortMeters,
    ) -> Result<ParticipantKey, ControlError> {
        let key = self.join_as(id.clone(), options, Some(line))?;
        self.registry.set_ports(&id, meters);
        Ok(key)
    }

    /// What the mixer works with, and the samples of its tick.
    #[cfg(feature = "stream")]
    pub(crate) fn format(&self) -> (crate::data::ports::StreamFormat, usize) {
        self.registry.format()
    }

    /// Notes that somebody could not join for what he brought along.
    #[cfg(feature = "stream")]
    pub(crate) fn note_refused(&mut self, change: &'static str, error: &impl std::fmt::Display) {
        self.events.push(|| Event::Refused { change, error: error.to_string() });
    }

    /// Takes a participant out of the call, with its configuration and its place in everybody else's. Who only loses its connection for
    /// a while keeps both by staying in the call and sending nothing.
    ///
    /// # Errors
    /// [`ControlError::Unknown`].
    pub fn leave(&mut self, id: &str) -> Result<(), ControlError> {
        let done = self.registry.leave(id);
        self.events.note("leave", done, || Event::Left { participant: id.into() })
    }

    /// Mutes a participant: nobody hears it, and it is not active.
    ///
    /// # Errors
    /// [`ControlError::Unknown`].
    pub fn set_muted(&mut self, id: &str, muted: bool) -> Result<(), ControlError> {
        let done = self.registry.set_flags(id, |place| place.muted = muted);
        self.events.note("set_muted", done, || Event::Muted { participant: id.into(), muted })
    }

    /// Deafens a participant: it hears nothing.
    ///
    /// # Errors
    /// [`ControlError::Unknown`].
    pub fn set_deafened(&mut self, id: &str, deafened: bool) -> Result<(), ControlError> {
        let done = self.registry.set_flags(id, |place| place.deafened = deafened);
        self.events.note("set_deafened", done, || Event::Deafened { participant: id.into(), deafened })
    }

    /// Lists a source at a gain in a listener's configuration; whether it ducks others stays as it was.
    ///
    /// # Errors
    /// [`ControlError::Unknown`] of either, [`ControlError::OwnVoice`].
    pub fn set_gain(&mut self, listener: &str, source: &str, gain: Gain) -> Result<(), ControlError> {
        let done = self.list(listener, source, gain);
        let listed = || Event::Listed { listener: listener.into(), source: source.into(), gain: gain.factor() };
        self.events.note("set_gain", done, listed)
    }

    fn list(&mut self, listener: &str, source: &str, gain: Gain) -> Result<(), ControlError> {
        let source = self.pair(listener, source)?;
        let mut config = self.registry.member(listener)?.config.clone();
        config.set_gain(&source, gain);
        self.registry.configure(listener, config)
    }

    /// Pans a source in a listener's mix. A source that is not listed is listed by it, at the gain that it has: 1, or 0 in exclusive mode; [`configure`](Self::configure) leaves pans
    /// as they are.
    ///
    /// # Errors
    /// [`ControlError::Unknown`] of either, [`ControlError::OwnVoice`], [`ControlError::MonoMixer`].
    pub fn set_pan(&mut self, listener: &str, source: &str, pan: Pan) -> Result<(), ControlError> {
        let done = self.pan(listener, source, pan);
        let panned = || Event::Panned { listener: listener.into(), source: source.into(), position: pan.position() };
        self.events.note("set_pan", done, panned)
    }

    fn pan(&mut self, listener: &str, source: &str, pan: Pan) -> Result<(), ControlError> {
        let source = self.pair(listener, source)?;
        if self.registry.channels() == Channels::Mono {
            return Err(ControlError::MonoMixer);
        }
        let mut config = self.registry.member(listener)?.config.clone();
        config.entry(&source).pan = pan;
        self.registry.configure(listener, config)
    }

    /// Takes a source off a listener's configuration, its pan included; no change if it is not listed.
    ///
    /// # Errors
    /// [`ControlError::Unknown`] of either, [`ControlError::OwnVoice`].
    pub fn clear_gain(&mut self, listener: &str, source: &str) -> Result<(), ControlError> {
        let done = self.unlist(listener, source);
        let unlisted = || Event::Unlisted { listener: listener.into(), source: source.into() };
        self.events.note("clear_gain", done, unlisted)
    }

    fn unlist(&mut self, listener: &str, source: &str) -> Result<(), ControlError> {
        let source = self.pair(listener, source)?;
        let mut config = self.registry.member(listener)?.config.clone();
        if config.remove(source.as_str()) { self.registry.configure(listener, config) } else { Ok(()) }
    }

    /// Replaces whole configurations: all of them or, if any breaks a rule, none.
    ///
    /// # Errors
    /// Every fault, with its JSON path.
    pub fn configure(&mut self, levels: &[ParticipantMixerLevel]) -> Result<(), Faults> {
        if let Err(faults) = config::check(levels, |id| self.registry.member(id).is_ok()) {
            self.events.push(|| Event::Refused { change: "configure", error: faults.to_string() });
            return Err(faults);
        }
        for level in levels {
            // The check has found every id in the call.
            let id = &level.participant;
            let before = self.registry.member(id).map(|member| member.config.clone()).unwrap_or_default();
            let configured = self.registry.configure(id, ListenerConfig::from_wire(level).keep_pans(&before));
            debug_assert!(configured.is_ok());
            self.events.push(|| Event::configured(level));
        }
        Ok(())
    }

    /// Has only the loudest sources heard, at least 1, or everybody: see [`MixerConfig::loudest`](crate::MixerConfig::loudest).
    ///
    /// # Errors
    /// [`ControlError::Loudest`].
    pub fn set_loudest(&mut self, loudest: Option<usize>) -> Result<(), ControlError> {
        let done = self.registry.set_loudest(loudest);
        self.events.note("set_loudest", done, || Event::Loudest { loudest })
    }

    /// Whether a participant is in the call, with what has been changed so far.
    pub fn is_here(&self, id: &str) -> bool {
        self.registry.member(id).is_ok()
    }

    /// A listener's configuration, with what has been changed so far.
    ///
    /// # Errors
    /// [`ControlError::Unknown`].
    pub fn configuration(&self, listener: &str) -> Result<ListenerConfig, ControlError> {
        self.registry.member(listener).map(|member| member.config.clone())
    }

    fn pair(&self, listener: &str, source: &str) -> Result<ParticipantId, ControlError> {
        self.registry.member(listener)?;
        self.registry.member(source)?;
        let source = ParticipantId::from(source);
        if listener == source.as_str() { Err(ControlError::OwnVoice { id: source }) } else { Ok(source) }
    }
}

impl Member {
    pub(super) fn participant(&self, id: &ParticipantId) -> Participant {
        let place = &self.place;
        Participant { id: id.clone(), key: place.key, role: place.role, muted: place.muted, deafened: place.deafened }
    }
}
