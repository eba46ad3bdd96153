//! The command `networks`: the input port in simulated time over packet traces, beside what WebRTC's NetEq did with the
//! same packets.
//!
//! Traces are [stored], [made from seeds](kinds), or read from a folder ([`trace`]). A [`room`] plays [`speech`], as it
//! is or [encoded](codec), over each; the [delays](delay) are found in what is heard. [`contest`] does that for all,
//! [`random`] and [`day`] are longer trials, [`table`] prints the results.

mod chart;
pub mod codec;
mod contest;
mod day;
mod delay;
mod kinds;
mod options;
mod page;
mod random;
mod room;
pub mod speech;
mod stored;
mod table;
mod trace;

use std::collections::BTreeMap;

use rayon::prelude::*;

use self::{
    contest::{Line, SentAs, Voice, contest},
    day::{Day, day},
    random::{Outcome, trial},
    trace::Trace,
};
pub use options::Networks;
pub use page::SECTION;
pub use speech::speech;

use crate::{Result, progress};

/// Runs what was asked for. What is to be printed.
pub fn run(options: &Networks) -> Result<String> {
    if let Some(count) = options.random {
        let outcomes = outcomes(options.seed.unwrap_or(1), count)?;
        return Ok(if options.json { table::outcomes_json(&outcomes) } else { table::outcomes(&outcomes) });
    }
    if !options.days.is_empty() {
        let days = days(&options.days)?;
        return Ok(if options.json { table::days_json(&days) } else { table::days(&days) });
    }
    let lines = lines(options)?;
    if let Some(directory) = &options.write {
        page::write(directory, &lines)?;
    }
    Ok(if options.json { table::json(&lines) } else { table::text(&lines) })
}

/// The traces that were asked for, and how they were got over.
fn lines(options: &Networks) -> Result<Vec<Line>> {
    let (mut traces, neteq) = match (&options.traces, options.seed) {
        (Some(folder), _) => (Trace::folder(folder)?, BTreeMap::new()),
        (None, Some(seed)) => (kinds::made(seed), BTreeMap::new()),
        (None, None) => (stored::traces()?, stored::neteq()?),
    };
    if let Some(name) = options.named.iter().find(|name| traces.iter().all(|trace| trace.name != **name)) {
        let known: Vec<_> = traces.into_iter().map(|trace| trace.name).collect();
        return Err(format!("there is no trace {name}; there are {}", known.join(", ")).into());
    }
    traces.retain(|trace| options.named.is_empty() || options.named.contains(&trace.name));
    let bar = progress::counting("networks", (traces.len() * SentAs::ALL.len()) as u64);
    let lines = contest(&traces, &neteq, &bar)?;
    bar.finish_and_clear();
    Ok(lines)
}

/// Random networks, from a seed on.
fn outcomes(first: u64, count: u64) -> Result<Vec<Outcome>> {
    let voice = Voice::new(random::MOST_PACKETS)?;
    let bar = progress::counting("networks", count * SentAs::ALL.len() as u64);
    let seeds = first..first.saturating_add(count);
    let trials: Vec<_> = seeds.flat_map(|seed| SentAs::ALL.map(|sent_as| (seed, sent_as))).collect();
    let outcomes = trials.into_par_iter().map(|(seed, sent_as)| {
        let outcome = trial(seed, sent_as, &voice);
        bar.inc(1);
        outcome
    });
    let outcomes = outcomes.collect();
    bar.finish_and_clear();
    outcomes
}

/// Days with clocks that are off.
fn days(clocks: &[f64]) -> Result<Vec<Day>> {
    let days: Vec<_> = clocks.iter().flat_map(|ppm| [8000, 16_000].map(|rate_hz| (*ppm, rate_hz))).collect();
    let bar = progress::counting("days", days.len() as u64 * day::MINUTES);
    let days = days.into_par_iter().map(|(ppm, rate_hz)| day(ppm, rate_hz, || bar.inc(1))).collect();
    bar.finish_and_clear();
    days
}
