//! The JSON path of a value in a body, as `participantMixerLevels[0].ducking.rampActive`.
//!
//! A linked list on the stack: a path is formatted only for a fault.

use std::fmt;

/// A place in a body. Each one borrows its parent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Path<'a> {
    /// The body itself, printed as `$`.
    Root,
    /// A property of an object.
    Key(&'a Path<'a>, &'a str),
    /// An element of an array.
    Index(&'a Path<'a>, usize),
}

impl Path<'_> {
    pub(super) fn key<'b>(&'b self, name: &'b str) -> Path<'b> {
        Path::Key(self, name)
    }

    pub(super) fn index(&self, index: usize) -> Path<'_> {
        Path::Index(self, index)
    }

    /// Writes the steps from the body to this place, with their dots and brackets.
    fn steps(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Index(parent, index) => {
                parent.steps(f)?;
                write!(f, "[{index}]")
            }
            Path::Key(parent, name) => {
                parent.steps(f)?;
                match (is_plain(name), parent) {
                    (true, Path::Root) => f.write_str(name),
                    (true, _) => write!(f, ".{name}"),
                    (false, _) => write!(f, "[{name:?}]"),
                }
            }
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => f.write_str("$"),
            _ => self.steps(f),
        }
    }
}

/// Whether a name can follow a dot without quotes.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '@'))
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn prints_the_whole_way() {
        let root = Path::Root;
        let list = root.key("levels");
        assert_eq!(list.to_string(), "levels");
        assert_eq!(list.index(10).key("level").to_string(), "levels[10].level");
        assert_eq!(root.to_string(), "$");
    }

    #[test]
    fn quotes_names_that_would_be_misread() {
        let root = Path::Root;
        assert_eq!(root.key("a.b").key("").to_string(), r#"["a.b"][""]"#);
        assert_eq!(root.index(0).key("\n\"").to_string(), r#"[0]["\n\""]"#);
    }
}
