//! Reads a request from a tree: finds every value that has the wrong type, name or place.
//!
//! Goes through the table of `fields`. Ranges and the rules between values are in `rules`.

use std::collections::HashSet;

use super::{
    ConfigureMixerRequest, Ducking, Fault, FaultKind,
    fields::{Field, Kind, Wire},
    near::near,
    path::Path,
    raw::Raw,
};

/// What could be read of a body.
pub(super) struct Walked {
    /// Has a default for every value that is absent or faulty.
    pub request: ConfigureMixerRequest,
    /// One fault for each value that could not be read.
    pub faults: Vec<Fault>,
    /// The paths of the elements whose participant could not be read: no default stands for a
    /// participant.
    pub nameless: HashSet<String>,
}

pub(super) fn walk(body: &Raw) -> Walked {
    let mut walker = Walker::default();
    let request = walker.object(body, Path::Root);
    Walked { request, faults: walker.faults, nameless: walker.nameless }
}

#[derive(Default)]
struct Walker {
    faults: Vec<Fault>,
    nameless: HashSet<String>,
}

/// A name that a property of an object can have, and the value that the body has under it.
#[derive(Clone, Copy)]
struct Property<'a> {
    name: &'static str,
    /// How often it occurs in the object.
    count: usize,
    value: Value<'a>,
}

#[derive(Clone, Copy)]
enum Value<'a> {
    /// Missing, or null.
    Absent,
    /// Present, with a fault that is listed already.
    Faulty,
    Present(&'a Raw),
}

impl<'a> Property<'a> {
    /// Of duplicates that are arrays or objects the first one is read, for the faults inside of it.
    /// Other duplicates have no value.
    fn add(&mut self, raw: &'a Raw) {
        self.count += 1;
        self.value = match (self.count, raw, self.value) {
            (1, Raw::Null, _) => Value::Absent,
            (1, ..) => Value::Present(raw),
            (_, _, first @ Value::Present(Raw::Array(_) | Raw::Object(_))) => first,
            _ => Value::Faulty,
        };
    }
}

impl Walker {
    fn object<T: Wire>(&mut self, raw: &Raw, at: Path<'_>) -> T {
        let mut object = T::blank();
        let Some(properties) = self.properties(raw, at, T::NAMES) else {
            self.nameless.insert(at.to_string());
            return object;
        };
        for field in T::FIELDS {
            self.field(field, &properties, at, &mut object);
        }
        object
    }

    /// Reads one field into its object. A field that cannot be read keeps its default.
    fn field<T: Wire>(&mut self, field: &Field<T>, properties: &[Property<'_>], at: Path<'_>, object: &mut T) {
        let property = self.property(field, properties, at);
        if let (true, Value::Absent) = (field.required, property.value) {
            self.fault(at.key(property.name), FaultKind::Missing { expected: field.kind.expected() });
        }
        match &field.kind {
            Kind::Id(place) => {
                let id = self.value(property, at, Raw::string);
                if id.is_none() {
                    self.nameless.insert(at.to_string());
                }
                place.set(object, id.map(str::to_owned));
            }
            Kind::Text { place, .. } => {
                place.set(object, self.value(property, at, Raw::string).map(|text| Some(text.to_owned())));
            }
            Kind::Flag(place) => place.set(object, self.value(property, at, Raw::boolean)),
            Kind::Integer { place, .. } => place.set(object, self.value(property, at, Raw::integer)),
            Kind::Ducking(place) => place.set(object, Some(self.ducking(property, at))),
            Kind::Listeners(place) => place.set(object, Some(self.list(property, at))),
            Kind::Sources(place) => place.set(object, Some(self.list(property, at))),
        }
    }

    /// The property of a field, under whichever name the body has it. Of two names the first one is
    /// read.
    fn property<'a, T>(&mut self, field: &Field<T>, properties: &[Property<'a>], at: Path<'_>) -> Property<'a> {
        let find = |name| properties.iter().find(|property| property.name == name).copied();
        let absent = Property { name: field.name, count: 0, value: Value::Absent };
        let first = find(field.name).unwrap_or(absent);
        match (first.value, field.other_name.and_then(find)) {
            (_, None | Some(Property { value: Value::Absent, .. })) => first,
            (Value::Absent, Some(other)) => other,
            (_, Some(other)) => {
                self.fault(at.key(other.name), FaultKind::TwoNames { other: first.name });
                first
            }
        }
    }

    /// Ducking that is faulty counts as given: a source that ducks others does not lack it.
    fn ducking(&mut self, property: Property<'_>, at: Path<'_>) -> Option<Ducking> {
        match property.value {
            Value::Absent => None,
            Value::Faulty => Some(Ducking::blank()),
            Value::Present(raw) => Some(self.object(raw, at.key(property.name))),
        }
    }

    /// Every element of an array, faulty ones included, so that indices are those of the body.
    fn list<T: Wire>(&mut self, property: Property<'_>, at: Path<'_>) -> Vec<T> {
        let values = self.value(property, at, Raw::array).unwrap_or_default();
        let at = at.key(property.name);
        values.iter().enumerate().map(|(index, raw)| self.object(raw, at.index(index))).collect()
    }

    /// The properties of an object, one for each known name; `None` if `raw` is no object.
    fn properties<'a>(
        &mut self,
        raw: &'a Raw,
        at: Path<'_>,
        known: &'static [&'static str],
    ) -> Option<Vec<Property<'a>>> {
        let entries = self.typed(raw, at, Raw::object)?;
        let absent = |&name| Property { name, count: 0, value: Value::Absent };
        let mut properties: Vec<_> = known.iter().map(absent).collect();
        for (name, value) in entries.iter().filter(|(name, _)| !is_annotation(name)) {
            let Some(property) = properties.iter_mut().find(|property| property.name == name) else {
                let kind = FaultKind::UnknownProperty { name: name.clone(), near: near(name, known), known };
                self.fault(at.key(name), kind);
                continue;
            };
            property.add(value);
            if property.count == 2 {
                self.fault(at.key(name), FaultKind::DuplicateProperty);
            }
        }
        Some(properties)
    }

    /// The value of a property, if it is present and has the right type.
    fn value<'a, V>(&mut self, property: Property<'a>, at: Path<'_>, read: Read<'a, V>) -> Option<V> {
        match property.value {
            Value::Present(raw) => self.typed(raw, at.key(property.name), read),
            Value::Absent | Value::Faulty => None,
        }
    }

    fn typed<'a, V>(&mut self, raw: &'a Raw, at: Path<'_>, read: Read<'a, V>) -> Option<V> {
        read(raw).map_err(|expected| self.fault(at, FaultKind::WrongType { found: raw.describe(), expected })).ok()
    }

    fn fault(&mut self, at: Path<'_>, kind: FaultKind) {
        self.faults.push(Fault::new(at, kind));
    }
}

/// Reads one type of value, or returns the type that would be right.
type Read<'a, V> = fn(&'a Raw) -> Result<V, &'static str>;

/// OData's annotations of an object (`@odata.type`) or of a property of it
/// (`sourceLevels@odata.type`).
fn is_annotation(name: &str) -> bool {
    name.contains("@odata.")
}

#[cfg(test)]
mod tests {
    use super::{Walked, walk};
    use crate::config::{SourceLevel, raw::Raw};

    /// The faults of a body, one a line.
    fn faults(json: &str) -> Vec<String> {
        let raw: Raw = serde_json::from_str(json).unwrap();
        walk(&raw).faults.iter().map(ToString::to_string).collect()
    }

    fn faults_of_level(json: &str) -> Vec<String> {
        let prefix = "participantMixerLevels[0]";
        let faults = faults(&format!(r#"{{"participantMixerLevels":[{json}]}}"#));
        faults.iter().map(|fault| fault.strip_prefix(prefix).unwrap_or(fault).to_owned()).collect()
    }

    #[test]
    fn reads_what_is_right() {
        let json = r#"{"clientContext":"c","participantMixerLevels":[{"participant":"a","exclusiveMode":true,
            "sourceLevels":[{"participant":"b","level":5.0,"duckOthers":true}]}]}"#;
        let raw: Raw = serde_json::from_str(json).unwrap();
        let Walked { request, faults, nameless } = walk(&raw);
        assert!(faults.is_empty() && nameless.is_empty());
        assert_eq!(request.client_context.as_deref(), Some("c"));
        let level = &request.participant_mixer_levels[0];
        assert_eq!((level.participant.as_str(), level.exclusive), ("a", true));
        let source = SourceLevel { level: 5, duck_others: true, ..SourceLevel::new("b") };
        assert_eq!(level.source_levels, [source]);
    }

    #[test]
    fn null_is_absent_and_absent_may_be_missing() {
        assert_eq!(faults(r#"{"clientContext":null,"participantMixerLevels":[]}"#), [""; 0]);
        assert_eq!(
            faults_of_level(
                r#"{"participant":"a","exclusive":null,"exclusiveMode":true,"ducking":null,"sourceLevels":null}"#
            ),
            [""; 0]
        );
        assert_eq!(
            faults(r#"{"participantMixerLevels":null}"#),
            ["participantMixerLevels: is missing; an array is required"]
        );
        assert_eq!(faults_of_level("null"), [": found null, expected an object"]);
        assert_eq!(faults("null"), ["$: found null, expected an object"]);
    }

    #[test]
    fn an_absent_field_of_ducking_is_missing() {
        assert_eq!(
            faults_of_level(r#"{"participant":"a","ducking":{"rampActive":1,"rampInactive":null,"lowerLevel":2}}"#),
            [
                ".ducking.rampInactive: is missing; an integer is required",
                ".ducking.upperLevel: is missing; an integer is required"
            ]
        );
    }

    #[test]
    fn wrong_types_are_named_each() {
        assert_eq!(
            faults_of_level(
                r#"{"participant":1,"exclusive":"yes","ducking":[],
                    "sourceLevels":[{"participant":{},"level":0.5,"duckOthers":1},"b"]}"#
            ),
            [
                ".participant: found the number 1, expected a string",
                ".exclusive: found a string, expected true or false",
                ".ducking: found an array, expected an object",
                ".sourceLevels[0].participant: found an object, expected a string",
                ".sourceLevels[0].level: found the number 0.5, expected an integer of 64 bits",
                ".sourceLevels[0].duckOthers: found the number 1, expected true or false",
                ".sourceLevels[1]: found a string, expected an object"
            ]
        );
    }

    #[test]
    fn unknown_names_are_faults_but_annotations_are_not() {
        assert_eq!(
            faults_of_level(r##"{"@odata.type":"#x","sourceLevels@odata.type":[],"participant":"a","exlusive":true}"##),
            [r#".exlusive: unknown property "exlusive"; did you mean "exclusive"?"#]
        );
    }

    #[test]
    fn a_property_stands_once() {
        assert_eq!(
            faults_of_level(r#"{"participant":"a","participant":7,"ducking":{},"ducking":null}"#).len(),
            2 + 4,
            "both duplicates, and the fields that the first ducking lacks"
        );
        assert_eq!(
            faults(r#"{"clientContext":"a","clientContext":"b","clientContext":"c","participantMixerLevels":[]}"#),
            ["clientContext: stands more than once in this object; give it once"]
        );
        assert_eq!(
            faults_of_level(r#"{"participant":"a","exclusive":true,"exclusiveMode":true}"#),
            [".exclusiveMode: is another name of exclusive, which is given too; give one of them"]
        );
        assert_eq!(
            faults_of_level(r#"{"participant":"a","exclusive":1,"exclusiveMode":2}"#),
            [
                ".exclusiveMode: is another name of exclusive, which is given too; give one of them",
                ".exclusive: found the number 1, expected true or false"
            ]
        );
    }
}
