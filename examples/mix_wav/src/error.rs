//! The errors, each a message of one line that says what to do about it.

use std::{io, path::PathBuf};

use mixminus::{
    config::{Faults, Malformed},
    stream::WavError,
};

/// Everything that ends the program early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The options cannot be parsed, or contradict each other.
    #[error("{0}")]
    Usage(String),

    /// An id that cannot be used as a file name.
    #[error(
        "the id {0:?} cannot name a file: use letters, digits, spaces and . _ - @ +, at most 100 of them, \
         beginning and ending with something other than a dot or a space"
    )]
    UnsafeId(String),

    /// Two participants with the same id.
    #[error("{0:?} is given twice: every source and listener needs an id of its own")]
    SameId(String),

    /// A file that cannot be read.
    #[error("cannot read {}: {cause}", path.display())]
    Unreadable { path: PathBuf, cause: io::Error },

    /// A file that is not a WAV file, or a damaged one.
    #[error("{} is no WAV file that can be mixed: {cause}", path.display())]
    NotWav { path: PathBuf, cause: WavError },

    /// A WAV file with more than two channels.
    #[error(
        "{} has {channels} channels, and one or two can be mixed: convert it with `{sox}` or `{ffmpeg}`",
        path.display()
    )]
    TooManyChannels { path: PathBuf, channels: u16, sox: String, ffmpeg: String },

    /// A rate that the mixer's ports do not accept.
    #[error("{0}")]
    Stream(String),

    /// A script that is not JSON, or not the JSON of a script.
    #[error("{}: {cause}", path.display())]
    MalformedScript { path: PathBuf, cause: Malformed },

    /// An event that is impossible at its time.
    #[error("{}: [{index}] (atMs {at_ms}): {reason}", path.display())]
    Event { path: PathBuf, index: usize, at_ms: f64, reason: String },

    /// A request in an event that breaks the rules of the API.
    #[error("{}: [{index}].configureMixer (atMs {at_ms}): {faults}", path.display())]
    Request { path: PathBuf, index: usize, at_ms: f64, faults: Faults },

    /// No source sends anything.
    #[error("there is nothing to mix: the recordings are empty")]
    NothingToMix,

    /// A call longer than a WAV file can hold.
    #[error("the call is {seconds:.0} s long: a WAV file cannot hold it")]
    TooLong { seconds: f64 },

    /// An output that would overwrite an input or another output.
    #[error("{} would be written over {what}: choose another --out, --stems or --plot", path.display())]
    Overwrites { path: PathBuf, what: &'static str },

    /// The directory or a file for the results cannot be created.
    #[error("cannot write to {}: {cause}", path.display())]
    Unwritable { path: PathBuf, cause: io::Error },

    /// Writing failed while the call was mixed, for instance because the disk is full.
    #[error("writing {} failed: {cause}", path.display())]
    WriteFailed { path: PathBuf, cause: io::Error },

    /// The picture could not be drawn.
    #[error("drawing the picture failed: {0}")]
    Picture(String),

    /// The report could not be printed.
    #[error("printing the report failed: {0}")]
    Stdout(io::Error),

    /// The mixer refused a change of the scene.
    #[error("the mixer refused {what}: {cause}")]
    Mixer { what: String, cause: String },
}

impl Error {
    /// 2 for errors that the caller can correct in the input, 1 for failures of the run.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::WriteFailed { .. } | Self::Picture(_) | Self::Stdout(_) | Self::Mixer { .. } => 1,
            _ => 2,
        }
    }

    /// Puts `what` in front of the message if the error is about a stream: the mixer knows nothing
    /// of files and options.
    pub fn about(self, what: impl std::fmt::Display) -> Self {
        match self {
            Self::Stream(cause) => Self::Stream(format!("{what}: {cause}")),
            other => other,
        }
    }

    /// The message in one line, also if a quoted name has control characters.
    pub fn one_line(&self) -> String {
        self.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
    }
}
