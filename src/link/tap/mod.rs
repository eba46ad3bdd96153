//! What the audio thread and the reader of a tap have in common: a ring of samples, a ring of marks, and a clock.
//!
//! Both ends know the timeline in whole ticks. A mark says what the tap has from a position on, until the next one;
//! where that is sound, each tick of it is in the ring of samples. So ticks without sound cost nothing here, however
//! many there are. The [`TapClock`] says how far the timeline has come: it is moved on after the rings were written to.
//!
//! Nothing waits. Where a ring has no room the tap has a loss, from one mark to the next. One place for a mark is always
//! kept for that, so that no loss goes unmarked. A loss ends once half of the ring is free, so that a reader that is a
//! little too slow gets long pieces and not every other tick.

mod clock;
mod inlet;
mod mark;
mod outlet;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::ring::ring;
pub(crate) use clock::{TapClock, TapState};
pub(crate) use inlet::TapInlet;
#[cfg(test)]
use mark::KEPT;
use mark::MARKS;
pub(crate) use outlet::TapOutlet;

/// Makes the two ends of a tap that holds so many ticks. Control side: allocates.
pub(crate) fn tap_ring(ticks: usize, tick: usize, channels: usize, clock: &Arc<TapClock>) -> (TapInlet, TapOutlet) {
    let (samples_in, samples_out) = ring(ticks * tick * channels);
    // A tick has one mark at most, but for a first one after a skip.
    let (marks_in, marks_out) = ring(2 * ticks + MARKS);
    let state = Arc::new(TapState::default());
    let inlet = TapInlet { samples: samples_in, marks: marks_in, state: Arc::clone(&state), last: None, tick };
    let clock = Arc::clone(clock);
    (inlet, TapOutlet { samples: samples_out, marks: marks_out, state, clock, at: None, tick })
}
