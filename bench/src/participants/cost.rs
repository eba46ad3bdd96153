//! What participants cost: [`costs`] has calls take turns, and gives a [`Cost`] for each.

use indicatif::ProgressBar;

use super::{
    call::{Call, TURN, Work},
    options::Talking,
    scenario::{Encoders, LARGE, LOUDEST, Others, Scenario},
    sound::Sound,
    step::{Step, Times},
};
use crate::{Result, line::Goal, report::units, stats::median};

/// So long a packet lasts, in µs: the time that a core has for all participants.
const PACKET_US: f64 = 20_000.0;
/// What the large room with open microphones is to cost, in µs for each participant.
const GOAL_US: f64 = 60.0;
/// What encoding is to be of the sum, at least, where everybody is heard.
const GOAL_SHARE: f64 = 0.75;

/// How often each call is measured, for a turn of its talkers at a time.
#[derive(Debug, Clone, Copy)]
pub struct Rounds {
    /// Before that.
    pub warm_up: usize,
    /// Measured.
    pub measured: usize,
}

impl Rounds {
    /// For a figure to quote, or for a look.
    pub fn of(quick: bool) -> Self {
        if quick { Self { warm_up: 1, measured: 1 } } else { Self { warm_up: 2, measured: 7 } }
    }

    /// All of them.
    pub fn count(self) -> usize {
        self.warm_up + self.measured
    }
}

/// What a participant of a call costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// The call.
    pub scenario: Scenario,
    /// For each participant and packet time, in µs: the medians of the rounds.
    pub steps: Times,
    /// The least and the greatest sum of a round.
    pub spread_us: [f64; 2],
    /// The mean number of encoders.
    pub encoders: f64,
}

impl Cost {
    fn of(scenario: Scenario, rounds: &[Work]) -> Self {
        let us = |seconds: f64| seconds * 1e6 / (TURN * scenario.people) as f64;
        let steps = Times::of(|step| {
            let times: Vec<_> = rounds.iter().map(|work| us(work.times[step])).collect();
            median(&times)
        });
        let sums = || rounds.iter().map(|work| us(work.times.sum()));
        let spread_us = [sums().fold(f64::INFINITY, f64::min), sums().fold(0.0, f64::max)];
        let encoders = median(&rounds.iter().map(|work| work.encoders).collect::<Vec<_>>());
        Self { scenario, steps, spread_us, encoders }
    }

    /// All steps together, in µs.
    pub fn sum_us(&self) -> f64 {
        self.steps.sum()
    }

    /// How many participants a core has time for, if it has nothing else to do.
    pub fn to_a_core(&self) -> f64 {
        PACKET_US / self.sum_us()
    }

    /// What it is to be, if that was said.
    pub fn goal(&self) -> Option<Goal> {
        let Scenario { people, talking, others, levels, loudest, encoders, .. } = self.scenario;
        let sum_us = self.sum_us();
        if talking == Talking::All {
            let share = self.steps[Step::Encode] / sum_us;
            let (text, found) = (format!("encoding ≥ {}", units::percent(GOAL_SHARE)), units::percent(share));
            return loudest.is_none().then_some(Goal { text, found, met: share >= GOAL_SHARE });
        }
        if encoders == Encoders::Listener {
            return None;
        }
        if people > LARGE && (levels || others == Others::Nothing) {
            let share = people as f64 / self.to_a_core();
            let (text, found) = ("≤ 1 core".to_owned(), format!("{} cores", units::figure(share)));
            return Some(Goal { text, found, met: share <= 1.0 });
        }
        (people == LARGE && others == Others::Noise && talking == Talking::Some(LOUDEST)).then(|| Goal {
            text: format!("≤ {GOAL_US} µs"),
            found: format!("{} µs", units::figure(sum_us)),
            met: sum_us <= GOAL_US,
        })
    }
}

/// Has all calls take turns, those of one size with each other.
pub fn costs(scenarios: &[Scenario], rounds: Rounds, bar: &ProgressBar) -> Result<Vec<Cost>> {
    let sound = Sound::new()?;
    let mut costs = Vec::new();
    for alike in scenarios.chunk_by(|a, b| a.people == b.people) {
        let mut calls = alike.iter().map(|scenario| Call::new(*scenario)).collect::<Result<Vec<_>>>()?;
        let mut works = vec![Vec::new(); calls.len()];
        for round in 0..rounds.count() {
            for (call, works) in calls.iter_mut().zip(&mut works) {
                let work = call.run(TURN, &sound)?;
                if round >= rounds.warm_up {
                    works.push(work);
                }
                bar.inc(1);
            }
        }
        costs.extend(calls.iter().zip(&works).map(|(call, works)| Cost::of(*call.scenario(), works)));
    }
    Ok(costs)
}

#[cfg(test)]
pub mod example {
    //! Costs to test with.

    use super::*;
    use crate::participants::scenario;

    /// Of a large room of which three talk, and of one in which all do: each step takes 1 to 7 µs, in the second one
    /// 10 times as long.
    pub fn costs() -> Vec<Cost> {
        let rooms = [scenario::of(LARGE, Talking::Some(3))[1], scenario::of(LARGE, Talking::All)[0]];
        let cost = |(scenario, factor)| {
            let steps = Times::of(|step| factor * (1.0 + step as usize as f64));
            Cost { scenario, steps, spread_us: [27.0 * factor, 30.0 * factor], encoders: 4.0 * factor }
        };
        rooms.into_iter().zip([1.0, 10.0]).map(cost).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::participants::scenario;

    #[test]
    fn the_steps_add_up_to_the_sum_and_are_of_each_round_the_median() {
        let room = scenario::of(10, Talking::Some(3))[0];
        let work = |seconds: f64| Work { times: Times::of(|_| seconds), encoders: 10.0, ..Work::default() };
        let cost = Cost::of(room, &[work(0.001), work(0.002), work(0.1)]);
        assert!((cost.steps[Step::Mix] - 2.0).abs() < 1e-9, "2 ms for 1000 packets of somebody");
        assert!((cost.sum_us() - 14.0).abs() < 1e-9 && (cost.to_a_core() - 20_000.0 / 14.0).abs() < 1e-6);
        assert!((cost.spread_us[0] - 7.0).abs() < 1e-9 && (cost.spread_us[1] - 700.0).abs() < 1e-6);
    }

    #[test]
    fn goals_are_of_some_rooms() {
        let goals: Vec<_> = example::costs().iter().map(|cost| cost.goal().unwrap()).collect();
        assert_eq!((goals[0].text.as_str(), goals[0].found.as_str(), goals[0].met), ("≤ 60 µs", "28.0 µs", true));
        assert_eq!((goals[1].found.as_str(), goals[1].met), ("21 %", false));
        let mut auditorium = example::costs().remove(0);
        (auditorium.scenario.people, auditorium.scenario.levels) = (1000, true);
        assert_eq!(auditorium.goal().map(|goal| (goal.found, goal.met)), Some(("1.40 cores".into(), false)));
        auditorium.scenario.people = 10;
        assert_eq!(auditorium.goal(), None);
    }
}
