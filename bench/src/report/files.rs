//! The files that a run writes when it is asked to: the page and its pictures.

use std::{fs, path::Path};

use super::{Report, markdown};
use crate::{Result, charts::Chart, networks, servers};

/// Writes BENCHMARKS.md and the charts into a directory, which is made if it is not there. What the page tells of
/// networks and of whole servers stays.
pub fn write(directory: &Path, report: &Report, charts: &[Chart]) -> Result<()> {
    let put = |name: &str, text: &str| {
        let path = directory.join(name);
        fs::write(&path, text).map_err(|fault| format!("{} cannot be written: {fault}", path.display()))
    };
    fs::create_dir_all(directory)
        .map_err(|fault| format!("the directory {} cannot be made: {fault}", directory.display()))?;
    let old = fs::read_to_string(directory.join("BENCHMARKS.md")).unwrap_or_default();
    for chart in charts {
        put(chart.file, &chart.svg()?)?;
    }
    Ok(put("BENCHMARKS.md", &markdown::text(report, charts, &[networks::section(&old), servers::section(&old)]))?)
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
