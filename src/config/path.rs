//! Where in a body a value stands, as `participantMixerLevels[0].ducking.rampActive`.
//!
//! A chain on the stack: a path costs nothing until a fault prints it.

use std::fmt;

/// A place in a body; each one borrows the place that it is in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Path<'a> {
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

    /// The steps from the body, each with what stands before it.
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

/// Whether a name can stand after a dot and not be misread.
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
