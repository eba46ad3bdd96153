//! A [`Line`] as the cells of a table.

use super::units;
use crate::line::{Goal, Line, Rate};

/// The columns of the table.
pub const HEAD: [&str; 10] = [
    "case",
    "N",
    "contender",
    "median time",
    "of a 10 ms\ntick",
    "ns per source\n× listener\n× sample",
    "ratio",
    "note",
    "goal",
    "met",
];

/// The columns that are figures.
pub const FIGURES: [usize; 5] = [1, 3, 4, 5, 6];

/// The cells of a line; `next` separates two goals.
pub fn cells(line: &Line, next: &str) -> [String; 10] {
    let goals = |tell: fn(&Goal) -> String| line.goals.iter().map(tell).collect::<Vec<_>>().join(next);
    [
        line.case.to_owned(),
        units::count(line.key.size),
        line.key.name.to_owned(),
        units::time(line.seconds),
        line.share_of_tick().map(units::percent).unwrap_or_default(),
        line.nanoseconds_per_product().map(units::figure).unwrap_or_default(),
        ratio(line),
        note(line),
        goals(|goal| goal.text.clone()),
        goals(|goal| format!("{}: {}", if goal.met { "yes" } else { "NO" }, goal.found)),
    ]
}

fn ratio(line: &Line) -> String {
    match line.ratio {
        Some((_, yardstick)) if yardstick == line.key => "yardstick".to_owned(),
        Some((ratio, _)) => format!("{} ×", units::figure(ratio)),
        None => String::new(),
    }
}

fn note(line: &Line) -> String {
    let rate = line.rate.map(|Rate { giga, of_peak }| {
        format!("{} GFLOP/s, {} of the peak", units::figure(giga), units::percent(of_peak))
    });
    let note = Some(line.note.clone()).filter(|note| !note.is_empty());
    rate.into_iter().chain(note).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::example;

    #[test]
    fn a_line_has_a_cell_for_each_column() {
        let lines = &example::report().runs[0].lines;
        let expected = [
            "dense",
            "1,000",
            "mixminus",
            "200 µs",
            "2.0 %",
            "0.104",
            "2.00 ×",
            "a note",
            "≤ 1.5 × a peer|< 1 s",
            "NO: 2.00 ×|yes: 200 µs",
        ];
        assert_eq!(cells(&lines[0], "|"), expected);
        assert_eq!(cells(&lines[1], "|")[6..], ["", "", "", ""]);
        let fast = Line { rate: Some(Rate { giga: 100.0, of_peak: 0.8 }), ..lines[0].clone() };
        assert_eq!(cells(&fast, "|")[7], "100 GFLOP/s, 80 % of the peak; a note");
    }
}
