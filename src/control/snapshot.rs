//! Everything that people and monitoring ask of a mixer, read at once: [`Snapshot`]. Control side; reads the registry and the meters, changes nothing.

use serde::{Serialize, Serializer};

use super::{Controller, registry::Member};
use crate::{
    data::id::Generation,
    data::id::{ParticipantId, ParticipantKey},
    data::role::Role,
    meter::{ListenerReadings, MixerReadings, SourceReadings},
};

/// A mixer at one moment: see [`Controller::snapshot`]. As JSON its names are in camelCase.
///
/// Who is here and what was published belong together. The meters are read while the audio goes on: each figure is whole, those of
/// different participants may be of neighbouring ticks.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Snapshot {
    /// The newest generation.
    pub published: Generation,
    /// The generation that the last tick was mixed with.
    pub mixed: Generation,
    /// Figures of the whole mixer.
    pub mixer: MixerReadings,
    /// The dominant speaker, if there is one.
    pub dominant: Option<ParticipantId>,
    /// Who is in the call, in the order of their keys.
    pub participants: Vec<ParticipantSnapshot>,
}

/// One participant in a [`Snapshot`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ParticipantSnapshot {
    /// Its name.
    pub id: ParticipantId,
    /// What the audio side calls it. In JSON it is `index`, the number of its place.
    #[serde(rename = "index", serialize_with = "index")]
    pub key: ParticipantKey,
    /// Whether it sends, hears, or both.
    pub role: Role,
    /// Whether nobody hears it.
    pub muted: bool,
    /// Whether it hears nothing.
    pub deafened: bool,
    /// Of what it sends; of one that only hears, as of one that has sent nothing yet.
    pub source: SourceReadings,
    /// Of what it hears; of one that only sends, as of one that has heard nothing yet.
    pub listener: ListenerReadings,
    /// Of its ports, if it joined with any.
    #[cfg(feature = "stream")]
    pub ports: crate::data::ports::PortReadings,
}

fn index<S: Serializer>(key: &ParticipantKey, serializer: S) -> Result<S::Ok, S::Error> {
    key.index().serialize(serializer)
}

impl ParticipantSnapshot {
    fn new(id: &ParticipantId, member: &Member, ticks: u64) -> Self {
        let (place, readings) = (&member.place, member.meters.left.read(ticks));
        Self {
            id: id.clone(),
            key: place.key,
            role: place.role,
            muted: place.muted,
            deafened: place.deafened,
            source: readings.source,
            listener: readings.listener,
            #[cfg(feature = "stream")]
            ports: member.ports.read(),
        }
    }
}

impl Controller {
    /// Reads the whole mixer at once: who is here, all meters and counters. From any thread but the audio thread, which is not disturbed. It takes
    /// the controllers' lock once, and allocates the list.
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
        let registry = self.shared.registry();
        let mixer = self.mixer_readings();
        let mut participants = Vec::with_capacity(registry.members().len());
        let members = registry.members();
        participants.extend(members.map(|(id, member)| ParticipantSnapshot::new(id, member, mixer.ticks)));
        // Both while nothing can be published: what is mixed is never ahead.
        let (published, mixed) = (registry.published(), self.mixed());
        let dominant = mixer.dominant.and_then(|key| registry.id(key).cloned());
        drop(registry);
        participants.sort_unstable_by_key(|participant| participant.key);
        Snapshot { published, mixed, mixer, dominant, participants }
    }
}
