//! The table of the wire's fields: name, type, range, whether it is required, description.
//!
//! Reading a body (`walk`), the checks of single values (`rules`) and the OpenAPI schema all go
//! through this table, so a new field is one row here, one field of its type in `types`, and
//! whatever it does in the mixer.

#[cfg(feature = "http")]
use super::{
    ActionRequest, AudioRoutingGroupChange, MediaInfo, MediaPrompt, NewAudioRoutingGroup, PlayPromptRequest,
    RoutingMode, StartHoldMusicRequest,
};
use super::{ConfigureMixerRequest, Ducking, ParticipantMixerLevel, SourceLevel};

/// A type that is a JSON object on the wire.
pub(crate) trait Wire: Sized + 'static {
    /// Its properties, in the order in which their faults are listed.
    const FIELDS: &'static [Field<Self>];
    /// Every name that a property may have: those of `FIELDS` in that order, then the other names.
    const NAMES: &'static [&'static str];

    /// The object without any property: every field has its default. A required field has a value
    /// that breaks no rule, so that one fault does not cause another.
    fn blank() -> Self;
}

/// One row of the table: a property of the object `T`.
pub(crate) struct Field<T: 'static> {
    pub name: &'static str,
    /// A second name of the same property, if it has one. A body may use one of the two.
    pub other_name: &'static [&'static str],
    /// Whether an absent value is a fault. `null` counts as absent.
    pub required: bool,
    pub kind: Kind<T>,
    /// The description in the OpenAPI schema.
    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "only the OpenAPI document has descriptions"))]
    pub about: &'static str,
}

/// The type of a property, and the field of `T` that has its value.
pub(crate) enum Kind<T> {
    /// The id of a participant.
    Id(Place<T, String>),
    /// The client's own text, of at most so many Unicode characters.
    Text(Place<T, Option<String>>, usize),
    Flag(Place<T, bool>),
    Integer(Place<T, i64>, Range),
    Ducking(Place<T, Option<Ducking>>),
    Listeners(Place<T, Vec<ParticipantMixerLevel>>),
    Sources(Place<T, Vec<SourceLevel>>),
    /// The ids of participants.
    #[cfg(feature = "http")]
    Ids(Place<T, Option<Vec<String>>>),
    #[cfg(feature = "http")]
    Mode(Place<T, Option<RoutingMode>>),
    /// A URI, of at most so many Unicode characters.
    #[cfg(feature = "http")]
    Uri(Place<T, String>, usize),
    #[cfg(feature = "http")]
    MediaInfo(Place<T, MediaInfo>),
    #[cfg(feature = "http")]
    Prompt(Place<T, Option<MediaPrompt>>),
    #[cfg(feature = "http")]
    Prompts(Place<T, Vec<MediaPrompt>>),
}

impl<T> Kind<T> {
    /// The type in words, for a value that is missing.
    pub fn expected(&self) -> &'static str {
        match self {
            Self::Id(_) | Self::Text(..) => "a string",
            Self::Flag(_) => "true or false",
            Self::Integer(..) => "an integer",
            Self::Ducking(_) => "an object",
            Self::Listeners(_) | Self::Sources(_) => "an array",
            #[cfg(feature = "http")]
            Self::Ids(_) | Self::Prompts(_) => "an array",
            #[cfg(feature = "http")]
            Self::Mode(_) | Self::Uri(..) => "a string",
            #[cfg(feature = "http")]
            Self::MediaInfo(_) | Self::Prompt(_) => "an object",
        }
    }
}

/// Integers from 0 to `most`.
pub(crate) struct Range {
    pub most: i64,
    pub unit: &'static str,
}

pub(super) const PERCENT: Range = Range { most: 100, unit: "%" };
const RAMP: Range = Range { most: 5000, unit: "ms" };

/// Access to one field of a struct.
pub(crate) struct Place<T, V> {
    pub get: fn(&T) -> &V,
    get_mut: fn(&mut T) -> &mut V,
}

impl<T, V> Place<T, V> {
    /// Writes a value, if there is one.
    pub fn set(&self, object: &mut T, value: Option<V>) {
        if let Some(value) = value {
            *(self.get_mut)(object) = value;
        }
    }
}

/// A row is `required "name" or "otherName" => Kind(field, limit), "Description.";`.
macro_rules! wire {
    (@required) => { true };
    (@optional) => { false };
    ($type:ident, blank: $blank:expr;
     $($need:ident $name:literal $(or $other:literal)? => $kind:ident($($field:ident).+ $(, $limit:expr)?), $about:expr;)+
    ) => {
        impl Wire for $type {
            const FIELDS: &'static [Field<Self>] = &[$(Field {
                name: $name,
                other_name: &[$($other)?],
                required: wire!(@$need),
                kind: Kind::$kind(
                    Place { get: |object| &object.$($field).+, get_mut: |object| &mut object.$($field).+ }
                    $(, $limit)?
                ),
                about: $about,
            }),+];
            const NAMES: &'static [&'static str] = &[$($name,)+ $($($other,)?)+];

            fn blank() -> Self {
                $blank
            }
        }
    };
}

wire! {
    ConfigureMixerRequest, blank: Self::default();
    optional "clientContext" => Text(client_context, 256),
        "Text of the client's own, which comes back in the operation and the notification.";
    required "participantMixerLevels" => Listeners(participant_mixer_levels),
        "One entry for each listener that changes; no listener twice.";
}

wire! {
    ParticipantMixerLevel, blank: Self::default();
    required "participant" => Id(participant), "The listener's id.";
    optional "exclusive" or "exclusiveMode" => Flag(exclusive),
        "Whether only the listed sources are heard. Also called exclusiveMode; one of the two names at a time.";
    optional "ducking" => Ducking(ducking),
        "How sources are ducked for this listener; needed once a source has duckOthers.";
    optional "sourceLevels" => Sources(source_levels), "No source twice, and not the listener.";
}

wire! {
    Ducking, blank: Self { ramp_active: 0, ramp_inactive: 0, lower_level: 0, upper_level: 100 };
    required "rampActive" => Integer(ramp_active, RAMP), "Time for ducked sources to fade out, in ms.";
    required "rampInactive" => Integer(ramp_inactive, RAMP), "Time for ducked sources to fade in, in ms.";
    required "lowerLevel" => Integer(lower_level, PERCENT), "Volume of ducked sources while a ducker is active, in %.";
    required "upperLevel" => Integer(upper_level, PERCENT),
        "Volume of ducked sources while none is, in %; lowerLevel or more.";
}

wire! {
    SourceLevel, blank: Self::new("");
    required "participant" => Id(participant), "The source's id.";
    optional "level" => Integer(level, PERCENT), "Volume in %.";
    optional "duckOthers" => Flag(duck_others),
        "Whether other sources are ducked while this one is active; needs ducking.";
}

#[cfg(feature = "http")]
mod siblings {
    //! The bodies of configureMixer's siblings.

    use super::*;

    const CONTEXT: &str = "Text of the client's own, which comes back in the operation and the notification.";

    wire! {
        ActionRequest, blank: Self::default();
        optional "clientContext" => Text(client_context, 256), CONTEXT;
    }

    wire! {
        StartHoldMusicRequest, blank: Self::default();
        optional "customPrompt" => Prompt(custom_prompt), "What the participant hears on hold, over and over.";
        optional "clientContext" => Text(client_context, 256), CONTEXT;
    }

    wire! {
        PlayPromptRequest, blank: Self::default();
        required "prompts" => Prompts(prompts), "What is played, one after the other; 1 to 20 prompts.";
        optional "loop" => Flag(looped), "Whether they are played again and again, until they are cancelled.";
        optional "clientContext" => Text(client_context, 256), CONTEXT;
    }

    wire! {
        MediaPrompt, blank: Self::default();
        required "mediaInfo" => MediaInfo(media_info), "Where the audio is.";
    }

    wire! {
        MediaInfo, blank: Self::default();
        required "uri" => Uri(uri, 2048), "The URI of a WAV file.";
        optional "resourceId" => Text(resource_id, 256), "The same text names the same audio: it need not be fetched again.";
    }

    wire! {
        NewAudioRoutingGroup, blank: Self::default();
        optional "id" => Text(group.id, 256), "The group's id; a random UUID if there is none.";
        required "routingMode" => Mode(group.routing_mode), MODE;
        required "sources" => Ids(group.sources), "Who is heard: one participant.";
        required "receivers" => Ids(group.receivers), "Who hears the source, whatever else says: one participant, or several if multicast.";
    }

    wire! {
        AudioRoutingGroupChange, blank: Self::default();
        optional "id" => Text(id, 256), "The group's id, as in the path.";
        optional "routingMode" => Mode(routing_mode), MODE;
        optional "sources" => Ids(sources), "Who is heard; as it was if absent.";
        optional "receivers" => Ids(receivers), "Who hears the source; as it was if absent.";
    }

    const MODE: &str = "oneToOne has one source and one receiver; multicast one source and any number of receivers.";
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sets each field of an object, whatever its kind, to a value that is not its default.
    fn set_all<T: Wire>() -> T {
        let mut object = T::blank();
        for field in T::FIELDS {
            match &field.kind {
                Kind::Id(place) => place.set(&mut object, Some("id".into())),
                Kind::Text(place, _) => place.set(&mut object, Some(Some("text".into()))),
                Kind::Flag(place) => place.set(&mut object, Some(true)),
                Kind::Integer(place, range) => place.set(&mut object, Some(range.most - 1)),
                Kind::Ducking(place) => place.set(&mut object, Some(Some(set_all()))),
                Kind::Listeners(place) => place.set(&mut object, Some(vec![set_all()])),
                Kind::Sources(place) => place.set(&mut object, Some(vec![set_all()])),
                #[cfg(feature = "http")]
                Kind::Ids(place) => place.set(&mut object, Some(Some(vec!["id".into()]))),
                #[cfg(feature = "http")]
                Kind::Mode(place) => place.set(&mut object, Some(Some(RoutingMode::Multicast))),
                #[cfg(feature = "http")]
                Kind::Uri(place, _) => place.set(&mut object, Some("uri".into())),
                #[cfg(feature = "http")]
                Kind::MediaInfo(place) => place.set(&mut object, Some(set_all())),
                #[cfg(feature = "http")]
                Kind::Prompt(place) => place.set(&mut object, Some(Some(set_all()))),
                #[cfg(feature = "http")]
                Kind::Prompts(place) => place.set(&mut object, Some(vec![set_all()])),
            }
        }
        object
    }

    #[test]
    fn the_table_has_every_field_under_its_serialised_name() {
        let json = serde_json::to_value(set_all::<ConfigureMixerRequest>()).unwrap();
        let listener = &json["participantMixerLevels"][0];
        let objects = [&json, listener, &listener["ducking"], &listener["sourceLevels"][0]];
        let tables = [
            ConfigureMixerRequest::NAMES,
            // The last one is the second name of a property.
            ParticipantMixerLevel::NAMES.split_last().unwrap().1,
            Ducking::NAMES,
            SourceLevel::NAMES,
        ];
        for (object, table) in objects.into_iter().zip(tables) {
            let mut names: Vec<&str> = table.to_vec();
            names.sort_unstable();
            let mut written: Vec<_> = object.as_object().unwrap().keys().map(String::as_str).collect();
            written.sort_unstable();
            assert_eq!(written, names);
        }
    }

    #[test]
    fn each_row_leads_to_a_field_of_its_own() {
        let source = set_all::<SourceLevel>();
        assert_eq!(source, SourceLevel { participant: "id".into(), level: 99, duck_others: true });
        let ducking = Ducking { ramp_active: 4999, ramp_inactive: 4999, lower_level: 99, upper_level: 99 };
        let listener = ParticipantMixerLevel {
            participant: "id".into(),
            exclusive: true,
            ducking: Some(ducking),
            source_levels: vec![source],
        };
        assert_eq!(set_all::<ParticipantMixerLevel>(), listener);
    }
}
