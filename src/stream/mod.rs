//! Real streams: any rate, stereo, packets that come when they come, clocks that drift. On top of the mixer; the only part of the crate that knows of clocks.

#[cfg_attr(not(test), expect(dead_code, unused_imports, reason = "used by the ports"))]
mod convert;
mod format;

pub use format::{Clock, FormatError, StreamFormat};
