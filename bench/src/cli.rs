//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use mixminus::InstructionSet;

use crate::{
    Result,
    cases::{self, Case},
    cluster::Cluster,
    networks::Networks,
    participants::Participants,
    servers::Servers,
};

/// Measures mixminus and its peers side by side, in one run.
///
/// Every case is a room at 48 kHz in ticks of 10 ms, mono, on one core. Build it with --release.
#[derive(Debug, Parser)]
#[command(name = "mixminus-bench", version, args_conflicts_with_subcommands = true)]
pub struct Options {
    /// Something else than the cases
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Measure this case only; may be given several times
    #[arg(long = "case", value_name = "NAME")]
    pub named: Vec<String>,
    /// Measure with this instruction set, if the machine has it; may be given several times
    /// [default: the fastest]
    #[arg(long = "kernel", value_name = "SET")]
    pub kernels: Vec<Kernel>,
    /// List the cases and measure nothing
    #[arg(long)]
    pub list: bool,
    /// Measure fewer rounds: a look, not a figure to quote
    #[arg(long)]
    pub quick: bool,
    /// Print one JSON object a line instead of the table
    #[arg(long)]
    pub json: bool,
    /// Measure the growth curves too, and write BENCHMARKS.md, mix-minus.svg and dense.svg into
    /// this directory
    #[arg(long, value_name = "DIR")]
    pub write: Option<PathBuf>,
    /// Run every case with this build of the program and with that one, by turns, and print the
    /// times of both
    #[arg(long, value_name = "PROGRAM", conflicts_with_all = ["list", "json", "write"])]
    pub beside: Option<PathBuf>,
    /// How many times each of both runs a case
    #[arg(long, value_name = "N", default_value = "3", requires = "beside")]
    pub turns: std::num::NonZeroU8,
}

/// What is measured instead of the cases.
#[derive(Debug, Subcommand)]
pub enum Command {
    #[allow(missing_docs)]
    Cluster(Cluster),
    #[allow(missing_docs)]
    Networks(Networks),
    #[allow(missing_docs)]
    Participants(Participants),
    Servers(Servers),
}

/// The name of an instruction set on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kernel {
    /// AVX-512
    Avx512,
    /// AVX2
    Avx2,
    /// Plain Rust for the baseline of the target
    Portable,
}

impl Kernel {
    /// The instruction set.
    pub fn instruction_set(self) -> InstructionSet {
        match self {
            Self::Avx512 => InstructionSet::Avx512,
            Self::Avx2 => InstructionSet::Avx2,
            Self::Portable => InstructionSet::Portable,
        }
    }

    /// Its name.
    pub fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
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

    /// The kernels to measure, the fastest first: those that were asked for and the machine has, or
    /// the fastest of the machine.
    pub fn kernels(&self) -> Result<Vec<Kernel>> {
        let available: Vec<_> = InstructionSet::available().collect();
        let mut kernels = Kernel::value_variants().to_vec();
        kernels.retain(|kernel| available.contains(&kernel.instruction_set()));
        if self.kernels.is_empty() {
            kernels.truncate(1);
        } else {
            kernels.retain(|kernel| self.kernels.contains(kernel));
        }
        if kernels.is_empty() {
            let names: Vec<_> = available.iter().map(InstructionSet::to_string).collect();
            return Err(format!("this machine has no such kernel; it has {}", names.join(", ")).into());
        }
        Ok(kernels)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn options(arguments: &[&str]) -> Options {
        Options::try_parse_from([&["mixminus-bench"], arguments].concat()).unwrap()
    }

    fn cases(arguments: &[&str]) -> Result<Vec<&'static str>> {
        Ok(options(arguments).cases()?.iter().map(|case| case.name).collect())
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
    fn an_unknown_name_is_told_beside_the_known_ones() {
        let told = cases(&["--case", "swaps", "--case", "swips"]).unwrap_err().to_string();
        assert!(told.starts_with("there is no case swips; there are dense, "), "{told}");
    }

    #[test]
    fn kernels_are_those_of_the_machine_the_fastest_first() {
        let sets = |arguments: &[&str]| -> Vec<_> {
            let kernels = options(arguments).kernels().unwrap();
            kernels.into_iter().map(Kernel::instruction_set).collect()
        };
        let mut available: Vec<_> = InstructionSet::available().collect();
        available.reverse();
        assert_eq!(sets(&[]), available[..1]);
        assert_eq!(sets(&["--kernel", "portable", "--kernel", "avx2", "--kernel", "avx512"]), available);
        assert_eq!(sets(&["--kernel", "portable"]), [InstructionSet::Portable]);
    }

    #[test]
    fn every_instruction_set_has_a_name() {
        for set in InstructionSet::available() {
            assert!(Kernel::value_variants().iter().any(|kernel| kernel.instruction_set() == set), "{set}");
        }
        assert_eq!(Kernel::value_variants().iter().map(|kernel| kernel.name()).collect::<Vec<_>>()[0], "avx512");
    }
}
