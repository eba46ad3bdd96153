//! The command line of `servers`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::server::Kind;

/// Run whole servers, each alone, by turns, with the same RTP packets, and tell what they cost
///
/// bench/servers/run builds call_server, installs the peers, and calls this. Three members talk; all hear.
#[derive(Debug, Clone, Args)]
pub struct Servers {
    /// The server of this repository: a release build of examples/call_server
    #[arg(long, value_name = "PROGRAM")]
    pub call_server: PathBuf,
    /// The root directory of a Debian in which Janus and Asterisk are installed; without it there are no peers
    #[arg(long, value_name = "DIR")]
    pub peers: Option<PathBuf>,
    /// Run this server only; may be given several times
    #[arg(long = "server", value_name = "NAME")]
    pub named: Vec<Kind>,
    /// How many members are in the conference; several sizes with commas between
    #[arg(long, value_name = "N", value_delimiter = ',', default_value = "16,64")]
    #[arg(value_parser = clap::value_parser!(u16).range(4..=100))]
    pub members: Vec<u16>,
    /// How the three talk
    #[arg(long, value_enum, default_value_t = Talk::AtOnce)]
    pub talk: Talk,
    /// What those send who do not talk
    #[arg(long, value_enum, default_value_t = Others::Noise)]
    pub others: Others,
    /// How long each server is measured in each turn, after a warm-up of eight seconds
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u16).range(5..=600))]
    pub seconds: u16,
    /// How often each server is measured; the figures are medians
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=50))]
    pub turns: u16,
    /// Print one JSON object a line instead of the table
    #[arg(long)]
    pub json: bool,
    /// Put the table into BENCHMARKS.md in this directory
    #[arg(long, value_name = "DIR")]
    pub write: Option<PathBuf>,
}

/// How the three talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Talk {
    /// All the time, all three
    AtOnce,
    /// One after the other, four seconds each
    InTurns,
}

/// What those send who do not talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Others {
    /// The noise of an open microphone, -65 dBFS
    Noise,
    /// A packet of silence every 400 ms, as muted clients do (DTX)
    Nothing,
}

impl Servers {
    /// What is said, for the head of a table.
    pub fn told(&self) -> String {
        let talk = match self.talk {
            Talk::AtOnce => "Three members talk all the time, at once",
            Talk::InTurns => "Three members talk in turns of four seconds",
        };
        let others = match self.others {
            Others::Noise => "the others send the noise of an open microphone (-65 dBFS)",
            Others::Nothing => "the others are muted and send a packet of silence every 400 ms",
        };
        format!("{talk}; {others}.")
    }
}
