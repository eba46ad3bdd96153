//! What a conference costs on one machine and on several: [`costs`] has them take turns, and gives a [`Cost`] for each.

use indicatif::ProgressBar;

use super::{
    node::TickTimes,
    room::{Counts, Room, Work},
    scenario::{Scenario, TURN},
    sound::Sound,
};
use crate::{
    Result,
    stats::{median, median_ratio, quantile},
};

/// How often each conference is measured, for a turn of its talkers at a time.
#[derive(Debug, Clone, Copy)]
pub struct Rounds {
    pub warm_up: usize,
    pub measured: usize,
}

impl Rounds {
    /// For a figure to quote, or for a look.
    pub fn of(quick: bool) -> Self {
        if quick { Self { warm_up: 1, measured: 1 } } else { Self { warm_up: 2, measured: 16 } }
    }

    /// All of them.
    pub fn count(self) -> usize {
        self.warm_up + self.measured
    }
}

/// What a machine of a conference costs, in µs of processor time for a tick of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// The conference.
    pub scenario: Scenario,
    /// The audio thread: the median, the 99th percentile, and of the median what comes before and after the mix.
    pub audio_us: f64,
    pub p99_us: f64,
    pub before_us: f64,
    pub after_us: f64,
    /// The median of the ratios to one machine within each round.
    pub ratio: f64,
    /// The thread that talks to the others; the median.
    pub step_us: f64,
    /// For each tick and node, the mean.
    pub published_bytes: f64,
    pub received_bytes: f64,
    pub sources: f64,
}

impl Cost {
    fn of(scenario: Scenario, rounds: &[Work], one_machine: &[Work]) -> Self {
        let us = |time: fn(&TickTimes) -> f64| -> Vec<f64> {
            rounds.iter().flat_map(|work| work.audio.iter().map(move |tick| 1e6 * time(tick))).collect()
        };
        let all = us(|tick| tick.all);
        let medians = |works: &[Work]| -> Vec<f64> {
            let ticks = |work: &Work| work.audio.iter().map(|tick| tick.all).collect::<Vec<_>>();
            works.iter().map(|work| median(&ticks(work))).collect()
        };
        let steps: Vec<_> = rounds.iter().flat_map(|work| work.steps.iter().map(|step| 1e6 * step)).collect();
        let mean = |count: fn(&Counts) -> u64| {
            rounds.iter().map(|work| count(&work.counts)).sum::<u64>() as f64 / all.len() as f64
        };
        Self {
            scenario,
            audio_us: median(&all),
            p99_us: quantile(&all, 0.99),
            before_us: median(&us(|tick| tick.before)),
            after_us: median(&us(|tick| tick.after)),
            ratio: median_ratio(&medians(rounds), &medians(one_machine)),
            step_us: median(&steps),
            published_bytes: mean(|counts| counts.published_bytes),
            received_bytes: mean(|counts| counts.received_bytes),
            sources: mean(|counts| counts.sources),
        }
    }

    /// Mbit/s that a node publishes, and that it receives, without the heads of datagrams.
    pub fn mbit_per_second(&self) -> [f64; 2] {
        [self.published_bytes, self.received_bytes].map(|bytes| bytes * 8.0 * 100.0 / 1e6)
    }
}

/// Has all conferences take turns with those that differ in their machines alone.
pub fn costs(scenarios: &[Scenario], rounds: Rounds, bar: &ProgressBar) -> Result<Vec<Cost>> {
    let sound = Sound::new();
    let mut costs = Vec::new();
    for alike in scenarios.chunk_by(|_, next| next.nodes.is_some()) {
        let mut rooms = alike.iter().map(|scenario| Room::new(*scenario)).collect::<Result<Vec<_>>>()?;
        let mut works = vec![Vec::new(); rooms.len()];
        for round in 0..rounds.count() {
            for (room, works) in rooms.iter_mut().zip(&mut works) {
                let work = room.run(TURN, &sound)?;
                if round >= rounds.warm_up {
                    works.push(work);
                }
                bar.inc(1);
            }
        }
        for (scenario, works) in alike.iter().zip(&works[..]) {
            let lost: u64 = works.iter().map(|work| work.counts.lost).sum();
            if lost > 0 {
                return Err(
                    format!("{lost} ticks or sources were lost on a network that loses none: {scenario:?}").into()
                );
            }
        }
        costs.extend(alike.iter().zip(&works).map(|(scenario, own)| Cost::of(*scenario, own, &works[0])));
    }
    Ok(costs)
}

#[cfg(test)]
pub mod example {
    //! Costs to test with.

    use super::*;
    use crate::participants::Others;

    /// One machine, and two nodes of which each takes half of its time and 10 µs more.
    pub fn costs() -> Vec<Cost> {
        let scenario = Scenario { people: 1000, loudest: 3, others: Others::Noise, nodes: None };
        let one = Cost {
            scenario,
            audio_us: 100.0,
            p99_us: 120.0,
            before_us: 0.0,
            after_us: 0.0,
            ratio: 1.0,
            step_us: 0.0,
            published_bytes: 0.0,
            received_bytes: 0.0,
            sources: 0.0,
        };
        let two = Cost {
            scenario: Scenario { nodes: Some(2), ..scenario },
            audio_us: 60.0,
            p99_us: 80.0,
            before_us: 4.0,
            after_us: 6.0,
            ratio: 0.6,
            step_us: 20.0,
            published_bytes: 1250.0,
            received_bytes: 1250.0,
            sources: 1.5,
        };
        vec![one, two]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_of_a_tick_of_a_node() {
        let scenario = example::costs()[1].scenario;
        let tick = |all| TickTimes { before: 1e-6, after: 2e-6, all };
        let work = |factor: f64| Work {
            audio: [1e-5, 2e-5, 3e-5].map(|all| tick(factor * all)).into(),
            steps: vec![5e-6; 3],
            counts: Counts { published_bytes: 300, received_bytes: 900, sources: 6, lost: 0 },
        };
        let cost = Cost::of(scenario, &[work(1.0), work(3.0)], &[work(2.0), work(6.0)]);
        assert!((cost.ratio - 0.5).abs() < 1e-9 && (cost.audio_us - 30.0).abs() < 1e-9, "{cost:?}");
        assert!((cost.p99_us - 90.0).abs() < 1e-9 && (cost.step_us - 5.0).abs() < 1e-9, "{cost:?}");
        assert_eq!((cost.published_bytes, cost.received_bytes, cost.sources), (100.0, 300.0, 2.0));
        assert_eq!(example::costs()[1].mbit_per_second(), [1.0, 1.0]);
    }
}
