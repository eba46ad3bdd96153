//! The layers of the crate: which folder of src may import from which, that no files import each other in a circle, and what
//! the audio side may not name.

#[path = "layers/modules.rs"]
mod modules;
#[path = "layers/read.rs"]
mod read;
#[path = "layers/rules.rs"]
mod rules;
#[path = "layers/self_tests.rs"]
mod self_tests;
#[path = "layers/words.rs"]
mod words;

use std::{collections::BTreeMap, fs, path::Path};

/// The text of every file, by its path in src: `audio/mod.rs`.
type Files = BTreeMap<String, String>;

/// The files of a folder and of those in it.
fn collect(root: &Path, folder: &Path, files: &mut Files) {
    for entry in fs::read_dir(folder).expect("a folder of src").map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap().to_str().expect("a name in UTF-8").replace('\\', "/");
            files.insert(name, fs::read_to_string(&path).expect("a file of src"));
        }
    }
}

/// What is wrong with the imports of these files, a line each.
fn problems(files: &Files) -> Vec<String> {
    rules::problems(&modules::Modules::of(files).imports())
}

/// The files of src.
fn src() -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Files::new();
    collect(&root, &root, &mut files);
    files
}

#[test]
fn no_import_runs_up_and_no_files_import_each_other_in_a_circle() {
    let problems = problems(&src());
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn the_audio_side_names_no_lock_thread_clock_or_output_and_nothing_that_panics() {
    let problems: Vec<_> = src().iter().flat_map(|(file, text)| words::problems(file, text)).collect();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}
