//! The options of a node: [`NodeOptions`], and what can be wrong with them. Pure data.

use std::time::Duration;

use super::NodeName;
use crate::stream::{Depth, PortError};

/// How the samples of a link are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LinkFormat {
    /// Integers of 16 bits: 96 KB a second for a source at 48 kHz. What is louder than full scale is clipped.
    #[default]
    I16,
    /// Floats of 32 bits: what the others hear is bit for bit what was sent.
    F32,
    /// Opus, in mono or stereo as each source is: 4 KB a second for a source at 32 kbit/s, 6.5 ms later, and near what was sent. For
    /// mixers at 48 kHz with ticks of 10, 20, 40 or 60 ms. Every node of the cluster needs the feature. The network thread encodes,
    /// 0.1 ms for each source and 10 ms, and decodes. With the feature `opus`.
    #[cfg(feature = "opus")]
    Opus(crate::stream::OpusEncoderOptions),
}

/// The options of a node; fixed for its life.
///
/// ```
/// use mixminus::{cluster::{NodeName, NodeOptions}, stream::Depth};
/// let near = NodeOptions { depth: Depth::between(0.0, 100.0), ..NodeOptions::new(NodeName::new("fra-1")?) };
/// assert_eq!(near.most_sources, 64);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct NodeOptions {
    /// The name of this node, which no other node of the cluster has.
    pub name: NodeName,
    /// How this node writes its samples. Nodes may differ.
    pub format: LinkFormat,
    /// How long the ticks of another node wait here. In between the wait follows the network, for each node by itself.
    pub depth: Depth,
    /// How many sources of this node the others get in a tick at most: 1 to 256. Those that are listed elsewhere come first, then those
    /// that are active. What is over is not sent, and counted ([`NodeReadings::left_out_sources`](super::NodeReadings::left_out_sources)):
    /// rather have [`MixerConfig::loudest`](crate::MixerConfig::loudest) decide, of which all nodes have the same number. As many
    /// sources of each other node are taken.
    pub most_sources: usize,
    /// A node of which nothing has come for so long counts as lost: 1 ms to a day, as all that follow. Its participants are missing meanwhile.
    pub silent_after: Duration,
    /// The participants of a node that is lost leave after so long, and so do those who are on their way to another node.
    pub leave_after: Duration,
    /// How long the nodes of the listeners have to say whether a change is possible.
    pub check_limit: Duration,
    /// How long they have, from then on, to have it in a mix.
    pub mix_limit: Duration,
}

/// The most sources in a tick.
pub(super) const MOST_SOURCES: usize = 256;
/// The shortest and the longest of the times.
const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

impl NodeOptions {
    /// 16-bit samples, a wait of 0 to 200 ms, up to 64 sources. A node is lost after a second, and its participants leave after
    /// 30. Changes are checked within 2 seconds, and mixed within 5.
    pub fn new(name: NodeName) -> Self {
        Self {
            name,
            format: LinkFormat::default(),
            depth: Depth::between(0.0, 200.0),
            most_sources: 64,
            silent_after: Duration::from_secs(1),
            leave_after: Duration::from_secs(30),
            check_limit: Duration::from_secs(2),
            mix_limit: Duration::from_secs(5),
        }
    }

    pub(super) fn check(&self) -> Result<(), NodeError> {
        let Depth { least_ms, most_ms } = self.depth;
        if !(1..=MOST_SOURCES).contains(&self.most_sources) {
            return Err(NodeError::Sources { sources: self.most_sources, most: MOST_SOURCES });
        }
        if !(0.0..=5000.0).contains(&most_ms) {
            return Err(PortError::Bound { ms: most_ms }.into());
        }
        if !(0.0..=most_ms).contains(&least_ms) {
            return Err(PortError::Depth { ms: least_ms, bound_ms: most_ms }.into());
        }
        let times = [
            ("silent_after", self.silent_after),
            ("leave_after", self.leave_after),
            ("check_limit", self.check_limit),
            ("mix_limit", self.mix_limit),
        ];
        match times.into_iter().find(|(_, time)| !(SHORTEST..=LONGEST).contains(time)) {
            Some((name, time)) => Err(NodeError::Time { name, time }),
            None => Ok(()),
        }
    }
}

/// Why a node cannot be made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NodeError {
    /// `most_sources`.
    #[error("{sources} sources in a tick are not between 1 and {most}")]
    Sources {
        /// What was asked for.
        sources: usize,
        /// The most.
        most: usize,
    },
    /// One of the times.
    #[error("{name} of {time:?} is not between 1 ms and a day")]
    Time {
        /// Which of the options.
        name: &'static str,
        /// What was asked for.
        time: Duration,
    },
    /// `format`.
    #[error(
        "links of Opus need a mixer at 48000 Hz with ticks of 10, 20, 40 or 60 ms, and 6000 to 510000 bits a second"
    )]
    Format,
    /// `depth`.
    #[error(transparent)]
    Depth(#[from] PortError),
    /// The processor is that of another mixer than the controller's.
    #[error(
        "the controller and the processor are of two mixers: take the two that MixerConfig::build has made together"
    )]
    OtherMixer,
    /// The mixer is a node already.
    #[error("the mixer is a node of a cluster already: a mixer is one node of one cluster")]
    NodeAlready,
}
