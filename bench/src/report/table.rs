//! The report for a terminal.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, LineStyle, Table, presets::UTF8_HORIZONTAL_ONLY};

use super::{
    Report, Run,
    cells::{FIGURES, HEAD, cells},
};
use crate::cases;

/// The whole report.
pub fn text(report: &Report) -> String {
    let mut text = report.where_it_ran();
    for run in &report.runs {
        let (goals, met) = run.goals();
        // Writing into a String does not fail.
        let _ = write!(text, "\n\n{}: {met} of {goals} goals met\n{}", run.kernel, self::run(run));
    }
    text + "\n\nN: participants. Ratio: to the time of the yardstick beside it."
}

fn run(run: &Run) -> Table {
    let mut table = of(&HEAD, &FIGURES);
    let mut before = None;
    for line in &run.lines {
        let mut row = cells(line, "\n");
        let group = (line.case, line.key.size);
        if before.replace(group) == Some(group) {
            // The case and the participants stand once beside the contenders that were measured
            // together.
            row[..2].iter_mut().for_each(String::clear);
        }
        table.add_row(row);
    }
    table
}

/// The list of the cases.
pub fn cases() -> String {
    let mut table = of(&["case", "what it measures"], &[]);
    for case in cases::ALL {
        table.add_row([case.name, case.about]);
    }
    table.to_string()
}

/// An empty table, and which of its columns are figures.
pub fn of(head: &[&str], figures: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none())).set_header(head);
    for column in figures {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::example;

    #[test]
    fn the_case_is_named_once_and_goals_are_counted() {
        let text = text(&example::report());
        assert!(text.starts_with("Example 9, 2 cores, rustc 1.0.0\n"), "{text}");
        assert_eq!(text.matches("dense").count(), 1, "{text}");
        assert!(text.contains("\n\nAVX2: 1 of 2 goals met\n"), "{text}");
    }

    #[test]
    fn every_case_is_listed() {
        let listed = cases();
        assert!(crate::cases::ALL.iter().all(|case| listed.contains(case.name) && listed.contains(case.about)));
    }
}
