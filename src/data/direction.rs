//! [`Direction`]: whether a participant sends, hears, or both. Pure data.

/// What a participant does in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// Sends audio and hears a mix.
    #[default]
    Both,
    /// Sends audio only: the mixer makes no mix for it.
    Source,
    /// Hears a mix only.
    Listener,
}

impl Direction {
    pub(crate) fn sends(self) -> bool {
        self != Self::Listener
    }

    pub(crate) fn hears(self) -> bool {
        self != Self::Source
    }
}
