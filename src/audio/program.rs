//! What a mix is the sum of, in one of two forms. Equal ones give equal samples.
//!
//! If no single gain of it moves, a [`Program`]: signals and their gains, ready for the kernel. If one does, a [`Term`] for each source that is heard in it;
//! two where a ducker's exemption moves under a moving envelope.

use std::hash::{Hash, Hasher};

use super::Clock;
use crate::{
    data::{fade::Fade, memory::room},
    kernel::{FEW, FEW_OPEN, FewRow, Mover, Moving, Weight},
};

/// A mix of which no single gain moves: where its signals and gains are among [`Programs`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Program {
    from: u32,
    /// How many are not multiplied by the envelope of the row, and how many are.
    open: u32,
    ducked: u32,
    /// Whether derived signals are among them.
    pub derived: bool,
}

impl Program {
    pub fn is_nothing(&self) -> bool {
        self.len() == 0
    }

    /// How many signals it is the sum of.
    pub fn len(&self) -> usize {
        (self.open + self.ducked) as usize
    }

    /// Whether it has only a few signals, and no envelope.
    pub fn is_few(&self) -> bool {
        self.ducked == 0 && self.len() <= FEW
    }

    /// Whether it has only a few, some of which are multiplied by the envelope.
    pub fn is_few_ducked(&self) -> bool {
        (1..=FEW as u32).contains(&self.ducked) && self.open <= FEW_OPEN as u32
    }

    /// Whether the kernels for a few signals can make it.
    pub fn is_made_with_few(&self) -> bool {
        self.is_few() || self.is_few_ducked()
    }

    /// Whether it is made together with others of a few signals, or of derived ones.
    pub fn is_made_with_others(&self) -> bool {
        self.is_made_with_few() || self.derived
    }

    /// The row that it is for the kernels, of the group with this number.
    pub fn row(&self, number: u32) -> FewRow {
        FewRow { number, from: self.from, count: self.len() as u32 }
    }

    /// Whether anything is multiplied by the envelope of the row.
    pub fn ducks(&self) -> bool {
        self.ducked > 0
    }
}

/// The signals and gains of a tick's programs.
#[derive(Debug, Default)]
pub(crate) struct Programs {
    weights: Vec<Weight>,
    /// Whether one found no room in this tick.
    full: bool,
}

impl Programs {
    /// Signals of a program for which there is room, on the average.
    const EACH: usize = 16;

    /// Room for the programs of `places` listeners. Allocates: control side.
    pub fn new(places: usize) -> Self {
        Self { weights: room(places * Self::EACH, Weight { signal: 0, gain: 0.0 }), full: false }
    }

    pub fn clear(&mut self) {
        self.weights.clear();
        self.full = false;
    }

    /// Whether a program found no room in this tick.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Begins a program: signals that are not ducked are to be added first.
    pub fn begin(&self) -> Program {
        Program { from: self.weights.len() as u32, ..Program::default() }
    }

    /// Adds a signal to the program that was begun last. Whether there was room.
    #[inline]
    pub fn add(&mut self, program: &mut Program, signal: u32, gain: f32, ducked: bool) -> bool {
        if gain == 0.0 {
            return true;
        }
        let fits = self.weights.len() < self.weights.capacity();
        if fits {
            self.weights.push(Weight { signal, gain });
            if ducked { program.ducked += 1 } else { program.open += 1 }
        }
        self.full |= !fits;
        fits
    }

    /// Takes the program that was begun last back.
    pub fn forget(&mut self, program: Program) {
        self.weights.truncate(program.from as usize);
    }

    /// The signals that are not ducked, and those that are.
    pub fn of(&self, program: Program) -> (&[Weight], &[Weight]) {
        let from = program.from as usize;
        self.weights[from..from + program.len()].split_at(program.open as usize)
    }

    /// The signals of all.
    pub fn weights(&self) -> &[Weight] {
        &self.weights
    }

    /// Whether two programs are the sum of the same.
    pub fn same(&self, a: Program, b: Program) -> bool {
        (a.open, a.ducked) == (b.open, b.ducked) && self.of(a) == self.of(b)
    }

    /// Equal for those that are the same.
    pub fn hash(&self, program: Program, state: &mut impl Hasher) {
        let (open, ducked) = self.of(program);
        state.write_u32(program.open);
        for weight in open.iter().chain(ducked) {
            state.write_u64(u64::from(weight.signal) << 32 | u64::from(weight.gain.to_bits()));
        }
    }
}

/// The most factors of a gain that can move at once: row, presence, and exemption.
const MOVERS: usize = 3;

/// A gain: `steady` times what moves, times the envelope if it is ducked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Product {
    steady: f64,
    movers: [Mover; MOVERS],
    count: u8,
    pub ducked: bool,
}

impl Default for Product {
    fn default() -> Self {
        Self::NOTHING
    }
}

impl Product {
    pub const ONE: Self = Self { steady: 1.0, movers: [Mover::NONE; MOVERS], count: 0, ducked: false };
    pub const NOTHING: Self = Self { steady: 0.0, ..Self::ONE };

    #[inline]
    pub fn times(mut self, factor: Fade, clock: &Clock<'_>) -> Self {
        if !factor.moving(clock.now, clock.timing) {
            self.steady *= factor.target();
        } else if let Some(mover) = self.movers.get_mut(usize::from(self.count)) {
            *mover = factor.mover(clock.now);
            self.count += 1;
        }
        self
    }

    /// The same, times the envelope.
    #[inline]
    pub fn ducked(self) -> Self {
        Self { ducked: true, ..self }
    }

    /// Whether nothing of it moves, but for the envelope.
    #[inline]
    pub fn rests(&self) -> bool {
        self.count == 0
    }

    #[inline]
    pub fn is_nothing(&self) -> bool {
        self.steady == 0.0
    }
}

/// A source in a mix.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Term {
    /// Its place.
    pub source: u32,
    pub gain: Product,
}

impl Term {
    /// For the kernel, if its gain rests.
    fn weight(&self) -> Option<Weight> {
        self.gain.rests().then_some(Weight { signal: self.source, gain: self.gain.steady as f32 })
    }

    /// For the kernel, if its gain moves.
    fn moving(&self) -> Moving {
        let Product { steady, movers, count, .. } = self.gain;
        Moving { signal: self.source, steady: steady as f32, movers, count: usize::from(count) }
    }
}

impl Hash for Term {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(u64::from(self.source) << 1 | u64::from(self.gain.ducked));
        state.write_u64(self.gain.steady.to_bits());
        for mover in &self.gain.movers[..usize::from(self.gain.count)] {
            state.write_u32(mover.over);
            state.write_u64(u64::from(mover.start.to_bits()) << 32 | u64::from(mover.target.to_bits()));
        }
    }
}

/// The terms of a mix, sorted for the kernel.
#[derive(Debug, Default)]
pub(crate) struct Sorted {
    pub open: Vec<Weight>,
    pub open_moving: Vec<Moving>,
    pub ducked: Vec<Weight>,
    pub ducked_moving: Vec<Moving>,
}

impl Sorted {
    /// Room for the terms of `places` sources. A source whose exemption moves under a moving envelope is in both halves.
    pub fn new(places: usize) -> Self {
        let weight = Weight { signal: 0, gain: 0.0 };
        Self {
            open: room(places, weight),
            open_moving: room(places, Moving::NONE),
            ducked: room(places, weight),
            ducked_moving: room(places, Moving::NONE),
        }
    }

    pub fn sort(&mut self, terms: &[Term]) {
        self.open.clear();
        self.open_moving.clear();
        self.ducked.clear();
        self.ducked_moving.clear();
        for term in terms {
            let (steady, moving) = if term.gain.ducked {
                (&mut self.ducked, &mut self.ducked_moving)
            } else {
                (&mut self.open, &mut self.open_moving)
            };
            match term.weight() {
                Some(weight) => steady.push(weight),
                None => moving.push(term.moving()),
            }
        }
    }
}
