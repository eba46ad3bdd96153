//! The ducking envelope of a listener, in percent.

use super::moves::Move;

/// An envelope that is this close to its range, in percent, counts as inside: its value is a sum of rounded slopes.
const ROUNDING: f64 = 1e-9;

/// A ducking envelope, in percent.
#[derive(Clone, Debug)]
pub(super) struct Envelope {
    value: f64,
    /// The move to the nearest bound, while the value is outside of the range.
    way_in: Option<Move>,
}

impl Envelope {
    /// At rest.
    pub(super) fn at(value: f64) -> Self {
        Self { value, way_in: None }
    }

    /// Takes up the range of a new configuration. From outside of it the envelope moves to the nearest bound first.
    pub(super) fn take_up(&mut self, lower: f64, upper: f64, length: usize) {
        let bound = self.value.clamp(lower, upper);
        if (self.value - bound).abs() <= ROUNDING {
            *self = Self::at(bound);
            return;
        }
        let mut way_in = self.way_in.take().unwrap_or_else(|| Move::at(self.value));
        way_in.head_for(bound, length);
        self.go_on(way_in);
    }

    /// The next sample: on the way into the range, or by `slope` towards `goal`, on which it lands exactly.
    pub(super) fn step(&mut self, goal: f64, slope: f64) -> f64 {
        if let Some(mut way_in) = self.way_in.take() {
            way_in.step();
            self.go_on(way_in);
        } else if self.value < goal {
            self.value = (self.value + slope).min(goal);
        } else {
            self.value = (self.value - slope).max(goal);
        }
        self.value
    }

    fn go_on(&mut self, way_in: Move) {
        self.value = way_in.value();
        self.way_in = Some(way_in).filter(|way_in| !way_in.is_over());
    }
}
