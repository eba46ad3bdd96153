//! What a player plays, as a chain: [`Item`].
//!
//! The control side adds items to the end of the chain, the audio side walks along it; no room is ever wanting, and
//! neither waits for the other. The control side keeps every item until the audio side is past it, so that the audio side
//! is never the last owner of one, nor of its clip.

use std::sync::Arc;

use super::clip::Clip;
use crate::data::sync::OnceLock;

/// One thing in the queue of a player, and the way to the next.
#[derive(Debug)]
pub(super) struct Item {
    /// It grows by one with each item.
    pub number: u64,
    /// How many samples were appended before it, in all.
    pub start: u64,
    pub what: What,
    next: OnceLock<Arc<Item>>,
}

#[derive(Debug)]
pub(super) enum What {
    /// Where the chain begins.
    Nothing,
    Clip(Clip),
    /// A mark of the host's.
    Mark(u64),
}

impl Item {
    pub fn new(number: u64, start: u64, what: What) -> Arc<Self> {
        Arc::new(Self { number, start, what, next: OnceLock::new() })
    }

    /// Its samples.
    pub fn samples(&self) -> usize {
        match &self.what {
            What::Clip(clip) => clip.samples(),
            What::Nothing | What::Mark(_) => 0,
        }
    }

    /// How many samples were appended before its end.
    pub fn end(&self) -> u64 {
        self.start + self.samples() as u64
    }

    /// The next one, if there is one yet.
    pub fn next(&self) -> Option<&Arc<Self>> {
        self.next.get()
    }

    /// Adds the next one. Control side; once.
    pub fn follow(&self, next: Arc<Self>) {
        let _only_once = self.next.set(next);
    }
}

impl Drop for Item {
    /// One after the other: a chain that were dropped from its head would need a stack as long.
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(mut item) = next.and_then(Arc::into_inner) {
            next = item.next.take();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_chain_is_dropped_from_its_head() {
        let head = Item::new(0, 0, What::Nothing);
        let mut last = Arc::clone(&head);
        for number in 1..200_000 {
            let next = Item::new(number, 0, What::Mark(number));
            last.follow(Arc::clone(&next));
            last = next;
        }
        let weak = Arc::downgrade(&last);
        drop(last);
        assert!(weak.upgrade().is_some_and(|last| last.number == 199_999 && last.next().is_none()));
        drop(head);
        assert!(weak.upgrade().is_none());
    }
}
