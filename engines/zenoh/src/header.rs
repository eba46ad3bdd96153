//! What stands before each message that is sent to one node: [`Header`].

use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};

/// The longest header, in bytes: two numbers, one of them optional, a variant and a number.
pub(crate) const LONGEST: usize = 32;

/// The beginning of a message to one node, by which the two keep their [`Link`](crate::link::Link).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Header {
    /// The sender's token: a random number of this link.
    pub(crate) token: NonZeroU64,
    /// The receiver's token, if the sender has heard it.
    pub(crate) echo: Option<NonZeroU64>,
    pub(crate) kind: Kind,
}

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// The sender's token is new to the receiver, or may be.
    Hello {
        /// That of the sender's liveliness token.
        incarnation: u64,
    },
    /// What the host has sent comes after the header.
    Data {
        /// How many came before it.
        number: u64,
    },
    /// The sender is there, and nothing is lost if the receiver has had as much.
    Beat {
        /// How many messages of the host were sent.
        sent: u64,
    },
}

impl Header {
    /// The header, and a message after it.
    pub(crate) fn before(self, message: &[u8]) -> Vec<u8> {
        let empty = Vec::with_capacity(LONGEST + message.len());
        let mut bytes = postcard::to_extend(&self, empty).expect("a vector takes what comes");
        bytes.extend_from_slice(message);
        bytes
    }

    /// Reads a header from the beginning of a message: it, and its length. `None` if there is none.
    pub(crate) fn read(beginning: &[u8]) -> Option<(Self, usize)> {
        let (header, rest) = postcard::take_from_bytes(beginning).ok()?;
        Some((header, beginning.len() - rest.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_header_is_read_again() {
        let header =
            Header { token: NonZeroU64::MAX, echo: Some(NonZeroU64::MAX), kind: Kind::Data { number: u64::MAX } };
        let bytes = header.before(b"message");
        assert!(bytes.len() <= LONGEST + 7);
        let (read, length) = Header::read(&bytes[..LONGEST]).unwrap();
        assert_eq!((read, &bytes[length..]), (header, &b"message"[..]));
    }

    #[test]
    fn what_is_no_header_is_none() {
        assert_eq!(Header::read(b""), None);
        assert_eq!(Header::read(&[0, 0, 0]), None, "a token of zero");
        assert_eq!(Header::read(&[1, 0, 9]), None, "no such kind");
        assert_eq!(Header::read(&[0xff; 32]), None);
    }
}
