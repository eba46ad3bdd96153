//! What the audio side of a player tells of its items: [`Note`]. It names them by their numbers.

/// What happened to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Heard {
    #[default]
    Nothing,
    /// The first sample of a clip.
    Started,
    /// The last sample of a clip.
    Finished,
    /// All that is before a mark.
    Reached { mark: u64 },
    /// Nothing from this item on was heard, but for so many samples of it, and nothing is heard any more up to the one
    /// that was flushed to.
    Flushed { from: u64, samples: u64 },
}

/// What happened, to which item, and at which position of the mixer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Note {
    pub heard: Heard,
    /// Of a flush: the item that was flushed to.
    pub number: u64,
    pub at_sample: u64,
}
