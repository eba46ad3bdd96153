//! [`Recipe`]: how a mix is made, and the terms of sparse ones. What the step *plan* hands on for each group; equal
//! recipes give equal samples.

use std::hash::Hasher;

use crate::{
    data::{fade::Line, memory::room},
    dsp::{FEW, SparseRow, Term},
};

/// How the mix of a group is made in one channel.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) enum Recipe {
    /// Nobody is heard.
    #[default]
    Silent,
    /// A weighted sum of named signals.
    Sparse(Sparse),
    /// All sources at one gain, but for the one at this position.
    AllButOne { position: u32, gain: f32 },
    /// A gain for every audible source.
    Dense { moves: Moves, curved: bool },
}

/// Whether gains of a row are on lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Moves {
    #[default]
    No,
    /// On lines that began together, so many samples ago.
    Together(u32),
    /// On lines that began at different times.
    Apart,
}

impl Moves {
    /// The same with another gain.
    #[inline]
    pub fn with(self, line: &Line) -> Self {
        match self {
            _ if !line.moves() => self,
            Self::No => Self::Together(line.over),
            Self::Together(over) if over == line.over => self,
            _ => Self::Apart,
        }
    }
}

/// The terms of a sparse row: where they are among all of them, open ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sparse {
    from: u32,
    open: u32,
    ducked: u32,
    pub moves: Moves,
    /// Whether shared sums are among them.
    pub shared: bool,
    /// Whether the row has curves: its ducked terms one of its own.
    pub curved: bool,
    /// Whether the curve of `hears` is one of them.
    fades: bool,
}

/// Which kernel makes a sparse row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SparseKind {
    /// A few terms at rest.
    Rest,
    /// A few terms on lines that began together.
    Lines,
    /// A few terms at rest that are ducked, and fewer that are open.
    Curved,
    /// Every other row.
    Any,
}

impl Sparse {
    /// The most open terms beside ducked ones in a row of a few.
    const FEW_OPEN: u32 = crate::dsp::FEW_OPEN as u32;

    /// How many terms it has.
    pub fn len(&self) -> usize {
        (self.open + self.ducked) as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn kind(&self) -> SparseKind {
        let (few, fits) = (FEW as u32, self.ducked == 0 && self.len() <= FEW);
        match (self.moves, self.curved) {
            (Moves::No, false) if fits => SparseKind::Rest,
            (Moves::Together(_), false) if fits => SparseKind::Lines,
            (Moves::No, true) if !self.fades && (1..=few).contains(&self.ducked) && self.open <= Self::FEW_OPEN => {
                SparseKind::Curved
            }
            _ => SparseKind::Any,
        }
    }

    /// Whether a kernel for a few terms makes it.
    pub fn is_few(&self) -> bool {
        self.kind() != SparseKind::Any
    }

    /// The row for the kernels, of the mix with this number.
    pub fn row(&self, mix: u32) -> SparseRow {
        let over = if let Moves::Together(over) = self.moves { over } else { 0 };
        SparseRow { mix, from: self.from, count: self.len() as u32, over }
    }
}

/// The terms of a tick's sparse rows.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    list: Vec<Term>,
    /// Whether a row found no room in this tick.
    full: bool,
}

impl Terms {
    /// Terms of a row for which there is room, on the average.
    const EACH: usize = 12;

    /// Room for the rows of so many listeners. Allocates: control side.
    pub fn new(listeners: usize) -> Self {
        Self { list: room(listeners * Self::EACH, Term::default()), full: false }
    }

    pub fn clear(&mut self) {
        self.list.clear();
        self.full = false;
    }

    /// Whether a row found no room in this tick.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// All terms.
    pub fn all(&self) -> &[Term] {
        &self.list
    }

    /// Begins a row: open terms are to be added first. `curved` if it has curves, `fades` if that of `hears` is one
    /// of them.
    pub fn begin(&self, curved: bool, fades: bool) -> Sparse {
        Sparse { from: self.list.len() as u32, curved, fades, ..Sparse::default() }
    }

    /// Adds a signal to the row that was begun last. Whether there was room.
    #[inline]
    pub fn add(&mut self, row: &mut Sparse, signal: u32, gain: Line, ducked: bool) -> bool {
        if gain.is_zero() {
            return true;
        }
        let fits = self.list.len() < self.list.capacity();
        if fits {
            let Line { target, delta, over } = gain;
            self.list.push(Term { signal, gain: target, delta, over });
            row.moves = row.moves.with(&gain);
            if ducked { row.ducked += 1 } else { row.open += 1 }
        }
        self.full |= !fits;
        fits
    }

    /// Takes the row that was begun last back.
    pub fn forget(&mut self, row: Sparse) {
        self.list.truncate(row.from as usize);
    }

    /// The open terms of a row, and the ducked ones.
    pub fn of(&self, row: Sparse) -> (&[Term], &[Term]) {
        let from = row.from as usize;
        self.list[from..from + row.len()].split_at(row.open as usize)
    }

    /// Whether two rows are the sum of the same.
    pub fn same(&self, a: Sparse, b: Sparse) -> bool {
        let form = |row: Sparse| (row.open, row.ducked, row.curved, row.fades);
        form(a) == form(b) && self.of(a) == self.of(b)
    }

    /// Equal for rows that are the same.
    pub fn hash(&self, row: Sparse, state: &mut impl Hasher) {
        let (open, ducked) = self.of(row);
        state.write_u32(row.open);
        for Term { signal, gain, delta, over } in open.iter().chain(ducked) {
            state.write_u64(u64::from(*signal) << 32 | u64::from(gain.to_bits()));
            state.write_u64(u64::from(*over) << 32 | u64::from(delta.to_bits()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(over: u32) -> Line {
        Line { target: 0.0, delta: 1.0, over }
    }

    #[test]
    fn terms_are_of_their_row() {
        let mut terms = Terms::new(1);
        let mut row = terms.begin(false, false);
        assert!(terms.add(&mut row, 3, Line::at_rest(0.5), false));
        assert!(terms.add(&mut row, 4, Line::ZERO, false), "what is not heard is no term");
        assert!(terms.add(&mut row, 5, line(7), true));
        let (open, ducked) = terms.of(row);
        assert_eq!((open, ducked[0].over, row.moves), (&[Term::at_rest(3, 0.5)][..], 7, Moves::Together(7)));
        terms.forget(row);
        assert!(terms.all().is_empty());
    }

    #[test]
    fn rows_without_room_are_told() {
        let mut terms = Terms::new(1);
        let mut row = terms.begin(false, false);
        let fit = (0..20).filter(|n| terms.add(&mut row, *n, Line::at_rest(1.0), false)).count();
        assert_eq!((fit, terms.is_full()), (12, true));
    }

    #[test]
    fn the_kind_follows_the_gains() {
        let kind = |moves, curved, open, ducked| Sparse { moves, curved, open, ducked, ..Sparse::default() }.kind();
        assert_eq!(kind(Moves::No, false, 12, 0), SparseKind::Rest);
        assert_eq!(kind(Moves::No, false, 13, 0), SparseKind::Any);
        assert_eq!(kind(Moves::Together(3), false, 12, 0), SparseKind::Lines);
        assert_eq!(kind(Moves::No.with(&line(1)).with(&line(2)), false, 2, 0), SparseKind::Any);
        assert_eq!(kind(Moves::No, true, 6, 12), SparseKind::Curved);
        assert_eq!(kind(Moves::No, true, 7, 12), SparseKind::Any);
    }
}
