//! What a tap is of, [`TapPoint`], and what it has at a time, [`TapContent`]. Pure data.

/// What a tap has at a place of the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum TapContent {
    /// Samples.
    Sound,
    /// Nothing is heard: every sample is 0. A source sends nothing, is under the floor of the mixer or is muted; in a
    /// mix no source is heard.
    Silence,
    /// Nobody with the id of the tap is in the call.
    Absence,
    /// The tap was paused ([`Tap::set_paused`](crate::stream::Tap::set_paused)).
    Pause,
    /// Ticks that were not mixed ([`AudioThread::skip`](crate::AudioThread::skip)).
    Skip,
    /// Samples that are lost, as they were not read in time.
    Loss,
}

/// Where in the mixer the samples of a tap come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TapPoint {
    /// What a source sends, as it comes into the mixer: before any gain.
    Source {
        /// Also while the source is muted.
        even_muted: bool,
    },
    /// What a listener hears.
    Mix {
        /// Before the limiter has acted.
        before_limiter: bool,
    },
}
