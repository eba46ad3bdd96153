//! The name of a chunk: [`RiffId`]. Pure data.

use std::fmt;

/// The four letters that name a chunk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RiffId(pub [u8; 4]);

impl fmt::Display for RiffId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii().to_string().trim_end())
    }
}

impl fmt::Debug for RiffId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}
