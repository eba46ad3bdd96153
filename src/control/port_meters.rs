//! The counters of a participant's ports, as the control side reads them.

use std::sync::Arc;

use crate::stream::{InputCounters, InputReadings, OutputCounters, OutputReadings};

/// The counters of the ports. Both ends of a port write them.
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

/// The counters and measurements of a participant's ports.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PortReadings {
    /// Those of the input port, if the participant joined with one.
    pub input: Option<InputReadings>,
    /// Those of the output port, if the participant joined with one.
    pub output: Option<OutputReadings>,
}
