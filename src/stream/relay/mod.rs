//! Whole ticks for other threads: [`Relay`]. The audio thread copies each different mix once; a reader on another thread
//! takes as long as it needs. Copies go round between both through two rings: none is made or freed by the audio thread.

mod copy;
mod counters;
mod options;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub(super) use counters::Counters as RelayCounters;
pub use counters::RelayReadings;
pub use options::{RelayError, RelayOptions};
pub(super) use reader::TakenTick;
pub use reader::{Relay, RelayMix, RelayTick};
pub use writer::RelayWriter;
