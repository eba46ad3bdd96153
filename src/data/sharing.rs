//! [`Sharing`]: where a source stands to the other nodes of a cluster, and what these get of it. Pure data.

/// Where a source stands to the other nodes of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Sharing {
    /// It is at this node. The others get it unless it is [apart](crate::Routing::Apart).
    #[default]
    Here,
    /// It is at this node, and somebody elsewhere lists it: the others get it.
    Wanted,
    /// It is at another node.
    Elsewhere,
}

/// What the other nodes get of a source in a tick, beside its samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Shared {
    /// Whether it is active, after all that decides here.
    pub active: bool,
    /// Whether it is muted or on hold.
    pub muted: bool,
    /// The mean square that decides.
    pub mean_square: f64,
    /// Whether somebody lists it at a level over 0, or as a ducker.
    pub wanted: bool,
    /// Whether it has samples: otherwise it has a frame of which nothing is to be heard.
    pub audible: bool,
}
