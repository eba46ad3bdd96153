//! Real streams: any rate, stereo, packets that come when they come, clocks that drift. On top of the mixer; the only part of the crate that knows of clocks.

mod convert;
#[cfg(test)]
mod chaos_tests;
mod counters;
mod coverage;
#[cfg(test)]
mod drift_tests;
mod excess;
mod format;
mod head;
mod input;
#[cfg(test)]
mod input_tests;
mod jitter;
#[cfg(test)]
mod jitter_tests;
mod join;
mod options;
mod output;
#[cfg(test)]
mod output_tests;
mod pace;
mod priority;
mod runner;
mod runner_readings;
mod ring;
#[cfg(test)]
mod scenarios;
mod splice;
mod stamp;
mod steering;
mod store;
mod wire;

pub use crate::control::PortReadings;
pub(crate) use counters::{InputCounters, OutputCounters};
pub use counters::{InputReadings, OutputReadings};
pub use format::{Clock, FormatError, StreamFormat};
pub use input::{InputPort, PushError};
pub use join::{JoinError, PortOptions, Ports};
pub use options::{InputOptions, OutputOptions, PortError};
pub use output::OutputPort;
pub use priority::{ObtainedPriority, Priority};
pub use runner::{Runner, RunnerError, RunnerOptions};
pub use runner_readings::{RunnerReadings, SpreadUs};
pub use stamp::Stamp;
