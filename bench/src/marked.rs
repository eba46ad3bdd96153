//! Sections of a page that one command writes and all others leave as they are. Each stands between two marks.

use std::{fs, path::Path};

use crate::Result;

/// The marks of a section.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// The name in its marks.
    pub name: &'static str,
}

impl Section {
    /// A text between the marks.
    pub fn around(self, text: &str) -> String {
        let Self { name } = self;
        format!("<!-- {name} -->\n{text}\n<!-- /{name} -->\n")
    }

    /// The section that a page has, with its marks; nothing if it has none.
    pub fn of(self, page: &str) -> &str {
        let (begin, end) = (format!("<!-- {} -->\n", self.name), format!("<!-- /{} -->\n", self.name));
        let found = page.find(&begin).and_then(|begin| Some(&page[begin..page.find(&end)? + end.len()]));
        found.unwrap_or_default()
    }

    /// Puts a text between the marks that a page has.
    ///
    /// # Errors
    /// The file cannot be read or written, or has no such marks.
    pub fn write(self, path: &Path, text: &str) -> Result<()> {
        let page = fs::read_to_string(path).map_err(|fault| format!("{} cannot be read: {fault}", path.display()))?;
        let old = self.of(&page);
        if old.is_empty() {
            return Err(format!("{} has no section {}", path.display(), self.name).into());
        }
        put(path, &page.replacen(old, &self.around(text), 1))
    }
}

/// Writes a file.
pub fn put(path: &Path, text: &str) -> Result<()> {
    Ok(fs::write(path, text).map_err(|fault| format!("{} cannot be written: {fault}", path.display()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECTION: Section = Section { name: "networks" };

    #[test]
    fn a_section_is_found_by_its_marks() {
        let page = format!("# Page\n\n{}\n## Method\n", SECTION.around("old"));
        assert_eq!(SECTION.of(&page), "<!-- networks -->\nold\n<!-- /networks -->\n");
        assert_eq!(SECTION.of("# Page\n"), "");
    }

    #[test]
    fn a_section_is_written_in_the_place_of_the_old_one() {
        let path = std::env::temp_dir().join(format!("mixminus-bench-section-{}.md", std::process::id()));
        put(&path, &format!("# Page\n\n{}\n## Method\n", SECTION.around("old"))).unwrap();
        SECTION.write(&path, "new\n").unwrap();
        let page = fs::read_to_string(&path).unwrap();
        assert_eq!(page, "# Page\n\n<!-- networks -->\nnew\n\n<!-- /networks -->\n\n## Method\n");
        let told = Section { name: "others" }.write(&path, "new").unwrap_err().to_string();
        assert!(told.ends_with(".md has no section others"), "{told}");
        fs::remove_file(&path).unwrap();
    }
}
