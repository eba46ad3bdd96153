//! The report for machines: one JSON object a line, the machine first.

use serde_json::{Value, json};

use super::{Report, Run};
use crate::line::Line;

/// The whole report.
pub fn text(report: &Report) -> String {
    let machine = &report.machine;
    let first = json!({
        "processor": machine.processor,
        "cores": machine.cores,
        "compiler": machine.compiler,
        "command": machine.command,
        "quick": report.quick,
    });
    let lines = report.runs.iter().flat_map(|run| run.lines.iter().map(|line| object(run, line)));
    let objects = std::iter::once(first).chain(lines);
    objects.map(|object| format!("{object}\n")).collect()
}

fn object(run: &Run, line: &Line) -> Value {
    let goal = |goal: &crate::line::Goal| json!({"goal": goal.text, "found": goal.found, "met": goal.met});
    json!({
        "case": line.case,
        "instructionSet": run.kernel.to_string(),
        "participants": line.key.size,
        "contender": line.key.name,
        "seconds": line.seconds,
        "shareOfTick": line.share_of_tick(),
        "nsPerProduct": line.nanoseconds_per_product(),
        "ratio": line.ratio.map(|(ratio, _)| ratio),
        "ratioTo": line.ratio.map(|(_, yardstick)| yardstick.to_string()),
        "gigaflops": line.rate.map(|rate| rate.giga),
        "shareOfPeak": line.rate.map(|rate| rate.of_peak),
        "note": line.note,
        "goals": line.goals.iter().map(goal).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::example;

    #[test]
    fn each_line_is_an_object() {
        let text = text(&example::report());
        let objects: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(objects.len(), 3);
        assert_eq!(objects[0]["processor"], "Example 9");
        assert!(objects[1..].iter().all(|object| object["instructionSet"] == "AVX2"));
        assert_eq!((&objects[1]["ratio"], &objects[1]["ratioTo"]), (&json!(2.0), &json!("a peer with 1000")));
        assert_eq!(objects[1]["goals"][0], json!({"goal": "≤ 1.5 × a peer", "found": "2.00 ×", "met": false}));
        assert_eq!((&objects[2]["ratio"], &objects[2]["goals"]), (&Value::Null, &json!([])));
    }
}
