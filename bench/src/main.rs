//! Measures mixminus and its peers side by side, in one run.
//!
//! `cargo run --release --manifest-path bench/Cargo.toml` measures everything and prints a table; `-- --help` tells what else there is.
//!
//! A [case](cases) makes [contenders](contender), has them measured in [rounds], and says what it found in [lines](mod@line), which a
//! [report] prints. [`room`] is the mixer at work, [`peers`] is all that it is held against.

mod cases;
mod charts;
mod cli;
mod contender;
mod line;
mod machine;
mod peers;
mod progress;
mod report;
mod room;
mod rounds;
mod rows;
mod session;
mod signal;
mod stats;

use std::{error::Error, io::Write as _, process::ExitCode};

use clap::Parser;

use crate::{cli::Options, machine::Machine, progress::Progress, report::Report, session::Session};

/// What goes wrong: a mixer that refuses what a case asks of it, or a file that cannot be written.
type Failure = Box<dyn Error + Send + Sync>;
/// What may go wrong.
type Result<T, E = Failure> = std::result::Result<T, E>;

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Standard error may be closed: there is nobody left to tell.
            let _ = writeln!(std::io::stderr(), "mixminus-bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    if options.list {
        return say(&report::table::cases());
    }
    let cases = options.cases()?;
    let steps = cases.len() + if options.write.is_some() { cases::CURVES } else { 0 };
    let session = Session::new(options.quick, Progress::new(steps));
    let mut lines = Vec::new();
    for case in cases {
        session.begin(case.name);
        lines.extend((case.run)(&session).map_err(|failure| format!("case {}: {failure}", case.name))?);
    }
    let report = Report { machine: Machine::this(), quick: options.quick, lines };
    if let Some(directory) = &options.write {
        report::files::write(directory, &report, &cases::curves(&session)?)?;
    }
    session.finish();
    say(&if options.json { report::json::text(&report) } else { report::table::text(&report) })
}

/// Prints a text; a reader who has gone away is no fault.
fn say(text: &str) -> Result<()> {
    match writeln!(std::io::stdout(), "{}", text.trim_end()) {
        Err(fault) if fault.kind() != std::io::ErrorKind::BrokenPipe => Err(fault.into()),
        _ => Ok(()),
    }
}
