//! Reads a request from a tree: finds every value that has the wrong type, name or place.
//!
//! Goes through the table of `fields`. Ranges and the rules between values are in `rules`.

#[cfg(feature = "http")]
use super::RoutingMode;
use super::{
    FaultKind,
    fields::{Field, Kind, Wire},
    findings::{Findings, Partial},
    near::near,
    path::Path,
    raw::{Entry, Raw},
    value::Value,
};

/// Reads what can be read of a body. A value that is absent or faulty has its default.
pub(super) fn walk<T: Wire>(body: &Raw<'_>, findings: &mut Findings) -> T {
    Walker { findings }.object(body, Path::Root)
}

struct Walker<'f> {
    findings: &'f mut Findings,
}

impl Walker<'_> {
    fn object<T: Wire>(&mut self, raw: &Raw<'_>, at: Path<'_>) -> T {
        let mut object = T::blank();
        if let Some(entries) = self.typed(raw, at, Raw::object) {
            self.names(entries, at, T::NAMES);
            T::FIELDS.iter().for_each(|field| self.field(field, entries, at, &mut object));
        } else {
            self.findings.note_nameless(at);
        }
        object
    }

    /// Lists every name that is unknown, or that occurs twice.
    fn names(&mut self, entries: &[Entry<'_>], at: Path<'_>, known: &'static [&'static str]) {
        let mut counts = vec![0; known.len()];
        for (name, _) in entries.iter().filter(|(name, _)| !is_annotation(name)) {
            if let Some(index) = known.iter().position(|known| known == name) {
                counts[index] += 1;
                if counts[index] == 2 {
                    self.fault(at.key(name), || FaultKind::DuplicateProperty);
                }
            } else {
                let kind = || FaultKind::UnknownProperty { name: name.to_string(), near: near(name, known), known };
                self.fault(at.key(name), kind);
            }
        }
    }

    /// Reads one field into its object. A field that cannot be read keeps its default.
    fn field<T: Wire>(&mut self, field: &Field<T>, entries: &[Entry<'_>], at: Path<'_>, object: &mut T) {
        let (name, value) = self.value(field, entries, at);
        let (element, at) = (at, at.key(name));
        if let (true, Value::Absent) = (field.required, value) {
            self.fault(at, || FaultKind::Missing { expected: field.kind.expected() });
        }
        match &field.kind {
            Kind::Id(place) => {
                let id = self.read(value, at, Raw::string);
                if id.is_none() {
                    self.findings.note_nameless(element);
                }
                place.set(object, id.map(str::to_owned));
            }
            Kind::Text(place, _) => place.set(object, Some(self.read(value, at, Raw::string).map(str::to_owned))),
            Kind::Flag(place) => place.set(object, self.read(value, at, Raw::boolean)),
            Kind::Integer(place, _) => place.set(object, self.read(value, at, Raw::integer)),
            Kind::Ducking(place) => place.set(object, Some(self.optional(value, at))),
            Kind::Listeners(place) => place.set(object, Some(self.namings(value, at))),
            Kind::Sources(place) => place.set(object, Some(self.namings(value, at))),
            #[cfg(feature = "http")]
            Kind::Ids(place) => place.set(object, Some(self.ids(value, at))),
            #[cfg(feature = "http")]
            Kind::Mode(place) => place.set(object, Some(self.mode(value, at))),
            #[cfg(feature = "http")]
            Kind::Uri(place, _) => place.set(object, self.read(value, at, Raw::string).map(str::to_owned)),
            #[cfg(feature = "http")]
            Kind::MediaInfo(place) => place.set(object, self.optional(value, at)),
            #[cfg(feature = "http")]
            Kind::Prompt(place) => place.set(object, Some(self.optional(value, at))),
            #[cfg(feature = "http")]
            Kind::Prompts(place) => place.set(object, Some(self.list(value, at))),
        }
    }

    /// The value of a field, and the name under which the body has it. Of two names the first one is
    /// read.
    fn value<'a, T>(&mut self, field: &Field<T>, entries: &'a [Entry<'a>], at: Path<'_>) -> (&'static str, Value<'a>) {
        let first = (field.name, Value::of(entries, field.name));
        let other = field.other_name.first().map(|&name| (name, Value::of(entries, name)));
        match (first, other) {
            (_, None | Some((_, Value::Absent))) => first,
            ((_, Value::Absent), Some(other)) => other,
            (_, Some((name, _))) => {
                self.fault(at.key(name), || FaultKind::TwoNames { other: field.name });
                first
            }
        }
    }

    /// An object that is faulty counts as given: a source that ducks others does not lack its ducking.
    fn optional<T: Wire>(&mut self, value: Value<'_>, at: Path<'_>) -> Option<T> {
        match value {
            Value::Absent => None,
            Value::Faulty => Some(T::blank()),
            Value::Present(raw) => Some(self.object(raw, at)),
        }
    }

    /// The elements of an array that name somebody, or have another value that may break a rule. Where some have neither,
    /// it is noted which those are.
    fn namings<T: Wire + PartialEq>(&mut self, value: Value<'_>, at: Path<'_>) -> Vec<T> {
        let elements = self.read(value, at, Raw::array).unwrap_or_default();
        let (mut list, mut kept) = (Vec::new(), Vec::new());
        for (index, raw) in elements.iter().enumerate() {
            let at = at.index(index);
            let element = self.object(raw, at);
            if self.findings.is_nameless(at) && element == T::blank() {
                self.findings.leave_out(at);
            } else {
                list.push(element);
                kept.push(index);
            }
        }
        if kept.len() < elements.len() {
            self.findings.note_partial(at, Partial { kept, count: elements.len() });
        }
        list
    }

    /// Every element of an array, faulty ones included, so that indices are those of the body.
    #[cfg(feature = "http")]
    fn list<T: Wire>(&mut self, value: Value<'_>, at: Path<'_>) -> Vec<T> {
        let elements = self.read(value, at, Raw::array).unwrap_or_default();
        elements.iter().enumerate().map(|(index, raw)| self.object(raw, at.index(index))).collect()
    }

    /// The ids of a list, unless one of them, or the list, cannot be read: then the rules have nothing to check.
    #[cfg(feature = "http")]
    fn ids(&mut self, value: Value<'_>, at: Path<'_>) -> Option<Vec<String>> {
        let elements = self.read(value, at, Raw::array)?;
        let read = elements.iter().enumerate().filter_map(|(index, raw)| self.typed(raw, at.index(index), Raw::string));
        let ids: Vec<String> = read.map(str::to_owned).collect();
        (ids.len() == elements.len()).then_some(ids)
    }

    #[cfg(feature = "http")]
    fn mode(&mut self, value: Value<'_>, at: Path<'_>) -> Option<RoutingMode> {
        let text = self.read(value, at, Raw::string)?;
        let mode = RoutingMode::from_text(text);
        if mode.is_none() {
            self.fault(at, || FaultKind::NotOneOf { value: text.to_owned(), known: RoutingMode::KNOWN });
        }
        mode
    }

    /// A value, if it is present and has the right type.
    fn read<'a, V>(&mut self, value: Value<'a>, at: Path<'_>, read: Read<'a, V>) -> Option<V> {
        if let Value::Present(raw) = value { self.typed(raw, at, read) } else { None }
    }

    fn typed<'a, V>(&mut self, raw: &'a Raw<'a>, at: Path<'_>, read: Read<'a, V>) -> Option<V> {
        read(raw).map_err(|expected| self.fault(at, || FaultKind::WrongType { found: raw.describe(), expected })).ok()
    }

    fn fault(&mut self, at: Path<'_>, kind: impl FnOnce() -> FaultKind) {
        self.findings.fault(at, kind);
    }
}

/// Reads one type of value, or returns the type that would be right.
type Read<'a, V> = fn(&'a Raw<'a>) -> Result<V, &'static str>;

/// OData's annotations of an object (`@odata.type`) or of a property of it
/// (`sourceLevels@odata.type`).
fn is_annotation(name: &str) -> bool {
    name.contains("@odata.")
}

#[cfg(test)]
mod tests {
    use super::{Findings, walk};
    use crate::config::{ConfigureMixerRequest, SourceLevel, raw::Raw};

    /// The faults of a body, one a line.
    fn faults(json: &str) -> Vec<String> {
        let raw: Raw = serde_json::from_str(json).unwrap();
        let mut findings = Findings::default();
        walk::<ConfigureMixerRequest>(&raw, &mut findings);
        findings.faults.listed().iter().map(ToString::to_string).collect()
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
        let mut findings = Findings::default();
        let request: ConfigureMixerRequest = walk(&raw, &mut findings);
        assert!(findings.faults.is_empty());
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
