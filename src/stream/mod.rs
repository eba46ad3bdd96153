//! Real streams: any rate, stereo, packets that come when they come, clocks that drift. On top of the mixer; the only part of the crate that knows of clocks.

mod format;
mod pace;
mod priority;
mod runner;
mod runner_readings;

pub use format::{Clock, FormatError, StreamFormat};
pub use priority::{ObtainedPriority, Priority};
pub use runner::{Runner, RunnerError, RunnerOptions};
pub use runner_readings::{RunnerReadings, SpreadUs};
