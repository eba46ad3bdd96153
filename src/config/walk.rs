//! From a tree to a draft: finds every value that has the wrong shape, and where.
//!
//! Knows the names and types of the properties; the rules between values are in `check`.

use super::{
    Fault, FaultKind,
    draft::{Draft, DraftDucking, DraftLevel, DraftSource},
    near::near,
    path::Path,
    raw::Raw,
};

/// Reads what can be read of a body, and adds a fault for everything that cannot.
pub(super) fn walk<'a>(body: &'a Raw, faults: &mut Vec<Fault>) -> Draft<'a> {
    Walker { faults }.request(body, Path::Root)
}

struct Walker<'f> {
    faults: &'f mut Vec<Fault>,
}

/// A property that an object can have, and what the body says there.
struct Property<'a> {
    name: &'static str,
    /// How often it stands in the object.
    count: usize,
    value: Value<'a>,
}

#[derive(Clone, Copy)]
enum Value<'a> {
    /// Not there, or null.
    Absent,
    /// There, and reported already.
    Faulty,
    There(&'a Raw),
}

impl<'a> Property<'a> {
    /// Of a duplicate that is an array or an object the first one is looked into, for the faults in it; of others none counts.
    fn add(&mut self, raw: &'a Raw) {
        self.count += 1;
        self.value = match (self.count, raw, self.value) {
            (1, Raw::Null, _) => Value::Absent,
            (1, ..) => Value::There(raw),
            (_, _, first @ Value::There(Raw::Array(_) | Raw::Object(_))) => first,
            _ => Value::Faulty,
        };
    }
}

impl<'a> Walker<'_> {
    fn request(&mut self, raw: &'a Raw, at: Path<'_>) -> Draft<'a> {
        let known = &["clientContext", "participantMixerLevels"];
        let Some([context, levels]) = self.properties(raw, at, known) else {
            return Draft::default();
        };
        self.require(&levels, at, "an array");
        Draft { client_context: self.value(&context, at, Raw::string), levels: self.list(&levels, at, Self::level) }
    }

    fn level(&mut self, raw: &'a Raw, at: Path<'_>) -> DraftLevel<'a> {
        let known = &["participant", "exclusive", "ducking", "sourceLevels", "exclusiveMode"];
        let Some([participant, exclusive, ducking, sources, mode]) = self.properties(raw, at, known) else {
            return DraftLevel::default();
        };
        self.require(&participant, at, "a string");
        DraftLevel {
            participant: self.value(&participant, at, Raw::string),
            exclusive: self.exclusive(&exclusive, &mode, at),
            ducking: self.ducking(&ducking, at),
            source_levels: self.list(&sources, at, Self::source),
        }
    }

    /// One property with two names; the second of two is not looked into.
    fn exclusive(&mut self, exclusive: &Property<'a>, mode: &Property<'a>, at: Path<'_>) -> Option<bool> {
        match (exclusive.value, mode.value) {
            (Value::Absent, _) => return self.value(mode, at, Raw::boolean),
            (_, Value::Absent) => {}
            _ => self.fault(at.key(mode.name), FaultKind::TwoNames { other: exclusive.name }),
        }
        self.value(exclusive, at, Raw::boolean)
    }

    fn ducking(&mut self, property: &Property<'a>, at: Path<'_>) -> Option<DraftDucking> {
        let at = at.key(property.name);
        let raw = match property.value {
            Value::Absent => return None,
            Value::Faulty => return Some(DraftDucking::default()),
            Value::There(raw) => raw,
        };
        let fields = self.properties(raw, at, &["rampActive", "rampInactive", "lowerLevel", "upperLevel"]);
        let values = fields.map(|fields| {
            fields.map(|field| {
                self.require(&field, at, "an integer");
                self.value(&field, at, Raw::integer)
            })
        });
        Some(values.unwrap_or_default())
    }

    fn source(&mut self, raw: &'a Raw, at: Path<'_>) -> DraftSource<'a> {
        let known = &["participant", "level", "duckOthers"];
        let Some([participant, level, duck_others]) = self.properties(raw, at, known) else {
            return DraftSource::default();
        };
        self.require(&participant, at, "a string");
        DraftSource {
            participant: self.value(&participant, at, Raw::string),
            level: self.value(&level, at, Raw::integer),
            duck_others: self.value(&duck_others, at, Raw::boolean),
        }
    }

    /// The known properties of an object, in their own order; none if it is no object.
    fn properties<const N: usize>(
        &mut self,
        raw: &'a Raw,
        at: Path<'_>,
        known: &'static [&'static str; N],
    ) -> Option<[Property<'a>; N]> {
        let entries = self.typed(raw, at, Raw::object)?;
        let mut properties = known.map(|name| Property { name, count: 0, value: Value::Absent });
        for (name, value) in entries.iter().filter(|(name, _)| !is_annotation(name)) {
            let Some(property) = properties.iter_mut().find(|property| property.name == name) else {
                self.unknown(name, at, known);
                continue;
            };
            property.add(value);
            if property.count == 2 {
                self.fault(at.key(name), FaultKind::DuplicateProperty);
            }
        }
        Some(properties)
    }

    fn unknown(&mut self, name: &str, at: Path<'_>, known: &'static [&'static str]) {
        let kind = FaultKind::UnknownProperty { name: name.to_owned(), near: near(name, known), known };
        self.fault(at.key(name), kind);
    }

    /// Every element of an array, faulty ones too; no element if there is no array.
    fn list<T>(
        &mut self,
        property: &Property<'a>,
        at: Path<'_>,
        element: fn(&mut Self, &'a Raw, Path<'_>) -> T,
    ) -> Vec<T> {
        let values = self.value(property, at, Raw::array).unwrap_or_default();
        let at = at.key(property.name);
        values.iter().enumerate().map(|(index, raw)| element(self, raw, at.index(index))).collect()
    }

    fn require(&mut self, property: &Property<'a>, at: Path<'_>, expected: &'static str) {
        if let Value::Absent = property.value {
            self.fault(at.key(property.name), FaultKind::Missing { expected });
        }
    }

    /// The value of a property, if it is there and has the right type.
    fn value<T>(&mut self, property: &Property<'a>, at: Path<'_>, read: Read<'a, T>) -> Option<T> {
        match property.value {
            Value::There(raw) => self.typed(raw, at.key(property.name), read),
            Value::Absent | Value::Faulty => None,
        }
    }

    fn typed<T>(&mut self, raw: &'a Raw, at: Path<'_>, read: Read<'a, T>) -> Option<T> {
        read(raw).map_err(|expected| self.fault(at, FaultKind::WrongType { found: raw.describe(), expected })).ok()
    }

    fn fault(&mut self, at: Path<'_>, kind: FaultKind) {
        self.faults.push(Fault::new(at, kind));
    }
}

/// Reads one type of value, or says what would be right.
type Read<'a, T> = fn(&'a Raw) -> Result<T, &'static str>;

/// OData's notes on an object (`@odata.type`) or on a property of it (`sourceLevels@odata.type`).
fn is_annotation(name: &str) -> bool {
    name.contains("@odata.")
}

#[cfg(test)]
mod tests {
    use super::{Draft, walk};
    use crate::config::raw::Raw;

    /// The faults of a body, one a line.
    fn faults(json: &str) -> Vec<String> {
        let raw: Raw = serde_json::from_str(json).unwrap();
        let mut faults = Vec::new();
        walk(&raw, &mut faults);
        faults.iter().map(ToString::to_string).collect()
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
        let (raw, mut faults): (Raw, _) = (serde_json::from_str(json).unwrap(), vec![]);
        let Draft { client_context, levels } = walk(&raw, &mut faults);
        assert!(faults.is_empty());
        assert_eq!(client_context, Some("c"));
        assert_eq!((levels[0].participant, levels[0].exclusive), (Some("a"), Some(true)));
        let source = &levels[0].source_levels[0];
        assert_eq!((source.participant, source.level, source.duck_others), (Some("b"), Some(5), Some(true)));
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
                r#"{"participant":1,"exclusive":"yes","ducking":[],"sourceLevels":[{"participant":{},"level":0.5,"duckOthers":1},"b"]}"#
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
