//! [`Audible`]: what the step *receive* hands on, the sources that are in the mixes of a tick and their signals.

use std::ops::Range;

use crate::data::{
    class::Class,
    memory::{filled, room},
};

/// No index.
pub(crate) const NONE: u32 = u32::MAX;

/// Sources of one class that follow each other in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Run {
    class: Class,
    /// The position after its last one.
    end: u32,
}

/// The sources that are present, or on their way, and not silent in a tick: class by class, so that what is heard
/// of a class is a run of them; in a class, in the order of their slots.
#[derive(Debug, Default)]
pub(crate) struct Audible {
    /// Their slots; and those of the tick before.
    slots: Vec<u32>,
    before: Vec<u32>,
    runs: Vec<Run>,
    runs_before: Vec<Run>,
    /// Whether the list has several classes, and scratch to sort it by them: the class, the slot and the signal of each.
    mixed: bool,
    sorted: Vec<(Class, u32, u32)>,
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
            runs: room(slots, Run::default()),
            runs_before: room(slots, Run::default()),
            mixed: false,
            sorted: room(slots, (Class::default(), 0, 0)),
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
        std::mem::swap(&mut self.runs, &mut self.runs_before);
        self.slots.clear();
        self.runs.clear();
        self.signals.clear();
        self.sorted.clear();
        self.mixed = false;
        self.moves = false;
    }

    /// Lists a source of a class. Sources are listed in the order of their slots.
    #[inline]
    pub fn push(&mut self, slot: u32, class: Class, signal: u32, moves: bool) {
        self.mixed |= self.sorted.first().is_some_and(|first| first.0 != class);
        self.sorted.push((class, slot, signal));
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
        if self.mixed {
            self.sorted.sort_unstable();
        }
        for (position, (class, slot, signal)) in self.sorted.iter().enumerate() {
            self.positions[*slot as usize] = position as u32;
            self.slots.push(*slot);
            self.signals.push(*signal);
            let end = position as u32 + 1;
            match self.runs.last_mut().filter(|run| run.class == *class) {
                Some(run) => run.end = end,
                None => self.runs.push(Run { class: *class, end }),
            }
        }
        let changed = self.slots != self.before || self.runs != self.runs_before;
        self.epoch += u64::from(changed);
        changed
    }

    pub fn slots(&self) -> &[u32] {
        &self.slots
    }

    pub fn signals(&self) -> &[u32] {
        &self.signals
    }

    /// The positions of each class, in order.
    #[inline]
    pub fn runs(&self) -> impl ExactSizeIterator<Item = (Class, Range<usize>)> + '_ {
        let start = |n: usize| n.checked_sub(1).map_or(0, |before| self.runs[before].end as usize);
        self.runs.iter().enumerate().map(move |(n, run)| (run.class, start(n)..run.end as usize))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Lists these (slot, class). Whether that is another list than before.
    fn list(audible: &mut Audible, sources: &[(u32, u32)]) -> bool {
        audible.begin();
        sources.iter().for_each(|(slot, class)| audible.push(*slot, Class(*class), slot + 100, false));
        audible.end()
    }

    #[test]
    fn sources_of_a_class_follow_each_other() {
        let mut audible = Audible::new(8);
        list(&mut audible, &[(0, 2), (1, 0), (4, 2), (6, 0), (7, u32::MAX)]);
        assert_eq!(audible.slots(), [1, 6, 0, 4, 7]);
        assert_eq!(audible.signals(), [101, 106, 100, 104, 107]);
        assert_eq!([0, 1, 7].map(|slot| audible.position(slot)), [Some(2), Some(0), Some(4)]);
        let runs: Vec<_> = audible.runs().collect();
        assert_eq!(runs, [(Class(0), 0..2), (Class(2), 2..4), (Class::APART, 4..5)]);
    }

    #[test]
    fn another_class_is_another_epoch() {
        let mut audible = Audible::new(8);
        let changed = [[(3, 0)], [(3, 0)], [(3, 1)], [(3, 1)]].map(|sources| list(&mut audible, &sources));
        assert_eq!((changed, audible.epoch()), ([true, false, true, false], 2));
    }
}
