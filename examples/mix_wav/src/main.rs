//! Mixes WAV files the way a conference does: every participant gets a file with what they hear.
//!
//! ```text
//! cargo run --release -p mix_wav                            the bundled scene, into target/mix_wav/
//! cargo run --release -p mix_wav -- --help                  your own recordings, and everything else
//! ```
//!
//! The mixer runs as in a media server, only faster than real time: the control side changes the
//! call between ticks ([`call`]); the audio side hands the mixer one frame of every source and gets
//! one mix for every listener ([`run`]). Sources and listeners with another rate than the mixer's,
//! and sources behind a bad network, use ports, in simulated time and without threads ([`voice`],
//! [`sender`], [`network`], [`ear`]). The other modules are about the input ([`cli`], [`settings`],
//! [`scene`], [`script`], [`roster`], [`wav`]) and the results ([`outputs`], [`stems`], [`report`], [`table`],
//! [`probe`], [`picture`]).
//!
//! All input is checked before anything is mixed, except for samples that are NaN, infinite or past
//! ±1e6, whose frames count as missing. An error in the input is one line on standard error and exit
//! status 2, and nothing is written. Every output is as long as the call, which ends with the last
//! recording, also for a participant who joins later or leaves earlier: it hears silence outside of
//! its stay.

mod arguments;
mod call;
mod cli;
mod draft;
mod ear;
mod envelope;
mod error;
mod history;
mod intake;
mod meter;
mod network;
mod outputs;
mod picture;
mod probe;
mod progress;
mod rehearsal;
mod report;
mod roster;
mod run;
mod scene;
mod script;
mod sender;
mod settings;
mod stems;
mod table;
mod track;
mod voice;
mod wav;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use crate::{
    cli::Options,
    error::Error,
    outputs::{Outputs, Places},
    progress::Progress,
    report::Report,
    scene::Scene,
};

fn main() -> ExitCode {
    let done = Options::from_command_line().and_then(|options| options.map_or(Ok(()), |options| mix(&options)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mix_wav: {}", error.one_line());
            ExitCode::from(error.exit_code())
        }
    }
}

fn mix(options: &Options) -> Result<(), Error> {
    let scene = Scene::of(options)?;
    let places = Places::of(options, &scene)?;
    let listener = plot_listener(options, &scene)?;
    let mut outputs = Outputs::open(&places, options, &scene)?;

    let measuring = if places.picture.is_some() { probe::ticks(&scene, listener) } else { 0 };
    let progress = Progress::new(scene.ticks() + measuring, options.json);
    progress.say("mixing");
    let outcome = run::run(&scene, &mut outputs, &progress)?;
    outputs.publish(&scene, || {
        progress.say("measuring");
        let gains = probe::measure(&scene, listener, &outcome.activity, &progress)?;
        picture::draw(&scene, &outcome, &gains)
    })?;
    progress.finish();

    print(&Report::of(&scene, &places, &outcome, options.format, listener), &places, options.json)
}

/// The place in the cast of the listener whose gains are drawn.
fn plot_listener(options: &Options, scene: &Scene) -> Result<usize, Error> {
    match &options.plot_listener {
        Some(id) => {
            scene.member(id).ok_or_else(|| Error::Usage(format!("--plot-listener {id:?} is never in the call")))
        }
        None => Ok(probe::default_listener(scene)),
    }
}

fn print(report: &Report, places: &Places, as_json: bool) -> Result<(), Error> {
    let text = if as_json {
        serde_json::to_string_pretty(report).map_err(|cause| Error::Stdout(cause.into()))?
    } else {
        table::text(report, places)
    };
    match writeln!(io::stdout(), "{text}") {
        // A reader that closes the pipe early is not an error.
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => Err(Error::Stdout(cause)),
        _ => Ok(()),
    }
}
