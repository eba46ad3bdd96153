//! The section of BENCHMARKS.md on conferences on several machines.

use std::path::Path;

use super::{Results, table::sheets};
use crate::{
    Result,
    machine::{self, Machine},
    marked::Section,
};

/// The section of a page.
pub const SECTION: Section = Section { name: "cluster" };

/// Writes the section of BENCHMARKS.md in a directory.
pub fn write(directory: &Path, results: &Results) -> Result<()> {
    SECTION.write(&directory.join("BENCHMARKS.md"), &text(results))
}

fn text(results: &Results) -> String {
    let Machine { processor, cores, compiler, .. } = Machine::this();
    let command = machine::command(&["--no-default-features"], &["cluster".into(), "--write bench".into()]);
    let [nodes, messages, directory] = sheets(results).map(|sheet| sheet.markdown());
    format!(
        "## One conference on several machines\n\nOn {processor}, {cores} cores, {compiler}. Made by\n\n```sh\n{command}\n```\n\n\
{nodes}\n\n{METHOD}\n\n### The message of a tick\n\n{messages}\n\n### Everybody knows everybody\n\n{directory}"
    )
}

const METHOD: &str = "\
All machines of a conference run in simulated time on one thread, one after another, over a network in memory without delay or loss; \
what a real network takes is not in these figures. The conferences that differ in their machines alone take turns: 16 rounds of \
0.5 s, after 2 that do not count. After each round one of the talkers stops, and another one begins, at another node. Processor time: \
work of others on the same machine makes it longer only through caches and shared cores. A run in which a tick is lost, or in which \
a node does not know everybody, ends with an error.";

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{cluster::table, marked};

    #[test]
    fn the_page_gets_all_tables() {
        let directory = std::env::temp_dir().join(format!("mixminus-bench-cluster-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let page = directory.join("BENCHMARKS.md");
        marked::put(&page, &SECTION.around("old")).unwrap();
        write(&directory, &table::example::results()).unwrap();
        let page = fs::read_to_string(page).unwrap();
        assert!(page.contains("--no-default-features -- cluster --write bench\n```"), "{page}");
        assert!(
            page.contains("| i16 | 8 | 7,840 | 4.00 | 3.00 |\n") && page.contains("| hears | 100 | 38.0 |"),
            "{page}"
        );
        fs::remove_dir_all(&directory).unwrap();
    }
}
