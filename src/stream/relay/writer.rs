//! The audio thread's end of a relay: [`RelayWriter`].

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use rtrb::{Consumer, Producer};

use super::{
    copy::{Room, TickCopy},
    counters::Counters,
};
use crate::audio::Mixes;

/// The audio thread's end of a [`Relay`](super::Relay): copies whole ticks. It moves into what runs in every tick, such as
/// the closure of a [`Runner`](crate::stream::Runner).
///
/// Dropping it may free the copies: not on the audio thread while it ticks.
#[derive(Debug)]
pub struct RelayWriter {
    pub(super) empty: Consumer<Box<TickCopy>>,
    pub(super) full: Producer<Box<TickCopy>>,
    pub(super) counters: Arc<Counters>,
}

impl RelayWriter {
    /// Copies the mixes of a tick, for the reader. Once in every tick; real time: the work is that of copying each
    /// different mix and the keys of its listeners once.
    ///
    /// Where the reader is as many ticks behind as the relay holds, or a tick has more mixes or listeners than there is
    /// room for in any copy, the tick is dropped and counted; so is one of another mixer than the relay is of.
    pub fn write(&mut self, mixes: &Mixes<'_>) {
        let Ok(mut copy) = self.empty.pop() else { return count(&self.counters.dropped) };
        if !copy.is_of(mixes) {
            copy.refuse(Room { mixes: 1, listeners: 1 });
            self.send(copy);
            return count(&self.counters.foreign);
        }
        copy.take(mixes);
        // What has no room goes, too: the reader makes it larger. One of those behind it may have been made larger.
        while !copy.is_whole() {
            let has = copy.has;
            self.send(copy);
            let Ok(next) = self.empty.pop() else { return count(&self.counters.too_large) };
            copy = next;
            if copy.room().holds(has) { copy.take(mixes) } else { copy.refuse(has) }
        }
        self.send(copy);
    }

    fn send(&mut self, copy: Box<TickCopy>) {
        // There is room for all copies that there are.
        if let Err(rtrb::PushError::Full(_)) = self.full.push(copy) {
            debug_assert!(false, "a relay has as many places as copies");
        }
    }
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Relaxed);
}
