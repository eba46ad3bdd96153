//! The command line of `participants`.

use std::{path::PathBuf, str::FromStr};

use clap::Args;

use super::codec::Codec;

/// Measure what a participant of a call costs, from packet in to packet out, step by step
///
/// Without options: rooms of 10, 50 and 100 people, of whom three or all talk, and 1,000 listeners to three.
#[derive(Debug, Clone, Args)]
pub struct Participants {
    /// Measure rooms of so many people; may be given several times
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(4..=5000))]
    pub people: Vec<u16>,
    /// So many talk at a time, or `all`; may be given several times
    #[arg(long, value_name = "N")]
    pub talking: Vec<Talking>,
    /// With this library; may be given several times
    #[arg(long, value_name = "NAME")]
    pub codec: Vec<Codec>,
    /// Measure fewer rounds: a look, not a figure to quote
    #[arg(long)]
    pub quick: bool,
    /// Print one JSON object a line instead of the table
    #[arg(long)]
    pub json: bool,
    /// Put the table into BENCHMARKS.md and the chart into participants.svg in this directory
    #[arg(long, value_name = "DIR", conflicts_with_all = ["people", "talking", "codec"])]
    pub write: Option<PathBuf>,
    /// Put the lines of the largest rooms into this README
    #[arg(long, value_name = "FILE", requires = "write")]
    pub readme: Option<PathBuf>,
}

/// How many talk at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Talking {
    /// Some, who take turns.
    Some(usize),
    /// All, all the time.
    All,
}

impl FromStr for Talking {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.parse()) {
            ("all", _) => Ok(Self::All),
            (_, Ok(count @ 1..)) => Ok(Self::Some(count)),
            _ => Err("give a number of 1 or more, or all".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_or_all_talk() {
        assert_eq!(["3", "all"].map(Talking::from_str), [Ok(Talking::Some(3)), Ok(Talking::All)]);
        assert!(["0", "-1", "most"].iter().all(|text| Talking::from_str(text).is_err()));
    }
}
