//! The reader and the rules on crates of a few lines.

use crate::{Files, modules::Modules, problems, read::Source};

fn files(texts: &[(&str, &str)]) -> Files {
    texts.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect()
}

/// From, line, to.
fn imports(texts: &[(&str, &str)]) -> Vec<(String, usize, String)> {
    let imports = Modules::of(&files(texts)).imports();
    imports.into_iter().map(|import| (import.from, import.line, import.to)).collect()
}

fn import(from: &str, line: usize, to: &str) -> (String, usize, String) {
    (from.to_owned(), line, to.to_owned())
}

#[test]
fn a_crate_in_order_has_no_problem() {
    let texts = [
        ("lib.rs", "mod audio; mod data; mod mixer; pub use audio::Mix;"),
        ("mixer.rs", "use crate::audio::Mix;"),
        ("audio/mod.rs", "mod mix; pub use mix::Mix;"),
        ("audio/mix.rs", "use crate::data::Level; pub struct Mix(Level);"),
        ("data/mod.rs", "pub struct Level;"),
    ];
    assert_eq!(problems(&files(&texts)), [""; 0]);
}

#[test]
fn an_upward_import_is_told_with_file_and_line() {
    let texts = [
        ("lib.rs", "mod audio; mod data;"),
        ("audio/mod.rs", "pub struct Mix;"),
        ("data/mod.rs", "pub mod level;"),
        ("data/level.rs", "\nfn of(mix: &crate::audio::Mix) {}"),
    ];
    let expected =
        "src/data/level.rs:2 imports crate::audio::Mix from src/audio/mod.rs, but data may import nothing else";
    assert_eq!(problems(&files(&texts)), [expected]);
}

#[test]
fn nothing_imports_the_top_and_every_folder_has_a_place() {
    let texts = [
        ("lib.rs", "mod data; mod mixer; mod stray; pub use mixer::Mixer;"),
        ("mixer.rs", "pub struct Mixer;"),
        ("stray.rs", "use crate::data::Level;"),
        ("data/mod.rs", "use crate::Mixer; pub struct Level;"),
    ];
    let expected = [
        "src/stray.rs has no place in the order of the folders",
        "src/data/mod.rs:1 imports crate::Mixer from src/mixer.rs, which is on top of everything",
    ];
    assert_eq!(problems(&files(&texts)), expected);
}

#[test]
fn http_does_not_name_audio_nor_config_the_link() {
    let texts = [
        ("lib.rs", "mod audio; mod config; mod control; mod http; mod link;"),
        ("audio/mod.rs", "pub struct Mix;"),
        ("link/mod.rs", "pub struct Way;"),
        ("config/mod.rs", "pub struct Request; use crate::link::Way;"),
        ("control/mod.rs", "use crate::{audio::Mix, config::Request, link::Way}; pub struct Controller;"),
        ("http/mod.rs", "use crate::{control::Controller, config::Request};\nuse crate::audio::Mix;"),
    ];
    let expected = [
        "src/config/mod.rs:1 imports crate::link::Way from src/link/mod.rs, but config may import data",
        "src/http/mod.rs:2 imports crate::audio::Mix from src/audio/mod.rs, but http may import data, config, control, stream, cluster",
    ];
    assert_eq!(problems(&files(&texts)), expected);
}

#[test]
fn a_circle_of_two_is_told_once() {
    let texts = [
        ("lib.rs", "mod data;"),
        ("data/mod.rs", "mod a; mod b; mod c; pub use a::A; pub use b::B;"),
        ("data/a.rs", "use super::B; pub struct A;"),
        ("data/b.rs", "\npub struct B; fn b() { crate::data::A; }"),
        ("data/c.rs", "use super::a::A;"),
    ];
    let expected = "a circle of 2 files: src/data/a.rs:1 imports super::B, src/data/b.rs:2 imports crate::data::A";
    assert_eq!(problems(&files(&texts)), [expected]);
}

#[test]
fn a_module_that_uses_its_child_and_is_used_by_it_is_a_circle() {
    let texts = [
        ("lib.rs", "mod data;"),
        ("data/mod.rs", "mod a; use a::A; pub struct Level(A);"),
        ("data/a.rs", "use super::Level; pub struct A;"),
    ];
    assert_eq!(problems(&files(&texts)).len(), 1);
}

#[test]
fn what_is_passed_on_leads_to_the_file_that_defines_it() {
    let texts = [
        ("lib.rs", "mod audio; mod data;"),
        ("audio/mod.rs", "use crate::data::{self, Near, fade as moving, *};\nfn mix() { crate::data::fade::f(); }"),
        ("data/mod.rs", "mod fade; mod level; pub use fade::Fade as Near; pub use level::*; use outside::Far;"),
        ("data/fade.rs", "pub struct Fade; use super::{Level, Far};"),
        ("data/level.rs", "pub struct Level;"),
    ];
    let expected = [
        import("audio/mod.rs", 1, "data/mod.rs"),
        import("audio/mod.rs", 1, "data/fade.rs"),
        import("audio/mod.rs", 1, "data/fade.rs"),
        import("audio/mod.rs", 1, "data/mod.rs"),
        import("audio/mod.rs", 2, "data/fade.rs"),
        import("data/fade.rs", 1, "data/level.rs"),
    ];
    assert_eq!(imports(&texts), expected);
}

#[test]
fn tests_are_left_out() {
    let texts = [
        ("lib.rs", "mod a; mod b; #[cfg(test)] mod tests; #[cfg(feature = \"x\")] mod c;"),
        (
            "a.rs",
            "#[cfg(test)] #[allow(unused)] mod tests { use crate::b::B; }\n#[cfg(all(test, unix))] use crate::b::B;",
        ),
        ("b.rs", "struct S { #[cfg(test)] b: crate::c::C, c: crate::c::C }\n#[cfg(not(test))] use crate::a::A;"),
        ("c.rs", "#[cfg(test)] fn f<A, B>() { crate::a::g(); }\n/// crate::a::A\nconst S: &str = \"crate::a::A\";"),
    ];
    assert_eq!(imports(&texts), [import("b.rs", 1, "c.rs"), import("b.rs", 2, "a.rs")]);
}

#[test]
fn modules_within_a_file_belong_to_it() {
    let texts = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "pub mod inner { use super::X; use super::super::b::B; } struct X; pub(in crate::b) struct Y;"),
        ("b.rs", "use crate::a::inner::Z; macro_rules! m { () => { $crate::a::X } }"),
    ];
    assert_eq!(imports(&texts), [import("a.rs", 1, "b.rs"), import("b.rs", 1, "a.rs"), import("b.rs", 1, "a.rs")]);
}

#[test]
fn a_file_tells_its_children_and_names() {
    let source = Source::read("pub mod a; mod b { mod c; } pub(crate) struct D; fn e() {}");
    assert_eq!(
        (source.children, source.defined),
        (vec!["a".to_owned(), "c".into()], vec!["b".into(), "D".into(), "e".into()])
    );
}
