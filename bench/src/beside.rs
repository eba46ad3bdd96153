//! Two builds of this program side by side: both run every case by turns, and a table has the times
//! of both.
//!
//! Each run is a process of its own. Both builds must know the cases and the JSON of this one.

use std::{
    env,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{
    Result,
    cli::{Kernel, Options},
    progress::Progress,
    report::{table, units},
    stats,
};

/// Which line of a report: its case, instruction set, contender and participants.
type Which = (String, String, String, u64);

/// The times of a line in both builds, in seconds, turn by turn.
#[derive(Debug)]
struct Pair {
    which: Which,
    times: [Vec<f64>; 2],
}

/// Runs the cases with this program and with another build of it, and tells the median times of
/// both as a table.
pub fn compare(options: &Options, other: &Path) -> Result<String> {
    let this = env::current_exe()?;
    let (cases, kernels) = (options.cases()?, options.kernels()?);
    let progress = Progress::new(cases.len() * kernels.len());
    let mut pairs = Vec::new();
    for case in cases {
        for kernel in &kernels {
            progress.begin(case.name);
            for turn in 0..options.turns.get() {
                // The build that is first in one turn is second in the next.
                let second = usize::from(turn % 2 != 0);
                let mut reports = [vec![], vec![]];
                for which in [second, 1 - second] {
                    reports[which] = report([&this, other][which], case.name, *kernel, options.quick)?;
                }
                record(&mut pairs, &reports);
                progress.reached(f64::from(turn + 1) / f64::from(options.turns.get()));
            }
        }
    }
    progress.finish();
    Ok(text(&pairs))
}

/// The lines that a program reports on a case.
fn report(program: &Path, case: &str, kernel: Kernel, quick: bool) -> Result<Vec<(Which, f64)>> {
    let mut command = Command::new(program);
    command.args(["--json", "--case", case, "--kernel", &kernel.name()]).args(quick.then_some("--quick"));
    let told = |fault: &str| format!("{} does not report on {case}: {fault}", program.display());
    let output = command.stderr(Stdio::inherit()).output().map_err(|fault| told(&fault.to_string()))?;
    if !output.status.success() {
        return Err(told(&output.status.to_string()).into());
    }
    let objects = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let lines: Result<Vec<_>, _> =
        objects.map(|object| serde_json::from_slice(object).map(|object| line(&object))).collect();
    Ok(lines.map_err(|fault| told(&fault.to_string()))?.into_iter().flatten().collect())
}

/// A line of a report; `None` of the object that describes the machine.
fn line(object: &Value) -> Option<(Which, f64)> {
    let text = |name: &str| object[name].as_str().map(str::to_owned);
    let which = (text("case")?, text("instructionSet")?, text("contender")?, object["participants"].as_u64()?);
    Some((which, object["seconds"].as_f64()?))
}

/// Adds a turn: the lines that both have reported.
fn record(pairs: &mut Vec<Pair>, [this, other]: &[Vec<(Which, f64)>; 2]) {
    for (which, ours) in this {
        let Some((_, theirs)) = other.iter().find(|(known, _)| known == which) else { continue };
        let known = pairs.iter().position(|pair| pair.which == *which).unwrap_or_else(|| {
            pairs.push(Pair { which: which.clone(), times: [vec![], vec![]] });
            pairs.len() - 1
        });
        for (times, seconds) in pairs[known].times.iter_mut().zip([ours, theirs]) {
            times.push(*seconds);
        }
    }
}

fn text(pairs: &[Pair]) -> String {
    let mut table = table::of(&["case", "kernel", "N", "contender", "this", "that", "this / that"], &[2, 4, 5, 6]);
    for Pair { which: (case, kernel, contender, participants), times: [this, that] } in pairs {
        let ratio = units::figure(stats::median_ratio(this, that));
        let [this, that] = [this, that].map(|times| units::time(stats::median(times)));
        let participants = units::count(*participants as usize);
        table.add_row([case, kernel, &participants, contender, &this, &that, &format!("{ratio} ×")]);
    }
    format!("{table}\n\nTimes: medians of the turns. Ratio: the median of the ratios within each turn.")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lines(times: &[(&str, f64)]) -> Vec<(Which, f64)> {
        let object = |(contender, seconds): &(&str, f64)| {
            let (case, set) = ("dense", "AVX2");
            json!({"case": case, "instructionSet": set, "contender": contender, "participants": 9, "seconds": seconds})
        };
        times.iter().filter_map(|time| line(&object(time))).collect()
    }

    #[test]
    fn lines_that_both_report_are_compared_turn_by_turn() {
        let mut pairs = Vec::new();
        record(&mut pairs, &[lines(&[("a", 0.002), ("only here", 1.0)]), lines(&[("a", 0.001)])]);
        record(&mut pairs, &[lines(&[("a", 0.020)]), lines(&[("a", 0.010), ("only there", 1.0)])]);
        record(&mut pairs, &[lines(&[("a", 0.002)]), lines(&[("a", 0.001)])]);
        assert_eq!(pairs.len(), 1);
        let text = text(&pairs);
        let row: Vec<_> = text.lines().find(|line| line.contains("dense")).unwrap().split_whitespace().collect();
        assert_eq!(row, ["dense", "AVX2", "9", "a", "2", "ms", "1", "ms", "2.00", "×"]);
    }

    #[test]
    fn the_object_of_the_machine_is_no_line() {
        assert_eq!(line(&json!({"processor": "Example 9", "cores": 2})), None);
    }

    #[test]
    fn a_program_that_cannot_be_run_is_named() {
        let told =
            report(Path::new("/nowhere/mixminus-bench"), "dense", Kernel::Portable, true).unwrap_err().to_string();
        assert!(told.starts_with("/nowhere/mixminus-bench does not report on dense: "), "{told}");
    }
}
