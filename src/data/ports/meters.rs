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
    /// Those of the input port, if the participant joined with one.
    pub input: Option<InputReadings>,
    /// Those of the output port, if the participant joined with one.
    pub output: Option<OutputReadings>,
}
