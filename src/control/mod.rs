//! The control side: [`Controller`], for any number of threads. It allocates all memory, ships it
//! to the audio side, and frees the memory that comes back.

mod changes;
mod configuring;
#[cfg(feature = "cluster")]
mod elsewhere;
mod error;
mod events;
mod generations;
mod listener_config;
mod participants;
mod registry;
mod returning;
mod routing;
mod shared;
mod snapshot;
mod talking;

use std::sync::{Arc, MutexGuard};

pub use changes::Changes;
#[cfg(feature = "http")]
pub(crate) use configuring::refused;
#[cfg(feature = "cluster")]
pub(crate) use elsewhere::Known;
pub use error::{ControlError, WaitError};
use events::Events;
pub use listener_config::{ListenerConfig, SourceConfig};
pub use participants::Participant;
pub(crate) use registry::Registry;
pub(crate) use shared::Shared;
pub use snapshot::{ParticipantSnapshot, Snapshot};

use crate::{
    data::{
        detector::Detector,
        direction::Direction,
        id::{Generation, ParticipantId, ParticipantKey},
        level::Gain,
        pan::Pan,
        routing::Routing,
    },
    link::readings::{MixerReadings, Readings},
};

/// The options of a participant who joins. By default it sends and hears, has the energy detector,
/// is neither muted nor deafened, and is in the default group.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JoinOptions {
    /// Whether it sends, hears, or both.
    pub direction: Direction,
    /// The detector that decides whether it is active.
    pub detector: Detector,
    /// Whether it is muted: nobody hears it.
    pub muted: bool,
    /// Whether it is deafened: it hears nothing.
    pub deafened: bool,
    /// By which rule it is routed to others.
    pub routing: Routing,
}

/// The half of a mixer that decides who hears whom. Clones are handles of the same controller. Its
/// methods may be called from any thread but the audio thread: most take a lock, and changes
/// allocate, and free the memory that the audio thread has given back.
///
/// Every change is published at once, and is in the mix from the next tick on.
/// [`change`](Self::change) publishes several changes together.
///
/// ```
/// use mixminus::{Controller, Gain, JoinOptions, MixerConfig};
/// fn needs_clone_send_sync<T: Clone + Send + Sync>(_: &T) {}
///
/// let (controller, _processor) = MixerConfig::default().build()?;
/// needs_clone_send_sync(&controller);
/// controller.join("anna", JoinOptions::default())?;
/// controller.join("ben", JoinOptions::default())?;
/// controller.set_gain("anna", "ben", Gain::from_percent(50.0)?)?;
/// assert_eq!(controller.participants().len(), 2);
/// assert_eq!(controller.configuration("anna")?.sources[0].gain, Gain::new(0.5)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Events
/// With the feature `tracing` every change is an event of the target `mixminus`, with the fields
/// `participant` and `generation` and those of its kind. The levels are:
/// - INFO: joins, leaves, mutes, deafenings, holds, routings, role tables, private groups, replaced ports, taps, how many are heard; and that the
///   processor was dropped, once a change or a
///   [`reclaim`](Self::reclaim) has noticed it;
/// - DEBUG: gains, pans, who is exempt, configurations, and growth;
/// - WARN: refused changes, with the reason; of a request with many faults, the first ten.
///
/// An event has the change as it was requested, even if nothing changed by it. It is emitted by the
/// thread that made the change, before the method returns and after the lock is released. So a
/// subscriber may be slow, and may use the controller; but a subscriber that makes a change for
/// every event would never end. Where `tracing` asks a subscriber about a kind of event for the first time
/// (`Subscriber::register_callsite`, which by itself asks `enabled`), it holds a lock of its own: a change made from there
/// may wait for it for ever. The audio thread emits no events.
#[derive(Debug, Clone)]
pub struct Controller {
    shared: Arc<Shared>,
}

impl Controller {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// The registry, under the controllers' lock.
    fn registry(&self) -> MutexGuard<'_, Registry> {
        #[cfg(test)]
        configuring::tests::LOCKED.set(configuring::tests::LOCKED.get() + 1);
        self.shared.registry()
    }

    /// Makes several changes that take effect at the same tick boundary: they are published
    /// together when `make` returns. Changes before one that fails are published too. Returns the
    /// result of `make`, and the generation to wait for.
    ///
    /// The controller is locked meanwhile: `make` has to use the [`Changes`], because a method of a
    /// controller of this mixer would wait for itself for ever. If `make` panics, its changes are
    /// published with the next change.
    ///
    /// ```
    /// # use mixminus::{ControlError, JoinOptions, MixerConfig};
    /// # let (controller, _processor) = MixerConfig::default().build()?;
    /// let (key, generation) = controller.change(|changes| {
    ///     changes.join("anna", JoinOptions::default())?;
    ///     changes.set_muted("anna", true)?;
    ///     changes.join("ben", JoinOptions::default())
    /// });
    /// assert_eq!(controller.published(), generation);
    /// # key?; Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn change<T>(&self, make: impl FnOnce(&mut Changes<'_>) -> T) -> (T, Generation) {
        let mut registry = self.registry();
        let mut events = Events::begin(&registry);
        registry.reclaim(&self.shared.link);
        let made = make(&mut Changes::new(&mut registry, &mut events, &self.shared.link));
        let generation = registry.publish(&self.shared.link);
        registry.reclaim(&self.shared.link);
        let events = events.end(&registry);
        drop(registry);
        events.tell(generation);
        (made, generation)
    }

    fn change_one(
        &self,
        make: impl FnOnce(&mut Changes<'_>) -> Result<(), ControlError>,
    ) -> Result<Generation, ControlError> {
        let (made, generation) = self.change(make);
        made.map(|()| generation)
    }

    /// Lets a participant into the call. Returns the key that its frames are sent with. To get the
    /// generation too, use [`change`](Self::change).
    ///
    /// # Errors
    /// See [`Changes::join`].
    pub fn join(&self, id: impl Into<ParticipantId>, options: JoinOptions) -> Result<ParticipantKey, ControlError> {
        self.change(|changes| changes.join(id, options)).0
    }

    /// Takes a participant out of the call. Its voice fades out over the smoothing time.
    ///
    /// # Errors
    /// See [`Changes::leave`].
    pub fn leave(&self, id: &str) -> Result<Generation, ControlError> {
        self.change_one(|changes| changes.leave(id))
    }

    /// Mutes a participant for everybody, or unmutes it.
    ///
    /// # Errors
    /// See [`Changes::set_muted`].
    pub fn set_muted(&self, id: &str, muted: bool) -> Result<Generation, ControlError> {
        self.change_one(|changes| changes.set_muted(id, muted))
    }

    /// Deafens a participant, which then hears nothing, or lets it hear its mix again.
    ///
    /// # Errors
    /// See [`Changes::set_deafened`].
    pub fn set_deafened(&self, id: &str, deafened: bool) -> Result<Generation, ControlError> {
        self.change_one(|changes| changes.set_deafened(id, deafened))
    }

    /// Lists a source at a gain in a listener's configuration. A later
    /// [`configure`](Self::configure) of that listener replaces the gain.
    ///
    /// # Errors
    /// See [`Changes::set_gain`].
    pub fn set_gain(&self, listener: &str, source: &str, gain: Gain) -> Result<Generation, ControlError> {
        self.change_one(|changes| changes.set_gain(listener, source, gain))
    }

    /// Pans a source in a listener's mix, in a stereo mixer. The pan moves as smoothly as a gain
    /// does, and stays when the listener is [configured](Self::configure).
    ///
    /// ```
    /// # use mixminus::{Channels, JoinOptions, MixerConfig, Pan};
    /// let (controller, _processor) = MixerConfig { channels: Channels::Stereo, ..MixerConfig::default() }.build()?;
    /// controller.join("anna", JoinOptions::default())?;
    /// controller.join("ben", JoinOptions::default())?;
    /// controller.set_pan("anna", "ben", Pan::new(-0.5)?)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// See [`Changes::set_pan`].
    pub fn set_pan(&self, listener: &str, source: &str, pan: Pan) -> Result<Generation, ControlError> {
        self.change_one(|changes| changes.set_pan(listener, source, pan))
    }

    /// Takes a source off a listener's configuration: it gets the gain of the sources that are not listed.
    ///
    /// # Errors
    /// See [`Changes::clear_gain`].
    pub fn clear_gain(&self, listener: &str, source: &str) -> Result<Generation, ControlError> {
        self.change_one(|changes| changes.clear_gain(listener, source))
    }

    /// The meters and counters of a participant.
    ///
    /// ```
    /// # use mixminus::{JoinOptions, MixerConfig};
    /// # let (controller, _processor) = MixerConfig::default().build()?;
    /// controller.join("anna", JoinOptions::default())?;
    /// let readings = controller.readings("anna")?;
    /// assert!(!readings.source.active && readings.listener.reduction.0 == 0.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ControlError::Unknown`].
    pub fn readings(&self, id: &str) -> Result<Readings, ControlError> {
        self.registry().member(id).map(|member| member.meters.read(|| self.shared.link.ticks()))
    }

    /// The sample rate and channels of the mixer, and the samples of a tick.
    #[cfg(feature = "stream")]
    pub(crate) fn format(&self) -> (crate::data::ports::StreamFormat, usize) {
        self.registry().format()
    }

    /// How far the taps of the mixer have come.
    #[cfg(feature = "stream")]
    pub(crate) fn tap_clock(&self) -> Arc<crate::link::tap::TapClock> {
        Arc::clone(&self.shared.link.taps)
    }

    /// The counters and measurements of a participant's ports: fill levels, lost, late and surplus
    /// frames, and the speed of the other clock.
    ///
    /// # Errors
    /// [`ControlError::Unknown`].
    #[cfg(feature = "stream")]
    pub fn port_readings(&self, id: &str) -> Result<crate::data::ports::PortReadings, ControlError> {
        self.registry().member(id).map(|member| member.ports.read())
    }

    /// The meters and counters of the whole mixer.
    pub fn mixer_readings(&self) -> MixerReadings {
        self.shared.link.readings()
    }

    /// Ends the taps whose readers were dropped, and frees the memory that the audio thread has given back. Every change does so too, a few
    /// pieces at a time. A host that makes no changes for long may call this now and then. Returns
    /// the number of old allocations that the audio thread has not given back yet.
    pub fn reclaim(&self) -> usize {
        let mut registry = self.registry();
        let events = Events::begin(&registry);
        registry.end_taps(&self.shared.link);
        registry.publish(&self.shared.link);
        for _ in 0..registry.still_out().div_ceil(64).max(1) {
            registry.reclaim(&self.shared.link);
        }
        let (still_out, published, events) = (registry.still_out(), registry.published(), events.end(&registry));
        drop(registry);
        events.tell(published);
        still_out
    }
}
