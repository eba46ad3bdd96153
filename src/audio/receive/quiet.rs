//! [`Quiet`]: whether what a source sends counts as silence. Pure logic.
//!
//! A source is quiet until a frame reaches the floor, and again once none has for [`HOLD_MS`]. So one frame is enough
//! to be there at once, and a level that hovers around the floor is there all the time.

use crate::data::timing::Clock;

/// How long a source stays there after the last frame that reached the floor.
const HOLD_MS: f64 = 200.0;

/// When a frame of a source reached the floor last.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Quiet {
    /// The end of the tick of that frame; `None` if none did.
    reached: Option<u64>,
}

impl Quiet {
    /// Takes the mean square of a tick's frame into account. A `floor` of 0 is reached by every frame.
    #[inline]
    pub fn hear(&mut self, square: f64, floor: f64, clock: &Clock<'_>) {
        if square >= floor {
            self.reached = Some(clock.now + clock.timing.tick as u64);
        }
    }

    /// Whether the source is quiet in this tick: no frame has reached the floor in the time before it.
    #[inline]
    pub fn is_quiet(&self, clock: &Clock<'_>) -> bool {
        let hold = clock.timing.samples(HOLD_MS);
        self.reached.is_none_or(|reached| clock.now.saturating_sub(reached) as f64 >= hold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::timing::Timing;

    const FLOOR: f64 = 1e-8;

    /// Whether a source is quiet in each tick in which it sends these mean squares.
    fn play(tick: usize, squares: &[f64]) -> Vec<bool> {
        let (mut quiet, timing) = (Quiet::default(), Timing { rate: 1000, tick, smoothing: 10 });
        let hear = |(n, square): (usize, &f64)| {
            let clock = Clock { now: (n * tick) as u64, begun: n > 0, timing: &timing };
            quiet.hear(*square, FLOOR, &clock);
            quiet.is_quiet(&clock)
        };
        squares.iter().enumerate().map(hear).collect()
    }

    #[test]
    fn a_source_is_quiet_until_a_frame_reaches_the_floor() {
        assert_eq!(play(10, &[0.0, 0.99 * FLOOR, FLOOR, 0.0, 1.0]), [true, true, false, false, false]);
    }

    #[test]
    fn a_source_is_quiet_200_ms_after_the_last_frame_that_reached_it_whatever_the_tick() {
        for tick in [1, 4, 10, 20, 40, 100] {
            let mut squares = vec![0.0; 400 / tick];
            squares[0] = FLOOR;
            let there = play(tick, &squares).iter().filter(|quiet| !**quiet).count();
            assert_eq!(there, 1 + 200 / tick, "ticks of {tick} ms");
        }
        assert_eq!(play(120, &[FLOOR, 0.0, 0.0, 0.0]), [false, false, false, true], "the first tick after 200 ms");
    }

    #[test]
    fn one_frame_in_200_ms_is_enough() {
        let squares: Vec<_> = (0..200).map(|n| if n % 20 == 0 { FLOOR } else { 0.0 }).collect();
        assert!(play(10, &squares).iter().all(|quiet| !quiet));
    }
}
