//! A linear move: how each factor of a gain gets from one value to the next.

/// A linear move: its k-th sample stands at start + (target - start) * k / length.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Move {
    start: f64,
    target: f64,
    length: usize,
    taken: usize,
}

/// A factor at one sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Factor {
    /// Where the move stands.
    pub(super) value: f64,
    /// The greater of the two ends while the move is on its way, the value once it has arrived: what a
    /// tolerance counts with.
    pub(super) bound: f64,
}

impl Move {
    /// At rest.
    pub(super) fn at(value: f64) -> Self {
        Self { start: value, target: value, length: 0, taken: 0 }
    }

    /// Where the last sample stood, which is where a new move starts. A move of no length stands on its
    /// target at once.
    pub(super) fn value(&self) -> f64 {
        if self.is_over() {
            return self.target;
        }
        self.start + (self.target - self.start) * self.taken as f64 / self.length as f64
    }

    /// Starts a move from the present value, unless the target is the old one.
    pub(super) fn head_for(&mut self, target: f64, length: usize) {
        if target != self.target {
            *self = Self { start: self.value(), target, length, taken: 0 };
        }
    }

    /// The next sample.
    pub(super) fn step(&mut self) -> Factor {
        self.taken = (self.taken + 1).min(self.length);
        let value = self.value();
        let bound = if self.is_over() { value } else { self.start.max(self.target) };
        Factor { value, bound }
    }

    /// The next `count` samples.
    pub(super) fn steps(&mut self, count: usize) -> Vec<Factor> {
        (0..count).map(|_| self.step()).collect()
    }

    /// Whether it has arrived.
    pub(super) fn is_over(&self) -> bool {
        self.taken == self.length
    }

    /// Whether it has arrived at this target.
    pub(super) fn rests_on(&self, target: f64) -> bool {
        self.is_over() && self.target == target
    }
}
