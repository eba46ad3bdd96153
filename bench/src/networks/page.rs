//! The section of BENCHMARKS.md on networks. A run of all cases leaves it as it is ([`section`]); a run of `networks`
//! writes it anew.

use std::{fs, path::Path};

use super::{
    chart,
    contest::Line,
    table::{HEAD, cells, legend},
};
use crate::{Result, machine, report::marked::Marked};

/// The section between its marks.
const SECTION: Marked = Marked { begin: "<!-- networks -->\n", end: "<!-- end of networks -->\n" };

/// The section that a page has, with its marks; nothing if it has none.
pub fn section(page: &str) -> &str {
    SECTION.of(page)
}

/// Writes the section into BENCHMARKS.md in a directory, and the chart beside it.
pub fn write(directory: &Path, lines: &[Line]) -> Result<()> {
    let chart_file = directory.join(chart::FILE);
    fs::write(&chart_file, chart::svg(lines)?)
        .map_err(|fault| format!("{} cannot be written: {fault}", chart_file.display()))?;
    SECTION.write(&directory.join("BENCHMARKS.md"), &text(lines))
}

fn text(lines: &[Line]) -> String {
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut table = row(HEAD.map(|name| name.replace('\n', " ")).to_vec());
    table += &row((0..HEAD.len()).map(|at| if (2..12).contains(&at) { "---:" } else { "---" }.into()).collect());
    for line in lines {
        table += &row(cells(line).to_vec());
    }
    let mut build = vec!["--no-default-features"];
    if cfg!(feature = "libopus") {
        build.extend(["--features", "libopus"]);
    }
    let command = machine::command(&build, &["networks".into()]);
    let Marked { begin, end } = SECTION;
    let kept = "networks --random 200` runs over random networks that become steady, `networks --day 50` over a day.";
    format!(
        "{begin}## Networks\n\nThe input port over packet traces, in simulated time: the same on every machine. Made \
by\n\n```sh\n{command}\n```\n\n{table}\n{}\n\n![The delay of NetEq and of mixminus]({})\n\n`{kept}\n{end}",
        legend(),
        chart::FILE
    )
}
