//! A fault of a request: [`Fault`], one value that is wrong.
//!
//! Has the messages. The faults are found by `walk` and `rules`.

use std::fmt;

use thiserror::Error;

/// One value that is wrong in a request: where it is, and what is wrong with it.
///
/// Prints as `participantMixerLevels[0].ducking.rampActive: 6000 is over 5000 ms`.
///
/// ```
/// use mixminus::config::{FaultKind, ParticipantMixerLevel, check};
///
/// let faults = check(&[ParticipantMixerLevel::new("bob")], |id| id == "alice").unwrap_err();
/// let fault = faults.first();
/// assert_eq!(fault.path(), "participantMixerLevels[0].participant");
/// assert_eq!(fault.kind(), &FaultKind::NotInCall { id: "bob".into() });
/// assert_eq!(fault.message(), r#""bob" is not in the call; name a participant who is"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{path}: {kind}")]
pub struct Fault {
    path: String,
    kind: FaultKind,
}

impl Fault {
    /// A fault at a JSON path, as `participantMixerLevels[0].exclusive`; `$` is the body itself.
    pub fn new(path: impl fmt::Display, kind: FaultKind) -> Self {
        Self { path: path.to_string(), kind }
    }

    /// The JSON path of the value, or of the place where one is missing. It is the `target` in an
    /// error body.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong, for programs.
    pub fn kind(&self) -> &FaultKind {
        &self.kind
    }

    /// What is wrong in words, for people. Without the path.
    pub fn message(&self) -> String {
        self.kind.to_string()
    }
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FaultKind {
    /// The value does not have the type of its property, or is a number with a fraction or out of
    /// the range of i64.
    #[error("found {found}, expected {expected}")]
    WrongType {
        /// The value in words, as `a string` or `the number 1.5`.
        found: String,
        /// The type that would be right.
        expected: &'static str,
    },
    /// The object has no property of this name.
    #[error("unknown property {}; {}", Quoted(.name), instead(.near, .known))]
    UnknownProperty {
        /// The name in the body.
        name: String,
        /// The known name that was probably meant.
        near: Option<&'static str>,
        /// Every known name.
        known: &'static [&'static str],
    },
    /// A property occurs more than once in one object.
    #[error("stands more than once in this object; give it once")]
    DuplicateProperty,
    /// A required property is absent or null.
    #[error("is missing; {expected} is required")]
    Missing {
        /// The type that would be right.
        expected: &'static str,
    },
    /// A property is given under both of its names.
    #[error("is another name of {other}, which is given too; give one of them")]
    TwoNames {
        /// The other name.
        other: &'static str,
    },
    /// A text is too long.
    #[error("{characters} characters are over {most}")]
    TooLong {
        /// The length of the text in Unicode characters.
        characters: usize,
        /// The largest length allowed.
        most: usize,
    },
    /// A number is too small.
    #[error("{value} is under {least} {unit}")]
    Under {
        /// The number.
        value: i64,
        /// The smallest number allowed.
        least: i64,
        /// `ms` or `%`.
        unit: &'static str,
    },
    /// A number is too large.
    #[error("{value} is over {most} {unit}")]
    Over {
        /// The number.
        value: i64,
        /// The largest number allowed.
        most: i64,
        /// `ms` or `%`.
        unit: &'static str,
    },
    /// `lowerLevel` is over `upperLevel`.
    #[error("{lower} is over the upperLevel, {upper} %")]
    CrossedLevels {
        /// The lowerLevel, in %.
        lower: i64,
        /// The upperLevel, in %.
        upper: i64,
    },
    /// A listener, or a source of one listener, is named again.
    #[error("{} is named already, in element {first} of the same list; name it once", Quoted(.id))]
    NamedTwice {
        /// The participant's id.
        id: String,
        /// The index of the element that names it first.
        first: usize,
    },
    /// A listener is its own source.
    #[error("{} is the listener itself, who never hears themselves; leave it out", Quoted(.id))]
    OwnSource {
        /// The participant's id.
        id: String,
    },
    /// `duckOthers` is true, and the listener has no `ducking`.
    #[error("true needs ducking on the same listener")]
    NoDucking,
    /// A listener or source is not in the call.
    #[error("{} is not in the call; name a participant who is", Quoted(.id))]
    NotInCall {
        /// The participant's id.
        id: String,
    },
    /// A text is none of those that are known.
    #[error("{} is not known here; {} are", Quoted(.value), known.join(" and "))]
    NotOneOf {
        /// The text.
        value: String,
        /// Every known text.
        known: &'static [&'static str],
    },
    /// A list has too few elements, or too many.
    #[error("has {count} of them; {expected}")]
    WrongCount {
        /// How many elements the list has.
        count: usize,
        /// What would be right, as `oneToOne has one source`.
        expected: &'static str,
    },
    /// A receiver of a group is among its sources.
    #[error("{} is a source of this group, and nobody hears themselves; leave it out of one of the lists", Quoted(.id))]
    OwnReceiver {
        /// The participant's id.
        id: String,
    },
    /// An id in the body is not the one in the path.
    #[error("{} is another id than {} in the path; an id does not change, and may be left out", Quoted(.id), Quoted(.path))]
    OtherId {
        /// The id in the body.
        id: String,
        /// The id in the path.
        path: String,
    },
    /// An id cannot be a segment of a path.
    #[error("no path can lead to {id:?}: it may not be empty, \".\" or \"..\"")]
    Unreachable {
        /// The id.
        id: String,
    },
}

impl FaultKind {
    /// The kind in camelCase, for the `code` in the details of an error body.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongType { .. } => "wrongType",
            Self::UnknownProperty { .. } => "unknownProperty",
            Self::DuplicateProperty => "duplicateProperty",
            Self::Missing { .. } => "missing",
            Self::TwoNames { .. } => "twoNames",
            Self::TooLong { .. } => "tooLong",
            Self::Under { .. } => "under",
            Self::Over { .. } => "over",
            Self::CrossedLevels { .. } => "crossedLevels",
            Self::NamedTwice { .. } => "namedTwice",
            Self::OwnSource { .. } => "ownSource",
            Self::NoDucking => "noDucking",
            Self::NotInCall { .. } => "notInCall",
            Self::NotOneOf { .. } => "notOneOf",
            Self::WrongCount { .. } => "wrongCount",
            Self::OwnReceiver { .. } => "ownReceiver",
            Self::OtherId { .. } => "otherId",
            Self::Unreachable { .. } => "unreachable",
        }
    }
}

/// A text of the client's in quotes. Of a long one the beginning: it may be as long as the body, and is in the answer several
/// times.
pub(super) struct Quoted<'a>(pub &'a str);

impl Quoted<'_> {
    const MOST: usize = 128;
}

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.char_indices().nth(Self::MOST) {
            None => write!(f, "{:?}", self.0),
            Some((end, _)) => write!(f, "{:?}…", &self.0[..end]),
        }
    }
}

/// The advice for an unknown name.
fn instead(near: &Option<&str>, known: &[&str]) -> String {
    match near {
        Some(near) => format!("did you mean {near:?}?"),
        None => format!("known here: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, FaultKind};

    #[test]
    fn says_where_and_what_and_what_would_be_right() {
        let over = FaultKind::Over { value: 6000, most: 5000, unit: "ms" };
        let fault = Fault::new("participantMixerLevels[0].ducking.rampActive", over);
        assert_eq!(fault.to_string(), "participantMixerLevels[0].ducking.rampActive: 6000 is over 5000 ms");
        assert_eq!(fault.message(), "6000 is over 5000 ms");
        assert_eq!(fault.kind().code(), "over");
    }

    #[test]
    fn a_long_text_is_quoted_in_part() {
        let quoted = |id: String| FaultKind::NotInCall { id }.to_string();
        assert_eq!(quoted("é".repeat(128)).chars().filter(|c| *c == 'é').count(), 128);
        assert_eq!(
            quoted("é".repeat(129)),
            format!("\"{}\"… is not in the call; name a participant who is", "é".repeat(128))
        );
    }

    #[test]
    fn names_what_is_known_where_nothing_is_near() {
        let kind = |near| FaultKind::UnknownProperty { name: "a\n".into(), near, known: &["b", "c"] };
        assert_eq!(kind(None).to_string(), r#"unknown property "a\n"; known here: b, c"#);
        assert_eq!(kind(Some("b")).to_string(), r#"unknown property "a\n"; did you mean "b"?"#);
    }
}
