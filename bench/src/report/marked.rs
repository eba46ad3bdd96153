//! A section of a page that another command writes than the rest: [`Marked`].

use std::{fs, path::Path};

use crate::Result;

/// A section between two lines.
#[derive(Debug, Clone, Copy)]
pub struct Marked {
    pub begin: &'static str,
    pub end: &'static str,
}

impl Marked {
    /// The section that a page has, with its marks; nothing if it has none.
    pub fn of<'a>(&self, page: &'a str) -> &'a str {
        let begin = page.find(self.begin);
        let found = begin.and_then(|begin| Some(&page[begin..page.find(self.end)? + self.end.len()]));
        found.unwrap_or_default()
    }

    /// Writes the section, which has its marks, into the page of a file.
    pub fn write(&self, path: &Path, section: &str) -> Result<()> {
        let page = fs::read_to_string(path).map_err(|fault| format!("{} cannot be read: {fault}", path.display()))?;
        let written = fs::write(path, self.with(&page, section));
        Ok(written.map_err(|fault| format!("{} cannot be written: {fault}", path.display()))?)
    }

    /// A page with the section in the place of the old one, or before what is told of the method, or at its end.
    pub fn with(&self, page: &str, section: &str) -> String {
        let old = self.of(page);
        if !old.is_empty() {
            return page.replacen(old, section, 1);
        }
        match page.find("## Method") {
            Some(at) => format!("{}{section}\n{}", &page[..at], &page[at..]),
            None => format!("{page}\n{section}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_section_is_written_anew_in_its_place() {
        let marked = Marked { begin: "<!-- a -->\n", end: "<!-- end of a -->\n" };
        let section = |text: &str| format!("{}{text}\n{}", marked.begin, marked.end);
        let page = marked.with("# Page\n\n## Method\n\nSo.\n", &section("old"));
        assert_eq!(page, format!("# Page\n\n{}\n## Method\n\nSo.\n", section("old")));
        let page = marked.with(&page, &section("new"));
        assert_eq!(marked.of(&page), section("new"));
        assert!(!page.contains("old") && page.ends_with("## Method\n\nSo.\n"));
        assert_eq!(marked.of("# Page"), "");
    }
}
