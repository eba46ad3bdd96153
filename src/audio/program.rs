//! What a mix is made of: a [`Term`] for each source or subtotal that is heard in it; two where a ducker's exemption moves under a moving envelope.
//! Equal terms give equal samples.

use std::hash::{Hash, Hasher};

use super::Clock;
use crate::{
    fade::Fade,
    kernel::{Mover, Moving, Weight},
    memory::room,
};

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

    pub fn resting(gain: f64) -> Self {
        Self { steady: gain, ..Self::ONE }
    }

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

/// A source, or a subtotal, in a mix.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Term {
    /// The place of a source, or the name of a subtotal: see [`Row::subtotal`](crate::kernel::Row::subtotal).
    pub source: u32,
    pub gain: Product,
    /// Whether `gain` is all of it; otherwise the presence of the source is still to come.
    pub whole: bool,
}

impl Term {
    /// Whether it is the source as it was sent.
    pub fn is_unity(&self) -> bool {
        self.gain == Product::ONE
    }

    /// For the kernel, if its gain rests.
    fn weight(&self) -> Option<Weight> {
        self.gain.rests().then_some(Weight { source: self.source, gain: self.gain.steady as f32 })
    }

    /// For the kernel, if its gain moves.
    fn moving(&self) -> Moving {
        let Product { steady, movers, count, .. } = self.gain;
        Moving { source: self.source, steady: steady as f32, movers, count: usize::from(count) }
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
        let weight = Weight { source: 0, gain: 0.0 };
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
