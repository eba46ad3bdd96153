//! How a row takes a new list: what it has and what it is to have, both in the order of the sources' places, become one. Each entry is copied once: in a large room
//! they are far away.

use super::{entry::Entry, row::Gains};
use crate::{fade::Fade, id::ParticipantKey, matrix::Listed};

impl Gains {
    /// The place of the source of the n-th entry: there are entries, or there are those that came to rest.
    fn slot(&self, n: usize) -> Option<u32> {
        let at_rest = || self.at_rest.get(n).map(|rest| rest.slot);
        self.entries.get(n).map(|entry| entry.source.slot).or_else(at_rest)
    }

    /// The n-th entry, as it is or as it was when it came to rest.
    fn entry(&self, n: usize) -> Option<Entry> {
        let at_rest = || {
            self.at_rest.get(n).map(|rest| Entry {
                factor: Fade::resting(f64::from(rest.gain)),
                exempt: Fade::resting(if rest.ducks_others { 1.0 } else { 0.0 }),
                fresh: false,
                ..Entry::unlisted(ParticipantKey { mixer: self.mixer, slot: rest.slot, stay: rest.stay }, Fade::ZERO)
            })
        };
        self.entries.get(n).copied().or_else(at_rest)
    }

    /// Merges the old entries and the row's list, both in order, into `merged`, whose room the control side has made for all of them.
    pub fn merge_into(&self, merged: &mut Vec<Entry>, listed: &[Listed]) {
        merged.clear();
        debug_assert!(self.entries.is_empty() || self.at_rest.is_empty(), "a row moves, or it rests");
        let mut next = 0;
        let mut push = |entry| {
            debug_assert!(merged.len() < merged.capacity(), "the control side makes room for every entry");
            if merged.len() < merged.capacity() {
                merged.push(entry);
            }
        };
        for listed in listed {
            while self.slot(next).is_some_and(|slot| slot < listed.source.slot) {
                self.entry(next).into_iter().for_each(|entry| push(no_longer_listed(entry)));
                next += 1;
            }
            let is_known = self.slot(next) == Some(listed.source.slot);
            let known = if is_known { self.entry(next) } else { None };
            next += usize::from(is_known);
            let mut entry = known
                .filter(|entry| entry.source == listed.source)
                .unwrap_or_else(|| Entry::unlisted(listed.source, self.unlisted));
            if entry.factor.rests() && f64::from(listed.gain as f32) == entry.factor.target() {
                // It is there already, but for the rounding of what has come to rest: naming it again is no move.
                entry.factor = Fade::resting(listed.gain);
            }
            push(Entry { listed: Some(listed.gain), ducks_others: listed.ducks_others, ..entry });
        }
        while let Some(entry) = self.entry(next) {
            push(no_longer_listed(entry));
            next += 1;
        }
    }
}

fn no_longer_listed(entry: Entry) -> Entry {
    Entry { listed: None, ducks_others: false, ..entry }
}
