//! How a row takes a new list: what it has and what it is to have, both in the order of the sources' places, become one. Each entry is copied once: in a large room
//! they are far away.

use super::{
    entry::{AtRest, Entry},
    row::Gains,
};
use crate::data::{fade::Fade, id::ParticipantKey};

impl Gains {
    /// The place of the source of the n-th entry: there are entries, or there are those that came to rest or move as a whole.
    fn slot(&self, n: usize) -> Option<u32> {
        let at_rest = || self.at_rest.get(n).map(|rest| rest.slot);
        self.entries.get(n).map(|entry| entry.source.slot).or_else(at_rest)
    }

    /// The n-th entry, as it is, as it was when it came to rest, or as it moves with the whole row.
    pub(super) fn entry(&self, n: usize) -> Option<Entry> {
        let at_rest = || {
            self.at_rest.get(n).map(|rest| Entry {
                factor: self.departed(n, rest),
                exempt: Fade::resting(if rest.ducks_others { 1.0 } else { 0.0 }),
                fresh: false,
                ..Entry::unlisted(ParticipantKey { mixer: self.mixer, slot: rest.slot, stay: rest.stay }, Fade::ZERO)
            })
        };
        self.entries.get(n).copied().or_else(at_rest)
    }

    /// The entry of the source that has a place.
    pub(super) fn find(&self, slot: u32) -> Option<Entry> {
        let at_rest = |_| self.at_rest.binary_search_by_key(&slot, |rest| rest.slot);
        let entry = self.entries.binary_search_by_key(&slot, |entry| entry.source.slot);
        entry.or_else(at_rest).ok().and_then(|n| self.entry(n))
    }

    /// Merges the old entries and the row's list, both in order, into `merged`, whose room the control side has made for all of them.
    pub fn merge_into(&self, merged: &mut Vec<Entry>, listed: &[AtRest]) {
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
            while self.slot(next).is_some_and(|slot| slot < listed.slot) {
                self.entry(next).into_iter().for_each(|entry| push(no_longer_listed(entry)));
                next += 1;
            }
            let is_known = self.slot(next) == Some(listed.slot);
            let known = if is_known { self.entry(next) } else { None };
            next += usize::from(is_known);
            let source = ParticipantKey { mixer: self.mixer, slot: listed.slot, stay: listed.stay };
            let entry =
                known.filter(|entry| entry.source == source).unwrap_or_else(|| Entry::unlisted(source, self.unlisted));
            push(Entry { listed: Some(f64::from(listed.gain)), ducks_others: listed.ducks_others, ..entry });
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
