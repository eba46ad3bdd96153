//! The command `cluster`: a conference on several nodes beside the same one on one machine.
//!
//! A [`scenario`] is a conference, and a [`room`] runs it, [node] by node, over a [network](wire) in memory, with the
//! [`sound`] of people. [`cost`] has rooms take turns and takes medians; [`message`] measures the message of a tick alone, and
//! [`directory`] what it costs that every node knows everybody. [`table`] and [`page`] show all of it.

mod cost;
mod directory;
mod message;
mod node;
mod options;
mod page;
mod room;
mod scenario;
mod sound;
mod table;
mod wire;

use self::{cost::Rounds, scenario::asked_for};
pub use self::{options::Cluster, page::SECTION};
use crate::{Result, progress};

/// What was measured.
#[derive(Debug)]
struct Results {
    costs: Vec<cost::Cost>,
    messages: Vec<message::MessageCost>,
    entries: Vec<directory::EntryCost>,
}

/// Runs what was asked for. What is to be printed.
pub fn run(options: &Cluster) -> Result<String> {
    let results = measured(options)?;
    if let Some(directory) = &options.write {
        page::write(directory, &results)?;
    }
    Ok(if options.json {
        table::json(&results)
    } else {
        table::sheets(&results).map(|sheet| sheet.text()).join("\n\n")
    })
}

fn measured(options: &Cluster) -> Result<Results> {
    let (scenarios, rounds) = (asked_for(options), Rounds::of(options.quick));
    let steps = scenarios.len() * rounds.count() + message::COUNT + directory::COUNT;
    let bar = progress::counting("cluster", steps as u64);
    // The directory first: memory that others have freed would be in nobody's figures.
    let entries = directory::costs(options.quick, &bar)?;
    let messages = message::costs(options.quick, &bar)?;
    let costs = cost::costs(&scenarios, rounds, &bar)?;
    bar.finish_and_clear();
    Ok(Results { costs, messages, entries })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_quick_run_prints_a_line_for_each_conference_message_and_list() {
        let options =
            Cluster { people: vec![16], nodes: vec![2], loudest: vec![2], quick: true, json: true, write: None };
        let printed = run(&options).unwrap();
        let lines: Vec<Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 4 + message::COUNT + directory::COUNT);
        for line in lines.iter().filter(|line| line["kind"] == "node") {
            let ratio = line["ratio"].as_f64().unwrap();
            assert!(line["audioUs"].as_f64().unwrap() > 0.0 && ratio > 0.0, "{line}");
            assert_eq!(line["receivedBytes"].as_f64().unwrap() > 0.0, line["nodes"] == 2, "{line}");
        }
    }
}
