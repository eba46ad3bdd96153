//! [`Missing`]: a count that grows by itself from tick to tick, without being written.

use crate::data::sync::{
    AtomicU64,
    Ordering::{Acquire, Release},
};

/// The ticks without a frame: while a source is idle they go on without a write.
#[derive(Debug, Default)]
pub(crate) struct Missing(AtomicU64);

/// Marks a stored count that grows by 1 in each tick without being written. What is stored is the count less
/// the number of ticks of the mixer at that time.
const GOES_ON: u64 = 1 << 63;

/// The value of a count with this mark after `ticks` ticks; 0 and never negative before it was stored.
fn since(goes_on: u64, ticks: u64) -> u64 {
    let signed = goes_on.wrapping_add(ticks).wrapping_shl(1).cast_signed() >> 1;
    signed.max(0).cast_unsigned()
}

impl Missing {
    /// Audio: the count. With `goes_on`, one more is counted in each tick from that tick number on, until the next write.
    pub fn set(&self, count: u64, goes_on: Option<u64>) {
        let without = |ticks| GOES_ON | count.wrapping_sub(ticks) & !GOES_ON;
        self.0.store(goes_on.map_or(count, without), Release);
    }

    /// The count. It never goes back. `ticks` tells the number of ticks that the mixer has mixed, and acquires what was
    /// written in them.
    pub fn get(&self, ticks: impl Fn() -> u64) -> u64 {
        let mut stored = self.0.load(Acquire);
        while stored & GOES_ON > 0 {
            let ticks = ticks();
            // What was stored in these ticks is seen here: the number belongs to what was stored, or it is read again.
            let again = self.0.load(Acquire);
            if again == stored {
                return since(stored, ticks);
            }
            stored = again;
        }
        stored
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_frames_count_on_without_writes_until_the_next_write() {
        let missing = Missing::default();
        let read = |ticks| missing.get(|| ticks);
        missing.set(4, None);
        assert_eq!(read(99), 4);
        missing.set(5, Some(100));
        // The count was written during tick 100, before that tick was counted.
        assert_eq!([0, 99, 100, 107].map(read), [0, 4, 5, 12]);
        missing.set(13, None);
        assert_eq!(read(200), 13);
    }

    #[test]
    fn a_count_that_was_written_meanwhile_is_read_again() {
        let missing = Missing::default();
        missing.set(5, Some(100));
        let read = missing.get(|| {
            missing.set(9, None);
            105
        });
        assert_eq!(read, 9);
    }
}
