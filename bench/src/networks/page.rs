//! The section of BENCHMARKS.md on networks. A run of all cases leaves it as it is ([`section`]); a run of `networks`
//! writes it anew.

use std::{fs, path::Path};

use super::{
    chart,
    contest::Line,
    table::{HEAD, cells, legend},
};
use crate::{Result, machine};

const BEGIN: &str = "<!-- networks -->\n";
const END: &str = "<!-- end of networks -->\n";

/// The section that a page has, with its marks; nothing if it has none.
pub fn section(page: &str) -> &str {
    let begin = page.find(BEGIN);
    let found = begin.and_then(|begin| Some(&page[begin..page.find(END)? + END.len()]));
    found.unwrap_or_default()
}

/// Writes the section into BENCHMARKS.md in a directory, and the chart beside it.
pub fn write(directory: &Path, lines: &[Line]) -> Result<()> {
    let path = directory.join("BENCHMARKS.md");
    let page = fs::read_to_string(&path).map_err(|fault| format!("{} cannot be read: {fault}", path.display()))?;
    let put = |path: &Path, text: &str| {
        fs::write(path, text).map_err(|fault| format!("{} cannot be written: {fault}", path.display()))
    };
    put(&directory.join(chart::FILE), &chart::svg(lines)?)?;
    Ok(put(&path, &with_section(&page, &text(lines)))?)
}

/// A page with the section in the place of the old one, or before what is told of the method, or at its end.
fn with_section(page: &str, section: &str) -> String {
    let old = self::section(page);
    if !old.is_empty() {
        return page.replacen(old, section, 1);
    }
    match page.find("## Method") {
        Some(at) => format!("{}{section}\n{}", &page[..at], &page[at..]),
        None => format!("{page}\n{section}"),
    }
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
        "{BEGIN}## Networks\n\nThe input port over packet traces, in simulated time: the same on every machine. Made \
by\n\n```sh\n{command}\n```\n\n{table}\n{}\n\n![The delay of NetEq and of mixminus]({})\n\n`{kept}\n{END}",
        legend(),
        chart::FILE
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_section_is_written_anew_in_its_place() {
        let section = |text: &str| format!("{BEGIN}{text}\n{END}");
        let page = with_section("# Page\n\n## Method\n\nSo.\n", &section("old"));
        assert_eq!(page, format!("# Page\n\n{}\n## Method\n\nSo.\n", section("old")));
        let page = with_section(&page, &section("new"));
        assert_eq!(self::section(&page), section("new"));
        assert!(!page.contains("old") && page.ends_with("## Method\n\nSo.\n"));
        assert_eq!(self::section("# Page"), "");
    }
}
