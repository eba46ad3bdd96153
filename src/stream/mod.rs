//! Real streams: any rate, stereo, packets that come when they come, clocks that drift. On top of the mixer; the only part of the crate that knows of clocks.

mod format;

pub use format::{Clock, FormatError, StreamFormat};
