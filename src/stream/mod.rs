//! Real streams: any rate, stereo, packets that come when they come, clocks that drift. On top of the mixer; the only part of the crate that knows of clocks.

#[cfg(test)]
mod chaos_tests;
mod counters;
mod coverage;
#[cfg(test)]
mod drift_tests;
mod excess;
mod format;
mod head;
#[cfg_attr(not(test), expect(dead_code, reason = "joined to the mixer next"))]
mod input;
#[cfg(test)]
mod input_tests;
mod jitter;
#[cfg(test)]
mod jitter_tests;
mod options;
#[cfg_attr(not(test), expect(dead_code, reason = "joined to the mixer next"))]
mod output;
#[cfg(test)]
mod output_tests;
mod ring;
#[cfg(test)]
mod scenarios;
mod splice;
mod stamp;
mod steering;
mod store;

pub use counters::{InputReadings, OutputReadings};
pub use format::{Clock, FormatError, StreamFormat};
pub use input::{InputPort, PushError};
pub use options::{InputOptions, OutputOptions, PortError};
pub use output::OutputPort;
pub use stamp::Stamp;
