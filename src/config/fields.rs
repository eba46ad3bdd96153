//! The table of the wire's fields: name, type, range, whether it is required, description.
//!
//! Reading a body (`walk`), the checks of single values (`rules`) and the OpenAPI schema all go
//! through this table, so a new field is one row here, one field of its type in `types`, and
//! whatever it does in the mixer.

use super::{ConfigureMixerRequest, Ducking, ParticipantMixerLevel, SourceLevel};

/// The names that rules between values need, beside the table.
pub(super) const PARTICIPANT: &str = "participant";
pub(super) const LISTENERS: &str = "participantMixerLevels";
pub(super) const SOURCES: &str = "sourceLevels";
pub(super) const DUCKING: &str = "ducking";
pub(super) const LOWER_LEVEL: &str = "lowerLevel";
pub(super) const DUCK_OTHERS: &str = "duckOthers";

/// The largest level, in %.
pub(super) const MAX_LEVEL: i64 = 100;
/// The longest ramp, in ms.
const MAX_RAMP_MS: i64 = 5000;
/// The longest client context, in Unicode characters.
const MAX_CLIENT_CONTEXT: usize = 256;

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
    /// A second name of the same property. A body may use one of the two.
    pub other_name: Option<&'static str>,
    /// Whether an absent value is a fault. `null` counts as absent.
    pub required: bool,
    pub kind: Kind<T>,
    /// The description in the OpenAPI schema.
    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "only the OpenAPI document has descriptions"))]
    pub about: &'static str,
}

/// The type and range of a property, and the field of `T` that has its value.
pub(crate) enum Kind<T> {
    /// The id of a participant.
    Id(Place<T, String>),
    /// Text of the client's own, of at most `most` Unicode characters.
    Text {
        most: usize,
        place: Place<T, Option<String>>,
    },
    Flag(Place<T, bool>),
    /// An integer from 0 to `most`.
    Integer {
        most: i64,
        unit: &'static str,
        place: Place<T, i64>,
    },
    Ducking(Place<T, Option<Ducking>>),
    Listeners(Place<T, Vec<ParticipantMixerLevel>>),
    Sources(Place<T, Vec<SourceLevel>>),
}

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

macro_rules! place {
    ($field:ident) => {
        Place { get: |object| &object.$field, get_mut: |object| &mut object.$field }
    };
}

impl<T> Field<T> {
    const fn required(name: &'static str, kind: Kind<T>, about: &'static str) -> Self {
        Self { name, other_name: None, required: true, kind, about }
    }

    const fn optional(name: &'static str, kind: Kind<T>, about: &'static str) -> Self {
        Self { name, other_name: None, required: false, kind, about }
    }

    const fn or(self, other_name: &'static str) -> Self {
        Self { other_name: Some(other_name), ..self }
    }
}

impl<T> Kind<T> {
    const fn percent(place: Place<T, i64>) -> Self {
        Self::Integer { most: MAX_LEVEL, unit: "%", place }
    }

    const fn ramp(place: Place<T, i64>) -> Self {
        Self::Integer { most: MAX_RAMP_MS, unit: "ms", place }
    }

    /// The type in words, for a value that is missing.
    pub fn expected(&self) -> &'static str {
        match self {
            Self::Id(_) | Self::Text { .. } => "a string",
            Self::Flag(_) => "true or false",
            Self::Integer { .. } => "an integer",
            Self::Ducking(_) => "an object",
            Self::Listeners(_) | Self::Sources(_) => "an array",
        }
    }
}

impl Wire for ConfigureMixerRequest {
    const FIELDS: &'static [Field<Self>] = &[
        Field::optional(
            "clientContext",
            Kind::Text { most: MAX_CLIENT_CONTEXT, place: place!(client_context) },
            "Text of the client's own, which comes back in the operation and the notification.",
        ),
        Field::required(
            LISTENERS,
            Kind::Listeners(place!(participant_mixer_levels)),
            "One entry for each listener that changes; no listener twice.",
        ),
    ];
    const NAMES: &'static [&'static str] = &names::<Self, 2>(Self::FIELDS);

    fn blank() -> Self {
        Self::default()
    }
}

impl Wire for ParticipantMixerLevel {
    const FIELDS: &'static [Field<Self>] = &[
        Field::required(PARTICIPANT, Kind::Id(place!(participant)), "The listener's id."),
        Field::<Self>::optional(
            "exclusive",
            Kind::Flag(place!(exclusive)),
            "Whether only the listed sources are heard. Also called exclusiveMode; one of the two names at a time.",
        )
        .or("exclusiveMode"),
        Field::optional(
            DUCKING,
            Kind::Ducking(place!(ducking)),
            "How sources are ducked for this listener; needed once a source has duckOthers.",
        ),
        Field::optional(SOURCES, Kind::Sources(place!(source_levels)), "No source twice, and not the listener."),
    ];
    const NAMES: &'static [&'static str] = &names::<Self, 5>(Self::FIELDS);

    fn blank() -> Self {
        Self::default()
    }
}

impl Wire for Ducking {
    const FIELDS: &'static [Field<Self>] = &[
        Field::required("rampActive", Kind::ramp(place!(ramp_active)), "Time for ducked sources to fade out, in ms."),
        Field::required(
            "rampInactive",
            Kind::ramp(place!(ramp_inactive)),
            "Time for ducked sources to fade in, in ms.",
        ),
        Field::required(
            LOWER_LEVEL,
            Kind::percent(place!(lower_level)),
            "Volume of ducked sources while a ducker is active, in %.",
        ),
        Field::required(
            "upperLevel",
            Kind::percent(place!(upper_level)),
            "Volume of ducked sources while none is, in %; lowerLevel or more.",
        ),
    ];
    const NAMES: &'static [&'static str] = &names::<Self, 4>(Self::FIELDS);

    fn blank() -> Self {
        Self { ramp_active: 0, ramp_inactive: 0, lower_level: 0, upper_level: MAX_LEVEL }
    }
}

impl Wire for SourceLevel {
    const FIELDS: &'static [Field<Self>] = &[
        Field::required(PARTICIPANT, Kind::Id(place!(participant)), "The source's id."),
        Field::optional("level", Kind::percent(place!(level)), "Volume in %."),
        Field::optional(
            DUCK_OTHERS,
            Kind::Flag(place!(duck_others)),
            "Whether other sources are ducked while this one is active; needs ducking.",
        ),
    ];
    const NAMES: &'static [&'static str] = &names::<Self, 3>(Self::FIELDS);

    fn blank() -> Self {
        Self::new("")
    }
}

/// All names of some fields. Fails to compile unless there are exactly `N`.
const fn names<T, const N: usize>(fields: &[Field<T>]) -> [&'static str; N] {
    let (mut names, mut other, mut at) = ([""; N], fields.len(), 0);
    while at < fields.len() {
        names[at] = fields[at].name;
        if let Some(name) = fields[at].other_name {
            names[other] = name;
            other += 1;
        }
        at += 1;
    }
    assert!(other == N, "N is not the number of names");
    names
}

#[cfg(test)]
mod tests {
    use super::{ConfigureMixerRequest, Ducking, Kind, ParticipantMixerLevel, SourceLevel, Wire};

    /// Sets each field of an object, whatever its kind, to a value that is not its default.
    fn set_all<T: Wire>() -> T {
        let mut object = T::blank();
        for field in T::FIELDS {
            match &field.kind {
                Kind::Id(place) => place.set(&mut object, Some("id".into())),
                Kind::Text { place, .. } => place.set(&mut object, Some(Some("text".into()))),
                Kind::Flag(place) => place.set(&mut object, Some(true)),
                Kind::Integer { most, place, .. } => place.set(&mut object, Some(most - 1)),
                Kind::Ducking(place) => place.set(&mut object, Some(Some(set_all()))),
                Kind::Listeners(place) => place.set(&mut object, Some(vec![set_all()])),
                Kind::Sources(place) => place.set(&mut object, Some(vec![set_all()])),
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
