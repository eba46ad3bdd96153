//! How the recipe of a row is chosen, from its gains alone: equal gains give the same recipe.
//!
//! A small room has a term for each source. In a large one a row is told by *sections* and *exceptions*: classes that
//! follow each other and have one gain, that of the majority of each, are a section, which is heard through shared
//! sums; sources with another gain are exceptions. A row of which that would take too many terms is dense.

use std::ops::Range;

use super::{
    recipe::{Recipe, Sparse, Terms},
    row_gains::{Gain, RowGains},
    shared_sums::{SharedSums, WORTHWHILE},
};
use crate::{data::memory::room, dsp::SEGMENT};

/// A source that has not the gain of its section.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Exception {
    position: u32,
    gain: Gain,
}

/// Sources that follow each other and have one gain, but for the exceptions.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Section {
    /// The position after the last one.
    end: u32,
    gain: Gain,
}

/// What recipes are composed in.
#[derive(Debug, Default)]
pub(crate) struct Composer {
    pub terms: Terms,
    pub shared: SharedSums,
    /// The sections of the row in hand, and the exceptions in them.
    sections: Vec<Section>,
    exceptions: Vec<Exception>,
    /// Those who may be exceptions.
    candidates: Vec<Exception>,
}

impl Composer {
    /// Room for the rows of so many listeners and as many sources. Allocates: control side.
    pub fn new(slots: usize) -> Self {
        let exceptions = || room(slots, Exception::default());
        Self {
            terms: Terms::new(slots),
            shared: SharedSums::default(),
            sections: room(slots.min(MOST_SECTIONS), Section::default()),
            exceptions: exceptions(),
            candidates: exceptions(),
        }
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
        if !self.find_sections(row) {
            return dense(row);
        }
        if let ([Section { gain, .. }], [Exception { position, gain: Gain::ZERO }], false) =
            (&self.sections[..], &self.exceptions[..], row.curved)
            && !gain.is_zero()
            && !gain.open.moves()
        {
            return Recipe::AllButOne { position: *position, gain: gain.open.target };
        }
        let mut sparse = self.begin_row(row);
        let fits = [false, true].into_iter().take(1 + usize::from(row.curved)).all(|ducked| {
            let fits = self.add_sections(&mut sparse, row, ducked);
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

    /// Finds the sections and the exceptions, which depend on the gains alone. Whether there are any: of a large class in
    /// which no gain is that of more than half of the sources there is no section, and of very many there are none.
    fn find_sections(&mut self, row: &RowGains<'_>) -> bool {
        let Self { sections, exceptions, candidates, .. } = self;
        sections.clear();
        exceptions.clear();
        candidates.clear();
        row.exceptions(|position, gain| {
            if candidates.len() < candidates.capacity() {
                candidates.push(Exception { position: position as u32, gain });
            }
        });
        if row.audible.runs().len() > 1 || !row.audible.changes(true).is_empty() {
            candidates.sort_unstable_by_key(|candidate| candidate.position);
        }
        let mut rest = &candidates[..];
        for (class, positions) in row.audible.runs() {
            let end = positions.end as u32;
            let (here, others) = rest.split_at(rest.partition_point(|candidate| candidate.position < end));
            rest = others;
            let Some(gain) = add_exceptions(exceptions, here, row.unlisted(class), positions) else { return false };
            let is_full = sections.len() == sections.capacity();
            match sections.last_mut().filter(|section| section.gain == gain) {
                Some(section) => section.end = end,
                None if is_full => return false,
                None => sections.push(Section { end, gain }),
            }
        }
        true
    }

    /// Adds one half of all sources but the exceptions, at the gains of their sections. Whether there was room.
    fn add_sections(&mut self, sparse: &mut Sparse, row: &RowGains<'_>, ducked: bool) -> bool {
        let Self { terms, shared, sections, exceptions, .. } = self;
        let (mut start, mut fits, signals) = (0, true, row.audible.signals());
        for Section { end, gain } in &*sections {
            let (range, gain) = (start..*end as usize, *gain.half(ducked));
            start = range.end;
            if !gain.is_zero() {
                sparse.shared = true;
                let mut add = |signal| fits &= terms.add(sparse, signal, gain, ducked);
                add_section(shared, range, exceptions, signals, &mut add);
            }
        }
        fits
    }
}

/// A row of more sections takes so many terms that it is dense.
const MOST_SECTIONS: usize = 256;

/// A class of up to so many is heard by its sources where no gain is that of the majority.
const SMALL: usize = 16;

/// Lists the exceptions of a class at these positions, of which the `candidates` may have other gains than `unlisted`. The
/// gain of its section: that of more than half of the class or, where there is none in a small one, 0. `None` in a large
/// one.
fn add_exceptions(
    exceptions: &mut Vec<Exception>,
    candidates: &[Exception],
    unlisted: Gain,
    positions: Range<usize>,
) -> Option<Gain> {
    let others = candidates.iter().filter(|candidate| candidate.gain != unlisted);
    if 2 * others.clone().count() < positions.len() {
        exceptions.extend(others);
        return Some(unlisted);
    }
    let most = majority(candidates.iter().map(|candidate| candidate.gain), unlisted, positions.len());
    let most = most.or_else(|| (positions.len() <= SMALL).then_some(Gain::ZERO))?;
    if most == unlisted {
        exceptions.extend(others);
        return Some(most);
    }
    let mut next = positions.start as u32;
    let mut fill = |exceptions: &mut Vec<Exception>, to: u32| {
        exceptions.extend((next..to).map(|position| Exception { position, gain: unlisted }));
        next = to + 1;
    };
    for candidate in candidates {
        fill(exceptions, candidate.position);
        exceptions.extend(Some(*candidate).filter(|candidate| candidate.gain != most));
    }
    fill(exceptions, positions.end as u32);
    Some(most)
}

/// The exceptions at these positions.
fn within<'a>(exceptions: &'a [Exception], range: &Range<usize>) -> &'a [Exception] {
    let before = |end: usize| exceptions.partition_point(|exception| (exception.position as usize) < end);
    &exceptions[before(range.start)..before(range.end)]
}

/// Adds the sources of a section but the exceptions in it: whole segments in runs, and what the section has of those at
/// its ends.
fn add_section(
    shared: &mut SharedSums,
    range: Range<usize>,
    exceptions: &[Exception],
    signals: &[u32],
    add: &mut impl FnMut(u32),
) {
    let whole = shared.whole_segments(&range);
    if whole.is_empty() {
        return add_members(shared, range.clone(), within(exceptions, &range), signals, add);
    }
    let (first, last) = (shared.members(whole.start).start, shared.members(whole.end - 1).end);
    let head = range.start..first;
    add_members(shared, head.clone(), within(exceptions, &head), signals, add);
    let mut next = whole.start;
    for left_out in within(exceptions, &(first..last)).chunk_by(|a, b| segment(a) == segment(b)) {
        let here = segment(&left_out[0]);
        shared.run(next, here, &mut *add);
        next = here + 1;
        add_members(shared, shared.members(here), left_out, signals, add);
    }
    shared.run(next, whole.end, &mut *add);
    let tail = last..range.end;
    add_members(shared, tail.clone(), within(exceptions, &tail), signals, add);
}

/// Adds these sources but the exceptions among them: of a whole segment with one exception as one sum, others as pairs and
/// sources.
fn add_members(
    shared: &mut SharedSums,
    members: Range<usize>,
    left_out: &[Exception],
    signals: &[u32],
    add: &mut impl FnMut(u32),
) {
    if let ([alone], true) = (left_out, members.len() > 1) {
        let segment = segment(alone);
        if shared.members(segment) == members {
            return add(shared.all_but_one(alone.position as usize));
        }
    }
    let is_left_out = |position: &usize| left_out.iter().any(|exception| exception.position as usize == *position);
    let mut position = members.start;
    while position < members.end {
        let two = position..members.end.min(position + 2 - position % 2);
        position = two.end;
        if two.len() == 2 && !two.clone().any(|position| is_left_out(&position)) {
            add(shared.pair(two.start));
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
