//! The control side: [`Controller`], from any number of threads. It makes all memory, ships it, and frees what comes back.

mod changes;
mod error;
mod events;
mod generations;
mod listener_config;
mod registry;
mod snapshot;
mod talking;

use std::sync::Arc;

pub use changes::Changes;
pub use error::{ControlError, WaitError};
use events::Events;
pub use listener_config::{ListenerConfig, SourceConfig};
pub(crate) use registry::Registry;
pub use snapshot::{ParticipantSnapshot, Snapshot};

use crate::{
    config::{Faults, ParticipantMixerLevel},
    data::id::Generation,
    data::role::Role,
    data::{
        detector::Detector,
        id::{ParticipantId, ParticipantKey},
        level::Gain,
        pan::Pan,
    },
    meter::{MixerReadings, Readings},
    ship::Shared,
};

/// What a participant joins with. The default sends and hears, has the energy detector, and is neither muted nor deafened.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct JoinOptions {
    /// Whether it sends, hears, or both.
    pub role: Role,
    /// How it is decided that it is active.
    pub detector: Detector,
    /// Whether nobody hears it.
    pub muted: bool,
    /// Whether it hears nothing.
    pub deafened: bool,
}

/// A participant who is in the call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Participant {
    /// Its name.
    pub id: ParticipantId,
    /// What the audio side calls it.
    pub key: ParticipantKey,
    /// Whether it sends, hears, or both.
    pub role: Role,
    /// Whether nobody hears it.
    pub muted: bool,
    /// Whether it hears nothing.
    pub deafened: bool,
}

/// The half that says who hears whom. Clones are the same controller; its methods may be called from any thread but the audio thread, for most
/// take a lock, and changes allocate and free what the audio thread has given back.
///
/// Every change is published at once, and heard from the next tick on. [`change`](Self::change) makes several changes one.
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
/// With the feature `tracing` every change is told as an event of the target `mixminus`, with the fields `participant` and `generation` and what else there is to say: joins, leaves, mutes
/// and deafenings at the level INFO; gains, configurations and growth at DEBUG; what was refused, and why, at WARN; that the processor was dropped, at
/// INFO, once a change or a [`reclaim`](Self::reclaim) has found out. A change is told as it was asked for, even if it changed nothing. The thread that made
/// it tells it, before the method returns and after the lock is released, so that a subscriber may be slow and may use the controller; only one that answers each
/// event with a change would never end. The audio thread tells nothing.
#[derive(Debug, Clone)]
pub struct Controller {
    shared: Arc<Shared>,
}

impl Controller {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Makes several changes that take effect at the same tick boundary: they are published together when `make` returns, those before
    /// an error included. Returns what `make` does, and the generation to wait for.
    ///
    /// The controller is locked meanwhile: `make` has to use the [`Changes`]; a controller of this mixer would wait for itself for ever. If it panics, what it has
    /// changed is published with the next change.
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
        let mut registry = self.shared.registry();
        let mut events = Events::begin(&registry);
        registry.reclaim(&self.shared);
        let made = make(&mut Changes::new(&mut registry, &mut events));
        let generation = registry.publish(&self.shared);
        registry.reclaim(&self.shared);
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

    /// Lets a participant into the call. The key is what its frames are sent with. [`change`](Self::change) tells the generation, too.
    ///
    /// # Errors
    /// See [`Changes::join`].
    pub fn join(&self, id: impl Into<ParticipantId>, options: JoinOptions) -> Result<ParticipantKey, ControlError> {
        self.change(|changes| changes.join(id, options)).0
    }

    /// Takes a participant out of the call; what it sent fades out over the smoothing time.
    ///
    /// # Errors
    /// See [`Changes::leave`].
    pub fn leave(&self, id: &str) -> Result<Generation, ControlError> {
        self.change_one(|changes| changes.leave(id))
    }

    /// Mutes a participant for everybody, or lets it be heard again.
    ///
    /// # Errors
    /// See [`Changes::set_muted`].
    pub fn set_muted(&self, id: &str, muted: bool) -> Result<Generation, ControlError> {
        self.change_one(|changes| changes.set_muted(id, muted))
    }

    /// Lets a participant hear nothing, or its mix again.
    ///
    /// # Errors
    /// See [`Changes::set_deafened`].
    pub fn set_deafened(&self, id: &str, deafened: bool) -> Result<Generation, ControlError> {
        self.change_one(|changes| changes.set_deafened(id, deafened))
    }

    /// Lists a source in a listener's configuration at a gain. A later [`configure`](Self::configure) of that listener replaces it.
    ///
    /// # Errors
    /// See [`Changes::set_gain`].
    pub fn set_gain(&self, listener: &str, source: &str, gain: Gain) -> Result<Generation, ControlError> {
        self.change_one(|changes| changes.set_gain(listener, source, gain))
    }

    /// Pans a source in a listener's mix, in a stereo mixer: it moves there as smoothly as a gain does, and stays there whatever is [configured](Self::configure).
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

    /// Lists a source no more: it has the gain of all who are not listed.
    ///
    /// # Errors
    /// See [`Changes::clear_gain`].
    pub fn clear_gain(&self, listener: &str, source: &str) -> Result<Generation, ControlError> {
        self.change_one(|changes| changes.clear_gain(listener, source))
    }

    /// Puts whole new configurations in force, all of them or, if any breaks a rule, none.
    ///
    /// ```
    /// # use mixminus::{JoinOptions, MixerConfig, config::{ParticipantMixerLevel, SourceLevel}};
    /// # let (controller, _processor) = MixerConfig::default().build()?;
    /// controller.join("anna", JoinOptions::default())?;
    /// let mut anna = ParticipantMixerLevel::new("anna");
    /// anna.source_levels.push(SourceLevel { level: 110, ..SourceLevel::new("zoe") });
    /// let faults = controller.configure(&[anna]).unwrap_err();
    /// assert_eq!(faults.len(), 2, "zoe is not in the call, and 110 is over 100");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Every fault of the request, with its JSON path.
    pub fn configure(&self, levels: &[ParticipantMixerLevel]) -> Result<Generation, Faults> {
        let (made, generation) = self.change(|changes| changes.configure(levels));
        made.map(|()| generation)
    }

    /// Who is in the call, in the order of their keys.
    pub fn participants(&self) -> Vec<Participant> {
        let registry = self.shared.registry();
        let mut here: Vec<_> = registry.members().map(|(id, member)| member.participant(id)).collect();
        here.sort_unstable_by_key(|participant| participant.key);
        here
    }

    /// A participant who is in the call: its key, its role, and whether it is muted or deafened.
    ///
    /// # Errors
    /// [`ControlError::Unknown`].
    pub fn participant(&self, id: &str) -> Result<Participant, ControlError> {
        self.shared.registry().member(id).map(|member| member.participant(&id.into()))
    }

    /// Whether a participant is in the call.
    pub fn is_here(&self, id: &str) -> bool {
        self.shared.registry().member(id).is_ok()
    }

    /// A listener's configuration as it is in force, pair gains included.
    ///
    /// # Errors
    /// [`ControlError::Unknown`].
    pub fn configuration(&self, listener: &str) -> Result<ListenerConfig, ControlError> {
        self.shared.registry().member(listener).map(|member| member.config.clone())
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
        let ticks = self.mixer_readings().ticks;
        self.shared.registry().member(id).map(|member| member.meters.left.read(ticks))
    }

    /// What the mixer works with, and the samples of its tick.
    #[cfg(feature = "stream")]
    pub(crate) fn format(&self) -> (crate::data::ports::StreamFormat, usize) {
        self.shared.registry().format()
    }

    /// What the ports of a participant count and measure: how full they are, what was lost, late or too much, and how fast the other clock is.
    ///
    /// # Errors
    /// [`ControlError::Unknown`].
    #[cfg(feature = "stream")]
    pub fn port_readings(&self, id: &str) -> Result<crate::data::ports::PortReadings, ControlError> {
        self.shared.registry().member(id).map(|member| member.ports.read())
    }

    /// The meters and counters of the whole mixer.
    pub fn mixer_readings(&self) -> MixerReadings {
        self.shared.meters.read()
    }

    /// Frees the memory that the audio thread has given back since. Every change does so too, some pieces at a time; a host that
    /// makes no changes for long may call this now and then. Returns how many old allocations the audio thread has not given back yet.
    pub fn reclaim(&self) -> usize {
        let mut registry = self.shared.registry();
        let events = Events::begin(&registry);
        for _ in 0..registry.still_out().div_ceil(64).max(1) {
            registry.reclaim(&self.shared);
        }
        let (still_out, published, events) = (registry.still_out(), registry.published(), events.end(&registry));
        drop(registry);
        events.tell(published);
        still_out
    }
}
