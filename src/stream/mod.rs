//! Real streams: any rate, stereo, packets that come when they come, clocks that drift. On top of the mixer; the only part of the crate that knows of clocks.

mod counters;
mod coverage;
mod excess;
mod format;
mod head;
mod jitter;
#[cfg(test)]
mod jitter_tests;
mod options;
mod splice;
mod stamp;
mod steering;
mod store;

pub use counters::{InputReadings, OutputReadings};
pub use format::{Clock, FormatError, StreamFormat};
pub use options::{InputOptions, OutputOptions, PortError};
pub use stamp::Stamp;
