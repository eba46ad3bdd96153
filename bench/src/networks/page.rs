//! The section of BENCHMARKS.md on networks.

use std::path::Path;

use super::{
    chart,
    contest::Line,
    table::{HEAD, cells, legend},
};
use crate::{
    Result, machine,
    marked::{self, Section},
};

/// The section of a page.
pub const SECTION: Section = Section { name: "networks" };

/// Writes the section into BENCHMARKS.md in a directory, and the chart beside it.
pub fn write(directory: &Path, lines: &[Line]) -> Result<()> {
    marked::put(&directory.join(chart::FILE), &chart::svg(lines)?)?;
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
    let kept = "networks --random 200` runs over random networks that become steady, `networks --day 50` over a day.";
    format!(
        "## Networks\n\nThe input port over packet traces, in simulated time: the same on every machine. Made \
by\n\n```sh\n{command}\n```\n\n{table}\n{}\n\n![The delay of NetEq and of mixminus]({})\n\n`{kept}",
        legend(),
        chart::FILE
    )
}
