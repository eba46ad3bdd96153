//! What a row on the audio side is made of: the state of the pairs that it lists, and the memory for it, which comes with the row and goes back with it. Pure data.

use crate::{
    data::memory,
    data::{fade::Fade, id::ParticipantKey},
    matrix::Listed,
};

/// The state of one (listener, source) pair that differs from the row's default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Entry {
    pub source: ParticipantKey,
    /// The gain that the configuration lists; `None` once it lists the source no more.
    pub listed: Option<f64>,
    pub ducks_others: bool,
    /// The row's factor of the base gain; the source's presence is the other one.
    pub factor: Fade,
    /// 1 where the envelope does not apply: a ducker.
    pub exempt: Fade,
    /// The base gain itself, while factor and presence move for overlapping reasons.
    pub own: Option<Fade>,
    /// Whether it has only just been listed: until then its source was one of a class, if it moved.
    pub fresh: bool,
}

/// An [`Entry`] of a row of which nothing moves: all that there is to know of it then. A gain is rounded for the kernels here already.
/// Packed, for there may be as many as pairs.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[repr(C, packed)]
pub(crate) struct AtRest {
    pub gain: f32,
    pub slot: u32,
    pub stay: u32,
    pub ducks_others: bool,
}

impl AtRest {
    fn of(listed: &Listed) -> Self {
        let Listed { source, gain, ducks_others } = *listed;
        Self { gain: gain as f32, slot: source.slot, stay: source.stay, ducks_others }
    }

    /// Whether it is the same but for its gain.
    #[inline]
    pub fn is_like(&self, other: &Self) -> bool {
        (self.slot, self.stay, self.ducks_others) == (other.slot, other.stay, other.ducks_others)
    }
}

/// What comes with a row: its list, and the memory for it.
#[derive(Debug, Default)]
pub(crate) struct RowMemory {
    /// What it lists, as it is at rest: in the order of their places.
    pub listed: Vec<AtRest>,
    pub moves: ForMoves,
    /// Room for the gains of these and of the own voice, as the kernels want them, at both ends of a move.
    pub kept: Vec<f32>,
}

/// Memory that a row has while its gains move.
#[derive(Debug, Default)]
pub(crate) struct ForMoves {
    /// Room for what the row lists and all that it may still have of earlier ones.
    pub entries: Vec<Entry>,
    /// Room for what it lists.
    pub from: Vec<f32>,
}

impl RowMemory {
    /// The list of a row, and room for so many entries while gains move. Allocates: control side.
    pub fn new(listed: &[Listed], entries: usize) -> Self {
        let nobody = Entry::unlisted(ParticipantKey::NOBODY, Fade::ZERO);
        let moves = ForMoves { entries: memory::room(entries, nobody), from: memory::room(listed.len(), 0.0) };
        let kept = memory::room(2 * (listed.len() + 1), 0.0);
        Self { listed: listed.iter().map(AtRest::of).collect(), moves, kept }
    }
}

impl Entry {
    /// The state that a source without an entry has.
    pub fn unlisted(source: ParticipantKey, factor: Fade) -> Self {
        Self { source, listed: None, ducks_others: false, factor, exempt: Fade::ZERO, own: None, fresh: true }
    }
}
