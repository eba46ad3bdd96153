//! Whole ticks for other threads: [`Tap`]. The audio thread copies each different mix once; a reader on another thread
//! takes as long as it needs. Copies go round between both through two rings: none is made or freed by the audio thread.

mod copy;
mod counters;
mod options;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub(super) use counters::Counters as TapCounters;
pub use counters::TapReadings;
pub use options::{TapError, TapOptions};
pub(super) use reader::TakenTick;
pub use reader::{Tap, TapMix, TapTick};
pub use writer::TapWriter;
