//! A tree of any value of any format that serde reads. Keeps duplicate properties and values of
//! wrong types, to report them as faults.

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// With serde_json's feature `arbitrary_precision`, which any crate of a build may switch on, a
/// number is read as a map with this one key.
const NUMBER_TOKEN: &str = "$serde_json::private::Number";

/// A value of a body. Small, because a body of two bytes a value may be all values: texts without escapes are those of the
/// body, and nothing is kept for elements to come.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Raw<'de> {
    Null,
    Bool(bool),
    Integer(i64),
    /// Over the range of i64.
    Large(u64),
    Float(f64),
    String(Cow<'de, str>),
    Array(Box<[Raw<'de>]>),
    /// In the order of the body, duplicates included.
    Object(Box<[Entry<'de>]>),
}

/// A property, and its value.
pub(super) type Entry<'de> = (Cow<'de, str>, Raw<'de>);

/// Each conversion returns the value, or the type that would be right.
impl<'de> Raw<'de> {
    pub(super) fn boolean(&self) -> Result<bool, &'static str> {
        if let Raw::Bool(value) = self { Ok(*value) } else { Err("true or false") }
    }

    /// A float without a fraction, such as 50.0, is an integer, as in JSON Schema.
    pub(super) fn integer(&self) -> Result<i64, &'static str> {
        let value = match self {
            Raw::Integer(value) => Some(*value),
            // The cast saturates at the ends of i128, so a value out of the range of i64 stays out
            // of it.
            Raw::Float(value) if value.fract() == 0.0 => i64::try_from(*value as i128).ok(),
            _ => None,
        };
        value.ok_or("an integer of 64 bits")
    }

    pub(super) fn string(&self) -> Result<&str, &'static str> {
        if let Raw::String(value) = self { Ok(value) } else { Err("a string") }
    }

    pub(super) fn array(&self) -> Result<&[Raw<'de>], &'static str> {
        if let Raw::Array(values) = self { Ok(values) } else { Err("an array") }
    }

    pub(super) fn object(&self) -> Result<&[Entry<'de>], &'static str> {
        if let Raw::Object(entries) = self { Ok(entries) } else { Err("an object") }
    }

    /// The value in words, for a message.
    pub(super) fn describe(&self) -> String {
        match self {
            Raw::Null => "null".into(),
            Raw::Bool(value) => value.to_string(),
            Raw::Integer(value) => format!("the number {value}"),
            Raw::Large(value) => format!("the number {value}"),
            Raw::Float(value) => format!("the number {value:?}"),
            Raw::String(_) => "a string".into(),
            Raw::Array(_) => "an array".into(),
            Raw::Object(_) => "an object".into(),
        }
    }

    /// The number that a map stands for: see [`NUMBER_TOKEN`].
    fn number(entries: &[Entry<'de>]) -> Option<Self> {
        let [(key, Raw::String(digits))] = entries else { return None };
        let integer = || digits.parse().map(Raw::Integer).or_else(|_| digits.parse().map(Raw::Large));
        (key == NUMBER_TOKEN).then(|| integer().or_else(|_| digits.parse().map(Raw::Float)).ok())?
    }
}

impl<'de> Deserialize<'de> for Raw<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON has")
    }

    fn visit_unit<E: Error>(self) -> Result<Raw<'de>, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Raw<'de>, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw<'de>, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Raw<'de>, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Raw<'de>, E> {
        Ok(Raw::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Raw<'de>, E> {
        Ok(i64::try_from(value).map_or(Raw::Large(value), Raw::Integer))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Raw<'de>, E> {
        Ok(Raw::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Raw<'de>, E> {
        Ok(Raw::String(Cow::Owned(value.to_owned())))
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<Raw<'de>, E> {
        Ok(Raw::String(Cow::Borrowed(value)))
    }

    // Nothing is allocated in advance: a length in a binary format may be false.
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw<'de>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element()? {
            values.push(value);
        }
        Ok(Raw::Array(values.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw<'de>, A::Error> {
        let mut entries = Vec::new();
        while let Some((Name(name), value)) = map.next_entry()? {
            entries.push((name, value));
        }
        Ok(Raw::number(&entries).unwrap_or_else(|| Raw::Object(entries.into())))
    }
}

/// The name of a property, borrowed where that is possible: serde's own `Cow` never is.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a property")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(name.to_owned())))
    }

    fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(name)))
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::Raw;

    fn raw(json: &str) -> Raw<'_> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn keeps_duplicates_and_order() {
        let entry = |name, value| (Cow::Borrowed(name), Raw::Integer(value));
        assert_eq!(raw(r#"{"b":1,"a":2,"b":3}"#), Raw::Object([entry("b", 1), entry("a", 2), entry("b", 3)].into()));
        assert_eq!(raw(r#"[null,true,"x"]"#), Raw::Array([Raw::Null, Raw::Bool(true), Raw::String("x".into())].into()));
    }

    #[test]
    fn is_small_and_borrows_what_it_can() {
        assert_eq!(size_of::<Raw<'_>>(), 24);
        let Raw::Array(values) = raw(r#"["plain","\u0061",{"name":1}]"#) else { panic!("an array") };
        let [Raw::String(Cow::Borrowed("plain")), Raw::String(Cow::Owned(escaped)), Raw::Object(entries)] = &values[..]
        else {
            panic!("{values:?}")
        };
        assert!(escaped == "a" && matches!(entries[..], [(Cow::Borrowed("name"), Raw::Integer(1))]));
    }

    #[test]
    fn integers_are_whole_and_fit_64_bits() {
        for (json, value) in [("50", 50), ("50.0", 50), ("5e1", 50), ("-0", 0), ("9223372036854775807", i64::MAX)] {
            assert_eq!(raw(json).integer(), Ok(value), "{json}");
        }
        for json in ["0.5", "9223372036854775808", "1e300", "-1e300", "\"50\"", "null"] {
            assert_eq!(raw(json).integer(), Err("an integer of 64 bits"), "{json}");
        }
        assert!(Raw::Float(f64::NAN).integer().is_err() && Raw::Float(f64::INFINITY).integer().is_err());
    }

    #[test]
    fn describes_numbers_as_they_are() {
        assert_eq!(raw("9223372036854775808").describe(), "the number 9223372036854775808");
        assert_eq!(raw("1e300").describe(), "the number 1e300");
    }

    #[test]
    fn reads_numbers_of_arbitrary_precision() {
        assert_eq!(raw(r#"{"$serde_json::private::Number":"50"}"#), Raw::Integer(50));
        assert_eq!(raw(r#"{"$serde_json::private::Number":"18446744073709551615"}"#), Raw::Large(u64::MAX));
        assert_eq!(raw(r#"{"$serde_json::private::Number":"0.5"}"#), Raw::Float(0.5));
        assert!(raw(r#"{"$serde_json::private::Number":"x"}"#).object().is_ok());
        assert!(raw(r#"{"level":"50"}"#).object().is_ok());
    }
}
