//! [`Audible`]: what the step *receive* hands on, the sources that are in the mixes of a tick and their signals.

use std::ops::Range;

use crate::data::{
    class::{Class, ClassChange},
    memory::{filled, room},
    timing::Clock,
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
    /// The slots of those whose class has just changed, in order, with the change; and how many there were in the tick
    /// before, and whether any change began with this tick.
    changes: Vec<(u32, ClassChange)>,
    changes_before: usize,
    begins: bool,
    /// Whether any of them was of another class before, and has not just joined.
    reclassed: bool,
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
            changes: room(slots, (0, ClassChange::default())),
            changes_before: 0,
            begins: false,
            reclassed: false,
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
        self.changes_before = self.changes.len();
        self.runs.clear();
        self.changes.clear();
        (self.reclassed, self.begins) = (false, false);
        self.signals.clear();
        self.sorted.clear();
        self.mixed = false;
        self.moves = false;
    }

    /// Lists a source, whose class has last changed like this. Sources are listed in the order of their slots.
    #[inline]
    pub fn push(&mut self, slot: u32, change: ClassChange, signal: u32, moves: bool, clock: &Clock<'_>) {
        let class = change.class;
        if change.is_on(clock) {
            self.changes.push((slot, change));
            self.reclassed |= change.former.is_some();
            self.begins |= change.began == clock.now;
            self.moves |= change.former.is_some();
        }
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
        let changes = self.begins || self.changes.len() != self.changes_before;
        let changed = changes || self.slots != self.before || self.runs != self.runs_before;
        self.epoch += u64::from(changed);
        changed
    }

    pub fn slots(&self) -> &[u32] {
        &self.slots
    }

    pub fn signals(&self) -> &[u32] {
        &self.signals
    }

    /// The slots of those whose class has just changed, in order, with the change: as far as a row has to know of it, whose
    /// levels may move. Where they rest, one who has joined has the level of its class from the beginning.
    #[inline]
    pub fn changes(&self, row_moves: bool) -> &[(u32, ClassChange)] {
        if row_moves || self.reclassed { &self.changes } else { &[] }
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
    use crate::data::timing::Timing;

    /// Lists these (slot, class). Whether that is another list than before.
    fn list(audible: &mut Audible, sources: &[(u32, u32)]) -> bool {
        audible.begin();
        let timing = Timing { rate: 1000, tick: 4, smoothing: 4 };
        let clock = Clock { now: 8, begun: true, timing: &timing };
        for (slot, class) in sources {
            let change = ClassChange { former: None, class: Class(*class), began: 0 };
            audible.push(*slot, change, slot + 100, false, &clock);
        }
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
