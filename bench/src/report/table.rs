//! The report as people read it in a terminal.

use comfy_table::{CellAlignment, LineStyle, Table, presets::UTF8_HORIZONTAL_ONLY};

use super::{
    Report,
    cells::{FIGURES, HEAD, cells},
};
use crate::cases;

/// The whole report.
pub fn text(report: &Report) -> String {
    let (goals, met) = report.goals();
    let mut table = table(&HEAD);
    for column in FIGURES {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut before = None;
    for line in &report.lines {
        let mut row = cells(line, "\n");
        let group = (line.case, line.key.size);
        if before.replace(group) == Some(group) {
            // Said once for those who were measured together.
            row[..2].iter_mut().for_each(String::clear);
        }
        table.add_row(row);
    }
    format!(
        "{}\n\n{table}\n\nN: participants. Ratio: to the time of the yardstick beside it. {met} of {goals} goals met",
        report.where_it_ran()
    )
}

/// The cases that there are.
pub fn cases() -> String {
    let mut table = table(&["case", "what it measures"]);
    for case in cases::ALL {
        table.add_row([case.name, case.about]);
    }
    table.to_string()
}

fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none())).set_header(head);
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
        assert!(text.ends_with("1 of 2 goals met"), "{text}");
    }

    #[test]
    fn every_case_is_listed() {
        let listed = cases();
        assert!(crate::cases::ALL.iter().all(|case| listed.contains(case.name) && listed.contains(case.about)));
    }
}
