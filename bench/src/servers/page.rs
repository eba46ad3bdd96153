//! The section of BENCHMARKS.md on whole servers. A run of all cases leaves it as it is; a run of
//! `servers` writes it anew.

use std::path::Path;

use super::{
    contest::Line,
    options::Servers,
    table::{FIGURES, HEAD, cells, legend, versions},
};
use crate::{Result, machine::Machine, marked::Section};

/// The section of a page.
pub const SECTION: Section = Section { name: "servers" };

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
        "## Beside whole servers\n\nMade by `bench/servers/run` on {processor}, {cores} cores.\n\n{table}\n{}\n\n{} \
bench/servers/README.md says how each is configured.",
        legend(options),
        versions(lines),
    )
}
