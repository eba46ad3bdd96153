//! The audio thread's end of a tap: [`TapWriter`].

use std::sync::{Arc, atomic::Ordering::Relaxed};

use rtrb::{Consumer, Producer};

use super::{copy::TickCopy, counters::Counters};
use crate::audio::Mixes;

/// The audio thread's end of a [`Tap`](super::Tap): copies whole ticks. It moves into what runs in every tick, such as
/// the closure of a [`Runner`](crate::stream::Runner).
///
/// Dropping it may free the copies: not on the audio thread while it ticks.
#[derive(Debug)]
pub struct TapWriter {
    pub(super) empty: Consumer<Box<TickCopy>>,
    pub(super) full: Producer<Box<TickCopy>>,
    pub(super) counters: Arc<Counters>,
}

impl TapWriter {
    /// Copies the mixes of a tick, for the reader. Once in every tick; real time: the work is that of copying each
    /// different mix and the keys of its listeners once.
    ///
    /// Where the reader is as many ticks behind as the tap holds, or a tick has more mixes or listeners than there is
    /// room for, the tick is dropped and counted.
    pub fn write(&mut self, mixes: &Mixes<'_>) {
        let Ok(mut copy) = self.empty.pop() else {
            self.counters.dropped.fetch_add(1, Relaxed);
            return;
        };
        copy.take(mixes);
        if !copy.is_whole() {
            self.counters.too_large.fetch_add(1, Relaxed);
        }
        // There is room for all copies that there are. What did not fit goes, too: the reader makes it larger.
        if let Err(rtrb::PushError::Full(_)) = self.full.push(copy) {
            debug_assert!(false, "a tap has as many places as copies");
        }
    }
}
