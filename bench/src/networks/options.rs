//! The command line of `networks`.

use std::path::PathBuf;

use clap::Args;

/// Run the input port over networks in simulated time, beside what WebRTC's NetEq did with the same packets
///
/// Without options: over the stored traces, which NetEq was recorded on.
#[derive(Debug, Clone, Args)]
pub struct Networks {
    /// Run over this trace only; may be given several times
    #[arg(long = "trace", value_name = "NAME")]
    pub named: Vec<String>,
    /// Run over networks of the same kinds made from this seed, or begin with this seed (--random)
    #[arg(long, value_name = "SEED")]
    pub seed: Option<u64>,
    /// Run over the traces of a folder: files NAME.txt, a line "SENT CAME" in ms for each packet of
    /// 20 ms; CAME is LOST or DTX if it did not come or was not sent
    #[arg(long, value_name = "FOLDER", conflicts_with = "seed")]
    pub traces: Option<PathBuf>,
    /// Run over so many random networks that become steady, and tell whether the port then keeps
    /// its promise: nothing missing after 5 s, no more delay than needed after 10 s
    #[arg(long, value_name = "N", conflicts_with_all = ["named", "traces"])]
    pub random: Option<u64>,
    /// Simulate a day with a sender whose clock is faster by so many ppm, at 8 and at 16 kHz; may
    /// be given several times
    #[arg(
        long = "day",
        value_name = "PPM",
        allow_negative_numbers = true,
        conflicts_with_all = ["named", "seed", "traces", "random"]
    )]
    pub days: Vec<f64>,
    /// Print one JSON object a line instead of the table
    #[arg(long)]
    pub json: bool,
    /// Put the table into BENCHMARKS.md and the chart into networks.svg in this directory
    #[arg(long, value_name = "DIR", conflicts_with_all = ["named", "traces", "random", "days", "seed"])]
    pub write: Option<PathBuf>,
}
