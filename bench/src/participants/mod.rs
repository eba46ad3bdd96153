//! The command `participants`: what a participant of a call costs, from packet in to packet out, step by step.
//!
//! A [`scenario`] is a room and what people do in it. A [`call`] runs one in simulated time on one thread: people send
//! [`sound`] as packets of [`rtp`] over the [`network`], and the [`server`] does the [steps](step) of a media server.
//! [`cost`] has calls take turns and takes medians; [`table`], [`chart`] and [`page`] show them.

mod call;
mod chart;
mod codec;
mod cost;
#[cfg(feature = "libopus")]
mod libopus;
mod network;
mod options;
mod outbox;
mod page;
mod rtp;
mod scenario;
mod server;
mod sound;
mod step;
mod table;

use self::{
    codec::Codec,
    cost::{Cost, Rounds, costs},
    options::Talking,
    scenario::Scenario,
};
pub use self::{options::Participants, page::SECTION, scenario::Others};
use crate::{Result, progress};

/// The rate of everything.
const RATE_HZ: u32 = 48_000;
/// The length of a packet.
const PACKET_MS: u32 = 20;
/// Its samples.
const PACKET: usize = (RATE_HZ * PACKET_MS / 1000) as usize;

/// Runs what was asked for. What is to be printed.
pub fn run(options: &Participants) -> Result<String> {
    let costs = measured(options)?;
    if let Some(directory) = &options.write {
        page::write(directory, options.readme.as_deref(), &costs)?;
    }
    Ok(if options.json { table::json(&costs) } else { table::text(&costs) })
}

fn measured(options: &Participants) -> Result<Vec<Cost>> {
    let (scenarios, rounds) = (scenarios(options), Rounds::of(options.quick));
    let bar = progress::counting("participants", (scenarios.len() * rounds.count()) as u64);
    let costs = costs(&scenarios, rounds, &bar);
    bar.finish_and_clear();
    costs
}

/// The rooms that were asked for.
fn scenarios(options: &Participants) -> Vec<Scenario> {
    let Participants { people, talking, codec, .. } = options;
    if people.is_empty() && talking.is_empty() && codec.is_empty() {
        return scenario::usual();
    }
    let people = or(people, &[scenario::LARGE as u16]);
    let talking = or(talking, &[Talking::Some(scenario::LOUDEST), Talking::All]);
    let codecs = or(codec, &[Codec::OpusRs]);
    let rooms = people.iter().flat_map(|people| talking.iter().map(|talking| (usize::from(*people), *talking)));
    let rooms = rooms.flat_map(|(people, talking)| scenario::of(people, talking));
    rooms.flat_map(|room| codecs.iter().map(move |codec| Scenario { codec: *codec, ..room })).collect()
}

/// What was asked for, or else something.
fn or<'a, T>(asked: &'a [T], usual: &'a [T]) -> &'a [T] {
    if asked.is_empty() { usual } else { asked }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_quick_run_prints_a_line_for_each_room_and_its_steps_add_up() {
        let options = Participants {
            people: vec![4],
            talking: vec![Talking::All],
            codec: vec![],
            quick: true,
            json: true,
            write: None,
            readme: None,
        };
        let printed = run(&options).unwrap();
        let lines: Vec<Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 3);
        for line in lines {
            let steps: Vec<_> = line["us"].as_object().unwrap().values().filter_map(Value::as_f64).collect();
            let sum_us = line["sumUs"].as_f64().unwrap();
            assert!(steps.len() == 7 && steps.iter().all(|us| *us > 0.0), "{line}");
            assert!((steps.iter().sum::<f64>() - sum_us).abs() < 1e-9 * sum_us, "{line}");
            assert!((line["toACore"].as_f64().unwrap() - 20_000.0 / sum_us).abs() < 1e-6, "{line}");
        }
    }
}
