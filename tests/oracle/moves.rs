//! How a gain moves, and how a ducking envelope does.

/// A linear move: its k-th sample stands at start + (target - start) * k / length.
#[derive(Clone, Debug, Default)]
pub(super) struct Move {
    start: f64,
    target: f64,
    length: usize,
    taken: usize,
}

impl Move {
    /// At rest.
    pub(super) fn at(value: f64) -> Self {
        Self { start: value, target: value, length: 0, taken: 0 }
    }

    /// The last sample taken, which is where a new move would start; a move of no length stands on
    /// its target at once.
    pub(super) fn value(&self) -> f64 {
        if self.is_over() {
            return self.target;
        }
        self.start + (self.target - self.start) * self.taken as f64 / self.length as f64
    }

    /// Starts a move from the present value, unless it heads for this target already.
    pub(super) fn head_for(&mut self, target: f64, length: usize) {
        if target != self.target {
            *self = Self { start: self.value(), target, length, taken: 0 };
        }
    }

    /// The next sample.
    pub(super) fn step(&mut self) -> f64 {
        self.taken = (self.taken + 1).min(self.length);
        self.value()
    }

    /// Whether it is on its target.
    pub(super) fn is_over(&self) -> bool {
        self.taken == self.length
    }

    /// Whether it is on this target.
    pub(super) fn rests_on(&self, target: f64) -> bool {
        self.is_over() && self.target == target
    }
}

/// What a rounded slope may be off by, in percent: an envelope this close to its range is inside it.
const ROUNDING: f64 = 1e-9;

/// A ducking envelope, in percent.
#[derive(Clone, Debug)]
pub(super) struct Envelope {
    value: f64,
    /// Its way into its range, while it is outside.
    way_in: Option<Move>,
}

impl Envelope {
    /// At rest.
    pub(super) fn at(value: f64) -> Self {
        Self { value, way_in: None }
    }

    /// Takes up a configuration: from outside its range it moves to the nearest bound first.
    pub(super) fn take_up(&mut self, lower: f64, upper: f64, length: usize) {
        if (lower - ROUNDING..=upper + ROUNDING).contains(&self.value) {
            self.way_in = None;
            self.value = self.value.clamp(lower, upper);
            return;
        }
        let mut way_in = self.way_in.take().unwrap_or_else(|| Move::at(self.value));
        way_in.head_for(self.value.clamp(lower, upper), length);
        self.go_on(way_in);
    }

    /// The next sample: on the way into its range, or by slope towards a goal that it lands on.
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
