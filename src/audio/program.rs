//! What a mix is made of: one [`Term`] for each source that is heard in it. Equal programs give equal samples.

use std::hash::{Hash, Hasher};

use super::{Clock, listener::Listener, row::Entry, source::Source};
use crate::{
    fade::Fade,
    kernel::{Moving, Weight},
};

/// The most factors of a gain that can move at once: row, presence, and exemption.
const MOVERS: usize = 3;

/// One source in a mix, and its gain: `steady` times what moves, times the envelope if it is ducked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Term {
    pub source: u32,
    pub ducked: bool,
    steady: f64,
    moving: [Fade; MOVERS],
    movers: usize,
}

impl Term {
    fn new(source: u32) -> Self {
        Self { source, ducked: false, steady: 1.0, moving: [Fade::ZERO; MOVERS], movers: 0 }
    }

    fn times(mut self, factor: Fade, clock: &Clock<'_>) -> Self {
        if !factor.moving(clock.now, clock.timing) {
            self.steady *= factor.target();
        } else if let Some(mover) = self.moving.get_mut(self.movers) {
            *mover = factor;
            self.movers += 1;
        }
        self
    }

    /// Whether it is the source as it was sent.
    pub fn is_unity(&self) -> bool {
        self.steady == 1.0 && self.movers == 0 && !self.ducked
    }

    /// For the kernel, if its gain rests.
    fn weight(&self) -> Option<Weight> {
        (self.movers == 0).then_some(Weight { source: self.source, gain: self.steady as f32 })
    }

    /// For the kernel, if its gain moves.
    fn moving(&self, now: u64) -> Moving {
        let mut movers = [(0, 0.0, 0.0); MOVERS];
        for (mover, fade) in movers.iter_mut().zip(&self.moving[..self.movers]) {
            *mover = fade.ends(now);
        }
        Moving { source: self.source, steady: self.steady as f32, movers, count: self.movers }
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
        Self {
            open: Vec::with_capacity(places),
            open_moving: Vec::with_capacity(places),
            ducked: Vec::with_capacity(places),
            ducked_moving: Vec::with_capacity(places),
        }
    }

    pub fn sort(&mut self, terms: &[Term], now: u64) {
        self.open.clear();
        self.open_moving.clear();
        self.ducked.clear();
        self.ducked_moving.clear();
        for term in terms {
            let (steady, moving) = if term.ducked {
                (&mut self.ducked, &mut self.ducked_moving)
            } else {
                (&mut self.open, &mut self.open_moving)
            };
            match term.weight() {
                Some(weight) => steady.push(weight),
                None => moving.push(term.moving(now)),
            }
        }
    }
}

impl Hash for Term {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(u64::from(self.source) << 1 | u64::from(self.ducked));
        state.write_u64(self.steady.to_bits());
        for mover in &self.moving[..self.movers] {
            mover.bits().iter().for_each(|bits| state.write_u64(*bits));
        }
    }
}

/// Writes the terms of a listener's mix, in the order of the sources.
pub(crate) fn write_terms(
    terms: &mut Vec<Term>,
    listener: &Listener,
    slot: u32,
    sources: &[Source],
    audible: &[u32],
    clock: &Clock<'_>,
) {
    terms.clear();
    let level = listener.way.constant(clock.now, clock.timing);
    let mut entries = listener.gains.entries.iter().peekable();
    for &index in audible.iter().filter(|index| **index != slot) {
        let source = &sources[index as usize];
        while entries.next_if(|entry| entry.source.slot < index).is_some() {}
        let entry =
            entries.next_if(|entry| entry.source.slot == index).filter(|entry| entry.source.stay == source.stay);
        let base = base_term(index, listener, entry, source, clock);
        if base.steady > 0.0 {
            push_ducked(terms, base, entry.map_or(Fade::ZERO, |entry| entry.exempt), level, clock);
        }
    }
}

/// The base gain: the pair's own move, or the row's factor times the source's presence.
fn base_term(index: u32, listener: &Listener, entry: Option<&Entry>, source: &Source, clock: &Clock<'_>) -> Term {
    let term = Term::new(index);
    let factor = entry.map_or(listener.gains.unlisted, |entry| entry.factor);
    match entry.and_then(|entry| entry.own).or_else(|| factor.product(source.presence, clock.now, clock.timing)) {
        Some(base) => term.times(base, clock),
        None => term.times(factor, clock).times(source.presence, clock),
    }
}

/// The base times duck = w + (1 - w) envelope; `level` is the envelope if it does not move.
fn push_ducked(terms: &mut Vec<Term>, base: Term, exempt: Fade, level: Option<f64>, clock: &Clock<'_>) {
    let exempt = exempt.settled(clock.now, clock.timing);
    let mut push = |term: Term| {
        if term.steady > 0.0 && terms.len() < terms.capacity() {
            terms.push(term);
        }
    };
    match level {
        Some(level) => push(base.times(exempt.map(|w| w + (1.0 - w) * level), clock)),
        None => {
            push(base.times(exempt, clock));
            push(Term { ducked: true, ..base }.times(exempt.map(|w| 1.0 - w), clock));
        }
    }
}
