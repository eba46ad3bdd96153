//! How the links of a node are: [`LinkReadings`]. Pure data.

use std::fmt;

use serde::Serialize;

/// How the link to another node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum LinkHealth {
    /// It is a member, and its participants are not known yet.
    Joining,
    /// Its participants are known, and its ticks are played.
    Up,
    /// Nothing has come from it for a while.
    Lost,
    /// Its mixer has another rate, other channels or another tick: nothing of it is taken.
    OtherFormat,
}

impl fmt::Display for LinkHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Joining => "joining",
            Self::Up => "up",
            Self::Lost => "lost",
            Self::OtherFormat => "other format",
        })
    }
}

/// What came of a node, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LinkCounts {
    pub ticks: u64,
    pub bytes: u64,
    pub malformed: u64,
    pub unknown_sources: u64,
    pub refused_sources: u64,
    pub overruns: u64,
    pub restarts: u64,
    pub losses: u64,
}

/// The link from another node, as it is now. The counters begin when the node is seen for the first time; those of what is played begin
/// anew when it is started anew.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LinkReadings {
    /// The name of the other node.
    pub node: String,
    /// How the link is.
    pub health: LinkHealth,
    /// How long nothing has come from it, in milliseconds.
    pub silent_ms: u64,
    /// How many participants it has.
    pub participants: usize,
    /// Ticks that came, and their bytes.
    pub ticks: u64,
    /// See `ticks`.
    pub bytes: u64,
    /// Ticks that never came, or too late: what stands in for them is made up.
    pub lost_ticks: u64,
    /// Ticks that came too late to be played.
    pub late_ticks: u64,
    /// Ticks that came twice.
    pub duplicate_ticks: u64,
    /// How often there was nothing to be played.
    pub underruns: u64,
    /// Ticks that found no room on their way to the audio thread.
    pub overruns: u64,
    /// Messages that could not be read.
    pub malformed: u64,
    /// Sources in its ticks that this node does not know.
    pub unknown_sources: u64,
    /// Sources in its ticks that were more than [`NodeOptions::most_sources`](super::NodeOptions::most_sources) of this node, or had a
    /// sample that is none.
    pub refused_sources: u64,
    /// How often it was started anew, and how often it was lost.
    pub restarts: u64,
    /// See `restarts`.
    pub losses: u64,
    /// How long its ticks wait here, and how long they should, in milliseconds.
    pub wait_ms: f64,
    /// See `wait_ms`.
    pub target_ms: f64,
    /// By how much its clock is faster than the one here, in millionths.
    pub drift_ppm: f64,
}

/// What a node has done.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NodeReadings {
    /// Its name.
    pub node: String,
    /// Ticks that it has published, their bytes, and the sources in them.
    pub published_ticks: u64,
    /// See `published_ticks`.
    pub published_bytes: u64,
    /// See `published_ticks`.
    pub published_sources: u64,
    /// Sources that were to be heard and were left out because there were more than [`NodeOptions::most_sources`](super::NodeOptions::most_sources).
    pub left_out_sources: u64,
    /// Ticks that found no room on their way from the audio thread.
    pub lost_ticks: u64,
    /// Messages that could not be read, or came from no member.
    pub hostile: u64,
    /// Changes that this node has begun and that have not ended.
    pub running_changes: usize,
    /// The links from the other nodes, by their names.
    pub links: Vec<LinkReadings>,
}
