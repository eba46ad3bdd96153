//! How a listener's mix is put together from subtotals and sources.

use super::{
    Clock,
    listener::Listener,
    program::{Product, Term},
    row::Entry,
    source::Source,
    subtotal::{FAN, Subtotals},
};
use crate::{fade::Fade, kernel::Row};

/// What a tick's mixes are made of.
#[derive(Clone, Copy)]
pub(crate) struct Heard<'a> {
    pub sources: &'a [Source],
    /// The sources that are in any mix, in the order of their places.
    pub audible: &'a [u32],
    pub subtotals: &'a Subtotals,
    pub clock: &'a Clock<'a>,
}

/// Writes the terms of a listener's mix, in the order of the sources. Gains that are the same give the same terms.
pub(crate) fn write_terms(terms: &mut Vec<Term>, listener: &Listener, slot: u32, heard: Heard<'_>) {
    terms.clear();
    let level = listener.way.constant(heard.clock.now, heard.clock.timing);
    let rest = ducked(Product::ONE.times(listener.gains.unlisted, heard.clock), Fade::ZERO, level, heard.clock)[0];
    let exceptions = Exceptions { listener, slot, entry: 0, heard };
    let mut composer = Composer { heard, listener, slot, level, rest, exceptions, next: None, terms };
    composer.next = composer.exceptions.next();
    for index in 0..heard.subtotals.count(heard.subtotals.top) {
        composer.add(heard.subtotals.top, index);
    }
    for term in terms.iter_mut().filter(|term| !term.whole) {
        (term.gain, term.whole) =
            (term.gain.times(heard.sources[term.source as usize].presence.fade, heard.clock), true);
    }
}

/// The sources whose gains are not that of the rest: the listener's own, and those with entries that differ.
struct Exceptions<'a> {
    listener: &'a Listener,
    slot: u32,
    entry: usize,
    heard: Heard<'a>,
}

/// The position of an exception among the audible, and its entry; no entry for the own voice.
type Exception<'a> = (usize, Option<&'a Entry>);

impl<'a> Exceptions<'a> {
    fn next(&mut self) -> Option<Exception<'a>> {
        while let Some(entry) = self.listener.gains.entries.get(self.entry) {
            if self.slot < entry.source.slot
                && let Some(position) = self.own()
            {
                return Some((position, None));
            }
            self.entry += 1;
            if let Some(position) = self.position(entry.source.slot).filter(|_| self.differs(entry)) {
                return Some((position, Some(entry)));
            }
        }
        self.own().map(|position| (position, None))
    }

    /// The position of the own voice, once.
    fn own(&mut self) -> Option<usize> {
        let slot = std::mem::replace(&mut self.slot, u32::MAX);
        if slot == u32::MAX { None } else { self.position(slot) }
    }

    fn position(&self, slot: u32) -> Option<usize> {
        let source = self.heard.sources.get(slot as usize)?;
        source.audible.then_some(source.position as usize)
    }

    fn differs(&self, entry: &Entry) -> bool {
        let (clock, unlisted) = (self.heard.clock, self.listener.gains.unlisted);
        if self.heard.sources[entry.source.slot as usize].key != entry.source {
            return false;
        }
        if !self.listener.is_unsettled() {
            return entry.factor.target() != unlisted.target() || entry.exempt.target() != 0.0;
        }
        let settled = |fade: Fade| fade.settled(clock.now, clock.timing);
        // Where there are classes, the rest may move otherwise than an entry that heads for the same gain.
        !self.listener.gains.classes.is_empty()
            || entry.own.is_some()
            || settled(entry.exempt) != Fade::ZERO
            || settled(entry.factor) != settled(unlisted)
    }
}

struct Composer<'a, 't> {
    heard: Heard<'a>,
    listener: &'a Listener,
    slot: u32,
    /// The envelope, if it does not move.
    level: Option<f64>,
    /// The gain of every source that is no exception, but for its presence.
    rest: Product,
    exceptions: Exceptions<'a>,
    next: Option<Exception<'a>>,
    terms: &'t mut Vec<Term>,
}

impl Composer<'_, '_> {
    /// Adds a source (level 0) or a subtotal, or what it is the sum of.
    fn add(&mut self, level: usize, index: usize) {
        let subtotals = self.heard.subtotals;
        if level == 0 {
            return self.add_source(index);
        }
        let end = (index + 1) * FAN.pow(level as u32);
        let undivided = self.next.is_none_or(|(position, _)| position >= end);
        if let Some(gain) = self.undivided_gain(level, index).filter(|_| undivided) {
            return self.push(Row::subtotal(subtotals.number(level, index)), gain, true);
        }
        let from = self.terms.len();
        for child in subtotals.children(level, index) {
            self.add(level - 1, child);
        }
        self.join(level, index, from);
    }

    /// The gain of a whole subtotal that no exception is in, if it has one gain.
    fn undivided_gain(&self, level: usize, index: usize) -> Option<Product> {
        let subtotals = self.heard.subtotals;
        let moving = subtotals.is_moving(level, index);
        if self.listener.gains.classes.is_empty() {
            return (self.rest.rests() || !moving).then_some(self.rest);
        }
        // Sources that came the same way have the same move; one that is moving is not in the subtotal at gain 1.
        let presence = subtotals.presence(level, index).filter(|_| !moving)?;
        Some(match self.listener.gains.class(&presence) {
            Some(own) => self.unlisted(own),
            None => self.rest,
        })
    }

    /// The gain of sources that are not listed, at this base.
    fn unlisted(&self, base: Fade) -> Product {
        ducked(Product::ONE.times(base, self.heard.clock), Fade::ZERO, self.level, self.heard.clock)[0]
    }

    /// If all that a subtotal is the sum of has come out with the same gain, it is the subtotal at that gain: however a listener came by its
    /// gains, the same ones give the same terms.
    fn join(&mut self, level: usize, index: usize, from: usize) {
        let subtotals = self.heard.subtotals;
        let name = |child: usize| match level {
            1 => self.heard.audible[child],
            _ => Row::subtotal(subtotals.number(level - 1, child)),
        };
        let children = subtotals.children(level, index);
        let Some(first) = self.terms.get(from).copied() else { return };
        let is_whole = self.terms.len() - from == children.len()
            && children.zip(&self.terms[from..]).all(|(child, term)| {
                term.source == name(child) && term.gain == first.gain && (level > 1 || !term.whole)
            });
        if is_whole {
            self.terms.truncate(from);
            self.push(Row::subtotal(subtotals.number(level, index)), first.gain, true);
        }
    }

    fn add_source(&mut self, position: usize) {
        let source = self.heard.audible[position];
        let exception = self.next.filter(|(at, _)| *at == position);
        if exception.is_some() {
            self.next = self.exceptions.next();
        }
        match exception {
            Some((_, None)) => {}
            Some((_, Some(entry))) if !self.listener.is_unsettled() && self.level.is_some() => {
                // Nothing of the row moves: most entries, most of the time.
                let (w, level) = (entry.exempt.target(), self.level.unwrap_or_default());
                let gain = Product::resting(entry.factor.target() * (w + (1.0 - w) * level));
                self.push(source, gain, false);
            }
            Some((_, Some(entry))) => {
                let exempt = entry.exempt.settled(self.heard.clock.now, self.heard.clock.timing);
                self.add_gain(source, entry.factor, exempt, entry.own);
            }
            None => self.add_unlisted(source),
        }
    }

    /// Adds a source with a gain of its own. Where row and presence both move, they are taken together.
    fn add_gain(&mut self, source: u32, factor: Fade, exempt: Fade, own: Option<Fade>) {
        let clock = self.heard.clock;
        let presence = self.heard.sources[source as usize].presence.fade;
        let both = || factor.moving(clock.now, clock.timing) && presence.moving(clock.now, clock.timing);
        let pair = match own {
            None if both() => factor.product(presence, clock.now, clock.timing),
            own => own,
        };
        let base = Product::ONE.times(pair.unwrap_or(factor), clock);
        let [first, second] = ducked(base, exempt, self.level, clock);
        self.push(source, first, pair.is_some());
        self.push(source, second, pair.is_some());
    }

    fn add_unlisted(&mut self, index: u32) {
        let (source, gains) = (&self.heard.sources[index as usize], &self.listener.gains);
        let own = if gains.classes.is_empty() { None } else { gains.class(&source.presence) };
        if own.is_none() && (self.rest.rests() || !source.moves(self.heard.clock)) {
            // The gain of the rest, to which the presence comes later.
            self.push(index, self.rest, false);
        } else {
            self.add_gain(index, gains.unlisted, Fade::ZERO, own);
        }
    }

    #[inline]
    fn push(&mut self, source: u32, gain: Product, whole: bool) {
        debug_assert!(source != self.slot, "nobody hears themselves");
        if !gain.is_nothing() && self.terms.len() < self.terms.capacity() {
            self.terms.push(Term { source, gain, whole });
        }
    }
}

/// The base times duck = w + (1 - w) envelope, as what is ducked and what is not; `level` is the envelope if it does not move.
#[inline]
fn ducked(base: Product, exempt: Fade, level: Option<f64>, clock: &Clock<'_>) -> [Product; 2] {
    match level {
        Some(level) => [base.times(exempt.map(|w| w + (1.0 - w) * level), clock), Product::NOTHING],
        None => [base.ducked().times(exempt.map(|w| 1.0 - w), clock), base.times(exempt, clock)],
    }
}
