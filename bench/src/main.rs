//! Measures mixminus and its peers side by side, in one run.
//!
//! `cargo run --release --manifest-path bench/Cargo.toml` measures everything and prints a table;
//! `-- --help` lists the options.
//!
//! A [case](cases) makes [contenders](contender), has them measured in [rounds], and reports
//! [lines](mod@line), which a [report] prints. [`room`] is the mixer at work, [`peers`] are what it
//! is compared with, [`beside`] compares two builds. The command [`networks`] runs the input port over networks,
//! [`participants`] measures all that a media server does for a participant, [`servers`] whole servers beside each
//! other, and [`mod@cluster`] a conference on several nodes beside the same one on one machine.

mod beside;
mod cases;
mod charts;
mod cli;
mod cluster;
mod contender;
mod line;
mod machine;
mod marked;
mod networks;
mod participants;
mod peers;
mod progress;
mod report;
mod room;
mod rounds;
mod rows;
mod servers;
mod session;
mod signal;
mod stats;

use std::{error::Error, io::Write as _, process::ExitCode};

use clap::Parser;

use crate::{
    cases::Case,
    cli::{Command, Options},
    line::Line,
    machine::Machine,
    progress::Progress,
    report::{Report, Run},
    session::Session,
};

/// A mixer that refuses what a case asks for, or a file that cannot be written.
type Failure = Box<dyn Error + Send + Sync>;
/// What may fail.
type Result<T, E = Failure> = std::result::Result<T, E>;

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Standard error may be closed, and nothing else is left to write to.
            let _ = writeln!(std::io::stderr(), "mixminus-bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    match &options.command {
        Some(Command::Cluster(options)) => return say(&cluster::run(options)?),
        Some(Command::Networks(options)) => return say(&networks::run(options)?),
        Some(Command::Participants(options)) => return say(&participants::run(options)?),
        Some(Command::Servers(options)) => return say(&servers::run(options)?),
        None => {}
    }
    if options.list {
        return say(&report::table::cases());
    }
    if let Some(other) = &options.beside {
        return say(&beside::compare(options, other)?);
    }
    let report = measure(options)?;
    say(&if options.json { report::json::text(&report) } else { report::table::text(&report) })
}

/// Measures what was asked for, with one kernel after the other; writes the page if that was asked for.
fn measure(options: &Options) -> Result<Report> {
    let (cases, kernels) = (options.cases()?, options.kernels()?);
    let fastest = kernels[0].instruction_set();
    let steps = cases.len() * kernels.len() + if options.write.is_some() { cases::CURVES } else { 0 };
    let mut session = Session::new(fastest, options.quick, Progress::new(steps));
    let mut runs = Vec::new();
    for kernel in kernels {
        session.kernel = kernel.instruction_set();
        runs.push(Run { kernel: session.kernel, lines: lines(&cases, &session)? });
    }
    let report = Report { machine: Machine::this(), quick: options.quick, runs };
    if let Some(directory) = &options.write {
        session.kernel = fastest;
        report::files::write(directory, &report, &cases::curves(&session)?)?;
    }
    session.finish();
    Ok(report)
}

/// The lines of some cases.
fn lines(cases: &[&Case], session: &Session) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for case in cases {
        session.begin(case.name);
        lines.extend((case.run)(session).map_err(|failure| format!("case {}: {failure}", case.name))?);
    }
    Ok(lines)
}

/// Prints a text. A reader who has gone away is no failure.
fn say(text: &str) -> Result<()> {
    match writeln!(std::io::stdout(), "{}", text.trim_end()) {
        Err(fault) if fault.kind() != std::io::ErrorKind::BrokenPipe => Err(fault.into()),
        _ => Ok(()),
    }
}
