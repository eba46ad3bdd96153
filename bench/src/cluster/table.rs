//! The results as tables, for a terminal and for a page, and as JSON.

use serde_json::{Value, json};

use super::{Results, cost::Cost, directory::EntryCost, message::MessageCost};
use crate::{
    participants::Others,
    report::{table, units},
};

/// A table: its columns, which of them are figures, its rows, and what the columns are.
#[derive(Debug)]
pub struct Sheet {
    head: Vec<&'static str>,
    figures: Vec<usize>,
    rows: Vec<Vec<String>>,
    legend: &'static str,
}

/// All tables.
pub fn sheets(results: &Results) -> [Sheet; 3] {
    [nodes(&results.costs), messages(&results.messages), directory(&results.entries)]
}

fn nodes(costs: &[Cost]) -> Sheet {
    Sheet {
        head: vec![
            "people",
            "heard",
            "the others",
            "machines",
            "audio\nthread",
            "p99",
            "to one\nmachine",
            "before\nthe mix",
            "after\nthe mix",
            "network\nthread",
            "sources in\na message",
            "bytes out",
            "bytes in",
            "Mbit/s out",
            "Mbit/s in",
        ],
        figures: [0, 1].into_iter().chain(4..15).collect(),
        rows: costs.iter().map(node_cells).collect(),
        legend: "Of each machine and tick of 10 ms, in µs of processor time: the audio thread, all of a tick from its frames to \
its mixes, median and 99th percentile; the ratio of its median to that of one machine with everybody, the median of the rounds; \
of it, `NodeAudio::before` and `NodeAudio::after`; the network thread, ten calls of `NodeDriver::step`. Bytes and Mbit/s: the \
messages of ticks that a node publishes, each counted once, and that it receives. As many talk as are heard at most; \
the others send nothing, or the noise of open microphones, -65 dBFS.",
    }
}

fn node_cells(cost: &Cost) -> Vec<String> {
    let scenario = cost.scenario;
    let others = if scenario.others == Others::Noise { "open microphones" } else { "send nothing" };
    let machines = scenario.nodes.map_or("one machine".into(), |nodes| format!("{nodes} node{}", plural(nodes)));
    let mut cells =
        vec![units::count(scenario.people), scenario.loudest.to_string(), others.into(), machines, us(cost.audio_us)];
    cells.push(us(cost.p99_us));
    cells.push(if scenario.nodes.is_some() { format!("{:.2} ×", cost.ratio) } else { "yardstick".into() });
    let [out, into] = cost.mbit_per_second();
    let of_node = [
        us(cost.before_us),
        us(cost.after_us),
        us(cost.step_us),
        units::figure(cost.sources),
        units::count(cost.published_bytes.round() as usize),
        units::count(cost.received_bytes.round() as usize),
        units::figure(out),
        units::figure(into),
    ];
    cells.extend(of_node.map(|cell| if scenario.nodes.is_some() { cell } else { String::new() }));
    cells
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn us(value: f64) -> String {
    units::figure(value)
}

fn messages(costs: &[MessageCost]) -> Sheet {
    let cells = |cost: &MessageCost| {
        vec![
            cost.format.into(),
            cost.sources.to_string(),
            units::count(cost.bytes.round() as usize),
            us(cost.write_us),
            us(cost.read_us),
        ]
    };
    Sheet {
        head: vec!["samples", "sources", "bytes", "to write", "to read"],
        figures: (1..5).collect(),
        rows: costs.iter().map(cells).collect(),
        legend: "The message of a tick of 10 ms, mono, 48 kHz, in µs of processor time of the network thread: what a step with \
a message takes longer than one without. To write includes one copy of the bytes for the network. Opus: opus-rs, 32 kbit/s, complexity 5.",
    }
}

fn directory(costs: &[EntryCost]) -> Sheet {
    let cells = |cost: &EntryCost| {
        vec![
            cost.direction.into(),
            units::count(cost.participants),
            units::figure(cost.bytes),
            us(cost.take_us),
            cost.memory.map(|memory| units::count(memory.round() as usize)).unwrap_or_default(),
            units::figure(cost.single_bytes),
            us(cost.single_us),
            us(cost.readings_us),
        ]
    };
    Sheet {
        head: vec![
            "a participant\nelsewhere",
            "there are",
            "bytes\nin a list",
            "µs in\na list",
            "memory,\nbytes",
            "bytes,\nalone",
            "µs,\nalone",
            "readings,\nµs",
        ],
        figures: (1..8).collect(),
        rows: costs.iter().map(cells).collect(),
        legend: "What a participant with an id of 20 characters and no configuration costs at each other node: in the list that a node \
gets which joins late, and in a letter of its own. Memory is all that the node has more then, its \
mixer included. Readings: one call of `Conference::readings` with all of them elsewhere.",
    }
}

impl Sheet {
    /// For a terminal.
    pub fn text(&self) -> String {
        let mut table = table::of(&self.head, &self.figures);
        self.rows.iter().for_each(|row| {
            table.add_row(row);
        });
        format!("{table}\n\n{}", self.legend)
    }

    /// For a page.
    pub fn markdown(&self) -> String {
        let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut text = row(self.head.iter().map(|name| name.replace('\n', " ")).collect());
        let rule = |column| if self.figures.contains(&column) { "---:" } else { "---" };
        text += &row((0..self.head.len()).map(|column| rule(column).into()).collect());
        text.extend(self.rows.iter().map(|cells| row(cells.clone())));
        format!("{text}\n{}", self.legend)
    }
}

/// An object a line.
pub fn json(results: &Results) -> String {
    let costs = results.costs.iter().map(cost_object);
    let messages = results.messages.iter().map(|cost| {
        json!({"kind": "message", "samples": cost.format, "sources": cost.sources, "bytes": cost.bytes,
            "writeUs": cost.write_us, "readUs": cost.read_us})
    });
    let entries = results.entries.iter().map(|cost| {
        json!({"kind": "entry", "direction": cost.direction, "participants": cost.participants, "bytes": cost.bytes,
            "takeUs": cost.take_us, "memoryBytes": cost.memory, "singleBytes": cost.single_bytes, "singleUs": cost.single_us,
            "readingsUs": cost.readings_us})
    });
    costs.chain(messages).chain(entries).map(|object| format!("{object}\n")).collect()
}

fn cost_object(cost: &Cost) -> Value {
    let scenario = cost.scenario;
    json!({"kind": "node", "people": scenario.people, "loudest": scenario.loudest,
        "othersSend": scenario.others == Others::Noise, "nodes": scenario.nodes, "audioUs": cost.audio_us,
        "audioP99Us": cost.p99_us, "ratio": cost.ratio, "beforeUs": cost.before_us, "afterUs": cost.after_us,
        "stepUs": cost.step_us, "publishedBytes": cost.published_bytes, "receivedBytes": cost.received_bytes,
        "sources": cost.sources})
}

#[cfg(test)]
pub mod example {
    //! Results to test with.

    use super::*;
    use crate::cluster::cost;

    pub fn results() -> Results {
        let message = MessageCost { format: "i16", sources: 8, bytes: 7840.0, write_us: 4.0, read_us: 3.0 };
        let entry = EntryCost {
            direction: "hears",
            participants: 100,
            bytes: 38.0,
            take_us: 0.5,
            memory: None,
            single_bytes: 54.0,
            single_us: 2.0,
            readings_us: 9.0,
        };
        Results { costs: cost::example::costs(), messages: vec![message], entries: vec![entry] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_cell_for_each_column() {
        for sheet in sheets(&example::results()) {
            assert!(sheet.rows.iter().all(|row| row.len() == sheet.head.len()), "{sheet:?}");
            let rows = sheet.rows.len() + 2;
            assert!(sheet.markdown().lines().take(rows).all(|row| row.matches('|').count() == sheet.head.len() + 1));
        }
        let row = "1,000 | 3 | open microphones | 2 nodes | 60.0 | 80.0 | 0.60 × | 4.00 | 6.00 | 20.0 | 1.50 | 1,250 | 1,250 | 1.00 | 1.00";
        assert_eq!(nodes(&example::results().costs).rows[1].join(" | "), row);
    }

    #[test]
    fn each_object_says_what_it_is() {
        let json = json(&example::results());
        let objects: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let kinds: Vec<_> = objects.iter().filter_map(|object| object["kind"].as_str()).collect();
        assert_eq!(kinds, ["node", "node", "message", "entry"]);
        assert_eq!((&objects[0]["nodes"], &objects[1]["audioUs"]), (&Value::Null, &json!(60.0)));
    }
}
