//! The figures of both ports of a participant, as the control side reads them: [`PortReadings`].

use std::sync::Arc;

use super::{InputCounters, InputReadings, OutputCounters, OutputReadings};

/// Where both ends of the ports write their figures.
#[derive(Debug, Default)]
pub(crate) struct PortMeters {
    pub input: Option<Arc<InputCounters>>,
    pub output: Option<Arc<OutputCounters>>,
}

impl PortMeters {
    pub fn read(&self) -> PortReadings {
        PortReadings {
            input: self.input.as_ref().map(|counters| counters.read()),
            output: self.output.as_ref().map(|counters| counters.read()),
        }
    }
}

/// The figures of a participant's ports.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PortReadings {
    /// Of its input port, if it joined with one.
    pub input: Option<InputReadings>,
    /// Of its output port, if it joined with one.
    pub output: Option<OutputReadings>,
}
