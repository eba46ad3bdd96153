//! Sums that many mixes have in common: of eight audible sources each, of eight such sums, and so on.
//!
//! A listener who hears all but a few of a hundred sources hears mostly whole subtotals. A mix is put together from the largest ones that
//! leave out whom it leaves out: nothing is ever subtracted, so that a voice that is left out leaves no residue.

use super::{Clock, overlap::Presence, source::Source};
use crate::{
    kernel::{Kernel, Moving, Row, Weight},
    memory::filled,
};

/// Sources, or subtotals, in a subtotal.
pub(crate) const FAN: usize = 8;
/// With fewer audible sources there are no subtotals: a mix names its sources.
const WORTHWHILE: usize = 17;
/// Levels enough for any number of sources.
const LEVELS: usize = 12;

/// The subtotals of one tick. Level 0 are the audible sources themselves, by their positions.
#[derive(Debug, Default)]
pub(crate) struct Subtotals {
    /// The highest level.
    pub top: usize,
    /// How many there are in each level, and the first of them in `sums`; level 0 is not there.
    counts: [usize; LEVELS],
    first: [usize; LEVELS],
    sums: Vec<Subtotal>,
    pub samples: Vec<Vec<f32>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Subtotal {
    /// Whether the presence of a source in it moves.
    moving: bool,
    /// The presence of all sources in it, if it is the same.
    presence: Option<Presence>,
}

impl Subtotal {
    fn and(self, other: Self) -> Self {
        let presence = self.presence.filter(|presence| other.presence == Some(*presence));
        Self { moving: self.moving || other.moving, presence }
    }
}

impl Subtotals {
    /// Room for the subtotals of `places` sources. Allocates: control side.
    pub fn new(places: usize, tick: usize) -> Self {
        let (mut count, mut level) = (0, places);
        while level > FAN {
            level = level.div_ceil(FAN);
            count += level;
        }
        Self {
            sums: filled(count, Subtotal::default()),
            samples: (0..count).map(|_| filled(tick, 0.0)).collect(),
            ..Self::default()
        }
    }

    /// How many there are in a level.
    pub fn count(&self, level: usize) -> usize {
        self.counts[level]
    }

    /// The number of a subtotal among all of them.
    pub fn number(&self, level: usize, index: usize) -> usize {
        self.first[level] + index
    }

    /// Whether the presence of a source in it moves.
    pub fn is_moving(&self, level: usize, index: usize) -> bool {
        self.sums[self.number(level, index)].moving
    }

    /// The presence of all sources in it, if it is the same.
    pub fn presence(&self, level: usize, index: usize) -> Option<Presence> {
        self.sums[self.number(level, index)].presence
    }

    /// Lays out the levels over the audible sources of a tick.
    pub fn arrange(&mut self, sources: &[Source], audible: &[u32], clock: &Clock<'_>) {
        (self.top, self.counts[0]) = (0, audible.len());
        if audible.len() < WORTHWHILE {
            return;
        }
        let mut used = 0;
        while self.counts[self.top] > FAN && self.top + 1 < LEVELS {
            let count = self.counts[self.top].div_ceil(FAN);
            self.top += 1;
            (self.counts[self.top], self.first[self.top]) = (count, used);
            for index in 0..count {
                self.sums[used + index] = self
                    .children(self.top, index)
                    .map(|child| self.describe(child, sources, audible, clock))
                    .reduce(Subtotal::and)
                    .unwrap_or_default();
            }
            used += count;
        }
    }

    /// What is known of a child of the highest level so far.
    fn describe(&self, child: usize, sources: &[Source], audible: &[u32], clock: &Clock<'_>) -> Subtotal {
        if self.top > 1 {
            return self.sums[self.number(self.top - 1, child)];
        }
        let source = &sources[audible[child] as usize];
        Subtotal { moving: source.moves(clock), presence: Some(source.presence) }
    }

    /// What a subtotal is the sum of, in the level below.
    pub fn children(&self, level: usize, index: usize) -> std::ops::Range<usize> {
        index * FAN..((index + 1) * FAN).min(self.counts[level - 1])
    }

    /// Adds everything up, each level from the one below.
    pub fn add_up(&mut self, sources: &[Source], audible: &[u32], row: &Row<'_>, kernel: Kernel, clock: &Clock<'_>) {
        for level in 1..=self.top {
            for index in 0..self.counts[level] {
                let mut steady = [Weight { source: 0, gain: 1.0 }; FAN];
                let mut moving = [Moving::NONE; FAN];
                let (mut at_rest, mut movers) = (0, 0);
                for child in self.children(level, index) {
                    let source = if level == 1 { audible[child] } else { Row::subtotal(self.number(level - 1, child)) };
                    let mover = if level == 1 { Some(&sources[source as usize]) } else { None };
                    match mover.filter(|source| source.moves(clock)) {
                        Some(mover) => {
                            moving[movers] = Moving::one(source, mover.presence.fade.mover(clock.now));
                            movers += 1;
                        }
                        None => {
                            steady[at_rest].source = source;
                            at_rest += 1;
                        }
                    }
                }
                let (below, from) = self.samples.split_at_mut(self.first[level] + index);
                // One product at a time: however many levels there are, each rounds once.
                let row = Row {
                    subtotals: below,
                    open: &steady[..at_rest],
                    open_moving: &moving[..movers],
                    depth: 1,
                    ..*row
                };
                kernel.mix(&mut from[0], &row);
            }
        }
    }
}
