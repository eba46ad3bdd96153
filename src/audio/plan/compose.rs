//! How the recipe of a row is chosen, from its gains alone: equal gains give the same recipe.
//!
//! A small room has a term for each source. In a large one a row is told by its *exceptions*: all other sources have
//! one gain, that of the majority, and are heard through shared sums. A row of which that would take too many terms
//! is dense.

use super::{
    recipe::{Recipe, Sparse, Terms},
    row_gains::{Gain, RowGains},
    shared_sums::{SharedSums, WORTHWHILE},
};
use crate::dsp::SEGMENT;

/// A source that has not the gain of the majority.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Exception {
    position: u32,
    gain: Gain,
}

/// What recipes are composed in.
#[derive(Debug, Default)]
pub(crate) struct Composer {
    pub terms: Terms,
    pub shared: SharedSums,
    /// The exceptions of the row in hand.
    exceptions: Vec<Exception>,
}

impl Composer {
    /// Room for the rows of so many listeners and as many sources. Allocates: control side.
    pub fn new(slots: usize) -> Self {
        let exceptions = crate::data::memory::room(slots, Exception::default());
        Self { terms: Terms::new(slots), shared: SharedSums::default(), exceptions }
    }

    /// Begins with another tick, in which so many sources are audible.
    pub fn begin(&mut self, audible: usize) {
        self.terms.clear();
        self.shared = SharedSums::of(audible);
    }

    /// The recipe of a row.
    pub fn compose(&mut self, row: &RowGains<'_>) -> Recipe {
        let audible = row.audible.len();
        if row.is_deaf() {
            return Recipe::Silent;
        }
        if audible >= WORTHWHILE {
            return self.by_exceptions(row);
        }
        let mut gains = [Gain::ZERO; WORTHWHILE - 1];
        let gains = &mut gains[..audible];
        row.write(gains, |gain| *gain);
        if let Some(recipe) = all_but_one(row, gains) {
            return recipe;
        }
        let heard = gains.iter().filter(|gain| !gain.is_zero()).count();
        self.by_fewer(row, heard).unwrap_or_else(|| self.by_sources(row, gains))
    }

    /// By shared sums in a small room, if that takes fewer terms than there are sources, so many that it is worth it.
    fn by_fewer(&mut self, row: &RowGains<'_>, heard: usize) -> Option<Recipe> {
        /// Shared sums cost about as much as so many terms in each of some rows.
        const SAVED: usize = 2;
        if heard < SEGMENT {
            return None;
        }
        match self.by_exceptions(row) {
            Recipe::Sparse(sparse) if sparse.is_few() && sparse.len() + SAVED <= heard => Some(Recipe::Sparse(sparse)),
            Recipe::Sparse(sparse) => {
                self.terms.forget(sparse);
                None
            }
            _ => None,
        }
    }

    /// A term for each source, or two.
    fn by_sources(&mut self, row: &RowGains<'_>, gains: &[Gain]) -> Recipe {
        let mut sparse = self.begin_row(row);
        let mut fits = true;
        for ducked in [false, true].into_iter().take(1 + usize::from(row.curved)) {
            for (signal, gain) in row.audible.signals().iter().zip(gains) {
                fits &= self.terms.add(&mut sparse, *signal, *gain.half(ducked), ducked);
            }
        }
        self.end_row(row, sparse, fits)
    }

    /// The runs of segments between the exceptions, what is left of their segments, and the exceptions.
    fn by_exceptions(&mut self, row: &RowGains<'_>) -> Recipe {
        let Some(majority) = self.find_exceptions(row) else { return dense(row) };
        if let ([Exception { position, gain: Gain::ZERO }], false) = (&self.exceptions[..], row.curved)
            && !majority.is_zero()
            && !majority.open.moves()
        {
            return Recipe::AllButOne { position: *position, gain: majority.open.target };
        }
        let mut sparse = self.begin_row(row);
        let fits = [false, true].into_iter().take(1 + usize::from(row.curved)).all(|ducked| {
            let fits = majority.half(ducked).is_zero() || self.add_majority(&mut sparse, row, majority, ducked);
            let Self { terms, exceptions, .. } = self;
            let signals = row.audible.signals();
            fits && exceptions.iter().all(|Exception { position, gain }| {
                terms.add(&mut sparse, signals[*position as usize], *gain.half(ducked), ducked)
            })
        });
        // A term of a long row costs about as much as two gains of a dense one; one of a few, no more than one.
        let fits = fits && (sparse.is_few() || 2 * sparse.len() <= row.audible.len());
        self.end_row(row, sparse, fits)
    }

    fn begin_row(&self, row: &RowGains<'_>) -> Sparse {
        self.terms.begin(row.curved, row.fades)
    }

    fn end_row(&mut self, row: &RowGains<'_>, sparse: Sparse, fits: bool) -> Recipe {
        if !fits {
            self.terms.forget(sparse);
            return dense(row);
        }
        if sparse.is_empty() { Recipe::Silent } else { Recipe::Sparse(sparse) }
    }

    /// Lists the exceptions. The gain that more than half of the sources have, which depends on the gains alone;
    /// `None` if there is none.
    fn find_exceptions(&mut self, row: &RowGains<'_>) -> Option<Gain> {
        let (exceptions, unlisted, audible) = (&mut self.exceptions, row.unlisted, row.audible.len());
        exceptions.clear();
        row.exceptions(|position, gain| {
            if gain != unlisted && exceptions.len() < exceptions.capacity() {
                exceptions.push(Exception { position: position as u32, gain });
            }
        });
        if 2 * exceptions.len() < audible {
            return Some(unlisted);
        }
        let most = majority(exceptions.iter().map(|exception| exception.gain), unlisted, audible)?;
        if most != unlisted {
            self.list_others(row, most);
        }
        Some(most)
    }

    /// Lists all sources that have another gain than `most`, which is not that of sources without a pair.
    fn list_others(&mut self, row: &RowGains<'_>, most: Gain) {
        let (exceptions, unlisted) = (&mut self.exceptions, row.unlisted);
        exceptions.clear();
        let mut next = 0;
        let fill = |exceptions: &mut Vec<Exception>, range: std::ops::Range<usize>| {
            exceptions.extend(range.map(|position| Exception { position: position as u32, gain: unlisted }));
        };
        row.exceptions(|position, gain| {
            fill(exceptions, next..position);
            next = position + 1;
            if gain != most {
                exceptions.push(Exception { position: position as u32, gain });
            }
        });
        fill(exceptions, next..row.audible.len());
    }

    /// Adds one half of all sources but the exceptions, at the gain of the majority. Whether there was room.
    fn add_majority(&mut self, sparse: &mut Sparse, row: &RowGains<'_>, majority: Gain, ducked: bool) -> bool {
        let Self { terms, shared, exceptions } = self;
        sparse.shared = true;
        let (gain, signals, mut fits) = (*majority.half(ducked), row.audible.signals(), true);
        let mut add = |signal| fits &= terms.add(sparse, signal, gain, ducked);
        let mut next = 0;
        for left_out in exceptions.chunk_by(|a, b| segment(a) == segment(b)) {
            let here = segment(&left_out[0]);
            shared.run(next, here, &mut add);
            next = here + 1;
            add_members(shared, left_out, signals, &mut add);
        }
        shared.run(next, shared.count(), &mut add);
        fits
    }
}

/// Adds the sources of a segment but the exceptions in it: as one sum, or as pairs and sources.
fn add_members(shared: &mut SharedSums, left_out: &[Exception], signals: &[u32], add: &mut impl FnMut(u32)) {
    let members = shared.members(segment(&left_out[0]));
    if let ([alone], true) = (left_out, members.len() > 1) {
        return add(shared.all_but_one(alone.position as usize));
    }
    let is_left_out = |position: &usize| left_out.iter().any(|exception| exception.position as usize == *position);
    for first in members.clone().step_by(2) {
        let two = first..(first + 2).min(members.end);
        if two.len() == 2 && !two.clone().any(|position| is_left_out(&position)) {
            add(shared.pair(first));
        } else {
            two.filter(|position| !is_left_out(position)).for_each(|position| add(signals[position]));
        }
    }
}

fn segment(exception: &Exception) -> usize {
    SharedSums::segment(exception.position as usize)
}

fn dense(row: &RowGains<'_>) -> Recipe {
    Recipe::Dense { moves: row.moves(), curved: row.curved }
}

/// Everybody but one in a small room, if all others have the same gain, and are so many that such rows cost less than
/// terms.
fn all_but_one(row: &RowGains<'_>, gains: &[Gain]) -> Option<Recipe> {
    const MANY: usize = 12;
    let one = gains.iter().position(Gain::is_zero).filter(|_| gains.len() >= MANY && !row.curved)?;
    let rest = *gains.get(usize::from(one == 0))?;
    let alike = gains.iter().enumerate().all(|(position, gain)| *gain == rest || position == one);
    let named = alike && !rest.is_zero() && !rest.open.moves();
    named.then_some(Recipe::AllButOne { position: one as u32, gain: rest.open.target })
}

/// The gain that more than half of the sources have: the vote of Boyer and Moore. Those without an exception have
/// `unlisted`.
fn majority(exceptions: impl Iterator<Item = Gain> + Clone, unlisted: Gain, audible: usize) -> Option<Gain> {
    let others = audible - exceptions.clone().count();
    let (mut candidate, mut votes) = (unlisted, others);
    for gain in exceptions.clone() {
        match (gain == candidate, votes) {
            (true, _) => votes += 1,
            (false, 0) => (candidate, votes) = (gain, 1),
            (false, _) => votes -= 1,
        }
    }
    let agree = exceptions.filter(|gain| *gain == candidate).count() + if candidate == unlisted { others } else { 0 };
    (2 * agree > audible).then_some(candidate)
}
