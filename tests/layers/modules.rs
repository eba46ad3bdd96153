//! The modules of a crate: which file each path that a file names leads to.

use std::collections::BTreeMap;

use crate::{
    Files,
    read::{Kind, Named, Source},
};

/// The path of a module or an item from the root of the crate on.
type Path = Vec<String>;

/// One file needs something that another one defines.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    pub from: String,
    pub line: usize,
    /// The path, as written.
    pub path: String,
    /// The file that defines it.
    pub to: String,
}

/// The modules that lib.rs leads to, without those of tests.
pub struct Modules(BTreeMap<Path, Module>);

struct Module {
    file: String,
    source: Source,
}

impl Modules {
    pub fn of(files: &Files) -> Self {
        let mut modules = Self(BTreeMap::new());
        modules.add(Vec::new(), "lib.rs", files);
        modules
    }

    /// A module, and those that it declares.
    fn add(&mut self, module: Path, file: &str, files: &Files) {
        let source = Source::read(&files[file]);
        let children = source.children.clone();
        self.0.insert(module.clone(), Module { file: file.to_owned(), source });
        for child in children {
            let path = [&module[..], &[child]].concat();
            let name = path.join("/");
            let file =
                [format!("{name}.rs"), format!("{name}/mod.rs")].into_iter().find(|file| files.contains_key(file));
            let file = file.unwrap_or_else(|| panic!("module {} has no file", path.join("::")));
            self.add(path, &file, files);
        }
    }

    /// Every import from one file to another. That a module passes on what its own children define is none.
    pub fn imports(&self) -> Vec<Import> {
        let mut imports = Vec::new();
        for (module, Module { file, source }) in &self.0 {
            for named in &source.named {
                let Some(path) = self.absolute(module, named) else { continue };
                let passed_on = matches!(named.kind, Kind::Use { public: true, .. });
                if passed_on && path.len() > module.len() && path.starts_with(module) {
                    continue;
                }
                let Some(to) = self.file_of(&path, 0).filter(|to| to != file) else { continue };
                let path = named.path.join("::");
                imports.push(Import { from: file.clone(), line: named.line, path, to: to.to_owned() });
            }
        }
        imports
    }

    /// Where a path leads from a module; `None` out of the crate.
    fn absolute(&self, module: &[String], named: &Named) -> Option<Path> {
        let mut base = [module, &named.within].concat();
        let mut rest = &named.path[..];
        match rest.first()?.as_str() {
            "crate" => base.clear(),
            "self" | "super" => (),
            child if named.within.is_empty() && self.0.contains_key(&[module, &[child.to_owned()]].concat()) => {
                return Some([&base[..], rest].concat());
            }
            _ => return None,
        }
        while let Some(step) = rest.first().filter(|step| ["crate", "self", "super"].contains(&step.as_str())) {
            if step == "super" {
                base.pop()?;
            }
            rest = &rest[1..];
        }
        Some([&base[..], rest].concat())
    }

    /// The file that defines what a path leads to, through all modules that pass it on; `None` out of the crate.
    fn file_of(&self, path: &[String], depth: usize) -> Option<&str> {
        assert!(depth < 32, "{} is passed on in a circle", path.join("::"));
        let mut length = 0;
        while length < path.len() && self.0.contains_key(&path[..=length]) {
            length += 1;
        }
        let (module, rest) = path.split_at(length);
        let Module { file, source } = &self.0[module];
        let Some(name) = rest.first().filter(|name| !source.defined.contains(name)) else { return Some(file) };
        for named in source.named.iter().filter(|named| named.within.is_empty()) {
            let Kind::Use { name: bound, .. } = &named.kind else { continue };
            let target = self.absolute(module, named);
            match (bound, target) {
                (Some(bound), None) if bound == name => return None,
                (Some(bound), Some(target)) if bound == name => {
                    return self.file_of(&[&target[..], &rest[1..]].concat(), depth + 1);
                }
                (None, Some(target)) if self.defines(&target, name) => {
                    return self.file_of(&[&target[..], rest].concat(), depth + 1);
                }
                _ => (),
            }
        }
        Some(file)
    }

    /// Whether a module knows a name that a glob can bring along.
    fn defines(&self, module: &[String], name: &String) -> bool {
        self.0.get(module).is_some_and(|Module { source, .. }| {
            let binds = |named: &Named| matches!(&named.kind, Kind::Use { name: Some(bound), .. } if bound == name);
            source.defined.contains(name) || source.children.contains(name) || source.named.iter().any(binds)
        })
    }
}
