//! [`Audible`]: what the step *receive* hands on, the sources that are in the mixes of a tick and their signals.

use crate::data::memory::{filled, room};

/// No index.
pub(crate) const NONE: u32 = u32::MAX;

/// The sources that are present, or on their way, and not silent in a tick.
#[derive(Debug, Default)]
pub(crate) struct Audible {
    /// Their slots, in order; and those of the tick before.
    slots: Vec<u32>,
    before: Vec<u32>,
    /// The signal of each at its presence: its number in the buffers.
    signals: Vec<u32>,
    /// The position of each slot among them, or [`NONE`].
    positions: Vec<u32>,
    /// A number for as long as the slots stay the same.
    epoch: u64,
    /// Whether the presence of any source moves or has turned.
    moves: bool,
}

impl Audible {
    /// Room for so many slots. Allocates: control side.
    pub fn new(slots: usize) -> Self {
        Self {
            slots: room(slots, 0),
            before: room(slots, 0),
            signals: room(slots, 0),
            positions: filled(slots, NONE),
            epoch: 0,
            moves: false,
        }
    }

    /// Takes over from the list of an engine that was outgrown: what is known of earlier epochs is known of other
    /// memory.
    pub fn succeed(&mut self, outgrown: &Self) {
        self.epoch = outgrown.epoch + 1;
    }

    /// Begins the list of another tick.
    pub fn begin(&mut self) {
        std::mem::swap(&mut self.slots, &mut self.before);
        self.slots.clear();
        self.signals.clear();
        self.moves = false;
    }

    /// Lists a source. Sources are listed in the order of their slots.
    #[inline]
    pub fn push(&mut self, slot: u32, signal: u32, moves: bool) {
        self.positions[slot as usize] = self.slots.len() as u32;
        self.slots.push(slot);
        self.signals.push(signal);
        self.moves |= moves;
    }

    /// A source is not audible.
    #[inline]
    pub fn leave_out(&mut self, slot: usize, moves: bool) {
        self.positions[slot] = NONE;
        self.moves |= moves;
    }

    /// Ends the list. Whether others are in it than in the tick before.
    pub fn end(&mut self) -> bool {
        let changed = self.slots != self.before;
        self.epoch += u64::from(changed);
        changed
    }

    pub fn slots(&self) -> &[u32] {
        &self.slots
    }

    pub fn signals(&self) -> &[u32] {
        &self.signals
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    pub fn moves(&self) -> bool {
        self.moves
    }

    /// The position of a slot's source among them.
    #[inline]
    pub fn position(&self, slot: u32) -> Option<usize> {
        self.positions.get(slot as usize).filter(|position| **position != NONE).map(|position| *position as usize)
    }
}
