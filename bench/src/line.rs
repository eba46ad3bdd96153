//! A result: a [`Line`] of the report for each contender of a case.

use crate::{Result, contender::Key, report::units, rounds::Measured, signal::TICK_SECONDS};

/// One contender in one room.
#[derive(Debug, Clone)]
pub struct Line {
    /// The name of the case on the command line.
    pub case: &'static str,
    /// The contender, and the participants of its room.
    pub key: Key,
    /// The median time of a tick, or of another thing that the case measures.
    pub seconds: f64,
    /// Whether this is the time of a tick.
    pub is_tick: bool,
    /// Products of a source, a listener and a sample in a tick.
    pub products: Option<f64>,
    /// Operations a second, in the cases that measure arithmetic.
    pub rate: Option<Rate>,
    /// The ratio to the time of a yardstick, and the yardstick.
    pub ratio: Option<(f64, Key)>,
    /// A remark.
    pub note: String,
    /// The goals, if the contender has any.
    pub goals: Vec<Goal>,
}

impl Line {
    /// The time of a tick.
    pub fn tick(case: &'static str, key: Key, measured: &Measured) -> Result<Self> {
        let seconds = measured.median(key)?;
        Ok(Self {
            case,
            key,
            seconds,
            is_tick: true,
            products: None,
            rate: None,
            ratio: None,
            note: String::new(),
            goals: vec![],
        })
    }

    /// The time of something that is not a tick.
    pub fn other(case: &'static str, key: Key, measured: &Measured) -> Result<Self> {
        Ok(Self { is_tick: false, ..Self::tick(case, key, measured)? })
    }

    /// With the products of so many talkers and listeners.
    pub fn of_pairs(self, talkers: usize, listeners: usize) -> Self {
        Self { products: Some(products(talkers, listeners)), ..self }
    }

    /// With the ratio to a yardstick.
    pub fn beside(self, yardstick: Key, measured: &Measured) -> Result<Self> {
        let ratio = measured.ratio(self.key, yardstick)?;
        Ok(Self { ratio: Some((ratio, yardstick)), ..self })
    }

    /// With a remark.
    pub fn noting(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// With a goal.
    pub fn goal(mut self, goal: Goal) -> Self {
        self.goals.push(goal);
        self
    }

    /// The share of the 10 ms of a tick, if this is the time of a tick.
    pub fn share_of_tick(&self) -> Option<f64> {
        self.is_tick.then_some(self.seconds / TICK_SECONDS)
    }

    /// Nanoseconds for each source, listener and sample.
    pub fn nanoseconds_per_product(&self) -> Option<f64> {
        self.products.map(|products| self.seconds * 1e9 / products)
    }
}

/// Products of a source, a listener and a sample in a tick in which `talkers` of `listeners` talk.
/// Nobody hears themselves.
pub fn products(talkers: usize, listeners: usize) -> f64 {
    (talkers * listeners - talkers) as f64 * crate::signal::TICK as f64
}

/// How fast arithmetic is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Billions of multiplications and additions a second.
    pub giga: f64,
    /// The share of the peak of the core.
    pub of_peak: f64,
}

/// A figure to reach.
#[derive(Debug, Clone, PartialEq)]
pub struct Goal {
    /// The goal.
    pub text: String,
    /// The figure that was measured.
    pub found: String,
    /// Whether the figure reaches the goal.
    pub met: bool,
}

impl Goal {
    /// At most so many times the time of something.
    pub fn at_most(limit: f64, of: &str, found: f64) -> Self {
        Self {
            text: format!("≤ {limit} × {of}"), found: format!("{} ×", units::figure(found)), met: found <= limit
        }
    }

    /// At least so many times as fast as something that takes `found` times as long.
    pub fn faster(least: f64, than: &str, found: f64) -> Self {
        let text = format!("≥ {least} × as fast as {than}");
        Self { text, found: format!("{} ×", units::figure(found)), met: found >= least }
    }

    /// At least so large a share of something.
    pub fn at_least_share(least: f64, of: &str, found: f64) -> Self {
        Self {
            text: format!("≥ {} of {of}", units::percent(least)), found: units::percent(found), met: found >= least
        }
    }

    /// Less than so large a share of a tick of 10 ms.
    pub fn under_share_of_tick(limit: f64, seconds: f64) -> Self {
        let found = seconds / TICK_SECONDS;
        Self {
            text: format!("< {} of a tick", units::percent(limit)),
            found: units::percent(found),
            met: found < limit,
        }
    }

    /// Less than so many seconds.
    pub fn under(limit: f64, seconds: f64) -> Self {
        Self { text: format!("< {}", units::time(limit)), found: units::time(seconds), met: seconds < limit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_say_what_was_found() {
        let goal = |text: &str, found: &str, met| Goal { text: text.into(), found: found.into(), met };
        assert_eq!(Goal::at_most(1.5, "at rest", 1.5), goal("≤ 1.5 × at rest", "1.50 ×", true));
        assert_eq!(Goal::at_most(1.0, "gemm", 1.01), goal("≤ 1 × gemm", "1.01 ×", false));
        assert_eq!(Goal::faster(50.0, "it", 49.9), goal("≥ 50 × as fast as it", "49.9 ×", false));
        assert_eq!(Goal::at_least_share(0.8, "the peak", 0.8), goal("≥ 80 % of the peak", "80 %", true));
        assert_eq!(Goal::under_share_of_tick(0.3, 0.003), goal("< 30 % of a tick", "30 %", false));
        assert_eq!(Goal::under(20e-6, 5e-6), goal("< 20 µs", "5 µs", true));
    }

    #[test]
    fn a_tick_has_a_share_of_10_ms_and_a_time_for_each_product() {
        let key = Key::new("somebody", 3);
        let mut measured = Measured::default();
        measured.record(key, 0.001);
        let line = Line::tick("case", key, &measured).unwrap().of_pairs(2, 3);
        assert_eq!(line.share_of_tick(), Some(0.1));
        assert_eq!(line.products, Some(4.0 * 480.0));
        assert!((line.nanoseconds_per_product().unwrap() - 520.83).abs() < 0.01);
        assert_eq!(Line::other("case", key, &measured).unwrap().share_of_tick(), None);
    }
}
