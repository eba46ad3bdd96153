//! The command line.

use std::path::PathBuf;

use clap::Parser;

use crate::{
    Result,
    cases::{self, Case},
};

/// Measures mixminus and its peers side by side, in one run.
///
/// Every case is a room at 48 kHz in ticks of 10 ms, mono, on one core. Build it with --release.
#[derive(Debug, Parser)]
#[command(name = "mixminus-bench", version)]
pub struct Options {
    /// Measure this case only; may be given several times
    #[arg(long = "case", value_name = "NAME")]
    pub named: Vec<String>,
    /// List the cases and measure nothing
    #[arg(long)]
    pub list: bool,
    /// Measure fewer rounds: a look, not a figure to quote
    #[arg(long)]
    pub quick: bool,
    /// Print one JSON object a line instead of the table
    #[arg(long)]
    pub json: bool,
    /// Measure the growth curves too, and write BENCHMARKS.md, mix-minus.svg and dense.svg into this directory
    #[arg(long, value_name = "DIR")]
    pub write: Option<PathBuf>,
}

impl Options {
    /// The cases that were asked for, in their own order: all of them if none is named.
    pub fn cases(&self) -> Result<Vec<&'static Case>> {
        if let Some(name) = self.named.iter().find(|name| cases::ALL.iter().all(|case| case.name != **name)) {
            let known: Vec<_> = cases::ALL.iter().map(|case| case.name).collect();
            return Err(format!("there is no case {name}; there are {}", known.join(", ")).into());
        }
        let asked_for = |case: &&Case| self.named.is_empty() || self.named.iter().any(|name| name == case.name);
        Ok(cases::ALL.iter().filter(asked_for).collect())
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn cases(arguments: &[&str]) -> Result<Vec<&'static str>> {
        let options = Options::try_parse_from([&["mixminus-bench"], arguments].concat())?;
        Ok(options.cases()?.iter().map(|case| case.name).collect())
    }

    #[test]
    fn the_options_are_sound() {
        Options::command().debug_assert();
    }

    #[test]
    fn cases_are_chosen_by_name() {
        assert_eq!(cases(&["--case", "swaps", "--case", "dense"]).unwrap(), ["dense", "swaps"]);
        assert_eq!(cases(&[]).unwrap().len(), cases::ALL.len());
    }

    #[test]
    fn a_name_that_is_none_is_told_beside_those_that_are() {
        let told = cases(&["--case", "swaps", "--case", "swips"]).unwrap_err().to_string();
        assert!(told.starts_with("there is no case swips; there are dense, "), "{told}");
    }
}
