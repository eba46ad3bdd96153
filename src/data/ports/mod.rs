//! What every layer may know of a participant's ports: their formats, and the figures that they
//! count. The network threads, the audio thread and the control side all name these. Pure data and
//! plain atomics.

mod figure;
mod format;
mod input;
mod meters;
mod output;

pub(crate) use figure::Figure;
pub use format::StreamFormat;
pub use input::InputReadings;
pub(crate) use input::{InputCounters, InputCounts, InputMeasures};
pub(crate) use meters::PortMeters;
pub use meters::PortReadings;
pub(crate) use output::OutputCounters;
pub use output::OutputReadings;
