//! [`Move`]: a listener goes from one mix to another. Pure data.

use super::id::{MixId, ParticipantKey};

/// A listener who hears another mix in this tick than in the last one ([`Mixes::moves`](crate::Mixes::moves)): its
/// packets come from another encoder from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Move {
    /// Who has moved.
    pub listener: ParticipantKey,
    /// The mix that it heard in the last tick. It goes on without this listener, or has ended.
    pub from: MixId,
    /// The mix that it hears from this tick on.
    pub to: MixId,
    /// Where the other mix comes from.
    pub kind: MoveKind,
}

/// What kind of a [`Move`] it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MoveKind {
    /// The mix that the listener hears now begins in this tick, and is [forked](crate::Mix::forked_from) from the one
    /// that it heard. A copy of that mix's encoder, taken before this tick, goes on without a break.
    Split,
    /// The mix that the listener hears now was there before, or is forked from a third one. Its encoder knows nothing
    /// of what this listener has heard.
    Merge,
}
