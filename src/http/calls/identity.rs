//! The names of a call: [`Identity`], and its id as a segment of a path.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The characters that are escaped in a segment of a path: all but the unreserved ones of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The names of a call, which outlive it.
#[derive(Debug)]
pub(in crate::http) struct Identity {
    pub id: String,
    pub application: Option<String>,
    pub audience: Option<String>,
}

impl Identity {
    /// The call's id, escaped for a path.
    pub fn id_in_a_path(&self) -> String {
        in_a_path(&self.id)
    }
}

/// An id as a segment of a path.
pub(in crate::http) fn in_a_path(id: &str) -> String {
    utf8_percent_encode(id, ESCAPED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_segment_of_a_path() {
        let in_a_path = |id: &str| {
            let identity = Identity { id: id.to_owned(), application: None, audience: None };
            identity.id_in_a_path()
        };
        assert_eq!(in_a_path("room 7/é?#%"), "room%207%2F%C3%A9%3F%23%25");
        assert_eq!(in_a_path("A-z_0.9~"), "A-z_0.9~", "unreserved characters stay as they are");
    }
}
