//! The command line of `cluster`.

use std::path::PathBuf;

use clap::Args;

/// Measure a conference on several nodes beside the same one on one machine, the message of a tick, and the directory
///
/// Without options: 100, 1,000 and 10,000 people on 1, 2, 4 and 8 nodes, of whom the 3 or 8 loudest are heard.
#[derive(Debug, Clone, Args)]
pub struct Cluster {
    /// Measure conferences of so many people; may be given several times
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(16..=100_000))]
    pub people: Vec<u32>,
    /// On so many nodes; may be given several times
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u8).range(1..=65))]
    pub nodes: Vec<u8>,
    /// So many are heard at most, and talk; may be given several times
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=16))]
    pub loudest: Vec<u8>,
    /// Measure fewer rounds: a look, not a figure to quote
    #[arg(long)]
    pub quick: bool,
    /// Print one JSON object a line instead of the tables
    #[arg(long)]
    pub json: bool,
    /// Put the tables into BENCHMARKS.md in this directory
    #[arg(long, value_name = "DIR", conflicts_with_all = ["people", "nodes", "loudest"])]
    pub write: Option<PathBuf>,
}
