//! The changes that a controller can make, before they are published.

#[cfg(test)]
mod tests;

use std::convert::Infallible;

use super::{
    ControlError, JoinOptions, ListenerConfig, Registry, SourceConfig,
    events::{Event, Events},
};
use crate::{
    audio::Link,
    config::{Absent, Faults, ParticipantMixerLevel, UncheckedRequest},
    data::{
        channels::Channels,
        connection::Connection,
        id::{ParticipantId, ParticipantKey},
        level::Gain,
        pan::Pan,
    },
};

/// Changes that are published together: see [`Controller::change`](super::Controller::change). A
/// change that fails changes nothing.
#[derive(Debug)]
pub struct Changes<'a> {
    pub(super) registry: &'a mut Registry,
    pub(super) events: &'a mut Events,
    #[cfg_attr(not(feature = "stream"), allow(dead_code, reason = "only taps need it"))]
    link: &'a Link,
}

impl<'a> Changes<'a> {
    pub(super) fn new(registry: &'a mut Registry, events: &'a mut Events, link: &'a Link) -> Self {
        Self { registry, events, link }
    }

    /// Lets a participant into the call. Its voice, and what it hears, fade in from 0 over the
    /// smoothing time. An id that left may join again, as a new participant: with a new key,
    /// without a configuration, and in nobody else's.
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
        connection: Option<Box<dyn Connection>>,
    ) -> Result<ParticipantKey, ControlError> {
        let direction = options.direction;
        let done = self.registry.join(participant.clone(), options, connection);
        self.events.note("join", done, || Event::Joined { participant, direction })
    }

    /// Lets a participant in whose frames and mixes go over a connection.
    #[cfg(feature = "stream")]
    pub(crate) fn join_with_connection(
        &mut self,
        id: ParticipantId,
        options: JoinOptions,
        connection: Box<dyn Connection>,
        meters: crate::data::ports::PortMeters,
    ) -> Result<ParticipantKey, ControlError> {
        let key = self.join_as(id.clone(), options, Some(connection))?;
        self.registry.set_ports(&id, meters);
        Ok(key)
    }

    /// Lets a source in whose frames come from memory. It is heard even where only the loudest are.
    #[cfg(feature = "stream")]
    pub(crate) fn join_from_memory(
        &mut self,
        id: ParticipantId,
        options: JoinOptions,
        connection: Box<dyn Connection>,
    ) -> Result<ParticipantKey, ControlError> {
        let key = self.join_as(id.clone(), options, Some(connection))?;
        self.registry.want_always(&id);
        Ok(key)
    }

    /// Gives a participant another connection, or none.
    #[cfg(feature = "stream")]
    pub(crate) fn replace_connection(
        &mut self,
        id: &str,
        connection: Option<Box<dyn Connection>>,
        meters: crate::data::ports::PortMeters,
    ) -> Result<ParticipantKey, ControlError> {
        let done = self.registry.replace_connection(id, connection, meters);
        self.events.note("replace_ports", done, || Event::PortsReplaced { participant: id.into() })
    }

    /// The direction of a participant.
    #[cfg(feature = "stream")]
    pub(crate) fn direction(&self, id: &str) -> Result<crate::data::direction::Direction, ControlError> {
        self.registry.member(id).map(|member| member.slot.direction)
    }

    /// How far the taps of the mixer have come.
    #[cfg(feature = "stream")]
    pub(crate) fn tap_clock(&self) -> std::sync::Arc<crate::link::tap::TapClock> {
        std::sync::Arc::clone(&self.link.taps)
    }

    /// Ships a tap of a participant who is in the call.
    #[cfg(feature = "stream")]
    pub(crate) fn add_tap(
        &mut self,
        id: &ParticipantId,
        point: crate::data::tap::TapPoint,
        inlet: crate::link::tap::TapInlet,
    ) {
        self.registry.add_tap(id, point, inlet);
        self.events.push(|| Event::Tapped { participant: id.clone(), point });
    }

    /// The sample rate and channels of the mixer, and the samples of a tick.
    #[cfg(feature = "stream")]
    pub(crate) fn format(&self) -> (crate::data::ports::StreamFormat, usize) {
        self.registry.format()
    }

    /// The figures of the mixer.
    #[cfg(feature = "stream")]
    pub(crate) fn figures(&self) -> crate::data::figures::Figures {
        self.registry.figures()
    }

    /// Notes that a participant could not join because of its ports.
    #[cfg(feature = "stream")]
    pub(crate) fn note_refused(&mut self, change: &'static str, error: &impl std::fmt::Display) {
        self.events.push(|| Event::Refused { change, error: error.to_string() });
    }

    /// Takes a participant out of the call, with its configuration and its entries in all others. A
    /// participant who loses its connection only for a while keeps both by staying in the call and
    /// sending nothing.
    ///
    /// # Errors
    /// [`ControlError::Unknown`].
    pub fn leave(&mut self, id: &str) -> Result<(), ControlError> {
        let done = self.require_here(id).and_then(|()| self.registry.leave(id));
        self.events.note("leave", done, || Event::Left { participant: id.into() })
    }

    /// Mutes a participant: nobody hears it, and it is not active.
    ///
    /// # Errors
    /// [`ControlError::Unknown`].
    pub fn set_muted(&mut self, id: &str, muted: bool) -> Result<(), ControlError> {
        let done = self.require_here(id).and_then(|()| self.registry.set_flags(id, |slot| slot.muted = muted));
        self.events.note("set_muted", done, || Event::Muted { participant: id.into(), muted })
    }

    /// Deafens a participant: it hears nothing.
    ///
    /// # Errors
    /// [`ControlError::Unknown`].
    pub fn set_deafened(&mut self, id: &str, deafened: bool) -> Result<(), ControlError> {
        let done = self.require_here(id).and_then(|()| self.registry.set_flags(id, |slot| slot.deafened = deafened));
        self.events.note("set_deafened", done, || Event::Deafened { participant: id.into(), deafened })
    }

    /// Lists a source at a gain in a listener's configuration. Whether it ducks others stays as it
    /// was.
    ///
    /// # Errors
    /// [`ControlError::Unknown`] of either, [`ControlError::OwnVoice`].
    pub fn set_gain(&mut self, listener: &str, source: &str, gain: Gain) -> Result<(), ControlError> {
        let done = self.configure_source(listener, source, |entry| entry.set_gain(gain));
        let listed = || Event::Listed { listener: listener.into(), source: source.into(), gain: gain.factor() };
        self.events.note("set_gain", done, listed)
    }

    pub(super) fn configure_source(
        &mut self,
        listener: &str,
        source: &str,
        change: impl FnOnce(&mut SourceConfig),
    ) -> Result<(), ControlError> {
        let (listener, source) = self.pair(listener, source)?;
        self.registry.configure_source(&listener, &source, change)
    }

    /// Pans a source in a listener's mix. A source that is not listed becomes listed, at the gain
    /// that it has: 1, or 0 in exclusive mode. [`configure`](Self::configure) leaves pans as they
    /// are.
    ///
    /// # Errors
    /// [`ControlError::Unknown`] of either, [`ControlError::OwnVoice`], [`ControlError::MonoMixer`].
    pub fn set_pan(&mut self, listener: &str, source: &str, pan: Pan) -> Result<(), ControlError> {
        let done = self.pan(listener, source, pan);
        let panned = || Event::Panned { listener: listener.into(), source: source.into(), position: pan.position() };
        self.events.note("set_pan", done, panned)
    }

    fn pan(&mut self, listener: &str, source: &str, pan: Pan) -> Result<(), ControlError> {
        let (listener, source) = self.pair(listener, source)?;
        if self.registry.channels() == Channels::Mono {
            return Err(ControlError::MonoMixer);
        }
        self.registry.configure_source(&listener, &source, |entry| entry.pan = pan)
    }

    /// Takes a source off a listener's configuration, its pan included. Changes nothing if the
    /// source is not listed.
    ///
    /// # Errors
    /// [`ControlError::Unknown`] of either, [`ControlError::OwnVoice`].
    pub fn clear_gain(&mut self, listener: &str, source: &str) -> Result<(), ControlError> {
        let done = self.unlist(listener, source);
        let unlisted = || Event::Unlisted { listener: listener.into(), source: source.into() };
        self.events.note("clear_gain", done, unlisted)
    }

    fn unlist(&mut self, listener: &str, source: &str) -> Result<(), ControlError> {
        let (listener, source) = self.pair(listener, source)?;
        self.registry.unlist_source(&listener, &source)
    }

    /// Replaces whole configurations: all of them or, if any breaks a rule, none.
    ///
    /// # Errors
    /// Every fault, with its JSON path.
    pub fn configure(&mut self, levels: &[ParticipantMixerLevel]) -> Result<(), Faults> {
        self.configure_request(UncheckedRequest::new(levels))
    }

    /// Replaces whole configurations as a request has them: all of them or, if it has a fault, none.
    ///
    /// # Errors
    /// Every fault, with its JSON path.
    pub fn configure_request(&mut self, request: UncheckedRequest<'_>) -> Result<(), Faults> {
        let Err(absent) = self.apply(&request, || Ok::<_, Infallible>(())) else { return Ok(()) };
        let faults = request.into_faults(absent);
        self.events.push(|| Event::misconfigured(&faults));
        Err(faults)
    }

    /// Looks up whether everybody in a request is in the call. If so, and the request has no other
    /// fault, and `admit` does not fail, puts the request in force. Returns the result of `admit`,
    /// which must not use the controller.
    pub(crate) fn apply<T, E>(
        &mut self,
        request: &UncheckedRequest<'_>,
        admit: impl FnOnce() -> Result<T, E>,
    ) -> Result<Result<T, E>, Absent> {
        let checked = request.check_in(self.registry, Registry::is_here)?;
        let admitted = admit();
        if admitted.is_ok() {
            for level in Registry::configure(checked) {
                self.events.push(|| Event::configured(level));
            }
        }
        Ok(admitted)
    }

    /// Only the loudest sources are heard, at least 1, or all if `None`: see
    /// [`MixerConfig::loudest`](crate::MixerConfig::loudest).
    ///
    /// # Errors
    /// [`ControlError::Loudest`].
    pub fn set_loudest(&mut self, loudest: Option<usize>) -> Result<(), ControlError> {
        let done = self.registry.set_loudest(loudest);
        self.events.note("set_loudest", done, || Event::Loudest { loudest })
    }

    /// Whether a participant is in the call, with the changes so far.
    pub fn is_here(&self, id: &str) -> bool {
        self.registry.is_here(id)
    }

    /// The key of a participant, with the changes so far: whoever comes back under an id has another one.
    ///
    /// ```
    /// # use mixminus::{JoinOptions, MixerConfig};
    /// # let (controller, _processor) = MixerConfig::default().build()?;
    /// let anna = controller.join("anna", JoinOptions::default())?;
    /// // Only if it is still the same stay.
    /// controller.change(|changes| match changes.key("anna") {
    ///     Ok(key) if key == anna => changes.hold("anna", &[]),
    ///     _ => Ok(()),
    /// }).0?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ControlError::Unknown`].
    pub fn key(&self, id: &str) -> Result<ParticipantKey, ControlError> {
        self.registry.member(id).map(|member| member.slot.key)
    }

    /// A listener's configuration, with the changes so far.
    ///
    /// # Errors
    /// [`ControlError::Unknown`].
    pub fn configuration(&self, listener: &str) -> Result<ListenerConfig, ControlError> {
        self.registry.member(listener).map(|member| member.config.clone())
    }

    /// That a participant is not at another node of a cluster.
    #[cfg(feature = "cluster")]
    pub(super) fn require_here(&self, id: &str) -> Result<(), ControlError> {
        if self.is_elsewhere(id) { Err(ControlError::Elsewhere { id: id.into() }) } else { Ok(()) }
    }

    #[cfg(not(feature = "cluster"))]
    pub(super) fn require_here(&self, _id: &str) -> Result<(), ControlError> {
        Ok(())
    }

    /// The ids that a listener and a source have in the call.
    fn pair(&self, listener: &str, source: &str) -> Result<(ParticipantId, ParticipantId), ControlError> {
        self.require_here(listener)?;
        let (listener, source) = (self.registry.name(listener)?, self.registry.name(source)?);
        if listener == source { Err(ControlError::OwnVoice { id: source }) } else { Ok((listener, source)) }
    }
}
