//! Measuring side by side: every contender once a round, for many rounds.
//!
//! Machines are shared, and their clocks change: times that are measured a minute apart cannot be
//! compared. Within a round all contenders have the same machine, so ratios are taken round by
//! round, and their median ignores the rounds in which one contender was disturbed.

use std::time::{Duration, Instant};

use crate::{
    Result,
    contender::{Contender, Key},
    stats,
};

/// How long to measure.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// About how long all rounds may take together.
    pub budget: Duration,
    /// The fewest rounds, however long they take.
    pub least: usize,
    /// The most rounds, however short they are.
    pub most: usize,
}

impl Pace {
    /// The number of rounds, if one takes so long.
    fn rounds(&self, one: Duration) -> usize {
        let fit = self.budget.as_secs_f64() / one.as_secs_f64().max(1e-9);
        (fit as usize).clamp(self.least, self.most)
    }
}

/// Measures the contenders in rounds. Calls `done` after each, with the share of the rounds that
/// are over.
pub fn interleave(mut contenders: Vec<Contender<'_>>, pace: &Pace, mut done: impl FnMut(f64)) -> Result<Measured> {
    // The first round warms everything up, and shows how long a round takes.
    let begin = Instant::now();
    for contender in &mut contenders {
        contender.round()?;
    }
    let rounds = pace.rounds(begin.elapsed());
    let mut measured = Measured::default();
    for round in 0..rounds {
        // Back and forth, so that no contender always follows the same one.
        let order: &mut dyn Iterator<Item = &mut Contender<'_>> =
            if round % 2 == 0 { &mut contenders.iter_mut() } else { &mut contenders.iter_mut().rev() };
        for contender in order {
            measured.record(contender.key, contender.round()?.as_secs_f64());
        }
        done((round + 1) as f64 / rounds as f64);
    }
    Ok(measured)
}

/// The times of some contenders, in seconds, round by round.
#[derive(Debug, Default)]
pub struct Measured {
    times: Vec<(Key, Vec<f64>)>,
}

impl Measured {
    /// Adds a round of a contender.
    pub fn record(&mut self, key: Key, seconds: f64) {
        match self.times.iter_mut().find(|(known, _)| *known == key) {
            Some((_, times)) => times.push(seconds),
            None => self.times.push((key, vec![seconds])),
        }
    }

    /// Whether a contender was measured.
    pub fn has(&self, key: Key) -> bool {
        self.times.iter().any(|(known, _)| *known == key)
    }

    /// A contender's median time, in seconds.
    pub fn median(&self, key: Key) -> Result<f64> {
        self.times(key).map(stats::median)
    }

    /// The ratio of two contenders' times: the median of the rounds.
    pub fn ratio(&self, of: Key, to: Key) -> Result<f64> {
        Ok(stats::median_ratio(self.times(of)?, self.times(to)?))
    }

    /// The contender with the shortest median time.
    pub fn fastest(&self, keys: &[Key]) -> Result<Key> {
        let mut fastest = None;
        for key in keys {
            let median = self.median(*key)?;
            if fastest.is_none_or(|(_, least)| median < least) {
                fastest = Some((*key, median));
            }
        }
        fastest.map(|(key, _)| key).ok_or_else(|| "there are no contenders".into())
    }

    fn times(&self, key: Key) -> Result<&[f64]> {
        let found = self.times.iter().find(|(known, _)| *known == key);
        found.map(|(_, times)| &times[..]).ok_or_else(|| format!("{key} was not measured").into())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    const A: Key = Key::new("a", 1);
    const B: Key = Key::new("b", 1);

    #[test]
    fn everybody_is_measured_in_every_round_from_both_ends() {
        let order = RefCell::new(String::new());
        let contender = |key: Key, millis| {
            let order = &order;
            Contender::timed(key, move || {
                order.borrow_mut().push_str(key.name);
                Ok(Duration::from_millis(millis))
            })
        };
        let pace = Pace { budget: Duration::ZERO, least: 3, most: 5 };
        let mut told = Vec::new();
        let measured = interleave(vec![contender(A, 1), contender(B, 4)], &pace, |share| told.push(share)).unwrap();
        assert_eq!(*order.borrow(), "abab".to_owned() + "ba" + "ab");
        assert_eq!((told.len(), told.last()), (3, Some(&1.0)));
        assert_eq!(measured.ratio(B, A).unwrap(), 4.0);
        assert_eq!(measured.fastest(&[B, A]).unwrap(), A);
    }

    #[test]
    fn rounds_fill_the_budget_within_their_bounds() {
        let pace = Pace { budget: Duration::from_secs(1), least: 9, most: 300 };
        let rounds = [1, 10, 500].map(|millis| pace.rounds(Duration::from_millis(millis)));
        assert_eq!(rounds, [300, 100, 9]);
    }

    #[test]
    fn a_contender_that_was_not_measured_is_named() {
        let told = Measured::default().median(A).unwrap_err().to_string();
        assert_eq!(told, "a with 1 was not measured");
    }
}
