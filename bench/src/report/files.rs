//! The files that a run writes when it is asked to: the page and its pictures.

use std::{fs, path::Path};

use super::{Report, markdown};
use crate::{Result, charts::Chart, marked::put};

/// Writes BENCHMARKS.md and the charts into a directory, which is made if it is not there. What other commands write
/// into the page stays.
pub fn write(directory: &Path, report: &Report, charts: &[Chart]) -> Result<()> {
    fs::create_dir_all(directory)
        .map_err(|fault| format!("the directory {} cannot be made: {fault}", directory.display()))?;
    let page = directory.join("BENCHMARKS.md");
    let before = fs::read_to_string(&page).unwrap_or_default();
    for chart in charts {
        put(&directory.join(chart.file), &chart.svg()?)?;
    }
    put(&page, &markdown::text(report, charts, &before))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{charts, report::example};

    #[test]
    fn the_page_and_its_pictures_are_written() {
        let directory = std::env::temp_dir().join(format!("mixminus-bench-{}", std::process::id()));
        write(&directory, &example::report(), &[charts::example()]).unwrap();
        let read = |name| fs::read_to_string(directory.join(name)).unwrap();
        assert!(read("BENCHMARKS.md").contains("![An example](example.svg)"));
        assert!(read("example.svg").starts_with("<svg"));
        fs::remove_dir_all(&directory).unwrap();
    }
}
