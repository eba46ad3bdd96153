//! The rules: the order of the folders, and no circles.

use std::collections::{BTreeMap, BTreeSet};

use crate::modules::Import;

/// Each folder, and the folders below it, which it may import from.
const LAYERS: [(&str, &[&str]); 10] = [
    ("data", &[]),
    ("dsp", &["data"]),
    ("link", &["data", "dsp"]),
    ("audio", &["data", "dsp", "link"]),
    ("config", &["data"]),
    ("control", &["data", "dsp", "link", "audio", "config"]),
    ("stream", &["data", "dsp", "link", "audio", "config", "control"]),
    ("export", &["data", "dsp", "link", "audio", "config", "control", "stream"]),
    ("cluster", &["data", "link", "audio", "config", "control", "stream"]),
    ("http", &["data", "config", "control", "stream", "cluster"]),
];

/// On top of all folders: they may import everything, and nothing may import them.
const TOP: [&str; 2] = ["lib.rs", "mixer.rs"];

/// What is wrong, a line each.
pub fn problems(imports: &[Import]) -> Vec<String> {
    let files = imports.iter().flat_map(|import| [&*import.from, &*import.to]).filter(|file| !TOP.contains(file));
    let folders: BTreeSet<&str> = files.map(folder).filter(|folder| allowed(folder).is_none()).collect();
    let mut problems: Vec<_> =
        folders.into_iter().map(|folder| format!("src/{folder} has no place in the order of the folders")).collect();
    problems.extend(imports.iter().filter(|import| !TOP.contains(&&*import.from)).filter_map(upward));
    problems.extend(circles(imports));
    problems
}

/// The folder of src that a file is in; the file itself if it is in none.
fn folder(file: &str) -> &str {
    file.split('/').next().unwrap_or(file)
}

fn allowed(folder: &str) -> Option<&'static [&'static str]> {
    LAYERS.iter().find(|(name, _)| *name == folder).map(|(_, below)| *below)
}

/// What is wrong with an import that leads to a folder that is not below.
fn upward(Import { from, line, path, to }: &Import) -> Option<String> {
    let (above, below) = (folder(from), folder(to));
    let place = format!("src/{from}:{line} imports {path} from src/{to}");
    if TOP.contains(&&**to) {
        return Some(format!("{place}, which is on top of everything"));
    }
    let allowed = allowed(above).filter(|_| above != below && self::allowed(below).is_some())?;
    let list = if allowed.is_empty() { "nothing else".to_owned() } else { allowed.join(", ") };
    (!allowed.contains(&below)).then(|| format!("{place}, but {above} may import {list}"))
}

/// The circles of files: for every file on one that is no part of an earlier one, the shortest.
fn circles(imports: &[Import]) -> Vec<String> {
    let mut edges: BTreeMap<&str, BTreeMap<&str, &Import>> = BTreeMap::new();
    for import in imports.iter().filter(|import| !TOP.contains(&&*import.from) && !TOP.contains(&&*import.to)) {
        edges.entry(&import.from).or_default().entry(&import.to).or_insert(import);
    }
    let mut told = BTreeSet::new();
    let mut circles = Vec::new();
    for start in edges.keys() {
        let circle = if told.contains(start) { None } else { shortest_way_back(start, &edges) };
        let Some(circle) = circle else { continue };
        told.extend(circle.iter().map(|import| &*import.from));
        let steps = circle.iter().map(|Import { from, line, path, .. }| format!("src/{from}:{line} imports {path}"));
        circles.push(format!("a circle of {} files: {}", circle.len(), steps.collect::<Vec<_>>().join(", ")));
    }
    circles
}

/// The imports that lead from a file back to it, as few as there can be.
fn shortest_way_back<'a>(
    start: &'a str,
    edges: &BTreeMap<&'a str, BTreeMap<&'a str, &'a Import>>,
) -> Option<Vec<&'a Import>> {
    let mut ways: Vec<Vec<&Import>> = vec![Vec::new()];
    let mut seen = BTreeSet::new();
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in &ways {
            let at = way.last().map_or(start, |import| &*import.to);
            for (to, import) in edges.get(at).into_iter().flatten() {
                let way = [&way[..], &[*import]].concat();
                if *to == start {
                    return Some(way);
                }
                if seen.insert(*to) {
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    None
}
