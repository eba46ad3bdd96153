//! The machine, the compiler and the command that the figures were made with.

use std::{env, fs, thread};

/// The machine, the compiler and the command of a run.
#[derive(Debug, Clone)]
pub struct Machine {
    /// The name of the processor.
    pub processor: String,
    /// Cores that this program may use.
    pub cores: usize,
    /// The compiler that built this program.
    pub compiler: &'static str,
    /// The command that repeats this run.
    pub command: String,
}

impl Machine {
    /// This machine, now.
    pub fn this() -> Self {
        let processor = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| model_name(&text));
        let arguments: Vec<_> = env::args().skip(1).collect();
        Self {
            processor: processor.unwrap_or_else(|| format!("an unknown processor ({})", env::consts::ARCH)),
            cores: thread::available_parallelism().map_or(1, usize::from),
            compiler: env!("BENCH_RUSTC"),
            command: command(&[], &arguments),
        }
    }
}

fn model_name(cpuinfo: &str) -> Option<String> {
    let line = cpuinfo.lines().find(|line| line.starts_with("model name"))?;
    line.split_once(':').map(|(_, name)| name.trim().to_owned())
}

/// The command that builds this program in a way and runs it with some arguments.
pub fn command(build: &[&str], arguments: &[String]) -> String {
    let mut words = vec!["cargo run --release --manifest-path bench/Cargo.toml"];
    words.extend(build);
    if !arguments.is_empty() {
        words.push("--");
    }
    words.extend(arguments.iter().map(String::as_str));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_processor_is_named_by_its_first_model_name() {
        let cpuinfo =
            "processor\t: 0\nmodel name\t: Example 9 @ 2.80GHz\nflags\t: fma\nprocessor\t: 1\nmodel name\t: Other\n";
        assert_eq!(model_name(cpuinfo).as_deref(), Some("Example 9 @ 2.80GHz"));
        assert_eq!(model_name("Hardware\t: Example\n"), None);
    }

    #[test]
    fn the_command_is_what_one_types() {
        assert_eq!(command(&[], &[]), "cargo run --release --manifest-path bench/Cargo.toml");
        let arguments = ["--write", "."].map(str::to_owned);
        assert_eq!(command(&[], &arguments), "cargo run --release --manifest-path bench/Cargo.toml -- --write .");
    }
}
