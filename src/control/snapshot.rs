//! The state of a mixer for people and monitoring, read at once: [`Snapshot`]. Control side. Reads
//! the registry and the meters, and changes nothing.

use serde::{Serialize, Serializer};

use super::{Controller, registry::Member};
use crate::{
    data::{
        direction::Direction,
        id::{Generation, ParticipantId, ParticipantKey},
        routing::Routing,
    },
    link::readings::{ListenerReadings, MixerReadings, SourceReadings},
};

/// A mixer at one moment: see [`Controller::snapshot`]. In JSON its names are in camelCase.
///
/// The participants are those of the generation `published`. The meters are read while the audio
/// goes on: each figure is whole, but figures of different participants may be of neighbouring ticks.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Snapshot {
    /// The newest generation, that of the last change.
    pub published: Generation,
    /// The generation that the last tick was mixed with.
    pub mixed: Generation,
    /// The meters and counters of the whole mixer.
    pub mixer: MixerReadings,
    /// The dominant speaker, if there is one.
    pub dominant: Option<ParticipantId>,
    /// The participants in the call, in the order of their keys.
    pub participants: Vec<ParticipantSnapshot>,
}

/// One participant in a [`Snapshot`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ParticipantSnapshot {
    /// Its id.
    pub id: ParticipantId,
    /// Its key on the audio side. In JSON it is `index`, the number of its place.
    #[serde(rename = "index", serialize_with = "index")]
    pub key: ParticipantKey,
    /// Whether it sends, hears, or both.
    pub direction: Direction,
    /// Whether it is muted: nobody hears it.
    pub muted: bool,
    /// Whether it is deafened: it hears nothing.
    pub deafened: bool,
    /// Whether it is on hold: it hears its hold music only, and nobody hears it.
    pub on_hold: bool,
    /// By which rule it is routed to others. In JSON it is `"defaultGroup"`, `"apart"` or `{"role": "agent"}`.
    pub routing: Routing,
    /// Readings of its signal. Those of a participant who only hears are as before the first frame.
    pub source: SourceReadings,
    /// Readings of its mix. Those of a participant who only sends are as before the first mix.
    pub listener: ListenerReadings,
    /// Readings of its ports, if it joined with any.
    #[cfg(feature = "stream")]
    pub ports: crate::data::ports::PortReadings,
}

fn index<S: Serializer>(key: &ParticipantKey, serializer: S) -> Result<S::Ok, S::Error> {
    key.index().serialize(serializer)
}

impl ParticipantSnapshot {
    fn new(id: &ParticipantId, member: &Member, ticks: impl Fn() -> u64) -> Self {
        let (slot, readings) = (&member.slot, member.meters.read(ticks));
        Self {
            id: id.clone(),
            key: slot.key,
            direction: slot.direction,
            muted: slot.muted,
            deafened: slot.deafened,
            on_hold: slot.on_hold,
            routing: member.routing.clone(),
            source: readings.source,
            listener: readings.listener,
            #[cfg(feature = "stream")]
            ports: member.ports.read(),
        }
    }
}

impl Controller {
    /// Reads the whole mixer at once: all participants, meters and counters. May be called from any
    /// thread but the audio thread, which it does not disturb. Takes the controllers' lock once,
    /// and allocates the list.
    ///
    /// ```
    /// # use mixminus::{Frame, JoinOptions, MixerConfig};
    /// let (controller, mut processor) = MixerConfig::default().build()?;
    /// let anna = controller.join("anna", JoinOptions::default())?;
    /// let mut audio = processor.enter();
    /// let mut tick = audio.tick();
    /// tick.send(anna, Frame::from(&[0.5_f32; 480][..]))?;
    /// tick.mix();
    ///
    /// let snapshot = controller.snapshot();
    /// assert_eq!(snapshot.published, snapshot.mixed);
    /// assert_eq!(snapshot.participants[0].source.peak, 0.5);
    /// let json = serde_json::to_value(&snapshot)?;
    /// assert_eq!(json["mixer"]["audibleSources"], 1);
    /// assert_eq!(json["participants"][0]["id"], "anna");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn snapshot(&self) -> Snapshot {
        let registry = self.registry();
        let mixer = self.mixer_readings();
        let mut participants = Vec::with_capacity(registry.members().len());
        let members = registry.members();
        participants
            .extend(members.map(|(id, member)| ParticipantSnapshot::new(id, member, || self.shared.link.ticks())));
        // Both under the lock, while nothing can be published: `mixed` is never ahead of `published`.
        let (published, mixed) = (registry.published(), self.mixed());
        let dominant = mixer.dominant.and_then(|key| registry.id(key).cloned());
        drop(registry);
        participants.sort_unstable_by_key(|participant| participant.key);
        Snapshot { published, mixed, mixer, dominant, participants }
    }
}
