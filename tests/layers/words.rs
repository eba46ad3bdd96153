//! What the audio side may not even name: locks, threads, clocks, output, and what panics.

use proc_macro2::{TokenStream, TokenTree};

use crate::read::{is_punct, is_test, item_length, line, trees, word};

/// The folders that run in a tick.
const IN_A_TICK: [&str; 4] = ["data/", "dsp/", "link/", "audio/"];

/// What is checked at compile time, or where the control side makes memory.
const ALLOWED: [(&str, &str); 4] = [
    ("audio/pair.rs", "assert"),
    ("link/mailbox.rs", "assert"),
    ("dsp/x86.rs", "expect"),
    ("data/speech.rs", "expect"),
];

/// Names what all threads share memory by, so that a model checker can have its own in that place. Who uses a lock of it names it.
const NAMES_ALL: &str = "data/sync.rs";

/// Whoever names one of these may wait for another thread, ask the system, or panic.
const FORBIDDEN: [&str; 28] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "expect",
    "unwrap",
    "Barrier",
    "Condvar",
    "Instant",
    "LazyLock",
    "Mutex",
    "Once",
    "OnceLock",
    "RwLock",
    "SystemTime",
    "dbg",
    "env",
    "eprint",
    "eprintln",
    "fs",
    "io",
    "mpsc",
    "panic",
    "print",
    "println",
    "thread",
    "todo",
    "unimplemented",
    "unreachable",
];

/// The forbidden words of a file, outside of its tests, a line each.
pub fn problems(file: &str, text: &str) -> Vec<String> {
    if !IN_A_TICK.iter().any(|folder| file.starts_with(folder)) || is_of_tests(file) || file == NAMES_ALL {
        return Vec::new();
    }
    let allowed = |word: &str| ALLOWED.contains(&(file, word));
    let tokens: TokenStream = text.parse().expect("the file compiles, so it has tokens");
    let mut found = Vec::new();
    scan(&trees(tokens), &mut found);
    found
        .into_iter()
        .filter(|(word, _)| !allowed(word))
        .map(|(word, line)| format!("src/{file}:{line} names {word}, and is of the audio side"))
        .collect()
}

fn is_of_tests(file: &str) -> bool {
    file.ends_with("/tests.rs") || file.contains("/tests/")
}

fn scan(tokens: &[TokenTree], found: &mut Vec<(String, usize)>) {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match (token, tokens.get(at)) {
            (token, Some(TokenTree::Group(attribute))) if is_punct(token, '#') => {
                at += 1;
                if is_test(&attribute.stream()) {
                    at += item_length(&tokens[at..]);
                }
            }
            (TokenTree::Group(group), _) => scan(&trees(group.stream()), found),
            (token, _) => {
                found.extend(word(token).filter(|word| FORBIDDEN.contains(&&**word)).map(|word| (word, line(token))))
            }
        }
    }
}

#[test]
fn a_lock_is_found_wherever_it_is_named_but_in_tests() {
    let text = "use std::sync::{Arc, Mutex};\n/// A Mutex.\nfn f() {\n    if true { panic!() }\n}\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n";
    let told = [
        "src/link/a.rs:1 names Mutex, and is of the audio side",
        "src/link/a.rs:4 names panic, and is of the audio side",
    ];
    assert_eq!(problems("link/a.rs", text), told);
    assert!(problems("control/a.rs", text).is_empty() && problems("link/tests.rs", text).is_empty());
}
