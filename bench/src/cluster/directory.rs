//! What it costs that every node knows everybody: bytes, time and memory for each participant at another node.

use std::{fs, hint::black_box};

use cpu_time::ThreadTime;
use indicatif::ProgressBar;
use mixminus::{Direction, JoinOptions, MixerConfig};

use super::{
    node::{Machine, options},
    wire::Network,
};
use crate::{Result, stats::median};

/// So many ticks may pass until a node knows who is at the other one.
const PATIENCE: usize = 200;

/// How many kinds of rosters there are.
pub const COUNT: usize = 2;

/// What a participant at another node costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EntryCost {
    /// What the participants do.
    pub direction: &'static str,
    /// How many there are at the other node.
    pub participants: usize,
    /// In the list that a node which joins late gets.
    pub bytes: f64,
    /// Processor time of the node that gets the list, in µs for each.
    pub take_us: f64,
    /// Resident memory that this node has more then, in bytes for each: mixer and directory. `None` where that cannot be read.
    pub memory: Option<f64>,
    /// One who joins alone: the bytes to each other node, and the processor time there, in µs; the median.
    pub single_bytes: f64,
    pub single_us: f64,
    /// One call of `Conference::readings` there, which holds the lock of the network thread, in µs.
    pub readings_us: f64,
}

/// Of those who listen, and of those who may talk as well.
pub fn costs(quick: bool, bar: &ProgressBar) -> Result<Vec<EntryCost>> {
    let factor = if quick { 100 } else { 1 };
    let kinds =
        [("hears", Direction::Listener, 100_000 / factor), ("sends and hears", Direction::Both, 10_000 / factor)];
    let costs = kinds.map(|(name, direction, participants)| {
        let cost = cost(name, direction, participants);
        bar.inc(1);
        cost
    });
    costs.into_iter().collect()
}

fn cost(name: &'static str, direction: Direction, participants: usize) -> Result<EntryCost> {
    let network = Network::default();
    let options_of = JoinOptions { direction, ..JoinOptions::default() };
    let mut first = Machine::node(MixerConfig::default(), options(0)?, &network)?;
    first.join(0..participants, &options_of)?;
    settle(&mut first, None, 0)?;
    let (memory, sent) = (resident(), network.sent());
    let mut late = Machine::node(MixerConfig::default(), options(1)?, &network)?;
    let took = settle(&mut first, Some(&mut late), participants)?;
    let bytes = (network.sent() - sent) as f64 / participants as f64;
    let memory = resident().zip(memory).map(|(after, before)| (after - before) / participants as f64);
    let begin = ThreadTime::now();
    black_box(late.readings());
    let readings_us = 1e6 * begin.elapsed().as_secs_f64();
    let (mut single_bytes, mut single_us) = (Vec::new(), Vec::new());
    for person in participants..participants + 100 {
        first.join(person..=person, &options_of)?;
        let sent = network.sent();
        first.step();
        single_bytes.push((network.sent() - sent) as f64);
        let took = late.step();
        // The next one finds nothing.
        single_us.push(1e6 * (took - late.step()));
        first.tick(|_| None)?;
        late.tick(|_| None)?;
    }
    Ok(EntryCost {
        direction: name,
        participants,
        bytes,
        take_us: 1e6 * took / participants as f64,
        memory,
        single_bytes: median(&single_bytes),
        single_us: median(&single_us),
        readings_us,
    })
}

/// Ticks pass until the late node, if there is one, knows so many. The longest of its steps, in seconds.
fn settle(first: &mut Machine, mut late: Option<&mut Machine>, participants: usize) -> Result<f64> {
    let mut longest = 0.0_f64;
    for _ in 0..PATIENCE {
        first.tick(|_| None)?;
        first.steps_of_a_tick();
        let Some(late) = &mut late else { return Ok(longest) };
        late.tick(|_| None)?;
        longest = longest.max(late.step());
        if late.known() == participants {
            return Ok(longest);
        }
    }
    Err(format!("a node does not know {participants} participants after {PATIENCE} ticks").into())
}

/// Resident memory of this process, in bytes.
fn resident() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(1024.0 * line.trim().trim_end_matches(" kB").parse::<f64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_its_id_and_little_else() {
        let cost = cost("sends and hears", Direction::Both, 100).unwrap();
        assert!(cost.bytes > 30.0 && cost.bytes < 60.0, "{cost:?}");
        assert!(cost.single_bytes > cost.bytes - 10.0 && cost.single_bytes < 80.0 && cost.take_us > 0.0, "{cost:?}");
    }
}
