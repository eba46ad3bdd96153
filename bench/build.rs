//! Tells the program which compiler built it: the figures depend on it.

use std::{env, process::Command};

fn main() {
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(compiler).arg("--version").output().ok().map(|output| output.stdout);
    let version = version.and_then(|text| String::from_utf8(text).ok()).unwrap_or_else(|| "rustc, unknown".into());
    println!("cargo::rustc-env=BENCH_RUSTC={}", version.trim());
    println!("cargo::rerun-if-changed=build.rs");
}
