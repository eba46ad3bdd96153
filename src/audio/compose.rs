//! How a mix is put together in which single gains move: a term for each source.

use super::{
    Clock, NONE,
    listener::Listener,
    program::{Product, Term},
    source::Source,
};
use crate::data::fade::Fade;

/// What a tick's mixes are made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heard<'a> {
    pub sources: &'a [Source],
    /// The sources that are in any mix, in the order of their places; and the position of each place among them, or [`NONE`].
    pub audible: &'a [u32],
    pub positions: &'a [u32],
    /// The signal of each audible source, at its presence; and where the signals begin that are faded.
    pub signals: &'a [u32],
    pub faded: u32,
    pub clock: Clock<'a>,
}

impl Heard<'_> {
    /// The position of a place's source among the audible.
    #[inline]
    pub fn position(&self, slot: u32) -> Option<usize> {
        self.positions.get(slot as usize).filter(|position| **position != NONE).map(|position| *position as usize)
    }

    /// The positions of the sources whose presence moves.
    pub fn moving(&self) -> impl Iterator<Item = usize> {
        self.signals.iter().enumerate().filter(|(_, signal)| **signal >= self.faded).map(|(position, _)| position)
    }
}

/// Writes the terms of a listener's mix, in the order of the sources. Gains that are the same give the same terms.
pub(crate) fn write_terms(terms: &mut Vec<Term>, listener: &Listener, slot: u32, heard: Heard<'_>) {
    terms.clear();
    let mut composer =
        Composer { heard, listener, slot, level: listener.way.constant(heard.clock.now, heard.clock.timing), terms };
    let mut entries = listener.gains.entries.iter().peekable();
    for &source in heard.audible.iter().filter(|source| **source != slot) {
        while entries.next_if(|entry| entry.source.slot < source).is_some() {}
        let key = heard.sources[source as usize].key;
        match entries.next_if(|entry| entry.source == key) {
            Some(entry) => {
                let exempt = entry.exempt.settled(heard.clock.now, heard.clock.timing);
                composer.add_gain(source, entry.factor, exempt, entry.own);
            }
            None => composer.add_unlisted(source),
        }
    }
}

struct Composer<'a, 't> {
    heard: Heard<'a>,
    listener: &'a Listener,
    slot: u32,
    /// The envelope, if it does not move.
    level: Option<f64>,
    terms: &'t mut Vec<Term>,
}

impl Composer<'_, '_> {
    fn add_unlisted(&mut self, index: u32) {
        let gains = &self.listener.gains;
        let presence = &self.heard.sources[index as usize].presence;
        let own = if gains.classes.is_empty() { None } else { gains.class(presence) };
        self.add_gain(index, gains.unlisted, Fade::ZERO, own);
    }

    /// Adds a source.
    fn add_gain(&mut self, source: u32, factor: Fade, exempt: Fade, own: Option<Fade>) {
        let base = base(factor, self.heard.sources[source as usize].presence.fade, own, &self.heard.clock);
        for gain in ducked(base, exempt, self.level, &self.heard.clock) {
            self.push(source, gain);
        }
    }

    #[inline]
    fn push(&mut self, source: u32, gain: Product) {
        debug_assert!(source != self.slot, "nobody hears themselves");
        if !gain.is_nothing() && self.terms.len() < self.terms.capacity() {
            self.terms.push(Term { source, gain });
        }
    }
}

/// The base gain: where row and presence both move, they are taken together.
#[inline]
pub(super) fn base(factor: Fade, presence: Fade, own: Option<Fade>, clock: &Clock<'_>) -> Product {
    let both = || factor.moving(clock.now, clock.timing) && presence.moving(clock.now, clock.timing);
    let pair = match own {
        None if both() => factor.product(presence, clock.now, clock.timing),
        own => own,
    };
    match pair {
        Some(pair) => Product::ONE.times(pair, clock),
        None => Product::ONE.times(factor, clock).times(presence, clock),
    }
}

/// The base times duck = w + (1 - w) envelope, as what is ducked and what is not; `level` is the envelope if it does not move.
#[inline]
pub(super) fn ducked(base: Product, exempt: Fade, level: Option<f64>, clock: &Clock<'_>) -> [Product; 2] {
    match level {
        Some(level) => [base.times(exempt.map(|w| w + (1.0 - w) * level), clock), Product::NOTHING],
        None => [base.ducked().times(exempt.map(|w| 1.0 - w), clock), base.times(exempt, clock)],
    }
}
