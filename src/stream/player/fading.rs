//! The gains of a player, which move instead of stepping: [`Gains`] over all that it plays, and what was flushed and
//! fades out: [`Tail`]. Pure but for the items that a tail plays.

use super::cursor::Cursor;
use crate::data::{fade::Fade, timing::Timing};

/// The level, and whether it is paused. Both move over the smoothing time.
#[derive(Debug)]
pub(super) struct Gains {
    timing: Timing,
    level: Fade,
    /// 0 while it is paused.
    gate: Fade,
}

impl Gains {
    pub fn new(timing: Timing) -> Self {
        Self { timing, level: Fade::resting(1.0), gate: Fade::resting(1.0) }
    }

    /// Comes to another level; at once where nothing is heard.
    pub fn set_level(&mut self, level: f64, now: u64, at_once: bool) {
        self.level = self.toward(self.level, level, now, at_once);
    }

    /// Comes to a stop, or goes on; at once where nothing is heard, or was.
    pub fn set_paused(&mut self, paused: bool, now: u64, at_once: bool) {
        self.gate = self.toward(self.gate, if paused { 0.0 } else { 1.0 }, now, at_once);
    }

    fn toward(&self, fade: Fade, target: f64, now: u64, at_once: bool) -> Fade {
        match fade.target() == target {
            _ if at_once => Fade::resting(target),
            true => fade,
            false => Fade::between(fade.value(now, &self.timing), target, now),
        }
    }

    /// Whether it has come to a stop.
    pub fn is_stopped(&self, now: u64) -> bool {
        self.gate.target() == 0.0 && !self.gate.moving(now, &self.timing)
    }

    /// In how many samples it comes to a stop, if it is on the way there.
    pub fn until_stop(&self, now: u64) -> Option<usize> {
        let stops = self.gate.target() == 0.0 && self.gate.moving(now, &self.timing);
        stops.then(|| (self.gate.end(&self.timing) - now) as usize)
    }

    /// The gain after sample `now`.
    pub fn value(&self, now: u64) -> f64 {
        self.level.value(now, &self.timing) * self.gate.value(now, &self.timing)
    }

    /// The gain of all samples behind `now`, if it is the same.
    pub fn at_rest(&self, now: u64) -> Option<f64> {
        let moves = self.level.moving(now, &self.timing) || self.gate.moving(now, &self.timing);
        (!moves).then(|| self.level.target() * self.gate.target())
    }
}

/// What was flushed while it was heard.
#[derive(Debug)]
pub(super) struct Tail {
    pub cursor: Cursor,
    fall: Fade,
    timing: Timing,
}

impl Tail {
    /// From now on it falls to nothing over so many samples.
    pub fn new(cursor: Cursor, now: u64, samples: u32, timing: Timing) -> Self {
        Self { cursor, fall: Fade::between(1.0, 0.0, now), timing: Timing { smoothing: samples, ..timing } }
    }

    /// Its gain after sample `now`.
    pub fn value(&self, now: u64) -> f64 {
        self.fall.value(now, &self.timing)
    }

    /// How many samples it is heard for; 0 once it is over.
    pub fn left(&self, now: u64) -> usize {
        if self.fall.moving(now, &self.timing) { (self.fall.end(&self.timing) - now) as usize } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing { rate: 1000, tick: 1, smoothing: 4 };

    #[test]
    fn a_stop_and_a_level_move_and_multiply() {
        let mut gains = Gains::new(TIMING);
        assert_eq!((gains.at_rest(0), gains.until_stop(0)), (Some(1.0), None));
        gains.set_level(0.5, 0, false);
        gains.set_paused(true, 2, false);
        assert_eq!([2, 3, 4, 5, 6].map(|now| gains.value(now)), [0.75, 0.625 * 0.75, 0.25, 0.125, 0.0]);
        assert_eq!((gains.until_stop(3), gains.is_stopped(5), gains.is_stopped(6)), (Some(3), false, true));
        gains.set_paused(false, 6, true);
        assert_eq!(gains.at_rest(6), Some(0.5));
    }

    #[test]
    fn what_turns_around_goes_on_from_where_it_is() {
        let mut gains = Gains::new(TIMING);
        gains.set_paused(true, 0, false);
        gains.set_paused(true, 1, false);
        gains.set_paused(false, 2, false);
        assert_eq!([2, 3, 6].map(|now| gains.value(now)), [0.5, 0.625, 1.0]);
    }
}
