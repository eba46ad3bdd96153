//! The command line: the options, and which of them exclude or need each other.

use std::path::PathBuf;

use clap::{Parser, ValueEnum, error::ErrorKind};
use mixminus::Channels;
use serde::Serialize;

use crate::{
    arguments::{self, FormatArgument, NetworkArguments, SourceArgument},
    error::Error,
};

/// Mix WAV files the way a conference does: everyone hears all the others and never themselves.
///
/// Without --source the bundled scene is mixed: an interpreter over a speaker, a floor discussion,
/// a listener in exclusive mode, and changes while the call runs.
#[derive(Debug, Parser)]
#[command(name = "mix_wav", version)]
pub struct Options {
    /// A participant who sends FILE (WAV of any rate, mono or stereo: integer or float of any width,
    /// A-law or mu-law) and hears a mix; repeatable
    #[arg(long = "source", value_name = "ID=FILE", value_parser = arguments::source)]
    pub sources: Vec<SourceArgument>,

    /// A participant who only hears; repeatable
    #[arg(long = "listener", value_name = "ID")]
    pub listeners: Vec<String>,

    /// The rate and channels (1 or 2) in which a participant hears, through a port, instead of the
    /// mixer's; repeatable
    #[arg(long = "listener-format", value_name = "ID=RATE:CHANNELS", value_parser = arguments::format)]
    pub listener_formats: Vec<FormatArgument>,

    /// JSON array of events: configureMixer, mute, pan, join, leave, each with its atMs; files are
    /// looked up beside the script
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,

    /// The directory for ID.wav, what each participant hears [default: target/mix_wav of the crate]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// The directory for what each participant said, ID.wav, all on the timeline of the call, and for index.json: who was
    /// when in the call, in which file
    #[arg(long, value_name = "DIR")]
    pub stems: Option<PathBuf>,

    /// One file of many channels for all stems, stems.wav, instead of a file each (RF64 from 4 GiB on)
    #[arg(long, requires = "stems")]
    pub multichannel: bool,

    /// The sample type of the written files
    #[arg(long, default_value = "f32")]
    pub format: Format,

    /// The sample rate of the mixer and its files; sources of another rate are converted
    #[arg(long, value_name = "HZ", default_value_t = 48_000)]
    pub rate: u32,

    /// The channels of the mixer: 1 mono, 2 stereo; mono hears the mean of a stereo file, stereo a
    /// mono file on both sides
    #[arg(long, value_name = "1|2", default_value = "1", value_parser = arguments::channels)]
    pub channels: Channels,

    /// The length of a tick; fractions work if they are whole samples
    #[arg(long, value_name = "MS", default_value_t = 10.0, allow_negative_numbers = true)]
    pub tick_ms: f64,

    /// How long a gain takes to move; 0 = at once
    #[arg(long, value_name = "MS", default_value_t = 10.0, allow_negative_numbers = true)]
    pub smoothing_ms: f64,

    /// Whether every listener's mix has a limiter
    #[arg(long, default_value = "on")]
    pub limiter: Switch,

    /// What tells speech from silence, and so who ducks others; off = nobody ducks others
    #[arg(long, default_value = "energy")]
    pub detector: DetectorChoice,

    /// The energy detector's threshold [default: -50]
    #[arg(long, value_name = "DBFS", allow_negative_numbers = true)]
    pub threshold_dbfs: Option<f64>,

    /// How long the energy detector holds after the last loud tick [default: 200]
    #[arg(long, value_name = "MS", allow_negative_numbers = true)]
    pub hangover_ms: Option<f64>,

    /// Draw the call: who speaks, the gains in one listener's mix, the mixes (the bundled scene does so by default)
    #[arg(long, value_name = "FILE.svg")]
    pub plot: Option<PathBuf>,

    /// The listener whose gains the picture shows [default: the first listener that a script
    /// configures with ducking]
    #[arg(long, value_name = "ID")]
    pub plot_listener: Option<String>,

    /// Print the report as JSON on standard output, for machines
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub network: NetworkArguments,
}

/// The sample type of an output file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    F32,
    I16,
}

/// Whether something is on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    On,
    Off,
}

/// The detector of all participants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DetectorChoice {
    Energy,
    Off,
}

impl Options {
    /// Parses the options of this process. Prints the help or the version and returns `None` if
    /// that was asked for.
    pub fn from_command_line() -> Result<Option<Self>, Error> {
        match Self::try_parse() {
            Ok(options) => options.check().map(Some),
            Err(answer) if matches!(answer.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
                // A reader that closes the pipe early is not an error.
                let _ = answer.print();
                Ok(None)
            }
            Err(fault) => Err(Error::Usage(one_line(&fault.to_string()))),
        }
    }

    /// Whether the scene is the bundled one.
    pub fn is_bundled(&self) -> bool {
        self.sources.is_empty()
    }

    fn check(self) -> Result<Self, Error> {
        let usage = |text: &str| Err(Error::Usage(text.to_owned()));
        if self.is_bundled() && self.script.is_some() {
            return usage("--script belongs to a scene of your own: name who is in it with --source ID=FILE");
        }
        if self.is_bundled() && !self.listeners.is_empty() {
            return usage("--listener belongs to a scene of your own: name who speaks in it with --source ID=FILE");
        }
        if self.detector == DetectorChoice::Off && (self.threshold_dbfs.is_some() || self.hangover_ms.is_some()) {
            return usage(
                "--threshold-dbfs and --hangover-ms set the energy detector: they do not go with --detector off",
            );
        }
        if self.plot_listener.is_some() && self.plot.is_none() && !self.is_bundled() {
            return usage("--plot-listener chooses whose gains are drawn: it needs --plot FILE.svg");
        }
        if self.plot.as_ref().is_some_and(|path| path.extension().is_none_or(|end| !end.eq_ignore_ascii_case("svg"))) {
            return usage("the picture is an SVG file: give --plot a name that ends in .svg");
        }
        Ok(self)
    }
}

/// The message of clap in one line, without its usage paragraphs.
fn one_line(message: &str) -> String {
    let told = message.lines().take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let words: Vec<&str> = told.flat_map(str::split_whitespace).collect();
    words.join(" ").trim_start_matches("error: ").to_owned()
}
