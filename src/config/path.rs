//! The JSON path of a value in a body, as `participantMixerLevels[0].ducking.rampActive`.
//!
//! A linked list on the stack: a path is formatted only for a fault.

use std::fmt;

use super::fault::Quoted;

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

    /// The indices on the way to this place, of the first array and of one in it.
    pub(super) fn indices(&self) -> Indices {
        match self {
            Path::Root => (None, None),
            Path::Key(parent, _) => parent.indices(),
            Path::Index(parent, index) => match parent.indices() {
                (None, _) => (Some(*index), None),
                (outer, _) => (outer, Some(*index)),
            },
        }
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
                    (false, _) => write!(f, "[{}]", Quoted(name)),
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

/// The index in the list of listeners, and in the list of sources of that listener.
pub(super) type Indices = (Option<usize>, Option<usize>);

/// Whether a name can follow a dot without quotes. One that is longer than any of the API's is not written whole.
fn is_plain(name: &str) -> bool {
    (1..=128).contains(&name.len()) && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '@'))
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
    fn knows_its_indices() {
        let (list, outer) = (Path::Root.key("levels"), Path::Root.key("levels"));
        let (first, sources) = (list.index(3), outer.index(3));
        let sources = sources.key("sources");
        assert_eq!((list.indices(), first.key("x").indices()), ((None, None), (Some(3), None)));
        assert_eq!(sources.index(7).key("y").indices(), (Some(3), Some(7)));
    }

    #[test]
    fn quotes_names_that_would_be_misread() {
        let root = Path::Root;
        assert_eq!(root.key("a.b").key("").to_string(), r#"["a.b"][""]"#);
        assert_eq!(root.index(0).key("\n\"").to_string(), r#"[0]["\n\""]"#);
        assert_eq!(root.key(&"a".repeat(1000)).to_string(), format!("[\"{}\"…]", "a".repeat(128)));
    }
}
