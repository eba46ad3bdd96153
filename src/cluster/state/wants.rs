//! Which sources somebody at another node wants to hear however loud others are.

use super::core::State;
use crate::{cluster::entry::Entry, control::Changes};

impl State {
    /// A listener elsewhere has another configuration, or other hold music: other sources are to be heard however loud others are.
    pub(super) fn want(&mut self, changes: &mut Changes<'_>, before: Option<&Entry>, now: Option<&Entry>) {
        let wanted = |entry: Option<&Entry>| -> Vec<String> {
            entry.into_iter().flat_map(Entry::wanted).map(str::to_owned).collect()
        };
        let (before, now) = (wanted(before), wanted(now));
        if before != now {
            self.want_these(changes, before.iter().map(String::as_str), now.iter().map(String::as_str));
        }
    }

    /// These are wanted elsewhere instead of those before.
    pub(super) fn want_these<'a>(
        &mut self,
        changes: &mut Changes<'_>,
        before: impl Iterator<Item = &'a str>,
        now: impl Iterator<Item = &'a str>,
    ) {
        for source in now {
            let count = self.wanted.entry(source.to_owned()).or_default();
            *count += 1;
            if *count == 1 {
                changes.want_elsewhere(source, true);
            }
        }
        for source in before {
            let Some(count) = self.wanted.get_mut(source) else { continue };
            *count -= 1;
            if *count == 0 {
                self.wanted.remove(source);
                changes.want_elsewhere(source, false);
            }
        }
    }
}
