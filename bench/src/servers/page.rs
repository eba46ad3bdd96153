//! The section of BENCHMARKS.md on whole servers. A run of all cases leaves it as it is ([`section`]); a run of
//! `servers` writes it anew.

use std::path::Path;

use super::{
    contest::Line,
    options::Servers,
    table::{FIGURES, HEAD, cells, legend, versions},
};
use crate::{Result, machine::Machine, report::marked::Marked};

/// The section between its marks.
pub const SECTION: Marked = Marked { begin: "<!-- servers -->\n", end: "<!-- end of servers -->\n" };

/// The section that a page has, with its marks; nothing if it has none.
pub fn section(page: &str) -> &str {
    SECTION.of(page)
}

/// Writes the section into BENCHMARKS.md in a directory.
pub fn write(directory: &Path, options: &Servers, lines: &[Line]) -> Result<()> {
    SECTION.write(&directory.join("BENCHMARKS.md"), &text(options, lines))
}

fn text(options: &Servers, lines: &[Line]) -> String {
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut table = row(HEAD.map(|name| name.replace('\n', " ")).to_vec());
    table += &row((0..HEAD.len()).map(|at| if FIGURES.contains(&at) { "---:" } else { "---" }.into()).collect());
    lines.iter().for_each(|line| table += &row(cells(line).to_vec()));
    let Machine { processor, cores, .. } = Machine::this();
    format!(
        "{}## Beside whole servers\n\nMade by `bench/servers/run` on {processor}, {cores} cores.\n\n{table}\n{}\n\n{} \
bench/servers/README.md says how each is configured.\n{}",
        SECTION.begin,
        legend(options),
        versions(lines),
        SECTION.end
    )
}
